"""Cursors: where a page ended, opaque to the caller and good only for the list it came from."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import msgspec

from signalbook.kit.errors import Invalid

MAX_CURSOR = 1024


class CursorUnusable(Invalid):
    """This cursor does not belong to this list; use next_cursor of its last page, or begin anew."""


def write(account_id: int, listed: str, *place: object) -> str:
    """Write a cursor for one account's list; `place` is text, numbers, ids and times."""
    packed = msgspec.msgpack.encode([1, account_id, listed, *place])
    return urlsafe_b64encode(packed).decode().rstrip("=")


def read(text: str, account_id: int, listed: str, types: tuple[Any, ...]) -> list[Any]:
    """Return the place a cursor holds, one value for each type; raises CursorUnusable."""
    if not 0 < len(text) <= MAX_CURSOR:
        raise CursorUnusable
    try:
        packed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        version, account, name, *place = msgspec.msgpack.decode(packed)
        found = [msgspec.convert(one, type_) for one, type_ in zip(place, types, strict=True)]
    except (ValueError, TypeError, RecursionError) as garbage:
        raise CursorUnusable from garbage
    unsafe = any(isinstance(one, str) and "\x00" in one for one in found)
    if unsafe or (version, account, name) != (1, account_id, listed):
        raise CursorUnusable
    return found
