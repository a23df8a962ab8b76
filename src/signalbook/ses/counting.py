"""How many contacts of a contact list are in a topic, out of it, or have not chosen."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from signalbook.kit.db import Read
from signalbook.ses import page_queries
from signalbook.ses.model import SesList, channel_of


class Counts(NamedTuple):
    """Contacts of a topic: by their own choice in or out, or without one."""

    opted_in: int
    opted_out: int
    by_default: int


async def of_topics(
    db: Read, account_id: int, lists: Sequence[SesList]
) -> tuple[dict[UUID, int], dict[UUID, Counts]]:
    """Return how many contacts each list shows, and the counts of each topic by its list's id."""
    everybody = await page_queries.with_email(db, account_id)
    hidden: dict[UUID, int] = {}
    if len(lists) > 1:
        hidden = dict(await page_queries.elsewhere(db, account_id))
    shown = {one.id: everybody - hidden.get(one.id, 0) for one in lists}
    topics = [(one.id, topic.list_id) for one in lists for topic in one.topics]
    if not topics:
        return shown, {}
    ids = [list_id for _, list_id in topics]
    joined: dict[UUID, int] = dict(await page_queries.members(db, account_id, ids))
    left: dict[str, int] = dict(
        await page_queries.opted_out(db, account_id, [channel_of(id) for id in ids])
    )
    counts: dict[UUID, Counts] = {}
    for ses_list_id, list_id in topics:
        opted_in, opted_out = joined.get(list_id, 0), left.get(channel_of(list_id), 0)
        rest = max(shown[ses_list_id] - opted_in - opted_out, 0)
        counts[list_id] = Counts(opted_in, opted_out, rest)
    return shown, counts
