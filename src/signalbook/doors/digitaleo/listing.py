"""What of a list is shown: which properties, in which order, how many and from where; no I/O."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from signalbook.doors.digitaleo.conditions import (
    Condition,
    Group,
    Naming,
    Node,
    of_complex,
    of_filters,
)
from signalbook.doors.digitaleo.errors import ValuesInvalid
from signalbook.doors.digitaleo.model import (
    DEFAULT,
    DEFAULT_LIMIT,
    MAX_LIMIT,
    MAX_OFFSET,
    Row,
    text_of,
    texts_of,
)
from signalbook.kit.errors import Problem
from signalbook.kit.spelling import plain

PARAMS: Final = ("properties", "limit", "offset", "sort", "total", "complex", "action")
"""What in an address is no filter by property."""

_FALSE: Final = frozenset({"0", "false", "no"})
_MOST_SORTS: Final = 5
_DAY_LENGTH: Final = len("2026-01-31")


class Sorting(NamedTuple):
    """One property of an order, and which way."""

    name: str
    descending: bool


class Listing(NamedTuple):
    """What a GET wants to see."""

    properties: tuple[str, ...]
    filters: tuple[Node, ...]
    sorts: tuple[Sorting, ...]
    limit: int
    offset: int
    counts: bool


def listing_of(query: Mapping[str, Any], naming: Naming, default: Sequence[str]) -> Listing:
    """Read the parameters of a GET; raises ValuesInvalid."""
    given = {name: value for name, value in query.items() if name not in PARAMS}
    filters: list[Node] = list(of_filters(given, naming))
    if "complex" in query:
        filters.append(of_complex(query["complex"], naming))
    return Listing(
        properties=_properties(query.get("properties"), naming, default),
        filters=tuple(filters),
        sorts=tuple(_sorts(query.get("sort"), naming)),
        limit=_whole(query, "limit", DEFAULT_LIMIT, MAX_LIMIT),
        offset=_whole(query, "offset", 0, MAX_OFFSET),
        counts=text_of(query.get("total")).lower() not in _FALSE,
    )


def enveloped(listing: Listing, rows: Sequence[Row], total: int | None) -> Row:
    """Put what was found into its envelope; `total` is left out where nobody wants it counted."""
    counted = {"total": total} if listing.counts else {}
    return {"size": len(rows), **counted, "list": list(rows)}


def chosen(rows: Iterable[Row], listing: Listing) -> Row:
    """Filter, order and cut rows that are all in memory, and put them into their envelope."""
    matching = [row for row in rows if all(holds(node, row) for node in listing.filters)]
    for sorting in reversed(listing.sorts):
        matching = _ordered(matching, sorting)
    shown = matching[listing.offset : listing.offset + listing.limit]
    return enveloped(listing, [picked(row, listing.properties) for row in shown], len(matching))


def picked(row: Row, properties: Sequence[str]) -> Row:
    """Keep these properties of a row."""
    return {name: row[name] for name in properties}


def holds(node: Node, row: Row) -> bool:
    """Tell whether a row in memory fulfils a filter."""
    if isinstance(node, Group):
        parts = (holds(part, row) for part in node.parts)
        if node.joiner == "not":
            return not all(parts)
        return all(parts) if node.joiner == "and" else any(parts)
    return _fulfils(node, row.get(node.name))


def _fulfils(test: Condition, value: object) -> bool:
    if test.operator == "null":
        return (value is None) == test.wants_nothing
    text = None if value is None else text_of(value)
    if test.operator in {"in", "ne"}:
        is_one = any(_is_named(test.name, text, one) for one in test.values)
        return is_one == (test.operator == "in")
    if text is None:
        return False
    if test.operator == "like":
        return _like(test.values[0].lower(), text.lower())
    if _is_within(test.name, text, test.values[0]):
        return test.operator in {"gte", "lte"}
    mine, theirs = _comparable(text), _comparable(test.values[0])
    is_equal, is_more = mine == theirs, mine > theirs
    return (
        is_equal
        if test.operator in {"gte", "lte"} and is_equal
        else is_more == (test.operator in {"gt", "gte"}) and not is_equal
    )


def _is_named(name: str, text: str | None, one: str) -> bool:
    """Tell whether a value is this one; an alias is written as anybody likes, as in a file."""
    if name == "alias" and text and plain(one):
        return plain(text) == plain(one)
    return text == one or _is_within(name, text, one)


def _is_within(name: str, text: str | None, wanted: str) -> bool:
    """Tell whether a time is of the day that is asked for, as it is with contacts."""
    is_day = name == "dateCreated" and len(wanted) == _DAY_LENGTH
    return is_day and text is not None and text[:_DAY_LENGTH] == wanted


def _like(pattern: str, text: str) -> bool:
    """Match as SQL does, with `%` and `_`, in time linear in the text for each part."""
    reached = {0}
    for mark in pattern:
        if mark == "%":
            reached = set(range(min(reached), len(text) + 1)) if reached else reached
        else:
            reached = {at + 1 for at in reached if at < len(text) and mark in {"_", text[at]}}
    return len(text) in reached


def _comparable(text: str) -> tuple[int, float, str]:
    """Let numbers compare as numbers, and before texts."""
    try:
        return (0, float(text), "")
    except ValueError:
        return (1, 0.0, text)


def _ordered(rows: Sequence[Row], sorting: Sorting) -> list[Row]:
    """Order rows by one property; those without a value come last both ways."""
    there = [row for row in rows if row.get(sorting.name) is not None]
    there.sort(key=lambda row: _comparable(text_of(row[sorting.name])), reverse=sorting.descending)
    return there + [row for row in rows if row.get(sorting.name) is None]


def _properties(value: object, naming: Naming, default: Sequence[str]) -> tuple[str, ...]:
    asked = texts_of(value)
    if not asked:
        return tuple(default)
    found: list[str] = []
    problems: list[Problem] = []
    for name in asked:
        known = naming(name)
        if name.upper() == DEFAULT:
            found += default
        elif known is None:
            told = f"There is no property {name[:64]} here"
            problems.append(Problem("properties", told, "property_unknown"))
        else:
            found.append(known)
    if problems:
        raise ValuesInvalid(problems=problems)
    return tuple(dict.fromkeys(found))


def _sorts(value: object, naming: Naming) -> list[Sorting]:
    found: list[Sorting] = []
    for text in texts_of(value)[:_MOST_SORTS]:
        name, _, way = text.partition(" ")
        known = naming(name)
        if known is None or way.strip().lower() not in {"", "asc", "desc"}:
            told = f'sort does not take "{text[:64]}": write a property, then ASC or DESC'
            raise ValuesInvalid(problems=[Problem("sort", told, "sort_invalid")])
        found.append(Sorting(known, way.strip().lower() == "desc"))
    return found


def _whole(query: Mapping[str, Any], name: str, default: int, most: int) -> int:
    text = text_of(query.get(name)).strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most):  # noqa: PLR2004  # digits of any number here
        told = f"{name} is a whole number from 0 to {most:,}"
        raise ValuesInvalid(problems=[Problem(name, told, f"{name}_invalid")])
    return int(text)
