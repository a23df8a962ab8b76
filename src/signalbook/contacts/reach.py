"""How opt-outs and a contact meet: which addresses it has, what restricts them; no I/O."""

from collections.abc import Iterable
from datetime import datetime

from signalbook.contacts.model import KEPT_OPTOUT, OPTOUT_MAKERS, Contact, ContactChange
from signalbook.ledger.model import (
    FOLLOWS_THE_PERSON,
    Channel,
    Entry,
    Reason,
    State,
    strongest,
)

Place = tuple[str, str]
"""A channel and an address."""

CARRIED_OVER = "carried over"
_ASKED_NOT_TO = frozenset({Reason.CONTACT, Reason.USER, Reason.SPAM})


def places(contact: Contact) -> list[Place]:
    """List where a contact can be reached; one without any address is known by its own id."""
    found: list[Place] = []
    if contact.email is not None:
        found.append((Channel.EMAIL, contact.email.lower()))
    if contact.mobile is not None:
        found.append((Channel.SMS, contact.mobile))
        found.append((Channel.VOICE, contact.mobile))
    if not found:
        found.append((Channel.EMAIL, f"id:{contact.external_id}"))
    return found


def addresses(contact: Contact) -> Iterable[str]:
    """List the addresses under which the ledger may know a contact."""
    return {address for _, address in places(contact)}


class Ledger:
    """The restrictions in force on a batch's addresses, and the entries the batch adds."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._reasons: dict[Place, list[str]] = {}
        self.entries: list[Entry] = []

    def load(self, states: Iterable[State]) -> None:
        """Take in restrictions as they are stored."""
        for state in states:
            self._reasons.setdefault((state.channel, state.address), []).append(state.reason)

    def carry(
        self, contact: Contact, before: list[Place], change: ContactChange, at: datetime
    ) -> None:
        """Let what the person or the account decided follow to an address that is new.

        A bounce or a complaint stays with its address. Without this a changed e-mail would
        subscribe somebody who had left.
        """
        everywhere = set(FOLLOWS_THE_PERSON)
        for place in before:
            everywhere &= set(self._reasons.get(place, ()))
        for place in places(contact):
            if place in before:
                continue
            follow = set(everywhere) if before else set[str]()
            for old in before:
                if old[0] == place[0]:
                    follow |= FOLLOWS_THE_PERSON & set(self._reasons.get(old, ()))
            for reason in sorted(follow - set(self._reasons.get(place, ()))):
                self._write(place, "out", reason, change, at, CARRIED_OVER)

    def unite(
        self, contact: Contact, before: list[Place], change: ContactChange, at: datetime
    ) -> None:
        """Let what any of the persons had decided hold for the one that a merge makes of them."""
        decided = {
            (channel, reason)
            for channel, address in before
            for reason in FOLLOWS_THE_PERSON & set(self._reasons.get((channel, address), ()))
        }
        for place in places(contact):
            for channel, reason in sorted(decided):
                if channel == place[0] and reason not in self._reasons.get(place, ()):
                    self._write(place, "out", reason, change, at, CARRIED_OVER)

    def unsubscribe(self, contact: Contact, change: ContactChange, at: datetime) -> bool:
        """Restrict every address of the contact by the account's word; tell if any was not yet."""
        fresh = [
            place for place in places(contact) if Reason.USER not in self._reasons.get(place, ())
        ]
        for place in fresh:
            self._write(place, "out", Reason.USER, change, at)
        return bool(fresh)

    def restrict(self, contact: Contact, change: ContactChange, at: datetime) -> bool:
        """Add the opt-outs a change carries; tell if any was not in force yet."""
        fresh = [
            (place, reason)
            for channel, reason in change.optouts
            for place in places(contact)
            if channel in {"all", place[0]}
        ]
        held = len(self.entries)
        for place, reason in fresh:
            if reason not in self._reasons.get(place, ()):
                self._write(place, "out", reason, change, at)
        return len(self.entries) > held

    def resubscribe(self, contact: Contact, change: ContactChange, at: datetime) -> bool:
        """Lift what the account itself had set and nothing else; tell if there was anything."""
        lifted = [
            place
            for place in places(contact)
            if Reason.USER in self._reasons.get(place, ())
            and (not change.channels or place[0] in change.channels)
        ]
        for place in lifted:
            self._write(place, "in", Reason.USER, change, at)
        return bool(lifted)

    def derive(self, contact: Contact, at: datetime) -> None:
        """Set the contact's opt-outs to what the ledger says of its addresses."""
        by_channel = {
            channel: self._reasons.get((channel, a), []) for channel, a in places(contact)
        }
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
        reasons = {reason for place in places(contact) for reason in self._reasons.get(place, ())}
        return tuple(
            KEPT_OPTOUT.format(who=OPTOUT_MAKERS[reason])
            for reason in sorted(reasons - {Reason.USER})
        )

    def _write(  # one ledger line
        self,
        place: Place,
        kind: str,
        reason: str,
        change: ContactChange,
        at: datetime,
        source: str | None = None,
    ) -> None:
        channel, address = place
        held = self._reasons.setdefault(place, [])
        if kind == "out":
            held.append(str(reason))
        else:
            held.remove(str(reason))
        entry = Entry(
            address,
            channel,
            kind,
            str(reason),
            at,
            source or change.source.name,
            change.source.actor,
        )
        self.entries.append(entry)
