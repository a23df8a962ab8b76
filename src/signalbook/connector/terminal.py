"""Long work on a terminal: a bar beside the answer."""

from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from signalbook.connector.rebuilding import Step, Told


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
