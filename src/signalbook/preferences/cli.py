"""`signalbook preferences` and `signalbook contacts links`: the public pages and their links."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signalbook.kit.command import AccountName, AsJson, answer, cli_session, run, settings_of

if TYPE_CHECKING:
    from signalbook.preferences.schemas import ContactLinks, LinkKeyOut, LookOut

app = typer.Typer(help="Say how public pages look, and rotate their keys.", no_args_is_help=True)

Colour = Annotated[str | None, typer.Option(metavar="#RRGGBB", help="A colour; empty is ours.")]


@app.command()
def show(ctx: typer.Context, account: AccountName = "default", as_json: AsJson = False) -> None:
    """Show how the public pages look."""
    from signalbook.preferences import commands

    async def work() -> "LookOut":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.show(db, settings_of(ctx), account)

    _report(run(work()), as_json=as_json)


@app.command(name="set")
def set_(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Option(help="Whom people read; empty is the account's name.")
    ] = None,
    accent: Colour = None,
    background: Colour = None,
    channel: Annotated[
        list[str] | None, typer.Option(help="A channel one can choose; repeatable.")
    ] = None,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Say how the public pages look; what is not said stays."""
    from signalbook.preferences import commands
    from signalbook.preferences.schemas import LookIn
    from signalbook.web.bodies import BodyInvalid, Shape

    said: dict[str, Any] = {"name": name, "accent": accent, "background": background}
    said["channels"] = channel or None
    given = {name: value for name, value in said.items() if value is not None}
    asked, problems = Shape(LookIn).fit(given)
    if problems:
        raise BodyInvalid(problems=problems)

    async def work() -> "LookOut":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.change(db, settings_of(ctx), account, asked)

    _report(run(work()), as_json=as_json)


@app.command()
def logo(
    ctx: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="A PNG, JPEG or WebP; without one there is no logo any more.",
            exists=True,
            dir_okay=False,
            readable=True,
        ),
    ] = None,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Show a logo on the public pages."""
    from signalbook.preferences import commands

    async def work() -> "LookOut":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.logo(db, settings_of(ctx), account, file)

    _report(run(work()), as_json=as_json)


@app.command()
def keys(ctx: typer.Context, account: AccountName = "default", as_json: AsJson = False) -> None:
    """List the keys that sign links, the newest first."""
    from signalbook.preferences import commands

    async def work() -> "list[LinkKeyOut]":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.keys(db, account)

    found = run(work())
    text = "\n".join(
        f"{one.number:>4}  {one.created_at[:16].replace('T', ' ')}  {one.created_by}"
        for one in found
    )
    answer(found, text or "There are none; the first link makes one.", as_json=as_json)


@app.command()
def rotate(ctx: typer.Context, account: AccountName = "default", as_json: AsJson = False) -> None:
    """Sign links with a new key from now on; older links keep working."""
    from signalbook.preferences import commands

    async def work() -> "LinkKeyOut":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.rotate(db, account)

    made = run(work())
    answer(made, f"Links are signed with key {made.number} from now on.", as_json=as_json)


def contact_links(
    ctx: typer.Context,
    who: Annotated[
        str,
        typer.Argument(metavar="WHO", help="An e-mail, a mobile, your external_id or the id."),
    ],
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Make a contact's links: to its preference page, and to leave each channel."""
    from signalbook.preferences import commands

    async def work() -> "ContactLinks":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.links(db, settings_of(ctx), account, who)

    found = run(work())
    text = "\n".join(f"{one.channel or one.purpose:<12}{one.url}" for one in found.data)
    answer(found, text, as_json=as_json)


def _report(look: "LookOut", *, as_json: bool) -> None:
    logo = look.logo
    told = {
        "name": look.public_name,
        "accent": look.accent or "ours",
        "background": look.background or "light or dark, as the person prefers",
        "channels": ", ".join(look.channels),
        "logo": f"{logo.url} ({logo.width} × {logo.height})" if logo else "none",
    }
    text = "\n".join(f"{name:<12}{value}" for name, value in told.items())
    answer(look, text, as_json=as_json)
