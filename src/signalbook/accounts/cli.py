"""signalbook account | user | key: what a page does, for scripts and for the first minutes."""

import sys
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
import typer

from signalbook.accounts.made import (
    Created,
    CreatedClient,
    CreatedKey,
    CreatedSigner,
    life_of,
    published,
)
from signalbook.accounts.model import Account, ApiKey, Member, Person
from signalbook.kit import clock
from signalbook.kit.command import AccountName, AsJson, answer, cli_session, run, settings_of

account_app = typer.Typer(help="Accounts and their plans.", no_args_is_help=True)
user_app = typer.Typer(help="The people who sign in.", no_args_is_help=True)
key_app = typer.Typer(help="API keys and contact-upload keys.", no_args_is_help=True)

PlanName = Annotated[
    str, typer.Option("--plan", help="free, paid, enterprise or unlimited.", metavar="PLAN")
]
UploadLimit = Annotated[
    int | None, typer.Option(help="Enterprise: uploads in 60 seconds, up to 60,000.")
]
ApiLimit = Annotated[int | None, typer.Option(help="Enterprise: calls of /api/v1 in an hour.")]
NewPassword = Annotated[
    str | None,
    typer.Option(
        help="At least 12 characters; made for you unless given, and with - read from a line of"
        " standard input, so that no list of processes shows it."
    ),
]
Email = Annotated[str, typer.Option("--email", metavar="E")]


class AccountLine(msgspec.Struct):
    """An account as scripts read it."""

    id: int
    name: str
    plan: str


class UserLine(msgspec.Struct, omit_defaults=True):
    """A person as scripts read it; `password` only when it was made here."""

    id: UUID
    email: str
    role: str
    password: str | None = None


@account_app.command("create")
def create_account(
    ctx: typer.Context,
    name: str,
    *,
    plan: PlanName = "unlimited",
    upload_per_minute: UploadLimit = None,
    api_per_hour: ApiLimit = None,
    as_json: AsJson = False,
) -> None:
    """Open an account."""
    from signalbook.accounts import actions

    async def work() -> Account:
        async with cli_session(settings_of(ctx)) as db, db.tx() as tx:
            return await actions.create(
                tx,
                name,
                plan,
                upload_per_minute=upload_per_minute,
                api_per_hour=api_per_hour,
                actor="cli",
            )

    account = run(work())
    line = AccountLine(account.id, account.name, account.plan)
    answer(line, f"Account {account.name} is open, on the plan {account.plan}.", as_json=as_json)


@account_app.command("plan")
def change_plan(
    ctx: typer.Context,
    plan: Annotated[str, typer.Argument(help="free, paid, enterprise or unlimited.")],
    *,
    account: AccountName = "default",
    upload_per_minute: UploadLimit = None,
    api_per_hour: ApiLimit = None,
    as_json: AsJson = False,
) -> None:
    """Move an account to another plan; it counts within a second."""
    from signalbook.accounts import actions

    async def work() -> Account:
        async with cli_session(settings_of(ctx)) as db, db.tx() as tx:
            found = await actions.named(tx, account)
            await actions.set_plan(
                tx, found.id, plan, upload_per_minute=upload_per_minute, api_per_hour=api_per_hour
            )
            return await actions.named(tx, account)

    changed = run(work())
    line = AccountLine(changed.id, changed.name, changed.plan)
    answer(line, f"Account {changed.name} is on the plan {changed.plan}.", as_json=as_json)


