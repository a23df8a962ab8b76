"""One change after another, folded onto the contacts they mean; no I/O.

`actions.apply` reads and locks what a batch touches, lets a `Fold` work out what comes of each
change in arrival order, and writes the result in a few statements. A change that is refused
leaves no trace: everything that can refuse it is looked at before anything is altered.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import UNSET

from signalbook.contacts import checking, coalescing, errors, merging, reach
from signalbook.contacts.listing import Listing
from signalbook.contacts.model import (
    MAX_CONTACT_BYTES,
    Contact,
    ContactChange,
    Former,
    Mode,
    Outcome,
    Status,
)
from signalbook.contacts.registry import Registry
from signalbook.contacts.state import State, encode
from signalbook.events.model import Kind
from signalbook.kit import ids
from signalbook.kit.errors import AppError
from signalbook.ledger.model import Place
from signalbook.tags.model import MAX_TAGS_PER_CONTACT

Diff = dict[str, Any]


class Happened(NamedTuple):
    """An event as it is written down."""

    contact: State
    id: int
    at: datetime
    kind: str
    tag_id: int | None
    change: ContactChange
    diff: Diff | None


class Fold:
    """What a batch of changes to one account's contacts comes to."""

    def __init__(self, now: datetime, registry: Registry) -> None:
        """Start with the registries as they were read; `load` brings the contacts."""
        self.now = now
        self.needs_email = False
        self.registry = registry
        self.ledger = reach.Ledger()
        self.listing = Listing()
        self.states: list[State] = []
        self.events: list[Happened] = []
        self.joined: list[merging.Joined] = []
        self.days: Counter[tuple[str, int, str]] = Counter()
        self._by_id: dict[UUID, State] = {}
        self._by_email: dict[str, State] = {}
        self._by_mobile: dict[str, State] = {}
        self._by_external: dict[str, State] = {}

    def load(self, contacts: Iterable[tuple[Contact, str]]) -> None:
        """Take in the contacts the batch may mean, as they are stored and locked, and counted."""
        for contact, counted in contacts:
            state = State(contact, counted)
            self.states.append(state)
            self.register(state)

    def apply(self, change: ContactChange) -> Outcome:
        """Fold one checked change in and return what came of it."""
        try:
            seen = len(self.events)
            state = self._meant(change)
            if change.listed is not None:
                self.listing.refuse(state, change)
            if change.delete or self.listing.is_last(state, change):
                return self._delete(state, change)
            outcome = self._change(state, change, seen)
            if change.news is not None and len(self.events) > seen:
                coalescing.as_one(self, change, seen)
            return outcome  # noqa: TRY300  # what may raise is all of it
        except AppError as refusal:
            return Outcome(Status.REJECTED, error=refusal)

    def _meant(self, change: ContactChange) -> State | None:
        """Find the contact a change means; raises when its identifiers disagree."""
        named = [
            (self._by_email.get(change.email.lower()) if change.email else None),
            (self._by_mobile.get(change.mobile) if change.mobile else None),
            (self._by_external.get(change.external_id) if change.external_id else None),
        ]
        if change.id is not None:
            meant = self._by_id.get(change.id)
            if meant is None:
                raise errors.ContactNotFound
        elif change.careful:
            return coalescing.careful(change, *named)
        else:
            meant = named[0] or named[1] or named[2]
        if change.merge and meant is not None and change.mode is not Mode.CREATE:
            found = {one.hex: one for one in (meant, *named) if one is not None}
            return merging.merge(self, change, list(found.values()))
        if meant is not None and change.mode is not Mode.CREATE:
            named = [None if one is meant else one for one in named]
        if named[0] or named[1] or named[2]:
            self._refuse(change, meant, named)
        if meant is None and change.mode is Mode.UPDATE:
            raise errors.ContactNotFound
        return meant

    def _refuse(
        self, change: ContactChange, meant: State | None, others: list[State | None]
    ) -> None:
        """Raise what fits: an identifier is somebody else's."""
        if change.mode is Mode.UPSERT and change.id is None and meant is not None:
            found = sorted({str(one.contact.id) for one in (meant, *others) if one is not None})
            raise errors.ContactsConflict(ids=" and ".join(found))
        if others[0]:
            raise errors.EmailTaken(email=change.email)
        if others[2]:
            raise errors.ExternalIdTaken(external_id=change.external_id)
        raise errors.MobileTaken(mobile=change.mobile)

    def _change(self, found: State | None, change: ContactChange, seen: int) -> Outcome:
        when = change.at or self.now
        state = found or State(_made(change, when), None, _made_by(change))
        contact = state.contact
        tags = self._tags_after(contact, change) if change.tags_set is not None else None
        self._refuse_too_many_tags(contact, change, tags)
        checking.refuse_nameless(contact, change, needs_email=self.needs_email)
        if change.listed is not None:
            self.listing.let_go_of_fields(state, change)
        diff = self._set_values(state, change)
        if found is None:
            self.states.append(state)
            self.emit(state, Kind.CREATED, change, when)
        moved = self._set_identifiers(state, change, diff)
        if moved is not None or change.status is not None or change.optouts:
            self._settle(state, change, when, moved)
        if change.is_active is not None and change.is_active != contact.is_active:
            contact.is_active = change.is_active
            state.record_changed = True
            kind = Kind.REACTIVATED if change.is_active else Kind.DEACTIVATED
            self.emit(state, kind, change, when)
        if diff and found is not None:
            self.emit(state, Kind.UPDATED, change, when, diff=diff)
        self._set_tags(state, change, tags, when)
        is_listed = self.listing.write(state, change, when)
        notes = self.ledger.kept(contact) if change.status == "resubscribe" else ()
        if len(self.events) == seen and not is_listed:
            return Outcome(Status.UNCHANGED, contact=contact, notes=notes)
        contact.updated_at = max(contact.updated_at, when)
        state.signals_changed = True
        status = Status.UPDATED if found else Status.CREATED
        return Outcome(status, contact=contact, notes=notes)

    def _delete(self, state: State | None, change: ContactChange) -> Outcome:
        if state is None:
            raise errors.ContactNotFound
        contact = state.contact
        state.deleted = True
        if change.erase:
            self.ledger.erase(contact, change, change.at or self.now)
        self.events = [event for event in self.events if event.contact is not state]
        for key in [key for key in self.days if key[0] == state.hex]:
            del self.days[key]
        self.emit(state, Kind.DELETED, change, change.at or self.now)
        self.forget(state)
        return Outcome(Status.DELETED, contact=contact)

    def _set_values(self, state: State, change: ContactChange) -> Diff:
        """Merge fields and metadata per key; raises before anything is altered."""
        contact, diff = state.contact, Diff()
        fields = contact.fields
        if change.fields:
            fitted = self.registry.fit(change.fields, change.lenient)
            if len(fitted) < len(change.fields):
                change.fields = {name: change.fields[name] for name in fitted}
            fields = _merged(fields, fitted, diff, "")
        metadata = contact.metadata
        if change.metadata:
            metadata = _merged(metadata, change.metadata, diff, "metadata.")
        if diff:
            fields_json, metadata_json = encode(fields), encode(metadata)
            size = len(fields_json) + len(metadata_json)
            if size > MAX_CONTACT_BYTES:
                raise errors.ContactTooLarge(size=size)
            contact.fields, contact.metadata = fields, metadata
            state.fields_json, state.metadata_json = fields_json, metadata_json
            state.record_changed = True
            self.registry.use(change.fields)
        return diff

    def _set_identifiers(
        self, state: State, change: ContactChange, diff: Diff
    ) -> list[Place] | None:
        """Set identifiers; return where the contact could be reached before, if that changed."""
        contact = state.contact
        old = (contact.email, contact.mobile, contact.external_id)
        new = (
            old[0] if change.email is UNSET or _is_found_by(change, old[0]) else change.email,
            old[1] if change.mobile is UNSET else change.mobile,
            old[2] if change.external_id is UNSET else change.external_id,
        )
        if new == old and "phone" not in diff:
            return None
        before: list[Place] = []
        if not state.is_new or any(old):
            phone = diff["phone"][0] if "phone" in diff else contact.fields.get("phone")
            before = reach.places_with(contact, {"phone": phone})
        if new == old:
            return before
        self._forget(contact)
        contact.email, contact.mobile, contact.external_id = new
        state.record_changed = True
        self.register(state)
        for name, was, is_now in zip(("email", "mobile", "external_id"), old, new, strict=True):
            if was != is_now:
                diff[name] = [was, is_now]
        return before

    def _settle(
        self,
        state: State,
        change: ContactChange,
        when: datetime,
        before: list[Place] | None,
    ) -> None:
        """Bring the opt-outs of a contact in line with the ledger and with what is asked."""
        contact = state.contact
        if before is not None:
            self.ledger.carry(contact, before, change, when)
        if change.status == "unsubscribe" and self.ledger.unsubscribe(contact, change, when):
            self.emit(state, Kind.UNSUBSCRIBED, change, when)
        if change.optouts and self.ledger.restrict(contact, change, when):
            self.emit(state, Kind.UNSUBSCRIBED, change, when)
        if change.status == "resubscribe" and self.ledger.resubscribe(contact, change, when):
            self.emit(state, Kind.RESUBSCRIBED, change, when)
        was = reach.written_of(contact)
        self.ledger.derive(contact, when)
        if was != reach.written_of(contact):
            state.record_changed = True

    def _tags_after(self, contact: Contact, change: ContactChange) -> tuple[set[int], set[int]]:
        """Tell which tags a replacement detaches and which it attaches."""
        ids_of = self.registry.tag_ids
        wanted = {ids_of[name] for name in change.tags_set or ()}
        has = set(contact.tags)
        return has - wanted, wanted - has

    def _refuse_too_many_tags(
        self, contact: Contact, change: ContactChange, replaced: tuple[set[int], set[int]] | None
    ) -> None:
        count = len(contact.tags) + len(change.tags_add)
        if replaced is not None:
            count += len(replaced[1]) - len(replaced[0])
        if count > MAX_TAGS_PER_CONTACT:
            after = set(contact.tags) | {self.registry.tag_ids[name] for name in change.tags_add}
            if replaced is not None:
                after = after - replaced[0] | replaced[1]
            if len(after) > MAX_TAGS_PER_CONTACT:
                raise errors.TooManyTags(count=len(after))

    def _set_tags(
        self,
        state: State,
        change: ContactChange,
        replaced: tuple[set[int], set[int]] | None,
        when: datetime,
    ) -> None:
        ids_of = self.registry.tag_ids
        detach, attach = replaced or (set[int](), set[int]())
        leave = [*sorted(detach), *(ids_of[name] for name in change.tags_remove if name in ids_of)]
        come = [*sorted(attach), *(ids_of[name] for name in change.tags_add)]
        if not leave and not come:
            return
        tags = list(state.contact.tags)
        for tag in leave:
            if tag in tags:
                tags.remove(tag)
                self.emit(state, Kind.UNTAGGED, change, when, tag)
        day = when.date().isoformat()
        for tag in come:
            if tag not in tags:
                tags.append(tag)
            elif change.news is not None:
                continue
            self.emit(state, Kind.TAGGED, change, when, tag)
            self.days[state.hex, tag, day] += 1
        state.contact.tags = tags

    def emit(  # one event
        self,
        state: State,
        kind: Kind,
        change: ContactChange,
        at: datetime,
        tag_id: int | None = None,
        *,
        diff: Diff | None = None,
    ) -> None:
        """Take down that something happened to a contact."""
        self.events.append(Happened(state, ids.new_number(), at, kind, tag_id, change, diff))

    def register(self, state: State) -> None:
        """Let a contact be found by its identifiers."""
        contact = state.contact
        self._by_id[contact.id] = state
        if contact.email is not None:
            self._by_email[contact.email.lower()] = state
        if contact.mobile is not None:
            self._by_mobile[contact.mobile] = state
        if contact.external_id is not None:
            self._by_external[contact.external_id] = state

    def forget(self, state: State) -> None:
        """Let a contact be found no more."""
        self._by_id.pop(state.contact.id, None)
        self._forget(state.contact)

    def _forget(self, contact: Contact) -> None:
        if contact.email is not None:
            self._by_email.pop(contact.email.lower(), None)
        if contact.mobile is not None:
            self._by_mobile.pop(contact.mobile, None)
        if contact.external_id is not None:
            self._by_external.pop(contact.external_id, None)


