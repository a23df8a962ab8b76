"""`signalbook fields`: list, show, make and describe fields; rewrite them in all contacts."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from signalbook.fields.model import FieldType
from signalbook.kit.command import AccountName, AsJson, answer, cli_session, run, settings_of

if TYPE_CHECKING:
    from signalbook.contacts.rewriting import commands
    from signalbook.contacts.rewriting.model import FieldJob, Wish

app = typer.Typer(help="Show, make and change fields.", no_args_is_help=True)


class Winner(StrEnum):
    """Whose value stays where a contact has both."""

    INTO = "into"
    SOURCE = "source"


Ref = Annotated[str, typer.Argument(metavar="FIELD", help="The field's name, or an alias of it.")]
Label = Annotated[str | None, typer.Option(help="What the console shows.")]
Alias = Annotated[
    list[str] | None, typer.Option(help="What else it is called; repeatable, all are replaced.")
]
Clear = Annotated[bool, typer.Option("--clear-unfit", help="Remove values that do not fit.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what it would come to.")]


@app.command(name="list")
def list_(
    ctx: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="Standard fields that are not used, too.")
    ] = False,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """List fields with how filled they are."""
    from signalbook.contacts.rewriting import commands

    async def work() -> "list[commands.FieldOut]":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.listed(db, account)

    found = [one for one in run(work()) if everything or one.created_at is not None]
    lines = [
        f"{one.contacts:>11,}  {one.share:>6.1%}  {one.max_length:>6,}  {one.type.value:<8}"
        f"  {', '.join([one.name, *one.aliases])}"
        for one in found
    ]
    head = f"{'contacts':>11}  {'filled':>6}  {'max':>6}  {'type':<8}  name, aliases"
    text = "\n".join([head, *lines]) if lines else "No field is used yet."
    answer(found, text, as_json=as_json)


@app.command()
def show(
    ctx: typer.Context, name: Ref, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """Show a field and its most frequent values, counted now."""
    import msgspec

    from signalbook.contacts.rewriting import commands
    from signalbook.web.formats import plural

    async def work() -> "commands.Shown":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.show(db, account, name)

    shown = run(work())
    one = shown.field
    held = "held to it" if one.type_is_set else "takes anything"
    lines = [
        f"{one.name}: {one.label}, {one.type.value}, {held}",
        f"{plural(one.contacts, 'contact')} ({one.share:.1%}), longest {one.max_length:,}",
        *([f"also called {', '.join(one.aliases)}"] if one.aliases else []),
        *(
            f"{one.contacts:>11,}  {msgspec.json.encode(one.value).decode()}"
            for one in shown.values
        ),
    ]
    answer(shown, "\n".join(lines), as_json=as_json)


@app.command()
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What programs write.")],
    label: Label = None,
    type: Annotated[FieldType | None, typer.Option(help="Hold its values to a type.")] = None,
    alias: Alias = None,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Make a field before a contact has a value for it."""
    from signalbook.contacts.rewriting import commands

    async def work() -> "commands.FieldOut":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.create(
                db, account, name, label=label or "", type=type, aliases=alias or []
            )

    one = run(work())
    answer(one, f"The field {one.name} is there.", as_json=as_json)


