"""Numbers for what has an id of its own here: given once, at the first look through this door.

Contacts get theirs in the order in which they were made, whichever door they came through. Whoever
comes later than a look that has passed them by (a row of a file that was checked before it) gets
the next number when it is shown.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from signalbook.doors.digitaleo import number_queries as queries
from signalbook.doors.digitaleo.errors import ValuesInvalid
from signalbook.kit.db import Database, Read, Tx
from signalbook.kit.errors import Problem

STRETCH: Final = 50_000
"""So many contacts get their numbers in one transaction: 0.3 s (2 cores, 2026-11)."""

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


async def catch_up(db: Database, account_id: int) -> None:
    """Give a number to every contact that came since the last look."""
    async with db.read() as read:
        newest, up_to = await queries.newest(read, account_id)
    behind = newest is not None and (up_to is None or newest > up_to)
    while behind:
        behind = await db.transact(lambda tx: _stretch(tx, account_id)) == STRETCH


async def given(tx: Tx, account_id: int, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the numbers of all of these, giving one to each that has none."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    found = await _found(tx, account_id, wanted)
    if missing := [id for id in wanted if id not in found]:
        await queries.begin(tx, account_id)
        last, up_to = await queries.lock(tx, account_id)
        await queries.number(tx, account_id, last, missing)
        await queries.settle(tx, account_id, up_to)
        found |= await _found(tx, account_id, missing)
    return found


async def shown(db: Database, read: Read, account_id: int, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the numbers of all of these; where some have none yet, a transaction gives them."""
    wanted = set(ids)
    found = await _found(read, account_id, sorted(wanted)) if wanted else {}
    if wanted <= found.keys():
        return found
    return await db.transact(lambda tx: given(tx, account_id, wanted))


async def meant(read: Read, account_id: int, texts: Sequence[str]) -> dict[str, UUID]:
    """Return what these numbers stand for; unknown ones are left out. Raises ValuesInvalid."""
    if not texts:
        return {}
    numbers = [number_of(text) for text in texts]
    rows = await queries.of_numbers(read, account_id, numbers)
    ids: dict[int, UUID] = dict(rows)
    return {text: ids[number] for text, number in zip(texts, numbers, strict=True) if number in ids}


def number_of(text: str, field: str = "id") -> int:
    """Read a number; raises ValuesInvalid."""
    if not _NUMBER.fullmatch(text):
        told = f'"{text[:64]}" is not an id: an id is a number like 123456789'
        raise ValuesInvalid(problems=[Problem(field, told, "id_invalid")])
    return int(text)


async def _stretch(tx: Tx, account_id: int) -> int:
    """Give numbers to the next contacts; return how many were looked at."""
    await queries.begin(tx, account_id)
    last, after = await queries.lock(tx, account_id)
    count, up_to = await queries.next_stretch(tx, account_id, after, STRETCH)
    if count:
        await queries.number_stretch(tx, account_id, last, after, up_to)
        await queries.settle(tx, account_id, up_to)
    return count


async def _found(read: Read, account_id: int, ids: Sequence[UUID]) -> dict[UUID, str]:
    return {id: str(number) for id, number in await queries.of_ids(read, account_id, ids)}
