"""`POST /add-contact`, the hot route: authenticated, limited, checked, committed, answered."""

import time
from typing import Any, cast
from urllib.parse import parse_qsl

import msgspec
import structlog
from litestar import asgi
from litestar.types import HTTPScope, Receive, Scope, Send

from signalbook.accounts.gate import Gate
from signalbook.contacts.model import Source
from signalbook.contacts.writer import Writer
from signalbook.doors.sendwithses import translation
from signalbook.doors.sendwithses.operation import ADD_CONTACT
from signalbook.kit.errors import AppError, Invalid
from signalbook.web import limits
from signalbook.web.access import key
from signalbook.web.asgi import Headers, answer, header, read_body
from signalbook.web.errors import BUG, status_of
from signalbook.web.middleware import REQUESTS, SAFE_HEADERS, SECONDS

PATH = "/add-contact"
MAX_BODY_BYTES = 256 * 1024

_DOOR = "sendwithses"
_SOURCE = "add-contact"
_OK, _BUG = 200, 500
_decode = msgspec.json.Decoder().decode
_seconds = SECONDS.labels(_DOOR)
_answered = {status: REQUESTS.labels(_DOOR, f"{status}xx") for status in (2, 4, 5)}
_log = structlog.get_logger(__name__)


class BodyNotRead(Invalid):
    """The body is not a JSON object: {reason}."""


class MethodNotTaken(Invalid):
    """Add a contact with POST; this address answers no other method."""


async def answered(scope: Scope, receive: Receive, send: Send) -> None:
    """Add or update one contact by e-mail or mobile number, and answer after the commit."""
    began = time.perf_counter()
    headers: Headers = [*SAFE_HEADERS]
    try:
        status, body = _OK, await _added(cast("HTTPScope", scope), receive, headers)
    except AppError as refusal:
        status, body = status_of(refusal), translation.refusal_of(refusal)
        if isinstance(refusal, MethodNotTaken):
            status = 405
            headers.append((b"allow", b"POST"))
        if refusal.retry_after_seconds is not None and not told_when(headers):
            headers.append((b"retry-after", str(refusal.retry_after_seconds).encode()))
    except Exception:  # noqa: BLE001  # a bug is logged and told in this door's own shape
        _log.exception("unhandled", path=PATH)
        status, body = _BUG, translation.failure(BUG)
    _answered[status // 100].inc()
    _seconds.observe(time.perf_counter() - began)
    await answer(send, status, headers, body)


@asgi(PATH, access=key("upload", at_door=True), operation=ADD_CONTACT, copy_scope=False)
async def add_contact(scope: Scope, receive: Receive, send: Send) -> None:
    """Add or update one contact by e-mail or mobile number.

    This declares the route and its access; the outermost application calls `answered` directly.
    """
    await answered(scope, receive, send)


def told_when(headers: Headers) -> bool:
    """Tell whether the limit's headers already say when to try again."""
    return any(name == b"retry-after" for name, _ in headers)


async def _added(scope: HTTPScope, receive: Receive, headers: Headers) -> bytes:
    if scope["method"] != "POST":
        raise MethodNotTaken
    state = scope["litestar_app"].state
    told: dict[str, Any] = {}
    gate: Gate = state.gate
    try:
        raw_key = header(scope, b"template-key", b"x-api-key")
        client = scope["client"]
        ip = client[0] if client else ""
        caller = await gate.enter(raw_key, "upload", "upload", ip=ip, state=told)
    finally:
        headers += told.get(limits.STATE_KEY, ())
    raw = await read_body(receive, MAX_BODY_BYTES)
    change = translation.change_of(_read(raw), Source(_SOURCE, caller.actor))
    writer: Writer = state.writer
    outcome = await writer.submit(caller.account_id, change, len(raw) + 1024)
    if outcome.error is not None:
        raise outcome.error
    return translation.answer_of(outcome)


def _read(raw: bytes) -> dict[str, Any]:
    """Read the body as JSON whatever its type says; a form is taken as well."""
    if not raw.strip():
        raise BodyNotRead(reason='it is empty; send one like {"email": "ada@example.com"}')
    try:
        body = _decode(raw)
    except RecursionError:
        raise BodyNotRead(reason="it is nested too deeply") from None
    except UnicodeDecodeError:
        raise BodyNotRead(reason="it is not UTF-8 text") from None
    except msgspec.DecodeError as reason:
        form = _form(raw)
        if form:
            return form
        raise BodyNotRead(reason=str(reason).rstrip(".")) from reason
    if not isinstance(body, dict):
        raise BodyNotRead(reason="it is another JSON value")
    return body  # pyright: ignore[reportUnknownVariableType]  # JSON object


def _form(raw: bytes) -> dict[str, Any]:
    if b"=" not in raw or raw.lstrip()[:1] in (b"{", b"[", b'"') or raw.startswith(b"--"):
        return {}
    try:
        return dict(parse_qsl(raw.decode(), strict_parsing=True, errors="strict"))
    except ValueError:
        return {}
