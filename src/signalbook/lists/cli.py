"""`signalbook lists`: make, show and delete lists; add contacts and remove them."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from signalbook.kit.command import AccountName, AsJson, answer, cli_session, run, settings_of

if TYPE_CHECKING:
    from signalbook.lists import commands
    from signalbook.lists.model import Action, ListJob

app = typer.Typer(help="Make, show and fill lists of contacts.", no_args_is_help=True)

Ref = Annotated[str, typer.Argument(metavar="LIST", help="The list's name or id.")]
Who = Annotated[
    list[str] | None,
    typer.Argument(metavar="[WHO]…", help="E-mails, numbers, ids or your own ids; - reads them."),
]
Tag = Annotated[
    list[str] | None, typer.Option(help="All who carry this tag; repeatable, all must hold.")
]
Search = Annotated[str, typer.Option(help="All with words that begin so.")]
Everybody = Annotated[bool, typer.Option("--all", help="Everybody there is.")]


@app.command(name="list")
def list_(
    ctx: typer.Context,
    search: Annotated[str, typer.Option(help="Lists whose name contains this.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=5000, help="How many at most.")] = 100,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """List lists by name, with how many contacts are on each."""
    from signalbook.lists import commands

    async def work() -> "list[commands.ListOut]":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.listed(db, account, search, limit)

    lists = run(work())
    text = "\n".join(
        f"{one.id}  {one.members:>9,}  {one.name}{'' if one.is_active else ' (deactivated)'}"
        for one in lists
    )
    answer(lists, text or "There are no lists like that.", as_json=as_json)


@app.command()
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name, unique whatever its capitals.")],
    description: Annotated[str, typer.Option(help="Who is on it, and why.")] = "",
    topic: Annotated[
        bool, typer.Option("--topic", help="People may choose it, and leave.")
    ] = False,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Make a list."""
    from signalbook.lists import commands

    async def work() -> "commands.ListOut":
        async with cli_session(settings_of(ctx)) as db:
            kind = "topic" if topic else "static"
            return await commands.create(db, account, name, description, kind)

    one = run(work())
    answer(one, f"The list {one.name} is there: {one.id}.", as_json=as_json)


@app.command()
def combine(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The name of the new list.")],
    on_all: Annotated[
        list[str] | None,
        typer.Option("--all", metavar="LIST", help="Who is on this list; repeatable, on all."),
    ] = None,
    on_any: Annotated[
        list[str] | None,
        typer.Option("--any", metavar="LIST", help="Or on any of these; repeatable."),
    ] = None,
    on_none: Annotated[
        list[str] | None,
        typer.Option("--none", metavar="LIST", help="But not on this list; repeatable."),
    ] = None,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Make a list of those on others: copied, united, intersected, subtracted."""
    from signalbook.lists import commands
    from signalbook.web.formats import plural

    async def work() -> "commands.ListOut":
        async with cli_session(settings_of(ctx)) as db:
            with _bar() as told:
                return await commands.combine(
                    db,
                    account,
                    name,
                    on_all=on_all or (),
                    on_any=on_any or (),
                    on_none=on_none or (),
                    told=told,
                )

    one = run(work())
    said = f"The list {one.name} has {plural(one.members, 'contact')}: {one.id}."
    answer(one, said, as_json=as_json)


@app.command()
def show(
    ctx: typer.Context,
    ref: Ref,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Contacts at most.")] = 20,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Show a list and the contacts on it that were made last."""
    from signalbook.lists import commands
    from signalbook.web.formats import plural

    async def work() -> "commands.Shown":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.show(db, account, ref, limit)

    shown = run(work())
    lines = [f"{shown.about.name}: {plural(shown.about.members, 'contact')}"]
    if not shown.about.is_active:
        lines.append("Deactivated: nobody on it can be reached.")
    lines += [shown.about.description] if shown.about.description else []
    lines += [f"{one.id}  {one.email or one.mobile or one.external_id}" for one in shown.contacts]
    answer(shown, "\n".join(lines), as_json=as_json)


@app.command()
def add(
    ctx: typer.Context,
    ref: Ref,
    who: Who = None,
    tag: Tag = None,
    search: Search = "",
    everybody: Everybody = False,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Add contacts to a list, by name or all whom --tag, --search or --all mean."""
    told = _change(ctx, account, ref, "add", who, tag, search, everybody=everybody)
    _say(told, "added", "already on it", as_json=as_json)


@app.command()
def remove(
    ctx: typer.Context,
    ref: Ref,
    who: Who = None,
    tag: Tag = None,
    search: Search = "",
    everybody: Everybody = False,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Remove contacts from a list, by name or all whom --tag, --search or --all mean."""
    told = _change(ctx, account, ref, "remove", who, tag, search, everybody=everybody)
    _say(told, "removed", "not on it", as_json=as_json)


@app.command()
def deactivate(
    ctx: typer.Context, ref: Ref, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """Make everybody on a list unreachable while it lasts; their opt-outs stay as they are."""
    one = _switch(ctx, account, ref, is_active=False)
    answer(one, f"The list {one.name} is deactivated.", as_json=as_json)


@app.command()
def activate(
    ctx: typer.Context, ref: Ref, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """Activate a list again."""
    one = _switch(ctx, account, ref, is_active=True)
    answer(one, f"The list {one.name} is active.", as_json=as_json)


@app.command()
def delete(
    ctx: typer.Context, ref: Ref, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """Delete a list; the contacts on it stay."""
    from signalbook.lists import commands

    async def work() -> "commands.ListOut":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.delete(db, account, ref)

    gone = run(work())
    answer({"deleted": True, "id": gone.id}, f"The list {gone.name} is gone.", as_json=as_json)


def _switch(ctx: typer.Context, account: str, ref: str, *, is_active: bool) -> "commands.ListOut":
    from signalbook.lists import commands

    async def work() -> "commands.ListOut":
        with _bar() as told:
            async with cli_session(settings_of(ctx)) as db:
                return await commands.switch(db, account, ref, is_active=is_active, told=told)

    return run(work())


def _change(
    ctx: typer.Context,
    account: str,
    ref: str,
    action: "Action",
    who: list[str] | None,
    tag: list[str] | None,
    search: str,
    *,
    everybody: bool,
) -> "commands.Changed":
    """Do it, with a bar where there is somebody to watch it."""
    import sys

    from signalbook.contacts.filters import ContactFilter
    from signalbook.lists import commands, naming

    names = list(who or [])
    if names == ["-"]:
        names = sys.stdin.read().splitlines()
    by_filter = bool(tag or search or everybody)
    wanted = ContactFilter(tags=tuple(tag or ()), search=search) if by_filter else None
    named = naming.read("\n".join(names))

    async def work() -> commands.Changed:
        with _bar(visible=wanted is not None) as told:
            async with cli_session(settings_of(ctx)) as db:
                return await commands.change(
                    db, account, ref, action, named=named, wanted=wanted, told=told
                )

    return run(work())


@contextmanager
def _bar(*, visible: bool = True) -> "Generator[Callable[[ListJob], None]]":
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Contacts", total=None, visible=visible)

        def told(job: "ListJob") -> None:
            bar.update(task, total=job.total, completed=job.done)

        yield told


def _say(told: "commands.Changed", done: str, were: str, *, as_json: bool) -> None:
    from signalbook.web.formats import plural

    now = plural(told.members, "contact")
    lines = [f"{told.changed:,} {done}, {told.unchanged:,} {were}; now {now}."]
    lines += [f"There is no contact {name}." for name in told.not_found]
    answer(told, "\n".join(lines), as_json=as_json)