def _is_found_by(change: ContactChange, email: str | None) -> bool:
    """Tell whether a change only finds its contact by this address, in whatever spelling."""
    return (
        change.id is None
        and email is not None
        and isinstance(change.email, str)
        and change.email.lower() == email.lower()
    )


def _merged(old: dict[str, Any], new: dict[str, Any], diff: Diff, path: str) -> dict[str, Any]:
    """Return `old` with `new` merged in per key, and note in `diff` what that changes."""
    merged = old
    for name, value in new.items():
        was = old.get(name)
        if was == value and type(was) is type(value):
            continue
        if merged is old:
            merged = dict(old)
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = value
        diff[path + name] = [was, value]
    return merged


def _id_of(change: ContactChange) -> UUID:
    """Make the id of a new contact, so that ids sort as `created_at` does."""
    return ids.new_id(None if change.at is None else int(change.at.timestamp() * 1000))


def _made_by(change: ContactChange) -> str:
    return change.former.source if change.former else change.source.name


def _made(change: ContactChange, at: datetime) -> Contact:
    former = change.former or Former(_id_of(change), at, None)
    return Contact(
        id=former.id,
        email=None,
        mobile=None,
        external_id=None,
        fields={},
        metadata={},
        tags=[],
        is_active=True,
        email_optout=None,
        sms_optout=None,
        voice_optout=None,
        unsubscribed_at=former.unsubscribed_at,
        created_at=former.created_at,
        updated_at=at,
    )
