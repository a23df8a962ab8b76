"""The SES door: from a raw request to the handler of its operation, and back in AWS's words.

It stands before the router, which would decode the path: an address may have a slash in it, and the
signature is over the path as it was sent. In this order: is there such an operation, is the request
signed by a key of ours, is there room within the plan, may the key do this; and only then is the
body looked into.
"""

import time
from collections.abc import Mapping
from typing import Any, Final, cast

import msgspec
import structlog
from litestar.types import HTTPScope, Receive, Scope, Send

from signalbook.doors.ses import (
    account_api,
    callers,
    contacts_api,
    import_jobs_api,
    lists_api,
    operations,
    sigv4,
    suppression_api,
    tags_api,
)
from signalbook.doors.ses.call import Call, Handler
from signalbook.doors.ses.errors import (
    BUG_CODE,
    ActionDenied,
    NotDecoded,
    OperationUnknown,
    code_of,
    status_of,
)
from signalbook.doors.ses.members import whole_in
from signalbook.doors.ses.sigv4 import Pairs
from signalbook.kit import ids
from signalbook.kit.errors import AppError
from signalbook.web.asgi import Headers, answer
from signalbook.web.errors import BUG
from signalbook.web.middleware import REQUESTS, SAFE_HEADERS, SECONDS

HANDLERS: Final[Mapping[str, Handler]] = {
    **lists_api.HANDLERS,
    **contacts_api.HANDLERS,
    **suppression_api.HANDLERS,
    **import_jobs_api.HANDLERS,
    **account_api.HANDLERS,
    **tags_api.HANDLERS,
}

_DOOR: Final = "ses"
_OK: Final = 200
_EMPTY: Final = b"{}"
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode
_seconds = SECONDS.labels(_DOOR)
_answered = {status: REQUESTS.labels(_DOOR, f"{status}xx") for status in (2, 4, 5)}
_log = structlog.get_logger(__name__)


async def answered(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request below `/v2/email/`."""
    began = time.perf_counter()
    request_id = str(ids.new_id())
    headers: Headers = [*SAFE_HEADERS, (b"x-amzn-requestid", request_id.encode())]
    try:
        status, body = _OK, await _done(cast("HTTPScope", scope), receive, headers)
    except AppError as refusal:
        code = code_of(refusal)
        status, body = status_of(code), _refused(code, refusal.message, headers)
        if refusal.retry_after_seconds is not None:
            headers.append((b"retry-after", str(refusal.retry_after_seconds).encode()))
    except Exception:  # noqa: BLE001  # a bug is logged and told in this door's own shape
        _log.exception("unhandled", path=scope["path"], request_id=request_id)
        status, body = status_of(BUG_CODE), _refused(BUG_CODE, BUG, headers)
    _answered[status // 100].inc()
    _seconds.observe(time.perf_counter() - began)
    await answer(send, status, headers, body)


async def _done(scope: HTTPScope, receive: Receive, headers: Headers) -> bytes:
    path = sigv4.path_of(scope["raw_path"].partition(b"?")[0].decode("latin-1"))
    asked = operations.asked(scope["method"], path)
    route = asked.route
    handler = HANDLERS.get(route.operation)
    if handler is None:
        raise OperationUnknown(method=route.method, path=path[:200])
    pairs = sigv4.query_of(scope["query_string"])
    let_in = await callers.let_in(scope, path, pairs, receive, headers)
    caller = let_in.caller
    if route.scope not in caller.scopes:
        raise ActionDenied(key=let_in.access_key, operation=route.operation)
    query = _query(pairs)
    state = scope["litestar_app"].state
    body = _object(let_in.body)
    answer = await handler(
        Call(
            caller=caller,
            operation=route.operation,
            region=let_in.region,
            path=asked.parameters,
            query=query,
            body=_legacy(query) | body if route.is_legacy else body,
            size=len(let_in.body) + 1024,
            db=state.db,
            writer=state.writer,
            worker=state.worker,
            settings=state.settings,
        )
    )
    return _EMPTY if answer is None else _encode(answer)


def _object(raw: bytes) -> dict[str, Any]:
    """Decode a body; an empty one is an empty object, as for AWS."""
    if not raw:
        return {}
    try:
        body = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as garbage:
        raise NotDecoded("The body is not JSON.") from garbage
    if isinstance(body, dict):
        return body  # pyright: ignore[reportUnknownVariableType]  # a JSON object
    is_list = isinstance(body, list)
    raise NotDecoded("Start of list found where not expected" if is_list else "Expected null")


def _query(pairs: Pairs) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    try:
        for name, value in pairs:
            found.setdefault(name.decode(), []).append(value.decode())
    except UnicodeDecodeError:
        raise NotDecoded("The query is not UTF-8 text.") from None
    if any("\x00" in text for name, texts in found.items() for text in (name, *texts)):
        raise NotDecoded("The query holds a character that no text has.")
    return found


def _legacy(query: dict[str, list[str]]) -> dict[str, Any]:
    """Read members that today are in the body from the query, where older clients write them."""
    found: dict[str, Any] = {name: texts[-1] for name, texts in query.items()}
    if "PageSize" in found:
        found["PageSize"] = whole_in(query, "PageSize")
    return found


def _refused(code: str, message: str, headers: Headers) -> bytes:
    headers.append((b"x-amzn-errortype", code.encode()))
    return _encode({"__type": code, "message": message})
