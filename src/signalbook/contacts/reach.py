"""How opt-outs and a contact meet: which addresses it has, what restricts them; no I/O."""

import re
from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from signalbook.contacts.model import (
    DOMAIN_KEPT,
    KEPT_OPTOUT,
    OPTOUT_MAKERS,
    Contact,
    ContactChange,
)
from signalbook.ledger.model import (
    FOLLOWS_THE_PERSON,
    LANDLINE_CHANNELS,
    MOBILE_CHANNELS,
    OWN_ID,
    Channel,
    Entry,
    Order,
    Place,
    Reason,
    State,
    domain_of,
    is_topic,
    strongest,
)

CARRIED_OVER: Final = "carried over"
ERASED: Final = "erased before"
ERASURE: Final = "erasure"
_ASKED_NOT_TO = frozenset({Reason.CONTACT, Reason.USER, Reason.SPAM})
_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


def landline_of(fields: Mapping[str, Any]) -> str | None:
    """Return the number of a contact's landline, where it is one that can be called."""
    phone = fields.get("phone")
    return phone if isinstance(phone, str) and _E164.fullmatch(phone) else None


def places(contact: Contact) -> list[Place]:
    """List where a contact can be reached; without e-mail and mobile its own id stands for both."""
    return places_with(contact, contact.fields)


def places_with(contact: Contact, fields: Mapping[str, Any]) -> list[Place]:
    """List where a contact could be reached if it had these fields."""
    found: list[Place] = []
    if contact.email is not None:
        found.append((Channel.EMAIL, contact.email.lower()))
    if contact.mobile is not None:
        found += [(channel, contact.mobile) for channel in MOBILE_CHANNELS]
    if not found:
        found.append((Channel.EMAIL, f"{OWN_ID}{contact.external_id}"))
    if "phone" in fields:
        landline = landline_of(fields)
        if landline is not None and landline != contact.mobile:
            found += [(channel, landline) for channel in LANDLINE_CHANNELS]
    if contact.external_id is not None:
        found.append((Channel.PUSH, f"{OWN_ID}{contact.external_id}"))
    return found


def named(contact: Contact, channel: str) -> list[Place]:
    """List the places of a contact that a channel means, which may be `all` or a topic's."""
    if is_topic(channel):
        return [] if contact.email is None else [(channel, contact.email.lower())]
    return [place for place in places(contact) if channel in {"all", place[0]}]


def addresses(contact: Contact) -> set[str]:
    """List the addresses under which the ledger may know a contact, its e-mail's domain too."""
    found = {address for _, address in places(contact)}
    if contact.email is not None:
        found.add(contact.email[contact.email.rindex("@") :].lower())
    return found


class Word(NamedTuple):
    """Who says that something is restricted or lifted, when, and what proves it."""

    at: datetime
    source: str
    actor: str | None
    evidence: Mapping[str, Any] | None

    @classmethod
    def of(cls, change: ContactChange, at: datetime) -> "Word":
        """Take the word of a change; that of an import names the import and the row."""
        return cls(at, change.source.name, change.source.actor, change.news)


def written_of(contact: Contact) -> tuple[object, ...]:
    """List what a contact's row says of its opt-outs."""
    return (
        contact.email_optout,
        contact.sms_optout,
        contact.voice_optout,
        contact.unsubscribed_at,
    )


