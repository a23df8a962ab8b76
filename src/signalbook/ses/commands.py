"""What the commands on contact lists do, through the same queries as every other face."""

from typing import Final

from signalbook.accounts import actions as accounts
from signalbook.kit.db import Database
from signalbook.ses import queries
from signalbook.ses.model import SesList
from signalbook.ses.schemas import ContactListOut, ContactListsOut, TopicOut
from signalbook.web.moments import shown

_MOST: Final = 10_000


async def lists(db: Database, account: str, region: str | None) -> ContactListsOut:
    """List the contact lists of an account, of one region or of all."""
    async with db.read() as read:
        of = await accounts.named(read, account)
        found = await queries.page(read, of.id, region, ("", ""), _MOST)
    return ContactListsOut([_out(one) for one in found])


def _out(one: SesList) -> ContactListOut:
    topics = [
        TopicOut(
            topic.name,
            topic.display_name,
            topic.description,
            topic.default_status,
            str(topic.list_id),
        )
        for topic in one.topics
    ]
    return ContactListOut(
        one.region,
        one.name,
        one.description,
        topics,
        one.tags,
        shown(one.created_at),
        shown(one.updated_at),
    )
