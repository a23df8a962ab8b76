"""`Idempotency-Key`: a call repeated with the same key has its effect once and the same answer.

Looking the key up, the effect and the remembered answer are one transaction, so a crash leaves all
of it or nothing, and a repetition after any failure is safe. Answers are kept for 24 hours. A
refusal is not kept: nothing happened, and the corrected call may use the key again.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, NamedTuple

import msgspec
from litestar import MediaType, Request, Response

from signalbook.kit import clock
from signalbook.kit.db import Database, Tx
from signalbook.kit.errors import Conflict, Invalid, Mismatch
from signalbook.web import idempotency_queries as queries

HEADER: Final = "Idempotency-Key"
KEPT: Final = timedelta(hours=24)
MAX_KEY: Final = 255


class IdempotencyKeyInvalid(Invalid):
    """An Idempotency-Key has 1 to 255 printable ASCII characters."""


class IdempotencyKeyReused(Mismatch):
    """This Idempotency-Key was used for another request; take a new key for a new request."""


class IdempotencyKeyBusy(Conflict):
    """The first request with this Idempotency-Key is still running; ask again in a second."""

    retry_after_seconds = 1


class Answer(NamedTuple):
    """What a call is answered with."""

    status: int
    body: bytes


def respond(answer: Answer, *, replayed: bool = False) -> Response[bytes]:
    """Turn an answer into a response."""
    headers = {"Idempotency-Replayed": "true"} if replayed else {}
    return Response(
        answer.body, status_code=answer.status, media_type=MediaType.JSON, headers=headers
    )


def key_of(request: Request[Any, Any, Any]) -> str | None:
    """Return the key a request carries, bare or quoted; raises IdempotencyKeyInvalid."""
    raw = request.headers.get(HEADER)
    if raw is None:
        return None
    key = raw.strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not 0 < len(key) <= MAX_KEY or not (key.isascii() and key.isprintable()):
        raise IdempotencyKeyInvalid
    return key


async def once(
    request: Request[Any, Any, Any],
    db: Database,
    account_id: int,
    raw: bytes,
    work: Callable[[Tx], Awaitable[Answer]],
) -> Response[bytes]:
    """Do `work` in one transaction unless this key's answer is known; then replay that.

    Raises IdempotencyKeyReused and IdempotencyKeyBusy. Call it only where `key_of` found a key.
    """
    key = key_of(request) or ""
    fingerprint = _fingerprint(request, raw)

    async def first_or_again(tx: Tx) -> tuple[Answer, bool]:
        now = clock.now()
        if not await queries.lock(tx, account_id, _number(account_id, key)):
            raise IdempotencyKeyBusy
        known = await queries.find(tx, account_id, key, now - KEPT)
        if known is not None:
            if bytes(known[0]) != fingerprint:
                raise IdempotencyKeyReused
            return Answer(known[1], bytes(known[2])), True
        answer = await work(tx)
        await queries.insert(tx, account_id, key, fingerprint, answer.status, answer.body, now)
        return answer, False

    answer, replayed = await db.transact(first_or_again)
    return respond(answer, replayed=replayed)


async def forget_old(tx: Tx, account_id: int) -> int:
    """Forget an account's answers that are no longer replayed; return how many."""
    return await queries.purge(tx, account_id, clock.now() - KEPT)


def _fingerprint(request: Request[Any, Any, Any], raw: bytes) -> bytes:
    """Tell requests apart: method, address, and the body without regard to how it is spaced."""
    try:
        body = msgspec.json.encode(msgspec.json.decode(raw), order="sorted")
    except (ValueError, RecursionError, OverflowError):
        body = raw
    hashed = hashlib.sha256()
    for part in (request.method.encode(), request.url.path.encode(), _query(request), body):
        hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.digest()


def _query(request: Request[Any, Any, Any]) -> bytes:
    return request.scope["query_string"]


def _number(account_id: int, key: str) -> int:
    digest = hashlib.sha256(f"{account_id}:{key}".encode()).digest()
    return int.from_bytes(digest[:4], "big", signed=True)
