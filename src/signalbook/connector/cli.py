"""`signalbook ses`: the real AWS SES list in which the contacts of an account are."""

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signalbook.connector.model import Mode
from signalbook.kit.command import AccountName, AsJson, answer, cli_session, run, settings_of

if TYPE_CHECKING:
    from signalbook.connector.schemas import ConnectionIn, ConnectionOut

app = typer.Typer(help="Store contacts in a contact list of AWS SES.", no_args_is_help=True)

Region = Annotated[str, typer.Option("--region", help="The region of AWS: eu-west-1.")]
ListName = Annotated[str, typer.Option("--list", metavar="NAME", help="The contact list's name.")]
ModeIs = Annotated[Mode, typer.Option("--mode", help="Who leads.")]
KeyId = Annotated[
    str | None,
    typer.Option(
        "--access-key-id",
        help="An AWS key; its secret is read from AWS_SECRET_ACCESS_KEY or standard input.",
    ),
]
Role = Annotated[str | None, typer.Option(help="The ARN of a role to take on.")]
Bucket = Annotated[
    str | None, typer.Option(metavar="BUCKET[/FOLDER]", help="Takes many changes at once.")
]
Endpoint = Annotated[str | None, typer.Option(metavar="URL", help="Where SES is, unless at AWS.")]
Pace = Annotated[float, typer.Option("--requests-per-second", help="AWS takes one.")]


