"""What SES calls the account: its quota by plan, and what it suppresses; no I/O."""

from typing import Any, Final, NamedTuple

import msgspec

from signalbook.accounts.model import Plan

BOTH: Final = ("BOUNCE", "COMPLAINT")
"""What an account suppresses that never said anything else, as those of SES since 2019 do."""


class Suppression(msgspec.Struct, frozen=True):
    """For what reasons addresses are suppressed; an empty list suppresses none."""

    reasons: tuple[str, ...] = BOTH
    validation: dict[str, Any] | None = None


class Quota(NamedTuple):
    """How much may be sent in a day and in a second; -1 is as much as you like."""

    per_day: float
    per_second: float


_QUOTAS: Final[dict[Plan, Quota]] = {"free": Quota(200.0, 1.0), "paid": Quota(50_000.0, 14.0)}
_AS_YOU_LIKE: Final = Quota(-1.0, 100.0)


def quota_of(plan: Plan) -> Quota:
    """Say the quota of a plan."""
    return _QUOTAS.get(plan, _AS_YOU_LIKE)
