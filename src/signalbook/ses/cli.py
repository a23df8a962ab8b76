"""`signalbook ses lists`: the contact lists that clients of AWS work on."""

from typing import TYPE_CHECKING, Annotated

import typer

from signalbook.kit.command import AccountName, AsJson, answer, cli_session, run, settings_of

if TYPE_CHECKING:
    from signalbook.ses.schemas import ContactListsOut


def lists(
    ctx: typer.Context,
    region: Annotated[str | None, typer.Option(help="Of this region alone.")] = None,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """List the contact lists that clients of AWS have made here, with their topics."""
    from signalbook.ses import commands

    async def work() -> "ContactListsOut":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.lists(db, account, region)

    found = run(work())
    rows = [
        f"{one.region}  {one.name}  {', '.join(topic.name for topic in one.topics)}".rstrip()
        for one in found.contact_lists
    ]
    answer(found, "\n".join(rows) or "There is no contact list.", as_json=as_json)
