"""How many of a thing a page holds."""

from typing import Final

from signalbook.doors.ses.errors import ConstraintBroken
from signalbook.doors.ses.members import breach

MOST: Final = 1_000
"""What AWS gives at most, and unless another size is asked for."""


def size_of(given: int | None) -> int:
    """Return the size of a page that was asked for, or the most; raises ConstraintBroken."""
    if given is None:
        return MOST
    if given < 1:
        told = "Member must have value greater than or equal to 1"
        raise ConstraintBroken([breach("pageSize", told)])
    return min(given, MOST)
