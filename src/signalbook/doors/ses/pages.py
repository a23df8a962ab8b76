"""How much a page of a list at the SES door holds."""

from typing import Final

from signalbook.doors.ses.errors import ParameterRefused

MOST: Final = 1_000
"""What AWS is seen to give at most, and where nothing is said."""


def size_of(given: int | None) -> int:
    """Return the size of a page, 1,000 where more or nothing is said; raises ParameterRefused."""
    if given is None:
        return MOST
    if given < 1:
        raise ParameterRefused(f"PageSize must be from 1 to {MOST}, and not {given}.")
    return min(given, MOST)
