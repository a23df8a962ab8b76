"""Every way a connection to SES changes: tried, made, changed, begun anew, ended."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from signalbook.connector import access, checking, dossiers, outbox_queries, queries, seen_queries
from signalbook.connector.client import Ses
from signalbook.connector.errors import ConnectedAlready, NotConnected
from signalbook.connector.model import Connection, Mode, RemoteList, Target, Topic
from signalbook.kit import clock, ids
from signalbook.kit.db import Database, Read, Tx
from signalbook.kit.errors import constraint
from signalbook.ses import actions as ses
from signalbook.ses.model import OPEN
from signalbook.ses.model import Topic as OwnTopic

_TRIES = 2


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants a connection to be; without `bucket` contacts go one by one."""

    mode: Mode
    target: Target
    bucket: str | None = None


def checked(wish: Wish) -> Wish:
    """Return a wish that can be fulfilled; raises ConnectionInvalid with all that is wrong."""
    checking.check(wish)
    return wish


async def test(db: Database, target: Target) -> RemoteList:
    """Ask SES for the list, once; raises what is wrong in a sentence.

    Those are AwsKeyWrong, AwsKeyMissing, PermissionMissing, ListUnknown, RegionUnknown, SesAway.
    """
    return await Ses(db, target, attempts=_TRIES).list_of()


async def connect(
    db: Database, secret_key: str, account_id: int, wish: Wish, *, actor: str
) -> Connection:
    """Connect an account to a list of SES that answers; everybody here is put into its outbox.

    The list's topics are made here as well. Raises ConnectionInvalid, ConnectedAlready, and what
    `test` raises: then nothing is connected.
    """
    checking.check(wish)
    found = await test(db, wish.target)

    async def work(tx: Tx) -> Connection:
        known = await queries.get(tx, account_id)
        if known is not None:
            raise ConnectedAlready(name=known.list_name, region=known.region)
        own = {"id": ids.new_id(), "at": clock.now(), "actor": actor}
        with constraint(
            ses_connections_pkey=ConnectedAlready(
                name=wish.target.list_name, region=wish.target.region
            )
        ):
            await queries.insert(tx, account_id, _values(secret_key, account_id, wish) | own)
        await _adopt(tx, account_id, wish.target, found.topics, actor)
        return await existing(tx, account_id)

    return await db.transact(work)


async def change(
    db: Database, secret_key: str, account_id: int, wish: Wish, *, actor: str
) -> Connection:
    """Set a connection anew, where SES answers; another list or mode begins from the start.

    Raises NotConnected, ConnectionInvalid, and what `test` raises: then all stays as it was.
    """
    checking.check(wish)
    async with db.read() as read:
        await existing(read, account_id)
    found = await test(db, wish.target)

    async def work(tx: Tx) -> Connection:
        before = await existing(tx, account_id)
        await queries.change(tx, account_id, _values(secret_key, account_id, wish))
        is_other = (before.region, before.list_name) != (
            wish.target.region,
            wish.target.list_name,
        )
        if is_other:
            await _forget_seen(tx, account_id)
        if is_other or before.mode is not wish.mode:
            await queries.begin_anew(tx, account_id)
        await _adopt(tx, account_id, wish.target, found.topics, actor)
        return await existing(tx, account_id)

    return await db.transact(work)


async def disconnect(tx: Tx, account_id: int) -> Connection:
    """End a connection; contacts stay here and in SES as they are. Raises NotConnected."""
    known = await existing(tx, account_id)
    await queries.delete(tx, account_id)
    await outbox_queries.empty(tx, account_id)
    await _forget_seen(tx, account_id)
    return known


async def sync(tx: Tx, account_id: int) -> Connection:
    """Compare everybody once more, and list SES once more; raises NotConnected."""
    await existing(tx, account_id)
    await queries.begin_anew(tx, account_id)
    return await existing(tx, account_id)


async def existing(db: Read, account_id: int) -> Connection:
    """Return the connection of an account; raises NotConnected."""
    found = await queries.get(db, account_id)
    if found is None:
        raise NotConnected
    return found


async def enqueue(tx: Tx, account_id: int, addresses: Sequence[str]) -> None:
    """Let these e-mails be compared with SES soon."""
    keys = sorted({address.lower() for address in addresses})
    await outbox_queries.post(tx, account_id, keys, version=ids.new_id(), at=clock.now())


async def _adopt(
    tx: Tx, account_id: int, target: Target, topics: Sequence[Topic], actor: str
) -> UUID:
    """Let our own list of that name have the topics of the one in SES besides its own."""
    own = await dossiers.here(tx, account_id, target.region, target.list_name)
    theirs = [
        OwnTopic(
            name=one.name,
            display_name=one.display_name,
            default_status=one.default,
            description=one.description,
        )
        for one in topics
    ]
    if own is None:
        made = await ses.create(
            tx, account_id, target.region, target.list_name,
            topics=theirs, limits=OPEN, actor=actor,
        )  # fmt: skip
        return made.id
    names = {topic.name for topic in own.topics}
    if any(one.name not in names for one in theirs):
        kept: list[OwnTopic] = [*own.topics]
        await ses.update(
            tx, account_id, target.region, target.list_name,
            topics=[*kept, *(one for one in theirs if one.name not in names)],
            description=own.description, limits=OPEN, actor=actor,
        )  # fmt: skip
    return own.id


async def _forget_seen(tx: Tx, account_id: int) -> None:
    await seen_queries.empty(tx, account_id)
    await outbox_queries.forget_refusals(tx, account_id)


def _values(secret_key: str, account_id: int, wish: Wish) -> dict[str, Any]:
    target = wish.target
    locked = access.locked(secret_key, account_id, target.access) if target.access else None
    return {
        "mode": wish.mode.value,
        "region": target.region,
        "list_name": target.list_name,
        "endpoint": target.endpoint,
        "credentials": locked,
        "role": target.role,
        "bucket": wish.bucket,
        "requests_per_second": target.requests_per_second,
    }
