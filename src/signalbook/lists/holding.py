"""What a deactivated list is in the way of: everybody on it is unreachable while it lasts."""

from collections.abc import Sequence
from uuid import UUID

from signalbook.kit.db import Read
from signalbook.lists import holding_queries as queries
from signalbook.optouts.reachability import Obstacle


async def obstacles(db: Read, account_id: int, contact_id: UUID) -> Sequence[Obstacle]:
    """Tell which deactivated lists hold a contact."""
    return [
        Obstacle("list_deactivated", f"The list {name} is deactivated", "", at, name)
        for name, at in await queries.deactivated(db, account_id, contact_id)
    ]
