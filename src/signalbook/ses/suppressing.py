"""A job of the suppression list: its records go into the ledger, a thousand at a time.

Its source has no header in CSV (`address,REASON` or, to delete, `address`); in JSON it is one
object after the other, with `emailAddress` and `reason`. Each thousand commit with the number of
the last, from which a job that was killed goes on.
"""

import asyncio
import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from signalbook.imports.model import Cell, Source
from signalbook.imports.parsing.cells import text_of
from signalbook.imports.reading import batches
from signalbook.imports.reading.batch import Unread
from signalbook.kit import clock
from signalbook.kit.db import Database, Tx
from signalbook.kit.errors import AppError
from signalbook.kit.jobs import Lease
from signalbook.ses import importing_queries as queries
from signalbook.ses import suppression
from signalbook.ses.errors import SourceUnfit
from signalbook.ses.failed_records import RECORD
from signalbook.ses.importing_model import MOST_SUPPRESSED, ImportJob
from signalbook.ses.suppression_model import IMPORTED, MEANS, Entry

MOST_BYTES: Final = 64 * 1024**2
"""How large a source of suppressions may be: 100,000 addresses are a tenth of it."""

_AT_ONCE: Final = 1_000
_MOST_CHARACTERS: Final = 10_000
"""So much of a refused record is kept, of a value that is longer a tenth."""
_NO_TEXT: Final = re.compile(r"[\x00\ud800-\udfff]")
_CSV: Final = Source(kind="csv", header_row=0, columns=["emailAddress", "reason"])
_JSON: Final = Source(
    kind="json", header_row=0, columns=["emailAddress", "reason"], each_alone=True
)


class Record(NamedTuple):
    """A record of the source: its number, what it says, itself as text, why it cannot be read."""

    row_no: int
    address: str
    reason: str
    text: str
    unread: str = ""


async def run(db: Database, lease: Lease, job: ImportJob, path: Path) -> None:
    """Work on the records of a job from its last checkpoint on; raises SourceUnfit, Unreadable."""
    most = MOST_SUPPRESSED[job.action]
    count = await asyncio.to_thread(_count, path, job.format, most)
    if count > most:
        verb = "adds" if job.action == "PUT" else "deletes"
        reason = f"a job {verb} at most {most:,} addresses; split the source in parts."
        raise SourceUnfit(reason=reason)
    records = _records(path, job.format)
    done = job.last_row
    while some := await asyncio.to_thread(lambda: list(islice(records, _AT_ONCE))):
        some = [one for one in some if one.row_no > done]
        if some:
            await _apply(db, lease, job, some)


async def _apply(db: Database, lease: Lease, job: ImportJob, some: Sequence[Record]) -> None:
    async def apply(tx: Tx) -> None:
        await lease.advance(tx)
        refused = await _obeyed(tx, job, some)
        if refused:
            await queries.insert_rejects(
                tx,
                job.account_id,
                job.id,
                [
                    {"row_no": one.row_no, "record": one.text, "reason": reason}
                    for one, reason in refused
                ],
            )
        await queries.add(
            tx,
            job.account_id,
            job.id,
            done=len(some),
            failed=len(refused),
            last_row=some[-1].row_no,
        )

    await db.transact(apply)


async def _obeyed(tx: Tx, job: ImportJob, some: Sequence[Record]) -> list[tuple[Record, str]]:
    """Put or delete; return the records that were refused, each with the sentence."""
    odd = [(one, told) for one in some if (told := _oddness(one))]
    if odd:
        left = [one for one in some if not _oddness(one)]
        return [*odd, *await _obeyed(tx, job, left)]
    if job.action == "DELETE":
        errors = await suppression.delete(
            tx,
            job.account_id,
            [one.address for one in some],
            source=IMPORTED,
            actor=job.actor,
            at=clock.now(),
        )
        return _refused(some, errors)
    fit = [one for one in some if one.reason in MEANS]
    errors = await suppression.put(
        tx,
        job.account_id,
        [Entry(one.address, one.reason, one.row_no) for one in fit],
        source=IMPORTED,
        actor=job.actor,
        at=clock.now(),
        evidence={"file": job.url, "job": str(job.id)},
    )
    told = "The reason is BOUNCE or COMPLAINT"
    return [
        *((one, told) for one in some if one.reason not in MEANS),
        *_refused(fit, errors),
    ]


def _oddness(one: Record) -> str:
    """Say why a record cannot be looked at further, if so."""
    is_text = _NO_TEXT.search(one.address) is None
    return one.unread or ("" if is_text else "The address holds a character that no text has")


def _refused(some: Sequence[Record], errors: Sequence[AppError | None]) -> list[tuple[Record, str]]:
    return [
        (one, error.message) for one, error in zip(some, errors, strict=True) if error is not None
    ]


def _count(path: Path, format: str, most: int) -> int:
    """Count the records, to one more than there may be; raises Unreadable."""
    return sum(1 for _ in islice(_records(path, format), most + 1))


def _records(path: Path, format: str) -> Iterator[Record]:
    source = _CSV if format == "CSV" else _JSON
    for batch in batches.rows(path, source):
        for number, cells in zip(batch.numbers, batch.cells, strict=True):
            texts = [text_of(cell).strip() for cell in cells[:2]] + ["", ""]
            unread = cells[-1].why if isinstance(cells[-1], Unread) else ""
            yield Record(number, texts[0], texts[1], _text(cells, format), unread)


def _text(cells: Sequence[Cell], format: str) -> str:
    """Write a record as it was; a NUL, which PostgreSQL cannot hold, is shown as its picture."""
    if format == "JSON":
        said: dict[str, Any] = dict(zip((*_JSON.columns, RECORD), cells, strict=False))
        given = {name: value for name, value in said.items() if value is not None}
        text = msgspec.json.encode(given, enc_hook=str).decode()
        if len(text) > _MOST_CHARACTERS:
            short = {
                name: text_of(value)[: _MOST_CHARACTERS // 10] for name, value in given.items()
            }
            text = msgspec.json.encode(short).decode()
        return text
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([text_of(cell) for cell in cells])
    return line.getvalue()[:_MOST_CHARACTERS].replace("\x00", "␀")
