"""How fields change as such: what they are called, and which there are."""

from collections.abc import Sequence
from typing import NamedTuple

from signalbook.fields import model, queries
from signalbook.fields.errors import (
    FieldAliasTaken,
    FieldInvalid,
    FieldNotFound,
    FieldsFull,
    FieldTaken,
)
from signalbook.fields.model import MAX_FIELDS, STANDARD, FieldType, Registered
from signalbook.kit import clock
from signalbook.kit.db import Read, Tx
from signalbook.kit.errors import Problem
from signalbook.kit.spelling import plain


class Fields(NamedTuple):
    """The registry, and how many contacts there are whom a field may be filled for."""

    fields: list[Registered]
    contacts: int

    def share(self, field: Registered) -> float:
        """Return for what part of the contacts a field is filled, from 0 to 1."""
        return min(field.contacts / self.contacts, 1.0) if self.contacts else 0.0


async def everything(db: Read, account_id: int) -> Fields:
    """Return every field there is by name: the standard ones, used or not, and the account's own.

    One whose values are on their way into another is that other one already.
    """
    known = {one.name: one for one in await queries.all_of(db, account_id)}
    unused = [model.unused(name) for name in STANDARD if name not in known]
    shown = [one for one in known.values() if not one.is_moving]
    total = await queries.contacts(db, account_id)
    return Fields(sorted([*shown, *unused], key=lambda one: one.name), total)


async def one(db: Read, account_id: int, name: str) -> Registered:
    """Return a field by its name, or else by an alias; raises FieldNotFound."""
    found = await queries.get(db, account_id, name)
    if found is not None and found.is_moving:
        found = await queries.get(db, account_id, found.moving_to or "")
    if found is not None:
        return found
    if name in STANDARD:
        return model.unused(name)
    aliased = await queries.aliased(db, account_id, [plain(name)])
    found = await queries.get(db, account_id, aliased[0][1]) if aliased else None
    if found is None:
        raise FieldNotFound
    return found


async def create(
    tx: Tx,
    account_id: int,
    name: str,
    *,
    label: str = "",
    type: FieldType | None = None,
    aliases: Sequence[str] = (),
) -> Registered:
    """Make a field before anybody has a value for it; without a type it takes any, as text.

    Raises FieldInvalid, FieldTaken, FieldAliasTaken, FieldsFull.
    """
    label = label.strip() or model.label_of(name)
    _refuse_unfit(model.name_problem(name), model.label_problem(label))
    await queries.hold_alone(tx, account_id)
    known = await queries.all_of(tx, account_id)
    if name in STANDARD or any(one.name == name for one in known):
        raise FieldTaken(name=name)
    if len(known) >= MAX_FIELDS:
        raise FieldsFull(most=MAX_FIELDS)
    await _refuse_aliased(tx, account_id, name, [name, label])
    field = Registered(
        name=name,
        label=label,
        type=type or FieldType.TEXT,
        is_standard=False,
        type_is_set=type is not None,
    )
    await queries.insert(tx, account_id, field, clock.now())
    await _set_aliases(tx, account_id, name, aliases, known)
    return await one(tx, account_id, name)


async def describe(
    tx: Tx,
    account_id: int,
    name: str,
    *,
    label: str | None = None,
    aliases: Sequence[str] | None = None,
    is_hidden: bool | None = None,
) -> Registered:
    """Give a field another label or other aliases, or hide it; what is None stays.

    Raises FieldNotFound, FieldInvalid, FieldAliasTaken.
    """
    if label is not None:
        label = label.strip()
        _refuse_unfit(model.label_problem(label))
    await queries.hold_alone(tx, account_id)
    field = await one(tx, account_id, name)
    known = await queries.all_of(tx, account_id)
    await queries.insert(tx, account_id, field, clock.now())
    if label is not None and label != field.label:
        await _refuse_aliased(tx, account_id, field.name, [label])
    await queries.set_described(
        tx,
        account_id,
        field.name,
        label=field.label if label is None else label,
        is_hidden=field.is_hidden if is_hidden is None else is_hidden,
    )
    if aliases is not None:
        await _set_aliases(tx, account_id, field.name, aliases, known)
    return await one(tx, account_id, field.name)


def meaning_of(alias: str, own: str, known: Sequence[Registered]) -> str | None:
    """Name the other field that goes by this name or label already, or None.

    `own` is the field that the alias is for; `known` is the registry.
    """
    key = plain(alias)
    named = [(name, text) for name, std in STANDARD.items() for text in (name, std.label)]
    there = [one for one in known if not one.is_moving]
    named += [(one.name, text) for one in there for text in (one.name, one.label)]
    return next((name for name, text in named if name != own and plain(text) == key), None)


async def _set_aliases(
    tx: Tx, account_id: int, name: str, aliases: Sequence[str], known: Sequence[Registered]
) -> None:
    wanted = {plain(alias): alias.strip() for alias in reversed(aliases)}
    _refuse_unfit(model.aliases_problem(list(wanted.values())))
    for alias in wanted.values():
        other = meaning_of(alias, name, known)
        if other is not None:
            raise FieldAliasTaken(alias=alias, name=other)
    await _refuse_aliased(tx, account_id, name, list(wanted.values()))
    await queries.delete_aliases(tx, account_id, name)
    await queries.insert_aliases(tx, account_id, name, list(wanted), list(wanted.values()))


async def _refuse_aliased(tx: Tx, account_id: int, own: str, texts: Sequence[str]) -> None:
    """Raise FieldAliasTaken where a text is an alias of another field."""
    said = {plain(text): text for text in texts}
    for key, name in await queries.aliased(tx, account_id, list(said)):
        if name != own:
            raise FieldAliasTaken(alias=said[key], name=name)


def _refuse_unfit(*found: Problem | None) -> None:
    problems = [problem for problem in found if problem is not None]
    if problems:
        raise FieldInvalid(problems=problems)
