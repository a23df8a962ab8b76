"""Rate limits: how many calls fit into a moving window, and the headers that say so.

Calls are counted for all processes of this host in a shared file, and, where SIGNALBOOK_REDIS_URL
is set, for all hosts in Redis or Valkey as well. While Redis does not answer, the count of this
host alone decides: every host then admits up to the limit by itself, and a log line says so.
"""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from signalbook.web.window import SharedWindow

if TYPE_CHECKING:
    from signalbook.web.hosts import AllHosts

UNLIMITED: Final = 1_000_000_000
STATE_KEY: Final = "rate_limit_headers"
"""Where in `scope["state"]` whoever counted the call leaves the headers that say so."""


class Policy(msgspec.Struct, frozen=True):
    """`limit` calls in `window_seconds`; a soft limit is stated, and `most` is what passes."""

    name: str
    limit: int
    window_seconds: int
    most: int


class Allowance(msgspec.Struct, frozen=True):
    """What the limit says to one call."""

    limit: int
    remaining: int
    reset_seconds: int
    retry_after_seconds: int | None
    policy_name: str
    window_seconds: int
    allowed: bool
    over_soft: bool


def headers(allowance: Allowance) -> list[tuple[bytes, bytes]]:
    """Write the headers of every answer: the customary trio, and the IETF draft's two fields.

    `X-RateLimit-Reset` is a Unix time in seconds, `t` in `RateLimit` a number of seconds
    (draft-ietf-httpapi-ratelimit-headers of September 2025). `Retry-After` is not among them: the
    error of a refusal carries it, as every error does that has one.
    """
    of, name = allowance, allowance.policy_name.encode()
    reset_at = math.ceil(time.time()) + of.reset_seconds
    return [
        (b"x-ratelimit-limit", b"%d" % of.limit),
        (b"x-ratelimit-remaining", b"%d" % of.remaining),
        (b"x-ratelimit-reset", b"%d" % reset_at),
        (b"ratelimit-policy", b'"%b";q=%d;w=%d' % (name, of.limit, of.window_seconds)),
        (b"ratelimit", b'"%b";r=%d;t=%d' % (name, of.remaining, of.reset_seconds)),
    ]


class Limiter:
    """Admits calls under a policy, for all processes of this host and, with Redis, for all hosts.

    `run_dir` is the folder of the shared files.
    """

    def __init__(
        self, run_dir: Path, redis_url: str | None, *, clock: Callable[[], float] = time.time
    ) -> None:
        """Prepare; files and connections open at first use."""
        self._run_dir = run_dir
        self._clock = clock
        self._windows: dict[str, SharedWindow] = {}
        self._hosts = _all_hosts(redis_url) if redis_url else None

    async def close(self) -> None:
        """Let go of the files and of Redis; the counts stay."""
        for window in self._windows.values():
            window.close()
        self._windows.clear()
        if self._hosts is not None:
            await self._hosts.close()

    async def admit(self, policy: Policy, index: int) -> Allowance:
        """Count one call of `index` (an account's id) and say whether it may pass."""
        window = self._windows.get(policy.name) or self._open(policy)
        here = window.hit(index, policy.most)
        used, reset, admitted = here.used, here.reset_seconds, here.admitted
        if admitted and self._hosts is not None and policy.limit < UNLIMITED:
            everywhere = await self._hosts.hit(
                policy.name, index, policy.most, policy.window_seconds
            )
            if everywhere is not None:
                admitted, used, reset = everywhere
                if not admitted:
                    window.give_back(index)
        return _allowance(policy, used, reset, admitted=admitted)

    def _open(self, policy: Policy) -> SharedWindow:
        path = self._run_dir / f"{policy.name}-{policy.window_seconds}s.window"
        window = SharedWindow(path, policy.window_seconds, clock=self._clock)
        self._windows[policy.name] = window
        return window


def _allowance(policy: Policy, used: int, reset: float, *, admitted: bool) -> Allowance:
    seconds = max(math.ceil(reset), 1)
    return Allowance(
        limit=policy.limit,
        remaining=max(policy.limit - used, 0) if admitted else 0,
        reset_seconds=min(seconds, policy.window_seconds),
        retry_after_seconds=None if admitted else seconds,
        policy_name=policy.name,
        window_seconds=policy.window_seconds,
        allowed=admitted,
        over_soft=admitted and used > policy.limit,
    )


def _all_hosts(url: str) -> "AllHosts":
    from signalbook.web.hosts import AllHosts  # noqa: PLC0415  # 12 MB that one host never needs

    return AllHosts(url)
