"""The first start: an account, an owner and two keys, so that there is something to sign in to."""

from typing import Final

import msgspec

from signalbook.accounts import actions, key_actions, passwords, people_actions, queries, secrets
from signalbook.kit.db import Database, Tx

ACCOUNT: Final = "default"
OWNER: Final = "owner@signalbook.internal"

_ACTOR = "first-start"


class Welcome(msgspec.Struct, frozen=True):
    """What is told once, at the first start, and can never be read again."""

    account: str
    email: str
    password: str
    api_key: str
    upload_key: str


async def first_run(db: Database) -> Welcome | None:
    """Furnish an empty database; None when there is an account already.

    Of several servers that start at once exactly one furnishes it and gets the secrets.
    """
    async with db.read() as read:
        if await queries.any_exists(read):
            return None
    password = secrets.new_password()
    password_hash = passwords.hash_now(password)
    async with db.tx() as tx:
        await queries.hold_first_start(tx)
        if await queries.any_exists(tx):
            return None
        return await _furnish(tx, password, password_hash)


async def _furnish(tx: Tx, password: str, password_hash: str) -> Welcome:
    account = await actions.create(tx, ACCOUNT, actor=_ACTOR)
    await people_actions.create(
        tx,
        account.id,
        OWNER,
        "owner",
        password_hash=password_hash,
        name="Owner",
        actor=_ACTOR,
    )
    api = await key_actions.create(tx, account.id, "api", name="First API key", actor=_ACTOR)
    upload = await key_actions.create(
        tx, account.id, "upload", name="First upload key", actor=_ACTOR
    )
    return Welcome(
        account=account.name,
        email=OWNER,
        password=password,
        api_key=api.key,
        upload_key=upload.key,
    )
