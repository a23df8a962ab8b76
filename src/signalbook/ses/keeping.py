"""What lists are told of contact lists: the list of a topic is not deleted there."""

from uuid import UUID

from signalbook.kit.db import Read
from signalbook.ses import queries


async def kept_as(db: Read, account_id: int, list_id: UUID) -> str | None:
    """Say what a list is to a contact list, or None where it is nothing."""
    found = await queries.topic_of(db, account_id, list_id)
    if found is None:
        return None
    topic, name, region = found
    return f"the topic {topic} of the contact list {name} in {region}"
