"""Raw ASGI for the few hot routes: read a bounded body, send a small answer."""

from typing import Final

from litestar.types import Receive, Scope, Send

from signalbook.kit.errors import TooLarge

JSON: Final = (b"content-type", b"application/json")

Headers = list[tuple[bytes, bytes]]


class BodyTooLarge(TooLarge):
    """The body is larger than {most:,} bytes, the most this address takes."""


def header(scope: Scope, *names: bytes) -> str | None:
    """Return the first of these headers (lower-case names) that the request carries."""
    found = {name: value for name, value in scope["headers"] if name in names}
    for name in names:
        if name in found:
            return found[name].decode("latin-1").strip()
    return None


async def read_body(receive: Receive, most: int) -> bytes:
    """Return the whole body; raises BodyTooLarge as soon as it is longer than `most` bytes."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        if len(body) > most:
            raise BodyTooLarge(most=most)
        return body
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > most:
            raise BodyTooLarge(most=most)
        parts.append(part)
    return b"".join(parts)


async def answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """Send a JSON answer."""
    headers += (JSON, (b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
