"""JSON in the forms people have it: one array, a line an object, or one object after the other.

A trailing comma before `}` or `]` and commas between objects are accepted: other services print
them in their own examples. Of a key given twice the last one counts (RFC 8259 §4).
"""

import json
import re
from collections.abc import Generator, Iterable
from typing import Any, Final, NamedTuple, TextIO, TypeAlias, cast

from signalbook.imports.errors import Unreadable
from signalbook.imports.reading import damage
from signalbook.imports.reading.batch import MAX_CELL, MAX_COLUMNS, Unread

Document: TypeAlias = dict[str, Any]

MAX_DEPTH: Final = 32
MAX_OBJECT: Final = 16 << 20
"""Characters of one object."""

_CHUNK: Final = 1 << 20
_LITTLE: Final = 1 << 16
"""So much is held where objects may be unreadable: each looks through it for its line."""
_STRING = r'"(?:[^"\\]++|\\.)*+"'
_BETWEEN = re.compile(r"[\s,\x1e\ufeff]*")
_SUPERFLUOUS = re.compile(rf"({_STRING})|,(?=\s*[}}\]])", re.DOTALL)
_ODD = re.compile(r"\\u[dD][89a-fA-F]|\\u0000|\x00")
_SCALAR = rf"(?:{_STRING}|-?\d[\d.eE+-]*|true|false|null)"
_WRAPPER = re.compile(
    rf"[\s\ufeff]*\{{(?P<before>(?:\s*{_STRING}\s*:\s*{_SCALAR}\s*,)*)"
    rf'\s*"(?P<key>(?:[^"\\]++|\\.)*+)"\s*:\s*(?=\[\s*[{{\]])',
    re.DOTALL,
)
_WRAPPERS: Final = {
    "contacts", "contact", "data", "results", "result", "items", "records", "rows", "users", "list",
    "customers", "members", "subscribers", "people", "persons", "leads", "profiles", "recipients",
}  # fmt: skip
_EXACT_DIGITS: Final = 18
_CONTAINERS: Final = (list, dict)  # as a union it would be made anew for each value


class Object(NamedTuple):
    """One object of a file."""

    number: int
    value: Document
    end: int
    """Where it ends, in characters from the beginning of the text."""
    unread: Unread | None = None
    """What stands in its place, where it cannot be read."""


def objects(text: TextIO, *, each_alone: bool = False) -> Generator[Object]:
    """Yield the objects of a text one by one; raises Unreadable at the first that is none.

    Where `each_alone` is set, one that cannot be read is an object without keys that says so.
    """
    walker = _Walker(text, each_alone=each_alone)
    number = 0
    while True:
        unread: Unread | None = None
        try:
            value = walker.take(number + 1)
        except Unreadable as failure:
            if not each_alone:
                raise
            value, unread = {}, walker.skip(failure)
        if value is None:
            return
        number += 1
        yield Object(number, value, walker.position, unread)


