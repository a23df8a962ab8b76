"""What the commands on the connection do, through the same actions as every other face."""

from signalbook.accounts import actions as accounts
from signalbook.connector import (
    actions,
    drifting,
    outbox_queries,
    policy,
    queries,
    rebuilding,
    wire,
)
from signalbook.connector.copying import Told
from signalbook.connector.model import Connection
from signalbook.connector.schemas import ConnectionIn, ConnectionOut, Refusals, TestOut
from signalbook.kit.config import Settings
from signalbook.kit.db import Database, Read

_ACTOR = "cli"


async def connect(
    db: Database, settings: Settings, account: str, asked: ConnectionIn
) -> ConnectionOut:
    """Connect an account, or change its connection; raises what `actions.connect` does."""
    async with db.read() as read:
        of = await accounts.named(read, account)
        known = await queries.get(read, of.id)
    wish = wire.wish(asked, known, settings.secret_key)
    act = actions.connect if known is None else actions.change
    made = await act(db, settings.secret_key, of.id, wish, actor=_ACTOR)
    async with db.read() as read:
        return await _shown(read, made, settings)


async def test(db: Database, settings: Settings, account: str, asked: ConnectionIn) -> TestOut:
    """Ask SES for a list; raises what is wrong."""
    async with db.read() as read:
        of = await accounts.named(read, account)
        known = await queries.get(read, of.id)
    target = actions.checked(wire.wish(asked, known, settings.secret_key)).target
    return wire.tested(target, await actions.test(db, target))


async def known(db: Database, settings: Settings, account: str) -> ConnectionOut:
    """Show the connection; raises NotConnected."""
    async with db.read() as read:
        of = await accounts.named(read, account)
        return await _shown(read, await actions.existing(read, of.id), settings)


async def disconnect(db: Database, settings: Settings, account: str) -> ConnectionOut:
    """End the connection and return it as it was; raises NotConnected."""
    last = await known(db, settings, account)
    async with db.tx() as tx:
        of = await accounts.named(tx, account)
        await actions.disconnect(tx, of.id)
    return last


async def sync(db: Database, settings: Settings, account: str) -> ConnectionOut:
    """Compare everybody once more; raises NotConnected."""
    async with db.tx() as tx:
        of = await accounts.named(tx, account)
        await actions.sync(tx, of.id)
    return await known(db, settings, account)


async def refusals(db: Database, account: str, limit: int) -> Refusals:
    """List whom SES would not take."""
    async with db.read() as read:
        of = await accounts.named(read, account)
        return wire.refusals(await outbox_queries.refused(read, of.id, "", limit))


async def policy_of(db: Database, account: str) -> str:
    """Write the policy for the account's list, or for any where it has none yet."""
    async with db.read() as read:
        of = await accounts.named(read, account)
        found = await queries.get(read, of.id)
    if found is None:
        return policy.text("", "")
    return policy.text(found.region, found.list_name, found.bucket or "")


async def rebuild(db: Database, settings: Settings, account: str, told: Told) -> rebuilding.Rebuilt:
    """Restore an account from SES; raises what `rebuilding.rebuild` does."""
    async with db.read() as read:
        of = await accounts.named(read, account)
    return await rebuilding.rebuild(db, settings.secret_key, of.id, told)


async def drift(
    db: Database, settings: Settings, account: str, told: Told, *, deep: bool, repair: bool
) -> drifting.Drift:
    """Compare an account with SES; raises what `drifting.look` does."""
    async with db.read() as read:
        of = await accounts.named(read, account)
    key = settings.secret_key
    return await drifting.look(db, key, of.id, told, deep=deep, repair=repair)


async def _shown(db: Read, found: Connection, settings: Settings) -> ConnectionOut:
    return wire.out(found, await queries.backlog(db, found.account_id), settings)