@app.command(name="set")
def set_(
    ctx: typer.Context,
    name: Ref,
    label: Label = None,
    alias: Alias = None,
    no_alias: Annotated[bool, typer.Option("--no-alias", help="Take all aliases away.")] = False,
    hidden: Annotated[
        bool | None, typer.Option("--hide/--unhide", help="Keep it out of the console, or not.")
    ] = None,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Give a field another label or other aliases, or hide it; what is not said stays."""
    from signalbook.contacts.rewriting import commands

    async def work() -> "commands.FieldOut":
        aliases = [] if no_alias else alias
        async with cli_session(settings_of(ctx)) as db:
            return await commands.describe(
                db, account, name, label=label, aliases=aliases, is_hidden=hidden
            )

    one = run(work())
    answer(one, f"{one.name}: {', '.join([one.label, *one.aliases])}", as_json=as_json)


@app.command()
def rename(
    ctx: typer.Context,
    name: Ref,
    to: Annotated[str, typer.Argument(help="The new name.")],
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Rename a field; the old name stays an alias of it."""
    from signalbook.contacts.rewriting.model import Wish

    _rewrite(ctx, account, Wish(action="rename", name=name, target=to), as_json=as_json)


@app.command()
def type(
    ctx: typer.Context,
    name: Ref,
    type: Annotated[FieldType, typer.Argument(help="The type it is held to.")],
    clear_unfit: Clear = False,
    dry_run: DryRun = False,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Hold a field to a type; values that can be read as it are converted."""
    from signalbook.contacts.rewriting.model import Wish

    unfit = "clear" if clear_unfit else "refuse"
    wish = Wish(action="type", name=name, target=type.value, unfit=unfit)
    _rewrite(ctx, account, wish, dry_run=dry_run, as_json=as_json)


@app.command()
def merge(
    ctx: typer.Context,
    name: Ref,
    into: Annotated[str, typer.Argument(help="The field that takes the values over.")],
    winner: Annotated[
        Winner, typer.Option(help="Whose value stays where a contact has both.")
    ] = Winner.INTO,
    clear_unfit: Clear = False,
    dry_run: DryRun = False,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Merge a field into another; its name becomes an alias of that."""
    from signalbook.contacts.rewriting.model import Wish

    wish = Wish(
        action="merge",
        name=name,
        target=into,
        winner="target" if winner is Winner.INTO else "source",
        unfit="clear" if clear_unfit else "refuse",
    )
    _rewrite(ctx, account, wish, dry_run=dry_run, as_json=as_json)


@app.command()
def empty(
    ctx: typer.Context, name: Ref, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """Take a field's values from all contacts; the field stays."""
    from signalbook.contacts.rewriting.model import Wish

    _rewrite(ctx, account, Wish(action="empty", name=name), as_json=as_json)


@app.command()
def delete(
    ctx: typer.Context, name: Ref, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """Delete a field with its values in all contacts."""
    from signalbook.contacts.rewriting.model import Wish

    _rewrite(ctx, account, Wish(action="delete", name=name), as_json=as_json)


@app.command()
def cancel(
    ctx: typer.Context,
    job: Annotated[str, typer.Argument(help="The id of the job.")],
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """End the rewriting of a field that a server goes on with; what is done stays."""
    from signalbook.contacts.rewriting import commands

    async def work() -> "commands.FieldJobOut":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.cancel(db, account, job)

    done = run(work())
    answer(done, f"{done.state}: {done.changed:,} changed.", as_json=as_json)


def _rewrite(
    ctx: typer.Context, account: str, wish: "Wish", *, dry_run: bool = False, as_json: bool
) -> None:
    """Do it with a bar where there is somebody to watch it, or only tell what it would come to."""
    from rich.console import Console
    from rich.progress import Progress

    from signalbook.contacts.rewriting import commands

    async def tried() -> commands.RewritePreview:
        async with cli_session(settings_of(ctx)) as db:
            return await commands.preview(db, account, wish)

    async def done() -> commands.FieldJobOut:
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Contacts", total=None)

            def told(job: "FieldJob") -> None:
                bar.update(task, total=job.total, completed=job.done)

            async with cli_session(settings_of(ctx)) as db:
                return await commands.rewrite(db, account, wish, told)

    if dry_run:
        seen = run(tried())
        lines = [f"{seen.contacts:,} contacts: {seen.converted:,} converted, {seen.unfit:,} unfit."]
        lines += [f"{one.contacts:>9,}  {one.contact}: {one.message}" for one in seen.misfits]
        answer(seen, "\n".join(lines), as_json=as_json)
        return
    job = run(done())
    answer(job, f"{job.state}: {job.changed:,} changed, {job.cleared:,} cleared.", as_json=as_json)