class _Walker:
    """Goes through a text of any length and holds one chunk of it, or one object, at a time."""

    def __init__(self, text: TextIO, *, each_alone: bool) -> None:
        self._text = text
        self._each_alone = each_alone
        self._chunk = _LITTLE if each_alone else _CHUNK
        self._indent = 0
        self._held = text.read(self._chunk)
        self._at = 0
        self._ended = False
        self._in_array = False
        self._line = 1
        self._behind = 0
        self._odd = _ODD.search(self._held) is not None
        wrapper = None if each_alone else _WRAPPER.match(self._held)
        self._wrapped = wrapper is not None and (
            not wrapper["before"] or wrapper["key"].lower() in _WRAPPERS
        )
        if wrapper and self._wrapped:
            self._at = wrapper.end()

    @property
    def position(self) -> int:
        """How many characters were taken."""
        return self._behind + self._at

    def take(self, number: int) -> Document | None:
        """Return the next object, None behind the last one."""
        while True:
            sign = self._next_sign()
            if not sign:
                if self._in_array and not self._each_alone:
                    raise _cut_off(number)
                return None
            if sign == "[" and not self._in_array:
                self._in_array = True
            elif sign == "]" and self._in_array:
                self._in_array = False
                if self._wrapped:
                    return None
            elif sign == "{":
                return self._object(number)
            else:
                raise self._no_object(number)
            self._at += 1

    def _next_sign(self) -> str:
        """Go on to the next character that is not between values, and return it."""
        while True:
            found = _BETWEEN.match(self._held, self._at)
            if found:
                self._indent = len(found[0].rpartition("\n")[2])
                self._at = found.end()
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more():
                return ""

    def _more(self) -> bool:
        """Hold more of the text, and let go of what is behind; False at its end."""
        piece = self._text.read(max(self._chunk, len(self._held) - self._at))
        self._line += self._held.count("\n", 0, self._at)
        self._behind += self._at
        self._held = self._held[self._at :] + piece
        self._at = 0
        self._odd = self._odd or _ODD.search(piece) is not None
        self._ended = not piece
        return bool(piece)

    def _object(self, number: int) -> Document:
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._at)
                break
            except json.JSONDecodeError as error:
                is_cut = self._is_cut(error)
                stop = None
                if self._each_alone and not is_cut:
                    stop = damage.next_line(self._held, self._at, self._indent)
                found = None if is_cut else self._mended(number, error, stop)
                if found:
                    value, end = found
                    break
                if stop is not None:
                    raise self._invalid(number, error) from error
                if self._ended:
                    raise _cut_off(number) from error
                if len(self._held) - self._at > MAX_OBJECT:
                    raise (_too_large(number) if is_cut else self._invalid(number, error)) from None
            except (RecursionError, ValueError) as deep:
                raise _too_deep(number) from deep
            self._more()
        if self._each_alone and not damage.is_end(self._held, end):
            raise self._invalid(number, json.JSONDecodeError("Extra data", self._held, end))
        checked = self._checked(cast("Document", value), number, end - self._at)
        self._at = end
        return checked

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        """Tell whether an object may only be unreadable because the rest of it is not held yet."""
        open_string = error.msg.startswith("Unterminated")
        return not self._ended and (open_string or error.pos >= len(self._held) - 16)

    def _mended(
        self, number: int, error: json.JSONDecodeError, stop: int | None
    ) -> tuple[Any, int] | None:
        """Read an object again without its trailing commas; None if its end is not held yet."""
        end = damage.closing_of(self._held, self._at, len(self._held) if stop is None else stop)
        if end is None:
            return None
        try:
            return _DECODER.decode(_SUPERFLUOUS.sub(r"\1", self._held[self._at : end])), end
        except json.JSONDecodeError as still:
            raise self._invalid(number, still) from error
        except (RecursionError, ValueError) as deep:
            raise _too_deep(number) from deep

    def skip(self, failure: Unreadable) -> Unread:
        """Go behind what could not be read, and return it; raises the failure if it has no end."""
        while True:
            end = damage.end_of(self._held, self._at, self._indent, whole=self._ended)
            if end is not None:
                break
            if len(self._held) - self._at > MAX_OBJECT:
                raise failure
            self._more()
        text, self._at = self._held[self._at : end].strip(" \t\r\n,"), end
        return Unread(text, failure.message)

    def _checked(self, value: Document, number: int, length: int) -> Document:
        if len(value) > MAX_COLUMNS:
            raise Unreadable(
                "too_many_columns",
                f"Object {number:,} has more than {MAX_COLUMNS:,} keys: leave out those that are"
                " not about contacts.",
            )
        if length > MAX_OBJECT:
            raise _too_large(number)
        if length > MAX_CELL and any(
            isinstance(cell, str) and len(cell) > MAX_CELL for cell in value.values()
        ):
            raise _too_large(number)
        for cell in value.values():
            if isinstance(cell, _CONTAINERS) and _depth(cast("object", cell)) >= MAX_DEPTH:
                raise _too_deep(number)
        return _nameable(cast("Document", _whole(value))) if self._odd else value

    def _invalid(self, number: int, error: json.JSONDecodeError) -> Unreadable:
        line = self._line + self._held.count("\n", 0, self._at)
        return Unreadable(
            "json_invalid",
            f"Object {number:,}, which begins in line {line:,}, is not valid JSON"
            f" ({error.msg.lower()}): correct it and upload the file again.",
        )

    def _no_object(self, number: int) -> Unreadable:
        line = self._line + self._held.count("\n", 0, self._at)
        return Unreadable(
            "json_no_object",
            f"In line {line:,}, where contact {number:,} should begin, there is no JSON object:"
            ' each contact is one, like {"email": "ada@example.com"}.',
        )


def _whole_number(digits: str) -> int | str:
    """Keep a number exactly: what is longer than a database's integer stays text."""
    return int(digits) if len(digits) <= _EXACT_DIGITS else digits


def _number(digits: str) -> float | str:
    value = float(digits)
    return value if abs(value) != float("inf") else digits


_DECODER = json.JSONDecoder(
    strict=False,
    parse_int=_whole_number,
    parse_float=_number,
    parse_constant=str,
)


def _depth(value: object) -> int:
    """Return how deep containers lie in one another, by levels so that no depth is too deep."""
    depth, level = 1, _containers(_inner(value))
    while level and depth <= MAX_DEPTH:
        depth += 1
        level = _containers(inner for one in level for inner in _inner(one))
    return depth


def _containers(values: Iterable[object]) -> list[object]:
    return [value for value in values if isinstance(value, _CONTAINERS)]


def _inner(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return cast("dict[str, object]", value).values()
    return cast("list[object]", value)


def _whole(value: object) -> object:
    """Replace halves of surrogate pairs, which are no characters and can be stored nowhere."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(one) for one in cast("list[object]", value)]
    if isinstance(value, dict):
        return {_whole(k): _whole(v) for k, v in cast("dict[str, object]", value).items()}
    return value


def _nameable(value: Document) -> Document:
    """Leave NULs out of the keys, which name columns; in a value they are told with its row."""
    return {key.replace("\x00", ""): cell for key, cell in value.items()}


def _cut_off(number: int) -> Unreadable:
    return Unreadable(
        "json_cut_off",
        f"The file ends in the middle of object {number:,}: it was cut off; upload it again.",
    )


def _too_large(number: int) -> Unreadable:
    return Unreadable(
        "object_too_large",
        f"Object {number:,} is larger than a contact can be ({MAX_CELL:,} characters a value,"
        f" {MAX_OBJECT >> 20} MB in all).",
    )


def _too_deep(number: int) -> Unreadable:
    return Unreadable(
        "json_too_deep",
        f"Object {number:,} has values within values, more than {MAX_DEPTH} deep: make it flatter.",
    )
