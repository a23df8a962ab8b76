"""`signalbook import` and `signalbook imports`: a file into contacts, watched and taken back."""

import signal
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import typer

from signalbook.imports.model import Action, Outcome
from signalbook.kit.command import (
    AccountName,
    AsJson,
    answer,
    cli_session,
    run,
    settings_of,
    written,
)

if TYPE_CHECKING:
    from signalbook.imports.commands import Desk, Order
    from signalbook.imports.progress import Progress
    from signalbook.imports.schemas import ImportLine, KeptOut, MappingIn, RowOut

app = typer.Typer(help="Watch, pause, undo imports, and fetch their rows.", no_args_is_help=True)

_INTERRUPTED: Final = 130
_STANDARD_INPUT: Final = "-"

File = Annotated[str, typer.Argument(metavar="FILE", help="A file; - reads standard input.")]
Maps = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="'COLUMN=TARGET'", help="What a column becomes; repeatable."),
]
What = Annotated[Action, typer.Option(help="What the rows do.")]
Blank = Annotated[str, typer.Option(help="What a blank cell does: keep or clear.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="A tag for all; repeatable.")]
ListName = Annotated[str, typer.Option("--list", metavar="NAME", help="The list they join.")]
Country = Annotated[str, typer.Option(help="Country of national numbers: IN, GB, …")]
Dates = Annotated[str, typer.Option(help="How 01/02/2024 is read: dmy, mdy or ymd.")]
Sheet = Annotated[str | None, typer.Option(help="The sheet of a workbook.")]
HeaderRow = Annotated[int | None, typer.Option(help="The row of the names; 0 for none.")]
Delimiter = Annotated[str | None, typer.Option(help="What stands between two cells.")]
Encoding = Annotated[str | None, typer.Option(help="The encoding: utf-8, windows-1252, …")]
Member = Annotated[str | None, typer.Option(help="The file inside a zip.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check the rows and change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Apply without asking.")]
Id = Annotated[UUID, typer.Argument(metavar="ID", help="The import's id.")]


def import_(  # each is one thing that can be said of a file
    ctx: typer.Context,
    file: File,
    map_: Maps = None,
    action: What = Action.UPSERT,
    blank: Blank = "keep",
    tag: Tags = None,
    list_name: ListName = "",
    country: Country = "",
    date_order: Dates = "",
    sheet: Sheet = None,
    header_row: HeaderRow = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    member: Member = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Import a file of contacts: see what it means, what it would do, and apply it."""
    from signalbook.imports.errors import Unconfirmed

    if not (dry_run or yes) and (file == _STANDARD_INPUT or not sys.stdin.isatty()):
        raise Unconfirmed
    said = {"action": action.value, "blank": blank, "tags": tag or [], "list": list_name}
    said |= {"country": country, "date_order": date_order, "sheet": sheet, "member": member}
    said |= {"header_row": header_row, "delimiter": delimiter, "encoding": encoding}
    asked = _asked(map_ or [], said)

    async def work() -> "Progress":
        async with _desk(ctx, account) as desk:
            return await _import(desk, file, asked, dry_run=dry_run, yes=yes)

    _report(_watched(work()), as_json=as_json)


@app.command(name="list")
def list_(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 20,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """List imports, the newest first."""
    from signalbook.imports import commands

    async def work() -> "list[ImportLine]":
        async with _desk(ctx, account) as desk:
            return await commands.listed(desk, limit)

    found = run(work())
    text = "\n".join(
        f"{one.id}  {one.created_at[:16].replace('T', ' ')}  {one.state:<9}  {one.rows:>11,} rows"
        f"  {one.name}"
        for one in found
    )
    answer(found, text or "There are no imports.", as_json=as_json)


@app.command()
def show(
    ctx: typer.Context, id: Id, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """Show an import and what came of its rows."""
    from signalbook.imports import commands

    async def work() -> "Progress":
        async with _desk(ctx, account) as desk:
            return await commands.show(desk, id)

    _report(run(work()), as_json=as_json, may_have_failed=True)


@app.command()
def start(
    ctx: typer.Context,
    id: Id,
    dry_run: DryRun = False,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Start an import that waits, and watch it."""
    from signalbook.imports import commands, terminal

    async def work() -> "Progress":
        async with _desk(ctx, account) as desk:
            with terminal.bar(terminal.console()) as told:
                return await commands.start(desk, id, told, dry_run=dry_run)

    _report(_watched(work()), as_json=as_json)


@app.command()
def rows(
    ctx: typer.Context,
    id: Id,
    outcome: Annotated[Outcome | None, typer.Option(help="Rows that came to this.")] = None,
    after: Annotated[int, typer.Option(min=0, help="The row before the first one.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 100,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """List what came of each row, by its number in the file."""
    from signalbook.imports import commands

    async def work() -> "list[RowOut]":
        async with _desk(ctx, account) as desk:
            return await commands.rows(desk, id, outcome, after, limit)

    found = run(work())
    text = "\n".join(
        f"{one.row:>9,}  {one.outcome:<10}  {one.reason or one.contact_id or ''}".rstrip()
        for one in found
    )
    answer(found, text or "There are no such rows.", as_json=as_json)


@app.command()
def kept(
    ctx: typer.Context,
    id: Id,
    after: Annotated[int, typer.Option(min=0, help="The row before the first one.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 100,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """List the contacts that an undo left alone, since something newer had touched them."""
    from signalbook.imports import commands

    async def work() -> "list[KeptOut]":
        async with _desk(ctx, account) as desk:
            return await commands.kept(desk, id, after, limit)

    found = run(work())
    text = "\n".join(f"{one.row:>9,}  {one.contact_id}" for one in found)
    answer(found, text or "There are none.", as_json=as_json)


@app.command()
def rejected(
    ctx: typer.Context,
    id: Id,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to this file.")
    ] = None,
    account: AccountName = "default",
) -> None:
    """Write the rejected rows as CSV with their reasons, to mend and import again."""
    from signalbook.imports import commands

    async def work(out: IO[bytes]) -> None:
        async with _desk(ctx, account) as desk:
            await commands.show(desk, id)
            await commands.write_rejected(desk, id, out)

    with written(output) as out:
        run(work(out))


@app.command()
def pause(
    ctx: typer.Context, id: Id, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """Let an import rest at its next checkpoint."""
    from signalbook.imports import actions

    _report(_ordered(ctx, account, id, actions.pause, watch=False), as_json=as_json)


@app.command()
def resume(
    ctx: typer.Context, id: Id, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """Go on where a paused import was, and watch it."""
    from signalbook.imports import actions

    _report(_ordered(ctx, account, id, actions.resume), as_json=as_json)


@app.command()
def cancel(
    ctx: typer.Context, id: Id, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """End an import at its next checkpoint; what is applied stays."""
    from signalbook.imports import actions

    _report(_ordered(ctx, account, id, actions.cancel, watch=False), as_json=as_json)


@app.command()
def undo(
    ctx: typer.Context, id: Id, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """Put back what an import changed, unless something newer touched it."""
    from signalbook.imports import actions

    _report(_ordered(ctx, account, id, actions.undo), as_json=as_json)


async def _import(
    desk: "Desk", file: str, asked: "MappingIn", *, dry_run: bool, yes: bool
) -> "Progress":
    """Send a file, show what it means and would do, and apply it where somebody says so."""
    from signalbook.imports import actions, commands, terminal

    to = terminal.console()
    name = "standard input" if file == _STANDARD_INPUT else Path(file).name
    with _opened(file) as source, to.status("reading"):
        now = await commands.send(desk, source, name, asked)
    terminal.show_mapping(now.of, to)
    is_sure = yes and not dry_run
    with terminal.bar(to) as told:
        now = await commands.start(desk, now.of.id, told, dry_run=not is_sure)
    if is_sure or not now.can_start:
        return now
    terminal.show_verdict(now, to)
    if dry_run:
        terminal.say(f"Nothing was changed. `signalbook imports start {now.of.id}` applies it.", to)
        return now
    if not _agreed(terminal.question(now)):
        return await commands.order(desk, now.of.id, actions.cancel)
    with terminal.bar(to) as told:
        return await commands.start(desk, now.of.id, told, dry_run=False)


def _agreed(question: str) -> bool:
    """Ask; to leave the question is a no.

    The event loop waits meanwhile, and its own handler would keep Ctrl-C to itself.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        sys.stderr.write("\n")
        return False
    finally:
        signal.signal(signal.SIGINT, before)


def _asked(maps: list[str], options: dict[str, Any]) -> "MappingIn":
    """Read what was typed as what the API is sent; raises BodyInvalid."""
    from signalbook.imports import wishes

    mapping: dict[str, str] = {}
    for pair in maps:
        column, _, target = pair.rpartition("=")
        if not (column and target):
            raise typer.BadParameter(f"{pair!r} is not COLUMN=TARGET", param_hint="--map")
        mapping[column] = target
    return wishes.fitted(mapping, {k: v for k, v in options.items() if v is not None})


def _ordered(
    ctx: typer.Context, account: str, id: UUID, action: "Order", *, watch: bool = True
) -> "Progress":
    from signalbook.imports import commands, terminal

    async def work() -> "Progress":
        async with _desk(ctx, account) as desk:
            now = await commands.order(desk, id, action)
            if not watch:
                return now
            with terminal.bar(terminal.console()) as told:
                return await commands.followed(desk, id, told)

    return _watched(work())


def _watched(work: Any) -> "Progress":  # noqa: ANN401  # a coroutine
    """Run what may take long; who leaves early is told how it goes on."""
    try:
        return run(work)
    except KeyboardInterrupt:
        sys.stderr.write(
            "Left. What was started goes on where a server runs;"
            " `signalbook imports list` shows how far.\n"
        )
        raise typer.Exit(_INTERRUPTED) from None


def _report(now: "Progress", *, as_json: bool, may_have_failed: bool = False) -> None:
    """Answer with an import; raises ImportFailed where it came to nothing."""
    from signalbook.imports import terminal, wire
    from signalbook.imports.errors import ImportFailed
    from signalbook.imports.model import State

    if now.of.state is State.FAILED and not may_have_failed:
        raise ImportFailed(sentence=now.of.failure)
    answer(wire.out(now), terminal.report(now), as_json=as_json)


@asynccontextmanager
async def _desk(ctx: typer.Context, account: str) -> "AsyncGenerator[Desk]":
    from signalbook.imports import commands

    settings = settings_of(ctx)
    commands.quietly(settings)
    async with cli_session(settings) as db:
        yield await commands.desk(db, settings, account)


@contextmanager
def _opened(file: str) -> Generator[IO[bytes]]:
    if file == _STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    try:
        source = Path(file).open("rb")  # noqa: SIM115  # closed below
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}", param_hint="FILE") from error
    with source:
        yield source
