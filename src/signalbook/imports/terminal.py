"""An import on a terminal: its mapping as a table, its progress as a bar, its report as lines."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from signalbook.imports.commands import Told
from signalbook.imports.model import Action, Counts, Import, Sample, State
from signalbook.imports.progress import Progress
from signalbook.web.formats import duration, plural

_WORDS: Final = {
    "created": "new",
    "updated": "changed",
    "unchanged": "unchanged",
    "deleted": "deleted",
    "rejected": "rejected",
    "superseded": "twice in the file",
}
_PHASES: Final = {
    "": "waiting",
    "reading": "checking",
    "comparing": "comparing",
    "applying": "importing",
    "undoing": "undoing",
}
_MOST_REASONS: Final = 5
_MOST_SAMPLES: Final = 3


def console() -> Console:
    """Give the terminal beside standard output, which is for the answer."""
    return Console(stderr=True, highlight=False)


def say(text: str, to: Console, style: str = "") -> None:
    """Write a line and break it nowhere, so that a command in it can be copied."""
    to.print(Text(text, style=style), soft_wrap=True)


def show_mapping(found: Import, to: Console) -> None:
    """Show what each column becomes, how sure that is, and why."""
    source = found.source
    if source is None:
        return
    kind = found.layout or source.kind.upper()
    say(f"{found.name}: {kind}, about {plural(source.rows_estimate, 'row')}", to)
    for note in source.notes:
        say(f"  {note}", to, "dim")
    table = Table("column", "becomes", "sure", "why", box=None, pad_edge=False, padding=(0, 2))
    for one in found.columns:
        becomes = one.target.removeprefix("field:") + (f" ({one.type})" if one.type else "")
        table.add_row(
            Text(source.columns[one.column]),
            Text(becomes, style="dim" if one.target == "ignore" else ""),
            Text(f"{one.confidence:.0%}"),
            Text(one.reason, style="dim"),
        )
    to.print(table)


def show_verdict(now: Progress, to: Console) -> None:
    """Show what would come of the rows, with the reasons of the rejected and some changes."""
    say(counts_line(now.counts), to)
    for one in now.reasons[:_MOST_REASONS]:
        say(f"  {one.count:>9,} × {one.reason} (row {one.row_no:,})", to, "dim")
    verdict = now.of.verdict
    for sample in (verdict.samples if verdict is not None else [])[:_MOST_SAMPLES]:
        say(f"  row {sample.row_no:,}: {_change(sample)}", to, "dim")
    if now.counts.protected:
        say(f"  {plural(now.counts.protected, 'contact')} opted out, and stay so.", to)


def counts_line(counts: Counts) -> str:
    """Write how many rows came to what."""
    told = [f"{n:,} {word}" for name, word in _WORDS.items() if (n := getattr(counts, name))]
    return f"{plural(counts.rows, 'row')}: {', '.join(told)}." if told else "No rows."


def report(now: Progress) -> str:
    """Say in a few lines what came of an import."""
    found = now.of
    lines = [f"{found.name} is {found.state} ({found.id})."]
    if found.failure:
        lines.append(found.failure)
    if found.checking_at is not None:
        lines.append(counts_line(now.counts) + _took(now))
    lines += [f"  {one.count:>9,} × {one.reason}" for one in now.reasons[:_MOST_REASONS]]
    if now.counts.rejected:
        lines.append(f"`signalbook imports rejected {found.id}` writes the rejected rows to mend.")
    return "\n".join(lines)


def question(now: Progress) -> str:
    """Ask whether the rows shall be applied, with how many contacts that means."""
    counts = now.counts
    if now.of.options.action is Action.DELETE:
        return f"Delete {plural(counts.deleted, 'contact')}?"
    return f"Add {plural(counts.created, 'contact')} and change {counts.updated:,}?"


@contextmanager
def bar(to: Console) -> Generator[Told]:
    """Show a bar for the length of the block: phase, rows, rows/s, time left, live counts."""
    shown = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[told]}"),
    )
    with Bar(*shown, console=to, transient=True, disable=not to.is_terminal) as bar:
        task = bar.add_task("waiting", total=100, told="")

        def told(now: Progress) -> None:
            description = _PHASES[now.phase]
            bar.update(task, description=description, completed=now.percent, told=_live(now))

        yield told


def _took(now: Progress) -> str:
    """Say how long it took; not of one that is undone, which rested in between."""
    if not now.seconds or now.of.state is State.UNDONE:
        return ""
    rate = f", {now.rows_per_second:,} rows/s" if now.rows_per_second else ""
    return f" {duration(now.seconds)}{rate}."


def _live(now: Progress) -> str:
    parts = [f"{now.done:,}" + (f" of {now.total:,}" if now.total else "")]
    if now.rows_per_second:
        parts.append(f"{now.rows_per_second:,}/s")
    if now.seconds_left:
        parts.append(f"{duration(now.seconds_left)} left")
    names = ("created", "updated", "rejected")
    parts += [f"{n:,} {_WORDS[name]}" for name in names if (n := getattr(now.counts, name))]
    return " · ".join(parts)


def _change(sample: Sample) -> str:
    changes = [
        f"{name} {_brief(old)} → {_brief(new)}" for name, (old, new) in sample.fields.items()
    ]
    tags = [f"+{tag}" for tag in sample.tags]
    return f"{sample.name}: {', '.join([*changes, *tags])}"


def _brief(value: object) -> str:
    return "nothing" if value is None else f"“{str(value)[:40]}”"
