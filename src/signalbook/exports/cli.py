"""`signalbook export` and `signalbook contacts export`: files on standard output."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from signalbook.exports.model import Asked, Format
from signalbook.kit.command import AccountName, cli_session, run, settings_of, written

if TYPE_CHECKING:
    from signalbook.exports import streaming

Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to this file.")
]

Who = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        metavar="NAME=VALUE",
        help="Who: as in the address of the contacts page, like tag=vip or"
        " 'status=subscribed&search=ada'; repeatable, all must hold.",
    ),
]
Raw = Annotated[
    bool, typer.Option("--raw", help="Leave cells that a spreadsheet would run as a formula.")
]


def export(  # each is one thing a file may be
    ctx: typer.Context,
    filter_: Who = None,
    columns: Annotated[str, typer.Option(help="By comma; all there are unless given.")] = "",
    format_: Annotated[Format, typer.Option("--format", help="What kind of file.")] = Format.CSV,
    gzip: Annotated[bool, typer.Option("--gzip", help="Compress it; not a workbook.")] = False,
    raw: Raw = False,
    output: Output = None,
    account: AccountName = "default",
) -> None:
    """Write contacts as a file, to standard output or to FILE with a bar."""
    from signalbook.contacts import views
    from signalbook.exports import streaming

    asked = Asked(
        wanted=views.filter_of(filter_ or []),
        columns=tuple(name.strip() for name in columns.split(",") if name.strip()),
        format=format_,
        compression="gzip" if gzip else "",
        is_raw=raw,
    )

    async def work(out: IO[bytes], told: streaming.Told) -> int:
        async with cli_session(settings_of(ctx)) as db:
            return await streaming.stream(db, account, asked, out, told)

    if output is None:
        with written(None) as out:
            run(work(out, lambda _: None))
        return
    with written(output) as out, _bar() as told:
        done = run(work(out, told))
    sys.stderr.write(f"{done:,} contacts are in {output}.\n")


def export_contact(
    ctx: typer.Context,
    who: Annotated[
        str,
        typer.Argument(metavar="WHO", help="An e-mail, a mobile, your external_id or the id."),
    ],
    output: Output = None,
    account: AccountName = "default",
) -> None:
    """Write everything known of a contact as JSON, for somebody who asks for it."""
    from signalbook.exports import streaming

    async def work(out: IO[bytes]) -> None:
        async with cli_session(settings_of(ctx)) as db:
            await streaming.known(db, account, who, out)

    with written(output) as out:
        run(work(out))


@contextmanager
def _bar() -> "Generator[streaming.Told]":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from signalbook.exports.streaming import Progress

    shown = (TextColumn("exporting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*shown, console=Console(stderr=True)) as bar:
        task = bar.add_task("exporting", total=None)

        def told(progress: Progress) -> None:
            bar.update(task, completed=progress.done, total=progress.total)

        yield told
