"""What a GET asks for: filters by property, and `complex`, which nests them; no I/O.

`email=a@x.example,b@x.example` is any of these. The grammar of `complex` is documented nowhere;
this one follows the style of the rest, in a form's brackets or as JSON:

    complex[or][0][city]=Paris,Lyon
    complex[or][1][and][0][dateUpdated][gte]=2026-01-01 00:00:00
    complex[or][1][and][1][email][like]=%@example.com

A node is a list of nodes or an object whose members must all hold: `and`, `or` (each a list of
nodes), `not` (a node), or a property. A property is a value (any of a comma list) or an object of
tests: `eq` and `in` (any of), `ne` (none of), `like` (`%` and `_`, in any case), `gt`, `gte`, `lt`,
`lte`, and `null` (true or false). A property that has no value fulfils `ne` and `null` only; a
blank value asks for it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from signalbook.doors.digitaleo.brackets import json_in
from signalbook.doors.digitaleo.errors import ValuesInvalid
from signalbook.doors.digitaleo.model import items_of, members_of, text_of, texts_of
from signalbook.kit.errors import Problem

Operator: TypeAlias = Literal["in", "ne", "like", "gt", "gte", "lt", "lte", "null"]

MAX_TESTS: Final = 100
MAX_DEPTH: Final = 12
MAX_VALUES: Final = 10_000
MAX_VALUE: Final = 1_024

_OPERATORS: Final[dict[str, Operator]] = {
    "eq": "in", "in": "in", "ne": "ne", "like": "like", "gt": "gt", "gte": "gte", "lt": "lt",
    "lte": "lte", "null": "null",
}  # fmt: skip
_TRUTH: Final = {"1": True, "true": True, "": False, "0": False, "false": False}


class Condition(NamedTuple):
    """One property and what it must be."""

    name: str
    operator: Operator
    values: tuple[str, ...]

    @property
    def wants_nothing(self) -> bool:
        """Tell, of `null`, whether the property must be without a value."""
        return _TRUTH.get(self.values[0].lower(), True) if self.values else True


class Group(NamedTuple):
    """Several of which all, any or none must hold."""

    joiner: Literal["and", "or", "not"]
    parts: "tuple[Node, ...]"


Node: TypeAlias = Condition | Group
Naming: TypeAlias = Callable[[str], str | None]
"""Finds the property that a name means, or None."""


def of_filters(given: Mapping[str, Any], naming: Naming) -> list[Condition]:
    """Read filters by property: each must hold. Raises ValuesInvalid for all that are none."""
    found: list[Condition] = []
    problems: list[Problem] = []
    for name, value in given.items():
        known = naming(name)
        if known is None:
            problems.append(_unknown(name))
        else:
            found.append(_any_of(known, value))
    if problems:
        raise ValuesInvalid(problems=problems)
    return found


def of_complex(value: object, naming: Naming) -> Node:
    """Read a nested filter; raises ValuesInvalid."""
    given = json_in("complex", value) if isinstance(value, str) else value
    return _Reading(naming).node(given, MAX_DEPTH)


class _Reading:
    """Reads one nested filter and bounds how much of it there may be."""

    def __init__(self, naming: Naming) -> None:
        self._naming = naming
        self._left = MAX_TESTS

    def node(self, value: object, depth: int) -> Node:
        if not depth:
            told = f"complex is nested deeper than {MAX_DEPTH} levels"
            raise ValuesInvalid(problems=[Problem("complex", told, "too_deep")])
        members = members_of(value)
        if members is None:
            return Group("and", tuple(self.node(one, depth - 1) for one in self._several(value)))
        parts: list[Node] = []
        for name, one in members.items():
            parts += self._member(name, one, depth - 1)
        return parts[0] if len(parts) == 1 else Group("and", tuple(parts))

    def _member(self, name: str, value: object, depth: int) -> list[Node]:
        if name == "not":
            return [Group("not", (self.node(value, depth),))]
        if name in {"and", "or"}:
            joiner: Literal["and", "or"] = "and" if name == "and" else "or"
            return [Group(joiner, tuple(self.node(one, depth) for one in self._several(value)))]
        known = self._naming(name)
        if known is None:
            raise ValuesInvalid(problems=[_unknown(name)])
        tests = members_of(value) or {"in": value}
        return [self._test(known, operator, one) for operator, one in tests.items()]

    def _test(self, name: str, operator: str, value: object) -> Condition:
        known = _OPERATORS.get(operator)
        if known is None:
            told = f'complex has no test "{operator[:64]}"; known are {", ".join(_OPERATORS)}'
            raise ValuesInvalid(problems=[Problem("complex", told, "test_unknown")])
        self._left -= 1
        if self._left < 0:
            told = f"complex has at most {MAX_TESTS} tests"
            raise ValuesInvalid(problems=[Problem("complex", told, "too_long")])
        if known == "in":
            return _any_of(name, value)
        if known == "ne":
            return Condition(name, known, _values(name, value))
        return Condition(name, known, (_checked(name, text_of(value)),))

    def _several(self, value: object) -> list[Any]:
        if not isinstance(value, list | dict):
            told = "complex is made of objects: complex[and][0][city]=Paris"
            raise ValuesInvalid(problems=[Problem("complex", told, "complex_invalid")])
        return items_of(value)  # pyright: ignore[reportUnknownArgumentType]


def _any_of(name: str, value: object) -> Condition:
    """Demand any of some values; a blank one asks for those that have no value at all."""
    values = _values(name, value)
    return Condition(name, "in", values) if values else Condition(name, "null", ("1",))


def _values(name: str, value: object) -> tuple[str, ...]:
    if members_of(value):
        told = f"{name[:64]} takes a value or several by comma; tests belong to complex"
        raise ValuesInvalid(problems=[Problem(name[:64], told, "value_wrong")])
    found = texts_of(value)
    if len(found) > MAX_VALUES:
        told = f"{name[:64]} takes at most {MAX_VALUES:,} values"
        raise ValuesInvalid(problems=[Problem(name[:64], told, "too_long")])
    return tuple(_checked(name, text) for text in found)


def _checked(name: str, text: str) -> str:
    if len(text) > MAX_VALUE or "\x00" in text:
        told = f"A value of {name[:64]} has at most {MAX_VALUE:,} characters and no NUL"
        raise ValuesInvalid(problems=[Problem(name[:64], told, "value_wrong")])
    return text


def _unknown(name: str) -> Problem:
    shown = name[:64].replace("\x00", "")
    return Problem(shown, f"There is no property {shown} here", "property_unknown")
