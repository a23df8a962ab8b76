"""Sendmator's SDK: what it asks and what its types promise, where that differs from its documents.

The SDK names itself `User-Agent: sendmator-node/…`. It wants a contact inside `{success, data}`,
lists by page number, and a deletion that only deactivates unless `hard=true`. Everybody else gets
the documented dialect, which is our own. Both base addresses that are published work, `/api/v1`
and `/v1`. Sources: github.com/sendmator/sendmator-node (93be6da), docs.sendmator.com.
"""

import re
from typing import Final

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

SDK: Final = b"sendmator-node/"
_NATIVE: Final = "/api/v1/contacts"
_SHORT: Final = "/v1/"
_FLAT: Final = frozenset({_NATIVE + "/bulk", _NATIVE + "/batch"})
_TAGS = re.compile(_NATIVE + "/+[^/]+/+tags/*")
_WRAPPED: Final = frozenset({200, 201})
_BEFORE, _AFTER = b'{"success":true,"data":', b"}"


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
        if not path.startswith(_NATIVE) or not _is_sdk(scope):
            await self._app(scope, receive, send)
            return
        _ask_as_the_sdk_means(scope)
        path, method = path.rstrip("/"), scope["method"]
        is_flat = (path, method) == (_NATIVE, "GET") or (path in _FLAT and method == "POST")
        await self._app(scope, receive, send if is_flat else _Wrapped(send))


class _Wrapped:
    """Puts a successful JSON answer into `{success, data}`; anything else goes out as it is."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._next: bytes | None = None

    async def __call__(self, message: Message) -> None:
        """Pass one message of the answer on."""
        if message["type"] == "http.response.start" and message["status"] in _WRAPPED:
            self._next = _BEFORE
            more = len(_BEFORE) + len(_AFTER)
            message["headers"] = [
                (name, b"%d" % (int(value) + more) if name.lower() == b"content-length" else value)
                for name, value in message["headers"]
            ]
        elif self._next is not None and message["type"] == "http.response.body":
            after = b"" if message.get("more_body") else _AFTER
            message["body"] = self._next + message.get("body", b"") + after
            self._next = b""
        await self._send(message)


def _is_sdk(scope: HTTPScope) -> bool:
    return any(
        name == b"user-agent" and value.lower().startswith(SDK) for name, value in scope["headers"]
    )


def _ask_as_the_sdk_means(scope: HTTPScope) -> None:
    """Add what the SDK takes for granted: page numbers in lists, and deletions that are soft."""
    query: bytes = scope["query_string"]
    names = {part.partition(b"=")[0] for part in query.split(b"&")}
    path = scope["path"].rstrip("/")
    if scope["method"] == "GET" and path == _NATIVE:
        wanted, assumed = {b"page", b"starting_after"}, b"page=1"
    elif scope["method"] == "DELETE" and not _TAGS.fullmatch(path):
        wanted, assumed = {b"hard"}, b"hard=false"
    else:
        return
    if not names & wanted:
        scope["query_string"] = query + b"&" + assumed if query else assumed
