"""Imports and the rewriting of fields keep out of each other's way.

Rows are read with the names and types that fields have when it begins, and written by statements
that know no others. So a field is not rewritten while an import brings values for it, an import
does not start while one of its fields is rewritten, and one that was checked before that is checked
anew.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from signalbook.contacts.rewriting import queries as rewriting
from signalbook.contacts.rewriting.model import FieldJob
from signalbook.fields import queries as fields
from signalbook.fields.errors import FieldBusy
from signalbook.fields.model import STANDARD
from signalbook.imports import claim_queries
from signalbook.imports.model import ColumnMap, Import, KnownField, State
from signalbook.kit.db import Read, Tx
from signalbook.kit.spelling import plain

_FIELD: Final = "field:"
_ANY: Final = "attributes"
"""A column that may bring any field."""


async def holder(db: Read, account_id: int, names: frozenset[str]) -> str | None:
    """Name the import that brings values for one of these fields just now, or None."""
    targets = [_ANY, *(_FIELD + name for name in sorted(names))]
    return await claim_queries.holder(db, account_id, sorted(names), targets)


async def settled(tx: Tx, found: Import, known: Sequence[KnownField]) -> Import:
    """Return an import with the names that its fields have now, and no check that is out of date.

    No rewriting begins until the transaction ends. Raises FieldBusy.
    """
    await fields.hold_shared(tx, found.account_id)
    columns = tuple(_renamed(one, known) for one in found.columns)
    names = {one.target.removeprefix(_FIELD) for one in columns} | set(found.fields)
    for job in await rewriting.active(tx, found.account_id):
        if _concerns(job, names):
            raise FieldBusy(name=job.name)
    state = found.state
    if state == State.CHECKED and found.checking_at is not None:
        jobs = await rewriting.since(tx, found.account_id, found.checking_at)
        if columns != found.columns or any(_concerns(job, names) for job in jobs):
            state = State.READY
    return msgspec.structs.replace(found, columns=columns, state=state)


def _concerns(job: FieldJob, names: set[str]) -> bool:
    return _ANY in names or not job.names.isdisjoint(names)


def _renamed(column: ColumnMap, known: Sequence[KnownField]) -> ColumnMap:
    name = column.target.removeprefix(_FIELD)
    if name == column.target or name in STANDARD or any(one.name == name for one in known):
        return column
    key = plain(name)
    for one in known:
        if any(plain(alias) == key for alias in one.aliases):
            return msgspec.structs.replace(column, target=_FIELD + one.name)
    return column
