"""Errors as named facts.

An error class is one fact: its name is the stable code (`EmailTaken` → `email_taken`), the first
line of its docstring is the sentence a person reads, and its kind decides, in `web/errors.py` and
`cli.py` only, which status or exit code it becomes. The domain never sees a status number.
"""

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import ClassVar

import msgspec
import psycopg

_WORDS = re.compile(r"(?<!^)(?=[A-Z])")
_SHARD_SUFFIX = re.compile(r"_\d+$")
_NAMED_IN_MESSAGE = re.compile(r'constraint "([^"]+)"')


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with one field of what was sent."""

    field: str
    message: str
    code: str


class AppError(Exception):
    """Something went wrong that a person can act on."""

    kind: ClassVar[str] = ""
    problems: tuple[Problem, ...] = ()
    retry_after_seconds: int | None = None

    def __init__(self, message: str | None = None, **facts: object) -> None:
        """Make the error with its own sentence, its facts filled in, or with `message` instead."""
        if not self.kind:
            kindless = f"{type(self).__name__} has no kind: derive it from Invalid, NotFound, …"
            raise TypeError(kindless)
        self.facts = facts
        self.message = message if message is not None else self.sentence().format_map(facts)
        super().__init__(self.message)

    @classmethod
    def code(cls) -> str:
        """The stable, published code of this error: the class name in snake case."""
        return _WORDS.sub("_", cls.__name__).lower()

    @classmethod
    def sentence(cls) -> str:
        """The first line of the docstring, which may name facts in braces."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]


class Invalid(AppError):
    """What was sent cannot be accepted."""

    kind = "invalid"

    def __init__(
        self, message: str | None = None, *, problems: Sequence[Problem] = (), **facts: object
    ) -> None:
        """Make the error; with `problems` and no message the first problem is the sentence."""
        if message is None and problems:
            message = "; ".join(problem.message for problem in problems)
        super().__init__(message, **facts)
        self.problems = tuple(problems)


class Unauthenticated(AppError):
    """Nobody is signed in."""

    kind = "unauthenticated"


class Forbidden(AppError):
    """The caller may not do this."""

    kind = "forbidden"


class NotFound(AppError):
    """There is nothing here by that name."""

    kind = "not_found"


class Conflict(AppError):
    """This contradicts what is already there."""

    kind = "conflict"


class TooLarge(AppError):
    """What was sent is larger than the stated limit."""

    kind = "too_large"


class Mismatch(AppError):
    """The same key was used before for a different request."""

    kind = "mismatch"


class TooMany(AppError):
    """Too much was asked in too short a time."""

    kind = "too_many"

    def __init__(
        self, message: str | None = None, *, retry_after_seconds: int = 1, **facts: object
    ) -> None:
        """Make the error; `retry_after_seconds` becomes the Retry-After header."""
        super().__init__(message, **facts)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(AppError):
    """The service cannot do this right now."""

    kind = "unavailable"

    def __init__(
        self, message: str | None = None, *, retry_after_seconds: int = 1, **facts: object
    ) -> None:
        """Make the error; `retry_after_seconds` becomes the Retry-After header."""
        super().__init__(message, **facts)
        self.retry_after_seconds = retry_after_seconds


class DatabaseDown(Unavailable):
    """The database cannot be reached right now; nothing was changed, try again in a moment."""


class DatabaseBusy(Unavailable):
    """The database is busy with other work on this; nothing was changed, try again in a moment."""


def constraint_name(error: psycopg.Error) -> str | None:
    """Name the violated constraint.

    Plain PostgreSQL states it in the diagnostics; Citus only in the message, with the shard's
    number appended, so both are read here and nowhere else.
    """
    name = error.diag.constraint_name
    if name is None:
        found = _NAMED_IN_MESSAGE.search(str(error))
        name = _SHARD_SUFFIX.sub("", found.group(1)) if found else None
    return name


@contextmanager
def constraint(**named: type[AppError] | AppError) -> Generator[None]:
    """Translate the violation of a named constraint into the error that says what it means."""
    try:
        yield
    except psycopg.IntegrityError as violation:
        meaning = named.get(constraint_name(violation) or "")
        if meaning is None:
            raise
        raise (meaning() if isinstance(meaning, type) else meaning) from violation
