"""What the commands on fields do, through the same actions as every other face."""

from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec

from signalbook.accounts import queries as accounts
from signalbook.accounts.errors import AccountUnknown
from signalbook.contacts.reading import as_id
from signalbook.contacts.rewriting import actions, queries, wire
from signalbook.contacts.rewriting.errors import FieldJobNotFound
from signalbook.contacts.rewriting.model import FieldJob, Wish
from signalbook.contacts.rewriting.schemas import FieldJobOut, RewritePreview
from signalbook.fields import actions as fields
from signalbook.fields import queries as registry
from signalbook.fields import value_queries, values
from signalbook.fields import wire as field_wire
from signalbook.fields.model import FieldType
from signalbook.fields.schemas import FieldOut
from signalbook.fields.values import Frequent
from signalbook.kit.db import Database, Read

_ACTOR = "cli"


class Shown(msgspec.Struct):
    """A field with its most frequent values, counted for this command."""

    field: FieldOut
    different: int
    values: list[Frequent]


async def listed(db: Database, account: str) -> list[FieldOut]:
    """Return all fields by name."""
    async with db.read() as read:
        found = await fields.everything(read, await _account(read, account))
    return [field_wire.out(one, found.contacts) for one in found.fields]


async def show(db: Database, account: str, name: str) -> Shown:
    """Return a field, and count its values now."""
    async with db.tx() as tx:
        account_id = await _account(tx, account)
        one = await _field(tx, account_id, name)
        rows = await value_queries.most_frequent(tx, account_id, one.name, values.MOST)
    most = [Frequent(values.shortened(value), number) for value, number, _ in rows]
    return Shown(one, rows[0][2] if rows else 0, most)


async def create(
    db: Database,
    account: str,
    name: str,
    *,
    label: str,
    type: FieldType | None,
    aliases: Sequence[str],
) -> FieldOut:
    """Make a field."""
    async with db.tx() as tx:
        account_id = await _account(tx, account)
        one = await fields.create(tx, account_id, name, label=label, type=type, aliases=aliases)
        return field_wire.out(one, 0)


async def describe(
    db: Database,
    account: str,
    name: str,
    *,
    label: str | None,
    aliases: Sequence[str] | None,
    is_hidden: bool | None,
) -> FieldOut:
    """Give a field another label or other aliases, or hide it."""
    async with db.tx() as tx:
        account_id = await _account(tx, account)
        one = await fields.describe(
            tx, account_id, name, label=label, aliases=aliases, is_hidden=is_hidden
        )
        return await _field(tx, account_id, one.name)


async def preview(db: Database, account: str, wish: Wish) -> RewritePreview:
    """Tell what it would come to."""
    async with db.read() as read:
        account_id = await _account(read, account)
        return wire.preview_out(await actions.preview(read, account_id, wish))


async def rewrite(
    db: Database, account: str, wish: Wish, told: Callable[[FieldJob], None]
) -> FieldJobOut:
    """Begin, and stay until it is done; `told` hears how far the job is.

    The command does the job's work itself, beside a server that may do the same: whoever has a
    chunk holds the job, so each contact is worked on once.
    """
    async with db.read() as read:
        account_id = await _account(read, account)
    job = await actions.begin(db, account_id, wish, _ACTOR)
    while await db.transact(lambda tx: actions.step(tx, account_id, job.id)):
        told(await _job(db, account_id, job.id))
    return wire.job_out(await _job(db, account_id, job.id))


async def cancel(db: Database, account: str, ref: str) -> FieldJobOut:
    """End work on a field; what is done stays."""
    id = as_id(ref)
    if id is None:
        raise FieldJobNotFound
    async with db.tx() as tx:
        return wire.job_out(await actions.cancel(tx, await _account(tx, account), id))


async def _job(db: Database, account_id: int, id: UUID) -> FieldJob:
    async with db.read() as read:
        job = await queries.get(read, account_id, id)
    if job is None:
        raise FieldJobNotFound
    return job


async def _field(read: Read, account_id: int, name: str) -> FieldOut:
    one = await fields.one(read, account_id, name.replace("\x00", ""))
    return field_wire.out(one, await registry.contacts(read, account_id))


async def _account(read: Read, name: str) -> int:
    account = await accounts.find(read, name)
    if account is None:
        raise AccountUnknown(name=name)
    return account.id