class Ledger:
    """The restrictions in force on a batch's addresses, and the entries the batch adds."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._reasons: dict[Place, list[str]] = {}
        self._topics: dict[str, set[str]] = {}
        self.seals: dict[str, str] = {}
        """The seal of each address that was asked for by it (`ledger/seals.py`)."""
        self.asked: set[str] = set()
        """The addresses of which everything in force is known here."""
        self.entries: list[Entry] = []
        self.erased: set[str] = set()

    def load(self, states: Iterable[State]) -> None:
        """Take in restrictions as they are stored."""
        for state in states:
            self._reasons.setdefault((state.channel, state.address), []).append(state.reason)
            if is_topic(state.channel):
                self._topics.setdefault(state.address, set()).add(state.channel)

    def reasons(self, place: Place) -> list[str]:
        """List why a place is restricted, by itself or with all of its domain."""
        held = self._reasons.get(place, [])
        domain = domain_of(place[1])
        if domain is None:
            return held
        return [*held, *self._reasons.get((place[0], domain), ())]

    def carry(
        self, contact: Contact, before: list[Place], change: ContactChange, at: datetime
    ) -> None:
        """Let what the person or the account decided follow to an address that is new.

        A bounce or a complaint stays with its address. Without this a changed e-mail would
        subscribe somebody who had left. What held for somebody who was erased holds again when
        the address comes back.
        """
        if not self._reasons:
            return
        everywhere = set(FOLLOWS_THE_PERSON)
        for place in before:
            everywhere &= set(self._reasons.get(place, ()))
        word = Word.of(change, at)
        before = [*before, *self._topics_at(before)]
        for place in [*places(contact), *self._topics_for(contact, before)]:
            if place in before:
                continue
            self._unseal(place, word)
            follow = set(everywhere) if before and not is_topic(place[0]) else set[str]()
            for old in before:
                if old[0] == place[0]:
                    follow |= FOLLOWS_THE_PERSON & set(self._reasons.get(old, ()))
            for reason in sorted(follow - set(self._reasons.get(place, ()))):
                self._write(place, "out", reason, word._replace(source=CARRIED_OVER))

    def _unseal(self, place: Place, word: Word) -> None:
        """Write what a seal keeps under the address itself, which is known again."""
        seal = self.seals.get(place[1])
        if seal is None:
            return
        for reason in self._reasons.get((place[0], seal), ()):
            if reason not in self._reasons.get(place, ()):
                self._write(place, "out", reason, word._replace(source=ERASED))

    def unite(
        self, contact: Contact, before: list[Place], change: ContactChange, at: datetime
    ) -> None:
        """Let what any of the persons had decided hold for the one that a merge makes of them."""
        before = [*before, *self._topics_at(before)]
        decided = {
            (channel, reason)
            for channel, address in before
            for reason in FOLLOWS_THE_PERSON & set(self._reasons.get((channel, address), ()))
        }
        word = Word.of(change, at)._replace(source=CARRIED_OVER)
        for place in [*places(contact), *self._topics_for(contact, before)]:
            for channel, reason in sorted(decided):
                if channel == place[0] and reason not in self._reasons.get(place, ()):
                    self._write(place, "out", reason, word)

    def unsubscribe(self, contact: Contact, change: ContactChange, at: datetime) -> bool:
        """Restrict every address of the contact by the account's word; tell if any was not yet."""
        fresh = [
            place for place in places(contact) if Reason.USER not in self._reasons.get(place, ())
        ]
        for place in fresh:
            self._write(place, "out", Reason.USER, Word.of(change, at))
        return bool(fresh)

    def restrict(self, contact: Contact, change: ContactChange, at: datetime) -> bool:
        """Add the opt-outs a change carries; tell if any was not in force yet."""
        fresh = [
            (place, reason)
            for channel, reason in change.optouts
            for place in named(contact, channel)
        ]
        held = len(self.entries)
        for place, reason in fresh:
            if reason not in self._reasons.get(place, ()):
                self._write(place, "out", reason, Word.of(change, at))
        return len(self.entries) > held

    def resubscribe(self, contact: Contact, change: ContactChange, at: datetime) -> bool:
        """Lift what the account itself had set and nothing else; tell if there was anything."""
        meant = [place for one in change.channels or {"all"} for place in named(contact, one)]
        lifted = [
            place
            for place in dict.fromkeys(sorted(meant))
            if Reason.USER in self._reasons.get(place, ())
        ]
        for place in lifted:
            self._write(place, "in", Reason.USER, Word.of(change, at))
        return bool(lifted)

    def obey(
        self, order: Order, meant: Iterable[Place], owned: Container[str]
    ) -> list[tuple[Place, str]]:
        """Restrict or lift what an order says; return each place and reason that it changed.

        What is lifted is lifted from the address and from its seal. What comes late of somebody who
        was erased, a bounce or a click, is written under the seal: `owned` are the addresses that
        somebody has.
        """
        word = Word(order.at, order.source, order.actor, order.evidence)
        written: list[tuple[Place, str]] = []
        for place in meant:
            sealed = (place[0], self.seals.get(place[1], ""))
            for reason in order.reasons:
                if order.kind == "out":
                    is_late = reason != Reason.USER and place[1] not in owned
                    is_sealed = is_late and bool(self._reasons.get(sealed))
                    at = sealed if is_sealed else place
                    if reason not in self._reasons.get(at, ()):
                        said = word._replace(evidence=None) if is_sealed else word
                        self._write(at, "out", reason, said)
                        written.append((place, reason))
                else:
                    held = [at for at in (place, sealed) if reason in self._reasons.get(at, ())]
                    for one in held:
                        self._write(one, "in", reason, word)
                    written += [(place, reason)] * bool(held)
        return written

    def erase(self, contact: Contact, change: ContactChange, at: datetime) -> None:
        """Put under seal that a contact may not be reached, and let its addresses go."""
        word = Word(at, ERASURE, change.source.actor, None)
        everywhere = places(contact)
        for place in [*everywhere, *self._topics_at(everywhere)]:
            sealed = (place[0], self.seals[place[1]])
            own = () if is_topic(place[0]) else (Reason.CONTACT,)
            for reason in sorted({*self._reasons.get(place, ()), *own}):
                if reason not in self._reasons.get(sealed, ()):
                    self._write(sealed, "out", reason, word)
            self.erased.add(place[1])

    def derive(self, contact: Contact, at: datetime) -> None:
        """Set the contact's opt-outs to what the ledger says of its addresses.

        One address of a channel that is restricted restricts the channel.
        """
        if not self._reasons:
            contact.email_optout = contact.sms_optout = contact.voice_optout = None
            contact.unsubscribed_at = None
            return
        by_channel: dict[str, list[str]] = {}
        for place in places(contact):
            by_channel.setdefault(place[0], []).extend(self.reasons(place))
        contact.email_optout = strongest(by_channel.get(Channel.EMAIL, []))
        contact.sms_optout = strongest(by_channel.get(Channel.SMS, []))
        contact.voice_optout = strongest(by_channel.get(Channel.VOICE, []))
        deciding = by_channel.get(Channel.EMAIL) if Channel.EMAIL in by_channel else None
        if deciding is None:
            deciding = by_channel.get(Channel.SMS, [])
        if _ASKED_NOT_TO.isdisjoint(deciding):
            contact.unsubscribed_at = None
        elif contact.unsubscribed_at is None:
            contact.unsubscribed_at = at

    def kept(self, contact: Contact) -> tuple[str, ...]:
        """Say which opt-outs a resubscription could not lift, and who could."""
        own = {reason for place in places(contact) for reason in self._reasons.get(place, ())}
        notes = [
            KEPT_OPTOUT.format(who=OPTOUT_MAKERS[reason]) for reason in sorted(own - {Reason.USER})
        ]
        if contact.email_optout == Reason.USER and Reason.USER not in own:
            notes.append(DOMAIN_KEPT)
        return tuple(notes)

    def topics_out(self, contact: Contact) -> set[str]:
        """List the channels of the topics that a contact has opted out of."""
        return {channel for channel, _ in self._topics_at(places(contact))}

    def _topics_at(self, where: Iterable[Place]) -> list[Place]:
        """List the topics that addresses are opted out of."""
        held = {address for channel, address in where if channel == Channel.EMAIL}
        return [
            (topic, address)
            for address in sorted(held & self._topics.keys())
            for topic in sorted(self._topics[address])
        ]

    def _topics_for(self, contact: Contact, before: Iterable[Place]) -> list[Place]:
        """List the topics, decided on by former addresses, at the address of a contact."""
        if contact.email is None:
            return []
        address = contact.email.lower()
        sealed = self._topics.get(self.seals.get(address, ""), set())
        topics = sealed | {channel for channel, _ in before if is_topic(channel)}
        return [(topic, address) for topic in sorted(topics)]

    def _write(self, place: Place, kind: str, reason: str, word: Word) -> None:
        """Write one line of the ledger."""
        channel, address = place
        held = self._reasons.setdefault(place, [])
        if kind == "out":
            held.append(str(reason))
            if is_topic(channel):
                self._topics.setdefault(address, set()).add(channel)
        else:
            held.remove(str(reason))
            if is_topic(channel) and not held:
                self._topics[address].discard(channel)
        entry = Entry(
            address, channel, kind, str(reason), word.at, word.source, word.actor, word.evidence
        )
        self.entries.append(entry)
