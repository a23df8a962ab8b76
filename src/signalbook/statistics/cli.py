"""`signalbook statistics`: how many contacts there are, and who of them can be reached."""

from typing import TYPE_CHECKING, Annotated

import typer

from signalbook.kit.command import AccountName, AsJson, answer, cli_session, run, settings_of

if TYPE_CHECKING:
    from signalbook.statistics import commands
    from signalbook.statistics.schemas import GrowthOut, StatisticsOut, StepOut

_WIDTH = 32


def statistics(
    ctx: typer.Context,
    on: Annotated[
        str, typer.Option("--list", metavar="LIST", help="Who is on this list, by name or id.")
    ] = "",
    tag: Annotated[str, typer.Option("--tag", metavar="TAG", help="Who carries this tag.")] = "",
    filter_: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            metavar="NAME=VALUE",
            help="Who: as in the address of the contacts page, like has=mobile; repeatable.",
        ),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=1100, help="Days of growth.")] = 7,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Count contacts and who can be reached: everybody, or a list, a tag or a filter."""
    from signalbook.statistics import commands

    async def work() -> "commands.Told":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.told(db, account, on, tag, filter_ or [], days)

    told = run(work())
    if as_json:
        answer(told, "", as_json=True)
        return
    _show(told.statistics)
    if told.growth is not None:
        _show_growth(told.growth)


def _show(found: "StatisticsOut") -> None:
    """Draw what each channel keeps and loses, step by step."""
    from rich.console import Console
    from rich.table import Table

    from signalbook.contacts.waterfall import CHANNEL_WORDS, CHANNELS

    console = Console()
    whose = {"list": "on {}", "tag": "with {}", "filter": "of the filter"}.get(found.about.kind, "")
    console.print(
        f"{found.contacts:,} contacts {whose.format(found.about.name)}".strip(), style="bold"
    )
    console.print(
        f"{found.with_email:,} with e-mail, {found.with_mobile:,} with mobile,"
        f" {found.with_landline:,} with landline; {found.active:,} active,"
        f" {found.unsubscribed:,} unsubscribed"
    )
    for channel in CHANNELS:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
        for line in _lines(found.contacts, getattr(found.waterfalls, channel)):
            table.add_row(*line)
        console.print(f"\n{CHANNEL_WORDS[channel]}", style="bold")
        console.print(table)
    for label, parts in (
        ("Countries", [(one.country, one.contacts) for one in found.countries]),
        ("Sources", [(one.source, one.contacts) for one in found.sources]),
    ):
        if parts:
            said = ", ".join(f"{name or 'not known'} {number:,}" for name, number in parts[:10])
            console.print(f"\n[bold]{label}[/]  {said}", highlight=False)


def _lines(contacts: int, steps: "list[StepOut]") -> list[tuple[str, str, str, str]]:
    """Write each line of a waterfall: a bar, who is left, what they have in common, who is lost."""
    from signalbook.contacts.waterfall import KEPT_WORDS, LOST_WORDS

    lines = [(_bar(contacts, 0, contacts), f"{contacts:>11,}", "all contacts", "")]
    for one in steps:
        lost = f"[red]−{one.lost:,} {LOST_WORDS[one.step]}[/]" if one.lost else ""
        bar = _bar(one.contacts, one.lost, contacts)
        lines.append((bar, f"{one.contacts:>11,}", KEPT_WORDS[one.step], lost))
    return lines


def _bar(kept: int, lost: int, contacts: int) -> str:
    """Draw who is left and who was lost, of all; what is there at all is at least one cell."""
    if not contacts:
        return "[dim]" + "·" * _WIDTH + "[/]"
    full = min(max(round(_WIDTH * kept / contacts), 1 if kept else 0), _WIDTH)
    gone = min(max(round(_WIDTH * lost / contacts), 1 if lost else 0), _WIDTH - full)
    rest = _WIDTH - full - gone
    return f"[blue]{'█' * full}[/][red]{'▒' * gone}[/][dim]{'·' * rest}[/]"


def _show_growth(grown: "GrowthOut") -> None:
    from rich.console import Console

    Console().print(
        f"\n[bold]Last {len(grown.days)} days[/]  {grown.joined:,} joined, {grown.left:,} left,"
        f" {grown.opted_out:,} opted out",
        highlight=False,
    )
