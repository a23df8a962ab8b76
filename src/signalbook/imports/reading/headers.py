"""Which row names the columns, and what the columns are called."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

_MAX_NAME: Final = 200
_LOOK_AT: Final = 50
_ABOVE: Final = 10
_MOST_OF: Final = 0.6
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_VALUE = re.compile(
    r"[+-]?\(?\d[\d\s().,/:+-]*(?:[eE][+-]?\d+)?%?|\d{4}-\d\d-\d\d.*|true|false|yes|no|null",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")


class Header(NamedTuple):
    """Where the names are, counted from 0 in the rows given; None where there are none."""

    at: int | None
    notes: list[str]


def find(rows: Sequence[Sequence[str]]) -> Header:
    """Find the row of the names among the first rows of a table."""
    counts = [sum(1 for cell in row if cell.strip()) for row in rows[:_LOOK_AT]]
    filled = [at for at, count in enumerate(counts) if count]
    if not filled:
        return Header(None, [])
    usual = _usual(counts)
    at = next((at for at in filled if counts[at] >= max(1, _MOST_OF * usual)), filled[0])
    if usual > 1 and counts[at] == 1:
        at = next((at for at in filled if counts[at] > 1), at)
    at = _nearer(rows, counts, at, usual)
    if looks_like_values(rows[at]):
        return Header(None, ["The first row looks like a contact, so the columns have no names."])
    titles = sum(1 for row in filled if row < at)
    if titles == 1:
        return Header(at, ["The title line above the header was left out."])
    if titles:
        return Header(at, [f"The {titles} lines above the header were left out."])
    return Header(at, [])


def _nearer(rows: Sequence[Sequence[str]], counts: Sequence[int], at: int, usual: int) -> int:
    """Correct the choice where something stands above the names, or names are missing.

    Behind a blank row a fuller one names the columns: what stands above tells of the report. And
    above a row of values there are names, though few.
    """
    gap = next((row for row in range(at, min(at + _ABOVE, len(counts))) if not counts[row]), at)
    below = next((row for row in range(gap, len(counts)) if counts[row]), at)
    if counts[at] < usual <= counts[below] and not looks_like_values(rows[below]):
        return below
    above = at - 1
    if above >= 0 and counts[above] > 1 and looks_like_values(rows[at]):
        return at if looks_like_values(rows[above]) else above
    return at


def looks_like_values(row: Sequence[str]) -> bool:
    """Tell whether a row holds values and not names: an address, or mostly numbers and dates."""
    cells = [cell.strip() for cell in row if cell.strip()]
    if any(_ADDRESS.search(cell[:_MAX_NAME]) for cell in cells):
        return True
    values = sum(1 for cell in cells if _VALUE.fullmatch(cell))
    return values * 2 > len(cells)


def named(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], list[str]]:
    """Name the columns, and tell what was done about names missing or given twice."""
    names = [_clean(name) for name in header]
    widths = sorted(width(row) for row in rows)
    usual = widths[len(widths) // 2] if widths else 0
    widest = widths[-1] if widths else 0
    while names and not names[-1] and len(names) > widest:
        names.pop()
    notes: list[str] = []
    if usual > len(names):
        notes.append(
            f"The header names {len(names)} columns, but most rows have {usual}: the others are"
            f" called “Column {len(names) + 1}” and so on."
        )
        names += [""] * (usual - len(names))
    unnamed = names.count("")
    taken: dict[str, int] = {}
    columns = [_apart(name or f"Column {at}", taken) for at, name in enumerate(names, 1)]
    if unnamed and not notes:
        notes.append(f"{_columns(unnamed)} without a name; called by the number instead.")
    twice = sum(1 for name in set(names) if name and names.count(name) > 1)
    if twice:
        notes.append("Several columns have the same name; the later ones carry a number.")
    return columns, notes


def numbered(width: int) -> list[str]:
    """Name the columns of a table without a header."""
    return [f"Column {number}" for number in range(1, width + 1)]


def _usual(counts: Sequence[int]) -> int:
    """Return how many cells a row of the table itself has: the median of those that have any."""
    some = sorted(count for count in counts if count)
    several = [count for count in some if count > 1]
    some = several if len(several) * 2 >= len(some) else some
    return some[len(some) // 2]


def width(row: Sequence[str]) -> int:
    """Return how many cells a row has up to the last that is not blank."""
    return next((at for at in range(len(row), 0, -1) if row[at - 1].strip()), 0)


def _clean(name: str) -> str:
    text = _SPACES.sub(" ", name.replace("\x00", "").replace("\ufeff", "")).strip()
    if len(text) > 1 and text[0] + text[-1] in {'""', "''", "“”", "„“", "«»"}:
        text = text[1:-1].strip()
    return text if len(text) <= _MAX_NAME else text[: _MAX_NAME - 1] + "…"


def _apart(name: str, taken: dict[str, int]) -> str:
    """Return a name that no column before has: `Name`, then `Name (2)`."""
    count = taken.get(name, 0) + 1
    taken[name] = count
    if count == 1:
        return name
    return _apart(f"{name} ({count})", taken)


def _columns(count: int) -> str:
    return "One column is" if count == 1 else f"{count} columns are"
