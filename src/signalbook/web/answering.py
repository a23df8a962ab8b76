"""One call of the API: done in one transaction, once only where a key asks for that."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Request, Response

from signalbook.kit.db import Database, Tx
from signalbook.web import idempotency
from signalbook.web.idempotency import Answer

Asked = Request[Any, Any, Any]


async def write(
    request: Asked,
    db: Database,
    account_id: int,
    raw: bytes,
    work: Callable[[Tx], Awaitable[Answer]],
) -> Response[bytes]:
    """Do `work` in one transaction; a POST with an Idempotency-Key only if it is new."""
    if request.method != "POST" or idempotency.key_of(request) is None:
        return idempotency.respond(await db.transact(work))
    return await idempotency.once(request, db, account_id, raw, work)


def answer(body: msgspec.Struct, status: int = 200) -> Answer:
    """Write an answer."""
    return Answer(status, msgspec.json.encode(body))
