"""`signalbook contacts`: add, show, list and delete contacts from the command line."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer

from signalbook.kit.command import AccountName, AsJson, answer, cli_session, run, settings_of

app = typer.Typer(help="Add, show, list and delete contacts.", no_args_is_help=True)

Ref = Annotated[
    str, typer.Argument(metavar="WHO", help="An e-mail, a mobile, your external_id or the id.")
]


@app.command()
def add(  # each is one thing a contact may have
    ctx: typer.Context,
    email: Annotated[str | None, typer.Option(help="E-mail address.")] = None,
    mobile: Annotated[str | None, typer.Option(help="Mobile number in E.164 form.")] = None,
    external_id: Annotated[str | None, typer.Option(help="Your own id.")] = None,
    first_name: Annotated[str | None, typer.Option(help="First name.")] = None,
    last_name: Annotated[str | None, typer.Option(help="Last name.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag; repeatable.")] = None,
    field: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A field; repeatable.")
    ] = None,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Add a contact, or update the one that has its e-mail, mobile or external id."""
    from signalbook.contacts import commands

    named = {"email": email, "mobile": mobile, "external_id": external_id}
    fields: dict[str, Any] = {"first_name": first_name, "last_name": last_name}
    for pair in field or []:
        name, equals, value = pair.partition("=")
        if not equals:
            raise typer.BadParameter(f"{pair!r} is not NAME=VALUE", param_hint="--field")
        fields[name] = value
    asked = commands.Asked(
        {name: value for name, value in named.items() if value is not None},
        {name: value for name, value in fields.items() if value is not None},
        tuple(tag or ()),
    )

    async def work() -> commands.Told:
        async with cli_session(settings_of(ctx)) as db:
            return await commands.add(db, account, asked)

    told = run(work())
    answer(told, f"Contact {told.contact.id} was {told.status}.", as_json=as_json)


@app.command()
def show(
    ctx: typer.Context, id: Ref, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """Show a contact with all its fields."""
    from signalbook.contacts import commands

    async def work() -> commands.ContactOut:
        async with cli_session(settings_of(ctx)) as db:
            return await commands.show(db, account, id)

    contact = run(work())
    lines = [
        f"{name:<16} {msgspec.json.encode(value).decode() if not isinstance(value, str) else value}"
        for name, value in msgspec.to_builtins(contact).items()
    ]
    answer(contact, "\n".join(lines), as_json=as_json)


@app.command(name="list")
def list_(
    ctx: typer.Context,
    tag: Annotated[list[str] | None, typer.Option(help="Who carries this tag; repeatable.")] = None,
    on: Annotated[
        list[UUID] | None,
        typer.Option("--list", metavar="ID", help="Who is on this list; repeatable."),
    ] = None,
    search: Annotated[str, typer.Option(help="Words that begin a name, e-mail or number.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 20,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """List contacts, the newest first."""
    from signalbook.contacts import commands
    from signalbook.contacts.filters import ContactFilter

    async def work() -> list[commands.ContactOut]:
        async with cli_session(settings_of(ctx)) as db:
            wanted = ContactFilter(tags=tuple(tag or ()), lists=tuple(on or ()), search=search)
            return await commands.listed(db, account, wanted, limit)

    contacts = run(work())
    text = "\n".join(
        f"{contact.id}  {contact.email or contact.mobile or contact.external_id}"
        f"  {', '.join(contact.tags)}".rstrip()
        for contact in contacts
    )
    answer(contacts, text or "There are no contacts like that.", as_json=as_json)


@app.command()
def delete(
    ctx: typer.Context, id: Ref, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """Delete a contact for good."""
    from signalbook.contacts import commands

    async def work() -> str:
        async with cli_session(settings_of(ctx)) as db:
            return await commands.delete(db, account, id)

    gone = run(work())
    answer({"deleted": True, "id": gone}, f"Contact {gone} is gone.", as_json=as_json)


@app.command()
def erase(
    ctx: typer.Context, id: Ref, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """Erase a person: the contact, its events, and its addresses down to a keyed hash of each."""
    from signalbook.contacts import commands

    async def work() -> str:
        async with cli_session(settings_of(ctx)) as db:
            return await commands.erase(db, account, id)

    gone = run(work())
    said = f"Contact {gone} is erased; its addresses stay blocked without being known."
    answer({"erased": True, "id": gone}, said, as_json=as_json)
