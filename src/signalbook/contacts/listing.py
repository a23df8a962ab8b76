"""What SES contact lists hold of contacts, and the lists that changes join and leave; no I/O."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import UNSET

from signalbook.contacts import attributes, errors
from signalbook.contacts.model import ContactChange
from signalbook.contacts.state import State
from signalbook.fields.naming import Meaning


class Held(NamedTuple):
    """What an SES list holds of a contact: AttributesData as sent, whether it made the contact."""

    attributes: str | None
    made: bool
    created_at: datetime
    updated_at: datetime


class Listing:
    """What a batch must know of lists, and what it writes of them; ids are hexadecimal."""

    def __init__(self) -> None:
        """Start with nothing known, as most batches end."""
        self.meaning = Meaning(())
        self.written: dict[tuple[str, UUID], Held] = {}
        self.dropped: dict[tuple[str, UUID], None] = {}
        self.joined: dict[UUID, dict[str, str]] = {}
        """By list, the contacts that join and by whom."""
        self.left: dict[UUID, dict[str, None]] = {}
        self._held: dict[str, dict[UUID, Held]] = {}
        self._is_active: dict[UUID, bool] = {}
        self._members: dict[str, set[UUID]] = {}

    def load(self, rows: Iterable[tuple[UUID, UUID, str | None, bool, datetime, datetime]]) -> None:
        """Take in rows of `ses_contacts`."""
        for row in rows:
            self._held.setdefault(row[0].hex, {})[row[1]] = Held(*row[2:])

    def load_lists(self, rows: Iterable[tuple[UUID, bool, UUID | None]]) -> None:
        """Take in lists (id, whether it is active, a member or None)."""
        for list_id, is_active, member in rows:
            self._is_active[list_id] = is_active
            if member is not None:
                self._members.setdefault(member.hex, set()).add(list_id)

    def former_names(self, changes: Iterable[ContactChange]) -> set[str]:
        """Name the fields of the attributes that changes replace."""
        if all(one.listed is None or one.listed.attributes is UNSET for one in changes):
            return set()
        return {
            name
            for lists in self._held.values()
            for held in lists.values()
            for name in attributes.values_of(held.attributes)
        }

    def refuse(self, state: State | None, change: ContactChange) -> None:
        """Raise ListedAlready or NotListed where a change expects something else."""
        listed = change.listed
        if listed is None:
            return
        is_there = state is not None and self._is_on(state, listed.list_id)
        if listed.presence == "new" and is_there:
            raise errors.ListedAlready(email=change.email or "The contact")
        if (listed.leave or listed.presence == "there") and not is_there:
            raise errors.NotListed(email=change.email or "The contact")

    def is_last(self, state: State | None, change: ContactChange) -> bool:
        """Tell whether a contact leaves the only list that holds it."""
        listed = change.listed
        if state is None or listed is None or not listed.leave:
            return False
        return not (self._held.get(state.hex, {}).keys() - {listed.list_id})

    def let_go_of_fields(self, state: State, change: ContactChange) -> None:
        """Let a change take away the fields that the former attributes had and the new have not."""
        listed = change.listed
        if listed is None or listed.attributes is UNSET:
            return
        former = self._held.get(state.hex, {}).get(listed.list_id)
        if former is None or former.attributes is None or former.attributes == listed.attributes:
            return
        for name in attributes.values_of(former.attributes):
            change.fields.setdefault(self.meaning.field_of(name), None)

    def write(self, state: State, change: ContactChange, when: datetime) -> bool:
        """Take down what a change does to the lists; tell whether it did anything."""
        moved = False
        if change.joins or change.leaves:
            moved = self._move(state, change)
        listed = change.listed
        if listed is None:
            return moved
        if listed.leave:
            self._drop(state, listed.list_id)
            return True
        held = self._held.setdefault(state.hex, {})
        former = held.get(listed.list_id)
        text = former.attributes if former is not None else None
        if listed.attributes is not UNSET:
            text = listed.attributes
        if former is not None and text == former.attributes and listed.presence == "any":
            return moved
        now = (
            Held(text, state.is_new, when, when)
            if former is None
            else former._replace(attributes=text, updated_at=max(when, former.updated_at))
        )
        held[listed.list_id] = self.written[state.hex, listed.list_id] = now
        self.dropped.pop((state.hex, listed.list_id), None)
        return True

    def _is_on(self, state: State, list_id: UUID) -> bool:
        held = self._held.get(state.hex)
        return state.contact.email is not None and (not held or list_id in held)

    def _drop(self, state: State, list_id: UUID) -> None:
        """Let a list go of a contact; if it has made it the other lists that hold it have now."""
        held = self._held.get(state.hex, {})
        former = held.pop(list_id, None)
        for other in held if former is not None and former.made else ():
            held[other] = self.written[state.hex, other] = held[other]._replace(made=True)
        self.written.pop((state.hex, list_id), None)
        self.dropped[state.hex, list_id] = None

    def _move(self, state: State, change: ContactChange) -> bool:
        """Let a contact leave lists and join others; a list that is not there means nothing."""
        member_of = self._members.setdefault(state.hex, set())
        leaves = (change.leaves - change.joins) & member_of
        joins = (change.joins & self._is_active.keys()) - member_of
        for list_id in leaves:
            if self.joined.get(list_id, {}).pop(state.hex, None) is None:
                self.left.setdefault(list_id, {})[state.hex] = None
        for list_id in joins:
            if list_id not in self.left or state.hex not in self.left[list_id]:
                by = change.source.actor or change.source.name
                self.joined.setdefault(list_id, {})[state.hex] = by
            else:
                del self.left[list_id][state.hex]
        self._members[state.hex] = (member_of - leaves) | joins
        if leaves or joins:
            self._let_lists_decide(state)
        return bool(leaves or joins)

    def _let_lists_decide(self, state: State) -> None:
        is_active = all(self._is_active[one] for one in self._members[state.hex])
        if state.contact.list_active != is_active:
            state.contact.list_active = is_active
            state.record_changed = True


def prepare(change: ContactChange) -> None:
    """Let the attributes of a change be values of fields; what it gives besides counts more."""
    listed = change.listed
    if listed is None or not isinstance(listed.attributes, str):
        return
    values = attributes.values_of(listed.attributes)
    change.lenient |= values.keys() - change.fields.keys()
    change.fields = values | change.fields


def is_concerned(changes: Iterable[ContactChange]) -> bool:
    """Tell whether any change says something of lists."""
    return any(one.listed is not None or one.joins or one.leaves for one in changes)


def mentioned(changes: Iterable[ContactChange]) -> set[UUID]:
    """List the lists that changes join or leave."""
    return {list_id for one in changes for list_id in (*one.joins, *one.leaves)}
