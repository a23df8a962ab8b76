"""Every way a contact list changes: made, described with its topics, tagged, deleted."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from signalbook.kit import clock, ids
from signalbook.kit.db import Again, Read, Tx
from signalbook.kit.errors import constraint
from signalbook.kit.jobs import later
from signalbook.ledger import batch_queries as ledger
from signalbook.lists import actions as lists
from signalbook.lists import queries as list_queries
from signalbook.lists.errors import ListNameTaken, ListNotFound
from signalbook.lists.model import key_of
from signalbook.ses import checking, importing, queries
from signalbook.ses.errors import (
    ContactListNotFound,
    ContactListTaken,
    TagTargetUnknown,
    TooManyContactLists,
)
from signalbook.ses.model import (
    ForgetContacts,
    Limits,
    SesList,
    Topic,
    channel_of,
    described,
    names_for,
)


async def create(
    tx: Tx,
    account_id: int,
    region: str,
    name: str,
    *,
    topics: Sequence[Topic] = (),
    description: str | None = None,
    tags: Sequence[tuple[str, str]] = (),
    limits: Limits,
    actor: str,
) -> SesList:
    """Make a contact list and a list for each of its topics.

    Raises ContactListInvalid, TagsInvalid, TooManyContactLists, ContactListTaken, and TooManyLists
    where the account has no room for the topics.
    """
    checking.contact_list(name, topics, description, limits)
    checking.tags(tags, limits)
    await queries.hold(tx, account_id)
    if await queries.count(tx, account_id, region) >= limits.lists:
        raise TooManyContactLists(most=limits.lists)
    list_id = ids.new_id()
    with constraint(ses_lists_account_name_key=ContactListTaken(name=name)):
        await queries.insert(
            tx,
            account_id,
            list_id,
            region=region,
            name=name,
            description=description,
            tags=dict(tags),
            at=clock.now(),
        )
    made = await existing(tx, account_id, region, name)
    await _put_topics(tx, account_id, made, topics, actor)
    return await existing(tx, account_id, region, name)


async def update(
    tx: Tx,
    account_id: int,
    region: str,
    name: str,
    *,
    topics: Sequence[Topic] = (),
    description: str | None = None,
    limits: Limits,
    actor: str,
) -> SesList:
    """Replace the topics and the description of a contact list; its tags stay.

    The list of a topic that is gone is deleted. One that comes again begins without anybody who
    opted in, and everybody who had opted out still is.
    Raises ContactListInvalid, ContactListNotFound, TooManyLists.
    """
    checking.contact_list(name, topics, description, limits)
    await queries.hold(tx, account_id)
    known = await existing(tx, account_id, region, name)
    stay = {topic.name for topic in topics}
    gone = [topic for topic in known.topics if topic.name not in stay]
    await queries.hide_topics(tx, account_id, known.id, [topic.name for topic in gone])
    await _delete_lists(tx, account_id, [topic.list_id for topic in gone])
    await _put_topics(tx, account_id, known, topics, actor)
    await queries.set_described(tx, account_id, known.id, description, clock.now())
    return await existing(tx, account_id, region, name)


async def delete(tx: Tx, account_id: int, region: str, name: str) -> SesList:
    """Delete a contact list with the lists of its topics; return it as it was.

    A job deletes the contacts that only this list has made and holds; all others stay. Import jobs
    of the list are cancelled. Raises ContactListInvalid, ContactListNotFound.
    """
    checking.name(name)
    await queries.hold(tx, account_id)
    known = await existing(tx, account_id, region, name)
    await queries.forget_topics(tx, account_id, known.id)
    await _delete_lists(tx, account_id, [topic.list_id for topic in known.topics])
    await queries.delete(tx, account_id, known.id)
    await importing.cancel_all(tx, account_id, known.id)
    await later(tx, ForgetContacts(account_id, known.id))
    return known


async def tag(
    tx: Tx,
    account_id: int,
    region: str,
    name: str,
    tags: Sequence[tuple[str, str]],
    limits: Limits,
) -> None:
    """Give a contact list tags beside those it has; raises TagsInvalid, TagTargetUnknown."""
    checking.tags(tags, limits)
    await queries.hold(tx, account_id)
    known = await tagged(tx, account_id, region, name)
    merged = known.tags | dict(tags)
    checking.all_tags(merged, limits)
    await queries.set_tags(tx, account_id, known.id, merged)


async def untag(tx: Tx, account_id: int, region: str, name: str, keys: Iterable[str]) -> None:
    """Take tags from a contact list, whichever of them it has; raises TagTargetUnknown."""
    await queries.hold(tx, account_id)
    known = await tagged(tx, account_id, region, name)
    gone = set(keys)
    left = {key: value for key, value in known.tags.items() if key not in gone}
    await queries.set_tags(tx, account_id, known.id, left)


async def tagged(db: Read, account_id: int, region: str, name: str) -> SesList:
    """Return the contact list whose tags are meant; raises TagTargetUnknown."""
    found = await queries.get(db, account_id, region, name)
    if found is None:
        raise TagTargetUnknown(name=name)
    return found


async def existing(db: Read, account_id: int, region: str, name: str) -> SesList:
    """Return a contact list that must be there; raises ContactListNotFound."""
    found = await queries.get(db, account_id, region, name)
    if found is None:
        raise ContactListNotFound(name=name)
    return found


async def _put_topics(
    tx: Tx, account_id: int, one: SesList, topics: Sequence[Topic], actor: str
) -> None:
    known = {topic.name: topic.list_id for topic in one.topics}
    new = [topic.name for topic in topics if topic.name not in known]
    if new:
        former: dict[str, UUID] = dict(await queries.gone_topics(tx, account_id, one.id))
        for name in new:
            list_id = await _make_list(tx, account_id, one, name, actor)
            known[name] = list_id
            if name in former:
                await _carry(tx, account_id, former[name], list_id, clock.now())
    for position, topic in enumerate(topics):
        await queries.put_topic(tx, account_id, one.id, topic, known[topic.name], position)


async def _make_list(tx: Tx, account_id: int, one: SesList, topic: str, actor: str) -> UUID:
    """Make the list of a topic under the best name that is free; raises Again, TooManyLists."""
    names = names_for(topic, one.name, ids.new_id())
    taken = dict(await list_queries.ids_of(tx, account_id, [key_of(name) for name in names]))
    name = next(name for name in names if key_of(name) not in taken)
    about = described(topic, one.name, one.region)
    try:
        made = await lists.create(tx, account_id, name, about, kind="topic", actor=actor)
    except ListNameTaken:  # only just now
        raise Again from None
    return made.id


async def _carry(tx: Tx, account_id: int, old: UUID, new: UUID, at: datetime) -> None:
    """Let whoever opted out of a topic be out of it again."""
    channels = channel_of(old), channel_of(new)
    await tx.together(*ledger.carry(account_id, *channels, at, ids.new_id()))


async def _delete_lists(tx: Tx, account_id: int, list_ids: Iterable[UUID]) -> None:
    for list_id in list_ids:
        with suppress(ListNotFound):
            await lists.delete(tx, account_id, list_id)
