"""One address is brought in SES to what its contact is here; the outbox says which.

What SES holds is read first and changed, never replaced blindly: an update of SES clears whatever
it does not name. To do it twice changes nothing.
"""

from enum import StrEnum
from typing import NamedTuple

from signalbook.connector import absorbing, document, dossiers, seen_queries
from signalbook.connector.client import Ses
from signalbook.connector.document import Dossier
from signalbook.connector.errors import TopicMissing
from signalbook.connector.model import Connection, Mode, Remote, Status, Topic
from signalbook.kit.db import Database
from signalbook.ses.model import SesList


class Pushed(StrEnum):
    """What became of an address in SES."""

    SAME = "same"
    WRITTEN = "written"
    DELETED = "deleted"
    LEFT = "left"


class Desk(NamedTuple):
    """What it takes to work on one account's list."""

    db: Database
    connection: Connection
    ses: Ses


async def push(desk: Desk, address: str) -> Pushed:
    """Bring one address to its contact's present state.

    Raises ContactRefused where SES will not take it, and whatever else SES answers.
    """
    one, dossier = await _read(desk, address)
    if desk.connection.mode is Mode.FOLLOW and not _has_optouts(dossier):
        return Pushed.LEFT
    remote = await find(desk, address, dossier)
    if remote is not None and await absorbing.absorb(
        desk.db, desk.connection, one, [remote], seen_in="GetContact"
    ):
        one, dossier = await _read(desk, address)
    if desk.connection.mode is Mode.FOLLOW:
        return await _opt_out(desk, dossier, remote)
    if dossier is None:
        if remote is None:
            return Pushed.SAME
        await desk.ses.delete(remote.address)
        return Pushed.DELETED
    topics = dossiers.topics_of(one)
    wanted = document.wanted(dossier, remote, topics)
    if document.is_same(wanted, remote):
        return Pushed.SAME
    if remote is None and wanted.address != address:
        async with desk.db.tx() as tx:
            await seen_queries.spell(tx, desk.connection.account_id, address, wanted.address)
    await _put(desk, wanted, topics, is_there=remote is not None)
    return Pushed.WRITTEN


async def find(desk: Desk, address: str, dossier: Dossier | None = None) -> Remote | None:
    """Return the contact of SES with this address, however it is spelled there.

    AWS does not say whether it minds the case of an address, so each spelling that we know is asked
    for; one in lower case alone, as most are, costs one request.
    """
    async with desk.db.read() as read:
        known = await seen_queries.spelling(read, desk.connection.account_id, address)
    spelled = dict.fromkeys((known or address, dossier.email if dossier else address, address))
    for spelling in spelled:
        found = await desk.ses.get(spelling)
        if found is not None:
            return found
    return None


async def add_topics(ses: Ses, topics: tuple[Topic, ...]) -> None:
    """Let the list of SES have our topics besides its own."""
    there = await ses.list_of()
    names = {topic.name for topic in there.topics}
    missing = tuple(topic for topic in topics if topic.name not in names)
    if missing:
        await ses.set_topics((*there.topics, *missing), there.description)


async def _read(desk: Desk, address: str) -> tuple[SesList | None, Dossier | None]:
    connection = desk.connection
    async with desk.db.read() as read:
        one = await dossiers.here(
            read, connection.account_id, connection.region, connection.list_name
        )
        found = await dossiers.gather(read, connection.account_id, one, [address])
    return one, found.get(address.lower())


async def _put(desk: Desk, wanted: Remote, topics: tuple[Topic, ...], *, is_there: bool) -> None:
    try:
        await desk.ses.put(wanted, is_there=is_there)
    except TopicMissing:
        await add_topics(desk.ses, topics)
        await desk.ses.put(wanted, is_there=is_there)


async def _opt_out(desk: Desk, dossier: Dossier | None, remote: Remote | None) -> Pushed:
    """Let SES have our opt-outs, and nothing else, where SES is the truth."""
    if dossier is None or remote is None:
        return Pushed.LEFT
    out: dict[str, Status] = {n: s for n, s in dossier.topics.items() if s == "OPT_OUT"}
    wanted = Remote(
        address=remote.address,
        unsubscribed=remote.unsubscribed or dossier.is_unsubscribed,
        topics={**remote.topics, **out},
        attributes=remote.attributes,
    )
    if document.is_same(wanted, remote):
        return Pushed.SAME
    await desk.ses.put(wanted, is_there=True)
    return Pushed.WRITTEN


def _has_optouts(dossier: Dossier | None) -> bool:
    return dossier is not None and (dossier.is_unsubscribed or "OPT_OUT" in dossier.topics.values())
