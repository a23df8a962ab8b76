"""How fields change as such: what they are called and what they take."""

from datetime import datetime
from typing import Final

from signalbook.fields import model, queries
from signalbook.fields.errors import FieldNotFound, FieldTypeFixed, FieldValuesUnfit
from signalbook.fields.model import FieldType, Registered
from signalbook.fields.queries import Scan
from signalbook.kit import clock
from signalbook.kit.db import Database, Read, Tx
from signalbook.kit.errors import Problem

MOST_SHOWN: Final = 20


async def set_label(tx: Tx, account_id: int, name: str, label: str) -> Registered:
    """Show a field under another label; raises FieldNotFound."""
    await queries.set_label(tx, account_id, name, label)
    return await _field(tx, account_id, name)


async def set_type(db: Database, account_id: int, name: str, type: FieldType) -> Registered:
    """Hold a field to a type; what is stored keeps its form until it is written again.

    Raises FieldNotFound, FieldTypeFixed for a standard field, and FieldValuesUnfit with contacts
    whose values the type does not take. What was written while they were looked at is looked at
    once more, with all batches of the account waiting.
    """
    began = clock.now()
    async with db.read() as read:
        field = await _field(read, account_id, name)
        if field.is_standard and field.type != type:
            raise FieldTypeFixed(name=name, type=field.type)
        await _refuse_unfit(read, account_id, name, type)

    async def finish(tx: Tx) -> Registered:
        await queries.hold_alone(tx, account_id)
        await _refuse_unfit(tx, account_id, name, type, since=began)
        await queries.set_type(tx, account_id, name, type.value)
        return await _field(tx, account_id, name)

    return await db.transact(finish)


async def _field(read: Read, account_id: int, name: str) -> Registered:
    field = await queries.get(read, account_id, name)
    if field is None:
        raise FieldNotFound
    return field


async def _refuse_unfit(
    read: Read, account_id: int, name: str, type: FieldType, since: datetime | None = None
) -> None:
    problems: list[Problem] = []
    scan = Scan(since=since)
    while len(problems) < MOST_SHOWN:
        rows = await queries.values(read, account_id, name, scan)
        for contact_id, value in rows:
            try:
                model.fit(name, type, value)
            except model.Unfit:
                told = model.unfit_problem(name, type, value)
                problems.append(Problem(str(contact_id), told.message, told.code))
        if len(rows) < scan.size:
            break
        scan = scan._replace(after=rows[-1][0])
    if problems:
        refusal = FieldValuesUnfit(type=type.value)
        refusal.problems = tuple(problems[:MOST_SHOWN])
        raise refusal
