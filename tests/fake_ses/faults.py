"""What goes wrong on demand: throttling, failures, silence and cut lines, before and after."""

import random
import time
from typing import Any

from tests.fake_ses import rules
from tests.fake_ses.account import SesAccount

HANG_SECONDS = 120.0
KINDS = ("429", "500", "hang_before", "hang_after", "cut_before", "cut_after")


class Cut(Exception):
    """The line is cut without an answer."""


class Faults:
    """The faults that are switched on, and the budget of requests of each region.

    `faults` is a list of {"kind", "share" (of calls), "operation" (or all), "times" (or for ever)};
    `rate` is how many calls a second are taken, `burst` how many at once; None is no limit.
    """

    def __init__(self, account: SesAccount) -> None:
        self._account = account
        self._tokens: dict[str, tuple[float, float]] = {}

    def before(self, region: str, operation: str) -> str | None:
        """Do what happens before the operation; return what is to happen after it."""
        self._throttle(region)
        kind = self._struck(operation)
        if kind == "429":
            raise _throttled()
        if kind == "500":
            raise rules.Refused(500, "InternalServiceErrorException", "An internal error occurred.")
        if kind == "cut_before":
            raise Cut
        if kind == "hang_before":
            time.sleep(HANG_SECONDS)
            raise Cut
        return kind

    def after(self, kind: str | None) -> None:
        """Do what happens after the operation took effect and before its answer is sent."""
        if kind == "hang_after":
            time.sleep(HANG_SECONDS)
        if kind:
            raise Cut

    def _struck(self, operation: str) -> str | None:
        with self._account.lock:
            faults: list[dict[str, Any]] = self._account.setting("faults", [])
            for fault in faults:
                if fault.get("operation") not in {None, operation} or fault.get("times") == 0:
                    continue
                if random.random() >= fault.get("share", 1):
                    continue
                if fault.get("times"):
                    fault["times"] -= 1
                    self._account.set("faults", faults)
                return fault["kind"]
        return None

    def _throttle(self, region: str) -> None:
        with self._account.lock:
            rate = self._account.setting("rate")
            if rate is None:
                return
            burst, now = self._account.setting("burst", 1), time.monotonic()
            tokens, at = self._tokens.get(region, (burst, now))
            tokens = min(burst, tokens + (now - at) * rate)
            self._tokens[region] = (tokens - 1 if tokens >= 1 else tokens, now)
        if tokens < 1:
            raise _throttled()


def _throttled() -> rules.Refused:
    return rules.Refused(429, "TooManyRequestsException", "Maximum sending rate exceeded.")
