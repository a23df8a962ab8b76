"""The query string, read by type; everything wrong with it is told at once."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from litestar import Request

from signalbook.kit.errors import Invalid, Problem

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T", bound=str)

MAX_TEXT: Final = 1024
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|z|[+ -]\d{2}:?\d{2})?)?", re.ASCII
)


class QueryInvalid(Invalid):
    """The query string was not accepted; each problem names its parameter."""


class Params:
    """The parameters of one request; `done` raises when any was wrong or unknown."""

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        """Read the query string of `request`."""
        self._given = request.query_params
        self._known: set[str] = set()
        self.problems: list[Problem] = []

    def refuse(self, name: str, sentence: str, code: str = "value_wrong") -> None:
        """Note a problem with a parameter."""
        self.problems.append(Problem(name, sentence, code))

    def text(self, name: str) -> str | None:
        """Return a text; an empty one is not given."""
        found = self.texts(name)
        return found[-1] if found else None

    def _written(self, name: str) -> str | None:
        """Return what a parameter says that must say something."""
        self._known.add(name)
        given = self._given.getall(name, [])
        return given[-1] if given else None

    def texts(self, name: str) -> list[str]:
        """Return every text of a parameter that may be repeated."""
        self._known.add(name)
        found = [value for value in self._given.getall(name, []) if value]
        for value in found:
            if len(value) > MAX_TEXT or "\x00" in value:
                told = f"{name} has at most {MAX_TEXT} characters and no NUL"
                self.refuse(name, told)
                return []
        return found

    def whole(self, name: str, least: int, most: int) -> int | None:
        """Return a whole number from `least` to `most`."""
        given = self._written(name)
        if given is None:
            return None
        number = int(given) if _WHOLE.fullmatch(given) else least - 1
        if not least <= number <= most:
            self.refuse(name, f"{name} must be a whole number from {least:,} to {most:,}")
            return None
        return number

    def flag(self, name: str) -> bool | None:
        """Return true or false."""
        given = self._written(name)
        if given is None:
            return None
        truth = _TRUTH.get(given.lower())
        if truth is None:
            self.refuse(name, f"{name} must be true or false")
        return truth

    def moment(self, name: str) -> datetime | None:
        """Return a time in UTC; a date is its first moment, a time without a zone is UTC."""
        given = self._written(name)
        if given is None:
            return None
        try:
            found = datetime.fromisoformat(
                _plus_restored(given) if _MOMENT.fullmatch(given) else ""
            )
            return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
        except (ValueError, OverflowError):
            example = "2026-01-31 or 2026-01-31T14:30:00Z"
            self.refuse(name, f"{name} must be a date or time in ISO 8601, like {example}")
            return None

    def read(self, name: str, reader: Callable[[str], T | None], told: str) -> T | None:
        """Return what `reader` makes of a parameter; nothing is refused with these words."""
        given = self._written(name)
        if given is None:
            return None
        found = reader(given)
        if found is None:
            self.refuse(name, told)
        return found

    def choice(self, name: str, choices: type[E]) -> E | None:
        """Return one of the choices, in whichever case it was written."""
        found = self.one_of(name, tuple(choice.value for choice in choices))
        return None if found is None else choices(found)

    def one_of(self, name: str, choices: Sequence[T]) -> T | None:
        """Return one of these words, in whichever case it was written."""
        given = self._written(name)
        return None if given is None else self._chosen(name, given, choices)

    def some_of(self, name: str, choices: Sequence[T]) -> list[T]:
        """Return those of these words that a parameter says, which may be repeated."""
        found = [self._chosen(name, given, choices) for given in self.texts(name)]
        return [one for one in found if one is not None]

    def _chosen(self, name: str, given: str, choices: Sequence[T]) -> T | None:
        for choice in choices:
            if choice == given.lower():
                return choice
        self.refuse(name, f"{name} must be one of {', '.join(choices)}")
        return None

    def done(self, also: Iterable[str] = ()) -> None:
        """Raise QueryInvalid when a parameter was wrong, or is none of those that were read."""
        known = {*self._known, *also}
        for name in dict.fromkeys(self._given.keys()):
            if name not in known:
                shown = name[:64].replace("\x00", "")
                told = f"There is no parameter {shown}; {_spoken(known)}"
                self.refuse(shown, told, "unknown_parameter")
        if self.problems:
            raise QueryInvalid(problems=self.problems)


def _spoken(known: Iterable[str]) -> str:
    names = ", ".join(sorted(known))
    return f"known are {names}" if names else "this call takes none in its address"


def _plus_restored(moment: str) -> str:
    """Undo what a query string does to the plus of `…T14:30:00+01:00` when nobody encodes it."""
    return moment[:11] + moment[11:].replace(" ", "+").upper()
