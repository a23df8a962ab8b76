"""Many at once: a file in S3 and an import job of SES, where that cannot undo an opt-out.

An import replaces what SES holds, whatever somebody chose there a moment before. So only contacts
that a listing just now did not show go this way, and those to be deleted who were subscribed then;
who is there already is read first and changed one by one. Whoever SES would not take from the file
is tried alone, which tells why.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from signalbook.connector import document, dossiers, listing, queries
from signalbook.connector import outbox_queries as outbox
from signalbook.connector import seen_queries as seen
from signalbook.connector.document import Dossier
from signalbook.connector.errors import SesAway
from signalbook.connector.model import (
    BULK_FROM,
    ImportProgress,
    Mode,
    Remote,
    Seen,
    Topic,
    Waiting,
)
from signalbook.connector.pushing import Desk, add_topics
from signalbook.kit import clock, ids
from signalbook.kit.db import Tx
from signalbook.ses.model import SesList

MOST: Final = 10_000
"""How many one job takes; AWS takes a million."""
FRESH: Final = timedelta(minutes=10)
"""How old a complete listing may be."""
UNSURE: Final = timedelta(minutes=5)
"""How long a job is waited for of which nobody knows whether it began."""

_POLL: Final = timedelta(seconds=5)
_ADDRESS: Final = re.compile(r'"emailAddress"\s*:\s*"((?:[^"\\]|\\.)*)"', re.IGNORECASE)


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """An import job of SES that is under way: what was sent, by address, and its outbox version."""

    id: str
    action: str
    sent: dict[str, UUID]
    key: str
    polled_at: datetime


def sent_of(import_job: Mapping[str, Any] | None) -> list[str]:
    """List the addresses that a job is bringing to SES just now."""
    return list((import_job or {}).get("sent", {}))


async def step(desk: Desk) -> bool:
    """Begin an import job or look how it stands; tell whether there was anything to do."""
    connection = desk.connection
    if connection.import_job is not None:
        return await _look(desk, msgspec.convert(connection.import_job, Job, strict=False))
    if not connection.bucket or connection.mode is Mode.FOLLOW:
        return False
    async with desk.db.read() as read:
        waiting = await outbox.oldest(read, connection.account_id, MOST)
    if len(waiting) <= BULK_FROM or connection.listing is not None:
        return False
    if connection.listed_at is None or connection.listed_at < clock.now() - FRESH:
        await listing.begin(desk)
        return True
    return await _begin(desk, waiting)


async def _begin(desk: Desk, waiting: Sequence[Waiting]) -> bool:
    """Send what may go at once; tell whether that was enough for a job."""
    connection = desk.connection
    one, puts, deletes = await _fit(desk, waiting)
    action, rows = ("PUT", puts) if len(puts) >= len(deletes) else ("DELETE", deletes)
    if len(rows) <= BULK_FROM:
        return False
    if one is not None and one.topics:
        await add_topics(desk.ses, dossiers.topics_of(one))
    job_id = ids.new_id()
    url, key = _place(connection.bucket or "", job_id)
    await desk.ses.store(url, b"".join(msgspec.json.encode(row) + b"\n" for row in rows.values()))
    versions = {row.address: row.version for row in waiting if row.address in rows}
    job = Job(id="", action=action, sent=versions, key=key, polled_at=clock.now())
    await _set(desk, job)
    begun = await desk.ses.begin_import(url, action)
    await _set(desk, msgspec.structs.replace(job, id=begun, polled_at=clock.now()))
    return True


async def _look(desk: Desk, job: Job) -> bool:
    if not job.id:  # we do not know whether it began: let it end before anybody writes anew
        if clock.now() < job.polled_at + UNSURE:
            return False
        await _set(desk, None)
        return True
    if clock.now() < job.polled_at + _POLL / max(1.0, desk.ses.target.requests_per_second):
        return False
    progress = await desk.ses.import_job(job.id)
    if not progress.is_over:
        await _set(desk, msgspec.structs.replace(job, polled_at=clock.now()))
        return False
    failed = await _failed(desk, job, progress)
    done = [address for address in job.sent if address not in failed]

    async def work(tx: Tx) -> None:
        account_id = desk.connection.account_id
        if job.action == "PUT":
            for address in job.sent:
                await seen.spell(tx, account_id, address, address)
        else:
            await seen.forget(tx, account_id, done)
        for address in done:
            await outbox.done(tx, account_id, address, job.sent[address])
        await outbox.accept(tx, account_id, done)
        await queries.set_import_job(tx, account_id, None)

    await desk.db.transact(work)
    await desk.ses.forget(f"s3://{job.key}")
    if progress.status != "COMPLETED":
        raise SesAway(said=f"its import job ended as {progress.status}: {progress.error or ''}")
    return True


async def _failed(desk: Desk, job: Job, progress: ImportProgress) -> set[str]:
    """Return whom SES did not take; everybody where it does not say."""
    if progress.status == "COMPLETED" and not progress.failed:
        return set()
    text = await desk.ses.fetched(progress.failed_url) if progress.failed_url else ""
    named = {str(msgspec.json.decode(f'"{found}"')).lower() for found in _ADDRESS.findall(text)}
    known = named & job.sent.keys()
    return known if progress.status == "COMPLETED" and known else set(job.sent)


async def _fit(
    desk: Desk, waiting: Sequence[Waiting]
) -> tuple[SesList | None, dict[str, Any], dict[str, Any]]:
    """Pick what may go at once, as records of an import by address: to be made, to be deleted."""
    connection = desk.connection
    puts: dict[str, Any] = {}
    deletes: dict[str, Any] = {}
    async with desk.db.read() as read:
        one = await dossiers.here(
            read, connection.account_id, connection.region, connection.list_name
        )
        topics = dossiers.topics_of(one)
        for first in range(0, len(waiting), dossiers.AT_ONCE):
            keys = [row.address for row in waiting[first : first + dossiers.AT_ONCE]]
            known = {row.address: row for row in await seen.of(read, connection.account_id, keys)}
            here = await dossiers.gather(read, connection.account_id, one, keys)
            for key in keys:
                _sort(key, here.get(key), known.get(key), topics, puts, deletes)
    return one, puts, deletes


def _sort(
    key: str,
    dossier: Dossier | None,
    known: Seen | None,
    topics: tuple[Topic, ...],
    puts: dict[str, Any],
    deletes: dict[str, Any],
) -> None:
    if dossier is not None and known is None and dossier.email == key:
        puts[key] = _record(document.wanted(dossier, None, topics))
    elif dossier is None and known is not None and known.spelling is None and not _is_out(known):
        deletes[key] = {"emailAddress": key}


def _is_out(known: Seen) -> bool:
    return known.unsubscribed or "OPT_OUT" in known.topics.values()


def _record(wanted: Remote) -> dict[str, Any]:
    return {
        "emailAddress": wanted.address,
        "unsubscribeAll": wanted.unsubscribed,
        "attributesData": wanted.attributes,
        "topicPreferences": [
            {"topicName": name, "subscriptionStatus": status}
            for name, status in sorted(wanted.topics.items())
        ],
    }


def _place(bucket: str, job_id: UUID) -> tuple[str, str]:
    key = f"{bucket.strip('/')}/signalbook-{job_id}.json"
    if "/" not in bucket.strip("/"):
        key = f"{bucket.strip('/')}/signalbook/{job_id}.json"
    return f"s3://{key}", key


async def _set(desk: Desk, job: Job | None) -> None:
    told = None if job is None else msgspec.to_builtins(job)
    async with desk.db.tx() as tx:
        await queries.set_import_job(tx, desk.connection.account_id, told)
