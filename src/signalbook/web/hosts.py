"""Rate limits over several hosts: the same count in Redis or Valkey, by the library `limits`.

The clocks of the hosts are compared here: one that is a second ahead moves its window a second
early. Run NTP, as for everything else.
"""

import time
from urllib.parse import urlsplit, urlunsplit

import structlog
from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

_REDIS_TIMEOUT_SECONDS = 0.25
_REDIS_PAUSE_SECONDS = 1.0

_log = structlog.stdlib.get_logger(__name__)


class AllHosts:
    """The same count in Redis, by the moving window of the `limits` library."""

    def __init__(self, url: str) -> None:
        """Prepare; it connects at first use."""
        self._storage = RedisStorage(
            _with_timeout(url), implementation="redispy", key_prefix="signalbook"
        )
        self._window = MovingWindowRateLimiter(self._storage)
        self._paused_until = 0.0
        self._is_down = False

    async def close(self) -> None:
        """Let go of the connections."""
        client = getattr(self._storage.bridge, "storage", None)
        if client is not None:
            await client.aclose()

    async def hit(
        self, name: str, index: int, most: int, window_seconds: int
    ) -> tuple[bool, int, float] | None:
        """Return whether the call passes, the calls used and the seconds to more; None if down."""
        if time.monotonic() < self._paused_until:
            return None
        item = RateLimitItemPerSecond(most, window_seconds, namespace="limits")
        try:
            admitted = await self._window.hit(item, name, str(index))
            stats = await self._window.get_window_stats(item, name, str(index))
        except (RedisError, OSError) as error:
            self._paused_until = time.monotonic() + _REDIS_PAUSE_SECONDS
            if not self._is_down:
                _log.warning("rate_limits_of_this_host_only", reason=type(error).__name__)
            self._is_down = True
            return None
        if self._is_down:
            _log.info("rate_limits_of_all_hosts_again")
        self._is_down = False
        return admitted, most - stats.remaining, max(stats.reset_time - time.time(), 0.0)


def _with_timeout(url: str) -> str:
    """Name the scheme as `limits` wants it, Valkey being spoken to as Redis, and bound the wait."""
    parts = urlsplit(url)
    scheme = {
        "redis": "async+redis",
        "valkey": "async+redis",
        "rediss": "async+rediss",
        "valkeys": "async+rediss",
        "unix": "async+redis+unix",
    }[parts.scheme]
    bounds = f"socket_timeout={_REDIS_TIMEOUT_SECONDS}"
    bounds += f"&socket_connect_timeout={_REDIS_TIMEOUT_SECONDS}"
    query = f"{parts.query}&{bounds}" if parts.query else bounds
    return urlunsplit(parts._replace(scheme=scheme, query=query))
