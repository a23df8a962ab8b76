"""Which delimiter and quotes a table uses, found from its first lines."""

import csv
import re
from collections import Counter
from typing import Final

import msgspec

from signalbook.imports.model import Source
from signalbook.imports.reading import delimited

_DELIMITERS: Final = (",", ";", "\t", "|", "^", "||", "::", "~")
_ROWS: Final = 300
_WIDE: Final = 12
_MOST: Final = 0.9
_ADDRESS = re.compile(r"\s*[^\s@,;|]+@[^\s@,;|]+\.[^\s@,;|.]+\s*", re.ASCII)
_SPACED_QUOTE = re.compile(r'[,;|\t^] +"')
_ESCAPED_QUOTE = re.compile(r'[^\\]\\"')
_SINGLE_QUOTED = re.compile(r"'[^']*'(?:[,;|\t^]'[^']*')+")


def find(head: str, source: Source, delimiter: str | None = None) -> Source:
    """Return the source with the delimiter, quote and escape that fit the first lines best."""
    lines = head.splitlines(keepends=True)
    if len(lines) > 1 and not head.endswith(("\n", "\r")):
        lines.pop()  # it is cut off
    while lines and not lines[0].strip():
        del lines[0]
    named = delimited.sep_line(lines[0]) if lines else None
    if named:
        del lines[0]
    lines = _ordinary(lines)
    inner = [delimited.unwrapped(line) for line in lines if line.strip()]
    if _are_wrapped([line for line in lines if line.strip()], inner):
        lines, head, source = inner, "".join(inner), _with(source, is_wrapped=True)
    choices = [delimiter or named] if delimiter or named else list(_DELIMITERS)
    if _SINGLE_QUOTED.fullmatch((lines or [""])[0].strip()):
        source = msgspec.structs.replace(source, quote="'")
    fits = [
        fit for choice in choices for fit in _fits(lines, head, _with(source, delimiter=choice))
    ]
    best = max(fits, key=lambda fit: fit[0], default=(0.0, source))
    if best[0] <= 0 and not (delimiter or named):
        return _with(source, delimiter=",")
    return best[1]


def _are_wrapped(lines: list[str], inner: list[str]) -> bool:
    """Tell whether every line is one quoted cell that holds a row, as saving twice leaves it."""
    if len(lines) < 2 or any(line == bare for line, bare in zip(lines, inner, strict=True)):  # noqa: PLR2004  # a header and a row
        return False
    for delimiter in _DELIMITERS[:4]:
        try:
            widths = [len(row) for row in csv.reader(inner, delimiter=delimiter) if row]
        except csv.Error:
            continue
        if widths and widths[0] > 1 and widths.count(widths[0]) >= _MOST * len(widths):
            return True
    return False


def _ordinary(lines: list[str]) -> list[str]:
    return [line.replace("\x00", "") for line in lines[:_ROWS]]


def _with(source: Source, **changes: object) -> Source:
    return msgspec.structs.replace(source, **changes)


def _fits(lines: list[str], head: str, source: Source) -> list[tuple[float, Source]]:
    """Score a delimiter as it is, and with the habits of quoting that the text shows."""
    candidates = [source]
    if _SPACED_QUOTE.search(head):
        candidates.append(_with(source, skip_space=True))
    if _ESCAPED_QUOTE.search(head):
        candidates += [_with(one, escape="\\") for one in candidates]
    scored = [(_score(lines, candidate), candidate) for candidate in candidates]
    if len(scored) == 1:
        return scored
    return [(score + (_is_strict(lines, one) and score > 0) * 0.5, one) for score, one in scored]


def _score(lines: list[str], source: Source) -> float:
    """Say how well a delimiter splits the lines: always into as many cells, and not into one."""
    if source.delimiter not in "".join(lines):
        return 0.0
    many = len(source.delimiter) > 1
    text = [line.replace(source.delimiter, "\x1f") for line in lines] if many else lines
    try:
        rows = [row for row in delimited.reader(text, source) if any(row)]
    except csv.Error:
        return 0.0
    widths = Counter(len(row) for row in rows)
    if not widths:
        return 0.0
    width, often = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    if width == 1:
        return 0.0
    share = often / len(rows)
    cells = [cell for row in rows[:50] for cell in row]
    addresses = any(_ADDRESS.fullmatch(cell) for cell in cells)
    header = any(len(row) == width for row in rows[:1])
    return share + 0.02 * min(width, _WIDE) + 0.2 * addresses + 0.1 * header + 0.2 * many


def _is_strict(lines: list[str], source: Source) -> bool:
    """Tell whether every quote in the lines is where RFC 4180 wants it, under these habits."""
    try:
        for _ in delimited.reader(lines, source, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" in str(error)
    return True
