"""Sendmator's SDK: what it asks and what its types promise, where that differs from its documents.

The SDK names itself `User-Agent: sendmator-node/…`. It wants a contact inside `{success, data}`,
lists by page number, and a deletion that only deactivates unless `hard=true`. Everybody else gets
the documented dialect, which is our own. Both base addresses that are published work, `/api/v1`
and `/v1`. Sources: github.com/sendmator/sendmator-node (93be6da), docs.sendmator.com.
"""

from typing import Any, Final

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

SDK: Final = b"sendmator-node/"
_NATIVE: Final = b"/api/v1/contacts"
_SHORT: Final = "/v1/"
_FLAT: Final = ("/bulk", "/batch")
_OK, _REDIRECT = 200, 300


class Sendmator:
    """An ASGI application that stands before the native API and speaks the SDK's dialect."""

    def __init__(self, app: ASGIApp) -> None:
        """Translate for `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if path.startswith(_SHORT):
            path = scope["path"] = "/api" + path
            scope["raw_path"] = path.encode()
        if not path.startswith(_NATIVE.decode()) or not _is_sdk(scope):
            await self._app(scope, receive, send)
            return
        _ask_as_the_sdk_means(scope)
        if path.endswith(_FLAT) or (path == _NATIVE.decode() and scope["method"] == "GET"):
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Wrapped(send))


class _Wrapped:
    """Puts a successful JSON answer into `{success, data}`; anything else goes out as it is."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Any = None

    async def __call__(self, message: Message) -> None:
        """Pass one message of the answer on."""
        if message["type"] == "http.response.start":
            if _OK <= message["status"] < _REDIRECT:
                self._start = message
                return
        elif self._start is not None and message["type"] == "http.response.body":
            if message.get("more_body"):
                raise AssertionError(message["type"])  # the native API answers in one piece
            body = b'{"success":true,"data":' + message["body"] + b"}"
            length = [(b"content-length", str(len(body)).encode())]
            kept = [h for h in self._start["headers"] if h[0].lower() != b"content-length"]
            self._start["headers"] = kept + length
            await self._send(self._start)
            message["body"] = body
        await self._send(message)


def _is_sdk(scope: HTTPScope) -> bool:
    return any(
        name == b"user-agent" and value.lower().startswith(SDK) for name, value in scope["headers"]
    )


def _ask_as_the_sdk_means(scope: HTTPScope) -> None:
    """Add what the SDK takes for granted: page numbers in lists, and deletions that are soft."""
    query: bytes = scope["query_string"]
    names = {part.partition(b"=")[0] for part in query.split(b"&")}
    if scope["method"] == "GET" and scope["path"] == _NATIVE.decode():
        wanted, assumed = {b"page", b"starting_after"}, b"page=1"
    elif scope["method"] == "DELETE" and not scope["path"].endswith("/tags"):
        wanted, assumed = {b"hard"}, b"hard=false"
    else:
        return
    if not names & wanted:
        scope["query_string"] = query + b"&" + assumed if query else assumed