@app.command()
def connect(
    ctx: typer.Context,
    region: Region,
    list_name: ListName,
    mode: ModeIs = Mode.MIRROR,
    access_key_id: KeyId = None,
    role: Role = None,
    bucket: Bucket = None,
    endpoint: Endpoint = None,
    requests_per_second: Pace = 1.0,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Connect an account to a list, or change its connection, once SES has answered."""
    from signalbook.connector import commands

    said = {"mode": mode.value, "region": region, "list_name": list_name, "role": role}
    said |= {"bucket": bucket, "endpoint": endpoint, "requests_per_second": requests_per_second}
    asked = _asked(said, access_key_id)

    async def work() -> "ConnectionOut":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.connect(db, settings_of(ctx), account, asked)

    _report(run(work()), as_json=as_json)


@app.command(name="test")
def try_(
    ctx: typer.Context,
    region: Region,
    list_name: ListName,
    access_key_id: KeyId = None,
    role: Role = None,
    endpoint: Endpoint = None,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Ask SES for a list once, and say what is wrong; nothing is changed."""
    from signalbook.connector import commands
    from signalbook.connector.schemas import TestOut

    said = {"mode": "mirror", "region": region, "list_name": list_name, "role": role}
    asked = _asked(said | {"endpoint": endpoint}, access_key_id)

    async def work() -> TestOut:
        async with cli_session(settings_of(ctx)) as db:
            return await commands.test(db, settings_of(ctx), account, asked)

    found = run(work())
    topics = ", ".join(one.name for one in found.topics) or "no topics"
    answer(found, f"{found.list_name} in {found.region} is there: {topics}.", as_json=as_json)


@app.command()
def show(ctx: typer.Context, account: AccountName = "default", as_json: AsJson = False) -> None:
    """Show the connection: what waits for SES, for how long, and what is wrong."""
    from signalbook.connector import commands

    async def work() -> "ConnectionOut":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.known(db, settings_of(ctx), account)

    _report(run(work()), as_json=as_json)


@app.command()
def sync(ctx: typer.Context, account: AccountName = "default", as_json: AsJson = False) -> None:
    """Compare everybody with SES once more; the server does it."""
    from signalbook.connector import commands

    async def work() -> "ConnectionOut":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.sync(db, settings_of(ctx), account)

    _report(run(work()), as_json=as_json)


@app.command()
def refusals(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 100,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """List contacts that SES would not take, and what it said."""
    from signalbook.connector import commands
    from signalbook.connector.schemas import Refusals

    async def work() -> Refusals:
        async with cli_session(settings_of(ctx)) as db:
            return await commands.refusals(db, account, limit)

    found = run(work())
    text = "\n".join(f"{one.email}  {one.said}" for one in found.data)
    answer(found.data, text or "There are none.", as_json=as_json)


@app.command()
def disconnect(
    ctx: typer.Context, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """End the connection; contacts stay as they are, here and in SES."""
    from signalbook.connector import commands

    async def work() -> "ConnectionOut":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.disconnect(db, settings_of(ctx), account)

    last = run(work())
    text = f"The account is not connected to {last.list_name} in {last.region} any more."
    answer({"list_name": last.list_name, "region": last.region}, text, as_json=as_json)


@app.command()
def policy(ctx: typer.Context, account: AccountName = "default") -> None:
    """Print the IAM policy that the connection needs, as JSON."""
    from signalbook.connector import commands

    async def work() -> str:
        async with cli_session(settings_of(ctx)) as db:
            return await commands.policy_of(db, account)

    print(run(work()))


@app.command()
def rebuild(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Throw the contacts here away and restore them from SES; timelines do not come back."""
    from signalbook.connector import commands
    from signalbook.connector.rebuilding import Rebuilt
    from signalbook.connector.terminal import watched

    if not yes:
        told = f"Delete every contact of the account {account} here and restore them from SES?"
        typer.confirm(f"{told} Their timelines are not in SES and are lost.", abort=True, err=True)

    async def work() -> Rebuilt:
        async with cli_session(settings_of(ctx)) as db:
            with watched() as watch:
                return await commands.rebuild(db, settings_of(ctx), account, watch)

    done = run(work())
    told = f"{done.restored:,} contacts are restored from SES; {done.deleted:,} were here before."
    lines = [told, *(f"{address}  {said}" for address, said in done.refused)]
    answer(done, "\n".join(lines), as_json=as_json)


@app.command()
def drift(
    ctx: typer.Context,
    deep: Annotated[bool, typer.Option("--deep", help="Read each contact of SES as well.")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Bring both sides together.")] = False,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Compare all contacts with SES; in the mode mirror a repair deletes in SES who is not here."""
    from signalbook.connector import commands, terminal
    from signalbook.connector.drifting import Drift

    async def work() -> Drift:
        async with cli_session(settings_of(ctx)) as db:
            with terminal.watched() as watch:
                return await commands.drift(
                    db, settings_of(ctx), account, watch, deep=deep, repair=repair
                )

    found = run(work())
    answer(found, terminal.of_drift(found), as_json=as_json)


def _asked(said: dict[str, Any], access_key_id: str | None) -> "ConnectionIn":
    """Read what was typed as what the API is sent; raises BodyInvalid."""
    from signalbook.connector.schemas import ConnectionIn
    from signalbook.web.bodies import BodyInvalid, Shape

    if access_key_id is not None:
        secret = os.environ.get("AWS_SECRET_ACCESS_KEY") or _typed()
        token = os.environ.get("AWS_SESSION_TOKEN", "")
        said["credentials"] = {"access_key_id": access_key_id, "secret_access_key": secret}
        said["credentials"] |= {"session_token": token} if token else {}
    asked, problems = Shape(ConnectionIn).fit(said)
    if problems:
        raise BodyInvalid(problems=problems)
    return asked


def _typed() -> str:
    """Ask for the secret where nobody sees it; a script sends it as the first line."""
    if sys.stdin.isatty():
        return str(typer.prompt("Secret access key", hide_input=True, err=True))
    return sys.stdin.readline().strip()


def _report(found: "ConnectionOut", *, as_json: bool) -> None:
    told = {
        "list": f"{found.list_name} in {found.region}",
        "mode": found.mode.value,
        "state": found.state.value if found.error is None else f"{found.state}: {found.error}",
        "waiting": f"{found.waiting:,} changes, the oldest for {found.lag_seconds:,.0f} s",
        "refused": f"{found.refused:,}",
        "last success": found.succeeded_at or "none yet",
        "listed": f"{found.listing.completed_contacts:,} contacts"
        if found.listing.completed_at
        else "not yet",
        "notices": found.notices_url,
    }
    text = "\n".join(f"{name:<14}{value}" for name, value in told.items())
    answer(found, text, as_json=as_json)
