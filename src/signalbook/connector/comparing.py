"""A comparison with SES as the console orders and shows it; `drifting` does it."""

from datetime import datetime
from typing import Any

import msgspec

from signalbook.connector import actions
from signalbook.connector import copy_queries as copies
from signalbook.connector.copying import Step
from signalbook.connector.drifting import Difference
from signalbook.connector.model import CompareWithSes
from signalbook.kit import clock
from signalbook.kit.db import Read, Tx
from signalbook.kit.jobs import later


class Running(msgspec.Struct, frozen=True):
    """A comparison under way: in which part it is, and how far."""

    part: str = "listing"
    done: int = 0
    total: int = 0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What the last comparison found, whether one is under way, and why the last one failed."""

    at: datetime | None = None
    compared: int = 0
    unread: int = 0
    waiting: int = 0
    nameless: int = 0
    counts: dict[str, int] = {}
    only_here: list[str] = []
    only_there: list[str] = []
    different: list[Difference] = []
    optouts: list[Difference] = []
    repaired: int = 0
    running: Running | None = None
    failed: str = ""

    @property
    def lines(self) -> list[tuple[str, str]]:
        """List the contacts that were named, as (address, what is the matter)."""
        return [
            *((one.email, f"opt-outs differ: {', '.join(one.what)}") for one in self.optouts),
            *((one, "only here") for one in self.only_here),
            *((one, "only in SES") for one in self.only_there),
            *((one.email, f"differs: {', '.join(one.what)}") for one in self.different),
        ]

    @property
    def drift(self) -> int:
        """Return how many differences were found."""
        return sum(self.counts.values())


async def begin(tx: Tx, account_id: int, *, deep: bool, repair: bool) -> None:
    """Order a comparison, and with `repair` that both sides are brought together.

    Raises NotConnected. While one is under way nothing more is ordered.
    """
    await actions.existing(tx, account_id)
    known = await report(tx, account_id)
    if known is not None and known.running is not None:
        return
    await _keep(tx, account_id, running=Running(), failed="")
    await later(tx, CompareWithSes(account_id, deep=deep, repair=repair))


async def note(tx: Tx, account_id: int, step: Step) -> None:
    """Note how far a comparison is."""
    await _keep(tx, account_id, running=Running(step.name, step.done, step.total))


async def fail(tx: Tx, account_id: int, said: str) -> None:
    """Note why a comparison came to nothing."""
    await _keep(tx, account_id, running=None, failed=said)


async def report(db: Read, account_id: int) -> Report | None:
    """Return what is known of comparisons of an account; None where there was none."""
    kept = await copies.last_report(db, account_id)
    return None if kept is None else msgspec.convert(kept, Report)


async def _keep(tx: Tx, account_id: int, **changed: Any) -> None:  # noqa: ANN401  # fields of Report
    """Change the report where it is, and leave what `drifting` has written of itself."""
    kept = await copies.last_report(tx, account_id) or {}
    now = {**kept, **msgspec.to_builtins(changed)}
    await copies.keep_report(tx, account_id, clock.now(), now)
