"""A file of opt-outs (address, channel, reason) goes in, a thousand rows at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

import msgspec

from signalbook.kit import clock
from signalbook.kit.db import Database, Tx
from signalbook.ledger.model import ALL, Reason
from signalbook.optouts import actions
from signalbook.optouts.listed import FileRow
from signalbook.optouts.model import Outcome, Restriction

SOURCE: Final = "file"
_AT_ONCE: Final = 1_000
_MOST_TOLD: Final = 20


class Filed(msgspec.Struct):
    """What came of a file: how many rows hold now, held before, or were refused, and why."""

    restricted: int = 0
    unchanged: int = 0
    rejected: int = 0
    first_rejected: list[str] = []


async def add(
    db: Database,
    account_id: int,
    rows: Iterable[FileRow],
    *,
    name: str,
    actor: str,
    dry_run: bool = False,
) -> Filed:
    """Add the opt-outs of a file; each thousand rows commit together, and again is harmless.

    The file's name and the row are kept as evidence. A file never lifts.
    """
    filed = Filed()
    for some in _chunks(iter(rows)):
        wanted = [
            Restriction(
                channel=row.channel or ALL,
                address=row.address,
                reason=row.reason or Reason.USER,
                source=SOURCE,
                actor=actor,
                evidence={"file": name, "row": row.number},
            )
            for row in some
        ]

        async def work(tx: Tx, wanted: list[Restriction] = wanted) -> list[Outcome]:
            return await actions.restrict(tx, account_id, wanted, at=clock.now(), dry_run=dry_run)

        for row, outcome in zip(some, await db.transact(work), strict=True):
            _count(filed, row, outcome)
    return filed


def _count(filed: Filed, row: FileRow, outcome: Outcome) -> None:
    if outcome.error is not None:
        filed.rejected += 1
        if len(filed.first_rejected) < _MOST_TOLD:
            filed.first_rejected.append(f"Row {row.number}: {outcome.error.message}")
    elif outcome.status == "restricted":
        filed.restricted += 1
    else:
        filed.unchanged += 1


def _chunks(rows: Iterator[FileRow]) -> Iterator[list[FileRow]]:
    while some := list(islice(rows, _AT_ONCE)):
        yield some
