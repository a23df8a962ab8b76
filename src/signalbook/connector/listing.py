"""The whole list of SES, page by page: who is there, who opted out, what changed.

A page is taken in before it is noted how far the listing got, so that after a crash it goes on with
a page that is taken in twice, to the same effect. A page may be empty while there is more, and may
miss somebody who is changed meanwhile: who seems to be gone is asked for by itself.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec

from signalbook.connector import absorbing, dossiers, receiving
from signalbook.connector import seen_queries as queries
from signalbook.connector.errors import SesAway
from signalbook.connector.model import Connection, Mode, Remote, Seen
from signalbook.connector.pushing import Desk
from signalbook.kit import clock, ids
from signalbook.kit.db import Tx

EVERY: Final = {
    Mode.FOLLOW: timedelta(minutes=15),
    Mode.MIRROR: timedelta(hours=1),
    Mode.STORE: timedelta(hours=1),
}
"""How often SES is listed; at AWS that takes a second for a thousand contacts."""

_GONE_AT_ONCE: Final = 1_000


def is_due(connection: Connection) -> bool:
    """Tell whether a listing is under way, or is to begin."""
    if connection.listing is not None or connection.listed_at is None:
        return True
    return connection.listed_at < clock.now() - EVERY[connection.mode]


async def step(desk: Desk) -> bool:
    """Take in the next page of a listing; tell whether there was anything to do."""
    if not is_due(desk.connection):
        return False
    connection = desk.connection
    if connection.listing is None:
        connection = await begin(desk)
    try:
        page = await desk.ses.page(connection.listing_token)
    except SesAway as refusal:
        if connection.listing_token is not None and "BadRequest" in refusal.message:
            await begin(desk)  # the token is too old, or was never theirs
        raise
    await _take_in(desk, page.contacts)
    await _note(desk, connection, page.contacts, page.token)
    return True


async def begin(desk: Desk) -> Connection:
    """Begin a listing from the start; return the connection as it is then."""
    listing, at = ids.new_id(), clock.now()
    async with desk.db.tx() as tx:
        await queries.begin(tx, desk.connection.account_id, listing, at)
    return msgspec.structs.replace(
        desk.connection, listing=listing, listing_token=None, listing_started_at=at
    )


async def _take_in(desk: Desk, remotes: Sequence[Remote]) -> None:
    """Bring what a page says here: opt-outs in every mode, contacts where SES is the truth."""
    connection = desk.connection
    async with desk.db.read() as read:
        one = await dossiers.here(
            read, connection.account_id, connection.region, connection.list_name
        )
    known = await _known(desk, remotes)
    new = [remote for remote in remotes if _is_new(known.get(remote.address.lower()), remote)]
    await absorbing.absorb(desk.db, connection, one, new, seen_in="ListContacts")
    if connection.mode is Mode.FOLLOW:
        await receiving.receive(desk, one, new)


async def _note(
    desk: Desk, connection: Connection, remotes: Sequence[Remote], token: str | None
) -> None:
    seen = {remote.address.lower(): remote for remote in remotes}  # Ada@ and ada@ are one here
    known = await _known(desk, remotes)
    reads = connection.mode is Mode.FOLLOW
    more, remotes = len(remotes), list(seen.values())
    columns = {
        "addresses": list(seen),
        "spellings": [remote.address for remote in remotes],
        "updated": [remote.updated_at for remote in remotes],
        "unsubscribed": [remote.unsubscribed for remote in remotes],
        "topics": [msgspec.json.encode(remote.topics).decode() for remote in remotes],
        "wanted": [
            reads and _is_unread(known.get(remote.address.lower()), remote) for remote in remotes
        ],
    }
    listing, started = connection.listing, connection.listing_started_at
    if listing is None or started is None:
        raise AssertionError(listing)

    async def work(tx: Tx) -> None:
        await queries.put(tx, connection.account_id, columns, listing)
        await queries.advance(tx, connection.account_id, listing, token=token, more=more)
        if token is None:
            await queries.end(tx, connection.account_id, listing, clock.now())

    if token is None:
        await _miss(desk, connection, set(seen))
    await desk.db.transact(work)


async def _miss(desk: Desk, connection: Connection, last: set[str]) -> None:
    """Let those be asked for whom a complete listing did not show, or forget them."""
    if connection.listing is None or connection.listing_started_at is None:
        return
    after = ""
    while True:
        async with desk.db.read() as read:
            gone = await queries.gone(
                read, connection.account_id, connection.listing, connection.listing_started_at,
                after, _GONE_AT_ONCE,
            )  # fmt: skip
        if not gone:
            return
        after = gone[-1]
        missed = [address for address in gone if address not in last]
        async with desk.db.tx() as tx:
            if connection.mode is Mode.FOLLOW:
                await queries.want_all(tx, connection.account_id, missed)
            else:
                await queries.forget(tx, connection.account_id, missed)


async def _known(desk: Desk, remotes: Sequence[Remote]) -> dict[str, Seen]:
    keys = [remote.address.lower() for remote in remotes]
    async with desk.db.read() as read:
        found = await queries.of(read, desk.connection.account_id, keys)
    return {one.address: one for one in found}


def _is_new(seen: Seen | None, remote: Remote) -> bool:
    """Tell whether a listing says something that was not known, opt-outs always."""
    return (
        seen is None
        or seen.updated_at != remote.updated_at
        or seen.unsubscribed != remote.unsubscribed
        or seen.topics != dict(remote.topics)
        or remote.unsubscribed
        or "OPT_OUT" in remote.topics.values()
    )


def _is_unread(seen: Seen | None, remote: Remote) -> bool:
    return seen is None or seen.read_at is None or seen.read_at != remote.updated_at
