"""The records that a job refused, as a file in the format of its source, each with the reason."""

import csv
import io
import json
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from signalbook.imports import outcomes
from signalbook.imports import queries as imports
from signalbook.kit.db import Database
from signalbook.ses import importing_queries as queries
from signalbook.ses.importing_model import Destination, ImportJob

REASON: Final = "failureReason"
RECORD: Final = "record"
"""The member that holds a record which is no JSON, as text."""

_AT_ONCE: Final = 1_000


async def write(db: Database, job: ImportJob, path: Path) -> None:
    """Write the file."""
    lines = _suppressions(db, job) if _is_of_suppressions(job) else _contacts(db, job)
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        async for some in lines:
            file.write(some)


def ending_of(job: ImportJob) -> str:
    """Return what is written behind the name of the source."""
    return f".failed-{job.id}.{job.format.lower()}"


def _is_of_suppressions(job: ImportJob) -> bool:
    return job.destination == Destination.SUPPRESSION_LIST


async def _contacts(db: Database, job: ImportJob) -> AsyncGenerator[str]:
    async with db.read() as read:
        found = await imports.get(read, job.account_id, job.id)
    columns = list(found.source.columns) if found is not None and found.source is not None else []
    if job.format == "CSV":
        yield _csv([[*columns, REASON]])
    async for block in outcomes.rejected_rows(db, job.account_id, job.id):
        if job.format == "CSV":
            width = len(columns)
            yield _csv(
                [
                    [*cells[:width], *[""] * (width - len(cells)), reason]
                    for _, cells, reason in block
                ]
            )
        else:
            yield "".join(_json(columns, cells, reason) for _, cells, reason in block)


async def _suppressions(db: Database, job: ImportJob) -> AsyncGenerator[str]:
    after = 0
    while True:
        async with db.read() as read:
            rows = await queries.rejects(read, job.account_id, job.id, after, _AT_ONCE)
        if not rows:
            return
        after = rows[-1][0]
        if job.format == "CSV":
            yield "".join(f"{record},{_csv([[reason]])}" for _, record, reason in rows)
        else:
            yield "".join(
                msgspec.json.encode(json.loads(record) | {REASON: reason}).decode() + "\n"
                for _, record, reason in rows
            )


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _json(columns: Sequence[str], cells: Sequence[str], reason: str) -> str:
    """Write a record as an object; cells are texts, and what was no text is made so again."""
    record: dict[str, Any] = {}
    for name, text in zip(columns, cells, strict=False):
        if text:
            record[name] = text if name in {"emailAddress", "attributesData"} else _value(text)
    if len(cells) > len(columns):  # what could not be read at all
        record[RECORD] = cells[-1]
    return msgspec.json.encode(record | {REASON: reason}).decode() + "\n"


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
