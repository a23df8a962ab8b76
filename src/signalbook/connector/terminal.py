"""Long work on a terminal: a bar beside the answer."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from signalbook.connector.copying import Step, Told
from signalbook.connector.drifting import Difference, Drift

_KINDS: Final = {
    "only_here": "only here",
    "only_there": "only in SES",
    "different": "different",
    "optouts": "opt-outs that differ",
}
_MOST: Final = 10


@contextmanager
def watched() -> Generator[Told]:
    """Show how far some work is, on standard error, for the length of the block."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def told(step: Step) -> None:
            bar.update(task, description=step.name, completed=step.done, total=step.total or None)

        yield told


def of_drift(drift: Drift) -> str:
    """Write what a comparison found, with the first contacts of each kind."""
    lines = [f"{drift.compared:,} contacts of SES compared; {drift.waiting:,} still wait for SES."]
    if drift.unread:
        lines.append(f"{drift.unread:,} were compared in all but their attributes (--deep).")
    if drift.nameless:
        lines.append(f"{drift.nameless:,} here have no e-mail, and SES cannot hold them.")
    for kind, words in _KINDS.items():
        count = drift.counts[kind]
        lines.append(f"{words:<22}{count:>9,}")
        named: list[str | Difference] = getattr(drift, kind)
        lines += [f"  {_one(one)}" for one in named[:_MOST]]
        if count > _MOST:
            lines.append("  …")
    if drift.repaired:
        lines.append(f"{drift.repaired:,} are brought together.")
    elif drift.is_none:
        lines.append("Both sides are the same.")
    return "\n".join(lines)


def _one(one: str | Difference) -> str:
    return one if isinstance(one, str) else f"{one.email}  {', '.join(one.what)}"