@account_app.command("list")
def list_accounts(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the accounts of this server."""
    from signalbook.accounts import queries

    async def work() -> list[Account]:
        async with cli_session(settings_of(ctx)) as db, db.read() as read:
            return await queries.list_all(read)

    lines = [AccountLine(one.id, one.name, one.plan) for one in run(work())]
    text = "\n".join(f"{one.id:>6}  {one.plan:<10}  {one.name}" for one in lines)
    answer(lines, text or "There is no account yet.", as_json=as_json)


@user_app.command("create")
def create_user(
    ctx: typer.Context,
    email: Email,
    role: Annotated[str, typer.Option(help="owner, admin, editor or viewer.", metavar="ROLE")],
    *,
    account: AccountName = "default",
    name: Annotated[str, typer.Option(help="What the person is called.")] = "",
    password: NewPassword = None,
    as_json: AsJson = False,
) -> None:
    """Bring a person into an account. Somebody known already keeps their password."""
    from signalbook.accounts import actions, passwords, people_actions

    chosen = _chosen(password)
    passwords.check(chosen, own_words=(email, email.partition("@")[0]))

    async def work() -> tuple[Person, bool]:
        async with cli_session(settings_of(ctx)) as db, db.tx() as tx:
            found = await actions.named(tx, account)
            return await people_actions.create(
                tx,
                found.id,
                email,
                role,
                password_hash=passwords.hash_now(chosen),
                name=name,
                actor="cli",
            )

    person, is_new = run(work())
    made = chosen if is_new and password is None else None
    text = f"{person.email} is {role} of {account}."
    text += f" The password, shown once: {made}" if made else ""
    answer(UserLine(person.id, person.email, role, made), text, as_json=as_json)


def _chosen(password: str | None) -> str:
    from signalbook.accounts import secrets

    if password == "-":  # noqa: S105  # it says where to read
        return sys.stdin.readline().rstrip("\r\n")
    return secrets.new_password() if password is None else password


@user_app.command("list")
def list_users(
    ctx: typer.Context, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """List the people of an account."""
    from signalbook.accounts import actions, people_queries

    async def work() -> list[Member]:
        async with cli_session(settings_of(ctx)) as db, db.read() as read:
            found = await actions.named(read, account)
            return await people_queries.members(read, found.id)

    members = run(work())
    text = "\n".join(f"{one.role:<7} {one.email}" for one in members)
    answer([UserLine(one.id, one.email, one.role) for one in members], text, as_json=as_json)


@user_app.command("password")
def set_password(
    ctx: typer.Context,
    email: Email,
    password: NewPassword = None,
    as_json: AsJson = False,
) -> None:
    """Give somebody who forgot theirs another password; every session of theirs ends."""
    from signalbook.accounts import passwords, people_actions

    chosen = _chosen(password)
    passwords.check(chosen, own_words=(email, email.partition("@")[0]))

    async def work() -> Person:
        async with cli_session(settings_of(ctx)) as db, db.tx() as tx:
            return await people_actions.set_password(
                tx, email, passwords.hash_now(chosen), actor="cli"
            )

    person = run(work())
    made = chosen if password is None else None
    text = f"{person.email} has a new password."
    text += f" It is shown once: {made}" if made else ""
    answer({"id": person.id, "password": made}, text, as_json=as_json)


@user_app.command("disable")
def disable_user(ctx: typer.Context, email: Email, as_json: AsJson = False) -> None:
    """Close a person's door in every account and end all their sessions."""
    from signalbook.accounts import people_actions

    async def work() -> Person:
        async with cli_session(settings_of(ctx)) as db, db.tx() as tx:
            return await people_actions.disable(tx, email, actor="cli")

    person = run(work())
    answer({"id": person.id}, f"{person.email} cannot sign in any more.", as_json=as_json)


@user_app.command("enable")
def enable_user(ctx: typer.Context, email: Email, as_json: AsJson = False) -> None:
    """Open a person's door again."""
    from signalbook.accounts import people_actions

    async def work() -> Person:
        async with cli_session(settings_of(ctx)) as db, db.tx() as tx:
            return await people_actions.enable(tx, email)

    person = run(work())
    answer({"id": person.id}, f"{person.email} can sign in again.", as_json=as_json)


@key_app.command("create")
def create_key(
    ctx: typer.Context,
    kind: Annotated[str, typer.Option(help="api, upload, oauth or ses.", metavar="KIND")],
    *,
    account: AccountName = "default",
    scope: Annotated[
        Literal["read", "write"], typer.Option(help="What the key may do; write includes read.")
    ] = "write",
    expires: Annotated[
        str,
        typer.Option(
            help="A ses key with a session token that expires after 90m, 12h or 7d.",
            metavar="LIFE",
        ),
    ] = "",
    name: Annotated[str, typer.Option(help="To know it again.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a key; it is printed once."""
    from signalbook.accounts import actions, key_actions

    settings = settings_of(ctx)
    life = _life(kind, expires)

    async def work() -> Created:
        async with cli_session(settings) as db, db.tx() as tx:
            found = await actions.named(tx, account)
            if kind != "ses":
                return await key_actions.create(
                    tx, found.id, kind, name=name, scope=scope, actor="cli"
                )
            return await key_actions.create_signer(
                tx, found.id, settings.secret_key, name=name, scope=scope, life=life, actor="cli"
            )

    made = published(run(work()))
    answer(made, _told(made), as_json=as_json)


def _life(kind: str, expires: str) -> timedelta | None:
    from signalbook.accounts.errors import LifeInvalid

    if not expires:
        return None
    life = life_of(expires) if kind == "ses" else None
    if life is None:
        raise LifeInvalid
    return life


def _told(made: CreatedKey | CreatedClient | CreatedSigner) -> str:
    """Say a new key to a person: one text, or a line for each part of it."""
    if isinstance(made, CreatedKey):
        return made.key
    parts = msgspec.to_builtins(made)
    rest = [(name, text) for name, text in parts.items() if name not in {"id", "kind"}]
    width = max(len(name) for name, _ in rest)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in rest)


@key_app.command("list")
def list_keys(
    ctx: typer.Context, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """List the keys of an account; the keys themselves cannot be read again."""
    from signalbook.accounts import actions, key_queries

    async def work() -> list[ApiKey]:
        async with cli_session(settings_of(ctx)) as db, db.read() as read:
            found = await actions.named(read, account)
            return await key_queries.list_all(read, found.id)

    keys = run(work())
    text = "\n".join(
        f"{one.id}  {one.kind:<6} {one.shown}  {_state_of(one):<7}  {one.name}" for one in keys
    )
    answer(keys, text or f"The account {account} has no keys.", as_json=as_json)


def _state_of(key: ApiKey) -> str:
    if key.ended_at(clock.now()) is None:
        return "active"
    return "revoked" if key.revoked_at else "expired"


@key_app.command("revoke")
def revoke_key(
    ctx: typer.Context,
    key_id: Annotated[UUID, typer.Argument(metavar="ID")],
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Make a key worthless, within a second and for good."""
    from signalbook.accounts import actions, key_actions

    async def work() -> None:
        async with cli_session(settings_of(ctx)) as db, db.tx() as tx:
            found = await actions.named(tx, account)
            await key_actions.revoke(tx, found.id, key_id, actor="cli")

    run(work())
    answer({"id": key_id, "revoked": True}, f"The key {key_id} is revoked.", as_json=as_json)
