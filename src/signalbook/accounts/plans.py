"""What each plan may call, and the counting of it.

| plan       | upload door, per 60 s               | /api/v1, per hour              |
|------------|-------------------------------------|--------------------------------|
| free       | 60                                  | 100                            |
| paid       | 1,800, soft: up to 3,600 pass       | 10,000                         |
| enterprise | set per account, or 60,000          | set per account, or 100,000    |
| unlimited  | 1,000,000,000                       | 1,000,000,000                  |
"""

import zlib
from functools import lru_cache
from typing import Final

from signalbook.accounts.errors import RateLimited, StrangerLimited
from signalbook.accounts.model import Caller, Door, Plan, network_of
from signalbook.accounts.usage import Tally
from signalbook.web.limits import UNLIMITED, Allowance, Limiter, Policy

MINUTE: Final = 60
HOUR: Final = 3600
ENTERPRISE_UPLOADS: Final = 60_000
ENTERPRISE_CALLS: Final = 100_000

_UPLOADS: Final[dict[Plan, int]] = {"free": 60, "paid": 1_800, "unlimited": UNLIMITED}
_CALLS: Final[dict[Plan, int]] = {"free": 100, "paid": 10_000, "unlimited": UNLIMITED}
_NETWORKS: Final = 1024
_STRANGERS: Final = Policy("unknown-key", 300, MINUTE, 300)


class Meter:
    """Counts every call of a caller against the plan, and for the usage page."""

    def __init__(self, limiter: Limiter, tally: Tally) -> None:
        """Count with `limiter`, and tell `tally` how it went."""
        self._limiter = limiter
        self._tally = tally

    async def admit(self, caller: Caller, door: Door) -> Allowance:
        """Count one call through a door; look at `allowed`, or let `refuse` raise."""
        policy = policy_of(
            door, caller.plan, caller.upload_per_minute if door == "upload" else caller.api_per_hour
        )
        allowance = await self._limiter.admit(policy, caller.account_id)
        self._tally.count(caller, door, refused=not allowance.allowed, over=allowance.over_soft)
        return allowance

    async def stranger(self, ip: str) -> Allowance:
        """Count one call with a key that is not known, by network; nobody's usage grows."""
        index = zlib.crc32(network_of(ip).encode()) % _NETWORKS
        return await self._limiter.admit(_STRANGERS, index)


def refuse(allowance: Allowance) -> None:
    """Raise RateLimited (or StrangerLimited) when the call may not pass."""
    if allowance.allowed:
        return
    seconds = allowance.retry_after_seconds or 1
    if allowance.policy_name == _STRANGERS.name:
        raise StrangerLimited(retry_after_seconds=seconds)
    raise RateLimited(
        retry_after_seconds=seconds,
        limit=f"{allowance.limit:,}",
        window=f"{allowance.window_seconds:,}",
        retry=seconds,
    )


@lru_cache(maxsize=4096)
def policy_of(door: Door, plan: Plan, own_limit: int | None) -> Policy:
    """Say how many calls a plan allows through a door; `own_limit` counts for enterprise only."""
    if door == "upload":
        limit = _UPLOADS.get(plan) or own_limit or ENTERPRISE_UPLOADS
        return Policy("upload", limit, MINUTE, 2 * limit if plan == "paid" else limit)
    limit = _CALLS.get(plan) or own_limit or ENTERPRISE_CALLS
    return Policy("api", limit, HOUR, limit)
