"""What a request asks: its query and its body, whatever form they come in.

Its clients send forms, JSON and multipart forms, now and then without a type (php-sdk), and the id
in the address or in the body.
"""

# pyright: reportMissingTypeStubs=false
# (multipart ships none, and annotates itself in part.)

from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from litestar import Request
from litestar.exceptions import HTTPException
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from signalbook.doors.digitaleo import brackets
from signalbook.doors.digitaleo.brackets import Tree
from signalbook.doors.digitaleo.errors import FormNotRead
from signalbook.doors.digitaleo.model import members_of
from signalbook.web.asgi import BodyTooLarge, read_body
from signalbook.web.bodies import json_of, type_of

MAX_BODY_BYTES: Final = 16 * 1024 * 1024

_Asked = Request[Any, Any, Any]
_FORM: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"
_KNOWN: Final = frozenset({"", _FORM, "application/json", "application/js", "text/plain"})
_MOST_PARTS: Final = 2_000
_UNSUPPORTED: Final = 415


class Asked(NamedTuple):
    """The query and the body of a request, both as trees; a body may be a JSON list as well."""

    query: Tree
    body: Any

    def get(self, name: str) -> Any:  # noqa: ANN401  # any JSON value
        """Return a parameter, from the body or else from the address."""
        told = members_of(self.body) or {}
        return told[name] if name in told else self.query.get(name)


def query_of(request: _Asked) -> Tree:
    """Read the address as a tree; raises FormNotRead."""
    return brackets.tree_of(_pairs(request.scope["query_string"]))


async def read(request: _Asked, most: int = MAX_BODY_BYTES) -> Asked:
    """Read a request; raises BodyTooLarge, FormNotRead, JsonMalformed, 415 for another type."""
    stated = request.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and int(stated) > most:
        raise BodyTooLarge(most=most)
    raw = await read_body(request.receive, most)
    return Asked(query_of(request), body_of(request, raw))


def body_of(request: _Asked, raw: bytes) -> Any:  # noqa: ANN401  # any JSON value
    """Read a body by what it looks like, since some state no type or another."""
    kind = type_of(request)
    if kind == _MULTIPART:
        return brackets.tree_of(_parts(request, raw))
    if kind not in _KNOWN and not kind.endswith("+json"):
        detail = f"The body is {kind[:80]}; send application/json, {_FORM} or {_MULTIPART}."
        raise HTTPException(status_code=_UNSUPPORTED, detail=detail)
    if not raw.strip():
        return Tree()
    if kind.endswith("json") or raw.lstrip()[:1] in (b"{", b"["):
        return json_of(raw)
    return brackets.tree_of(_pairs(raw))


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            raw.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=brackets.MAX_PAIRS,
        )
    except UnicodeDecodeError:
        raise FormNotRead(reason="it is not UTF-8 text in the form of addresses") from None
    except ValueError:
        reason = f"it has more than {brackets.MAX_PAIRS:,} values"
        raise FormNotRead(reason=reason) from None


def _parts(request: _Asked, raw: bytes) -> list[tuple[str, str]]:
    """Read a multipart form of texts; a file belongs to `?action=import` alone."""
    boundary = request.content_type[1].get("boundary", "")
    found: list[tuple[str, str]] = []
    text = bytearray()
    name = ""
    try:
        with PushMultipartParser(boundary, max_segment_count=_MOST_PARTS) as parser:
            for event in parser.parse(raw):
                if isinstance(event, MultipartSegment):
                    if event.filename is not None:
                        raise FormNotRead(reason="a file is taken by ?action=import alone")
                    name = event.name or ""
                    text.clear()
                elif event is None:
                    found.append((name, text.decode()))
                else:
                    text += event
    except MultipartError as fault:
        raise FormNotRead(reason="it is no multipart form") from fault
    except UnicodeDecodeError:
        raise FormNotRead(reason=f"its part {name[:64]} is not UTF-8 text") from None
    return found
