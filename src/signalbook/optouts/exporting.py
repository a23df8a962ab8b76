"""Opt-outs in force as a CSV, written as it is read: what `import` and a blocklist take back in."""

import csv
import io
from collections.abc import AsyncGenerator
from typing import Final

from signalbook.kit.db import Database
from signalbook.optouts import queries
from signalbook.optouts.model import InForce, Wanted
from signalbook.web.moments import shown

HEADER: Final = ("address", "channel", "reason", "since", "source")
_PAGE: Final = 5_000


async def lines(db: Database, account_id: int, wanted: Wanted) -> AsyncGenerator[bytes]:
    """Write the header, then opt-outs, the latest first, a page of the database at a time."""
    yield _text([HEADER])
    after: queries.After | None = None
    while True:
        async with db.read() as read:
            found = await queries.page(read, account_id, wanted, _PAGE, after)
        if found:
            yield _text([_cells(one) for one in found])
        if len(found) < _PAGE:
            return
        last = found[-1]
        after = (last.since, last.address, last.channel, last.reason)


def _cells(one: InForce) -> tuple[str, ...]:
    return one.address, one.channel, one.reason, shown(one.since), one.source


def _text(rows: list[tuple[str, ...]]) -> bytes:
    held = io.StringIO()
    csv.writer(held, lineterminator="\n").writerows(rows)
    return held.getvalue().encode()
