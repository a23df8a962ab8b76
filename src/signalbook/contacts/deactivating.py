"""What deactivated lists do to contacts: none of those they hold can be reached."""

from collections.abc import Sequence
from uuid import UUID

from signalbook.contacts import batch_queries, count_queries, following
from signalbook.contacts.batch_queries import Named
from signalbook.contacts.count_queries import Was
from signalbook.kit import clock
from signalbook.kit.db import Tx


async def set_list_active(
    tx: Tx, account_id: int, ids: Sequence[UUID], *, is_active: bool
) -> list[UUID]:
    """Note that a deactivated list holds these contacts, or that none does; return who changed.

    They are locked, in the order of their ids, and counted as what they are now. Ids of no contact
    are passed over.
    """
    named = Named()
    named.ids.update(ids)
    *_, rows = await tx.together(
        batch_queries.begin_batch(account_id),
        batch_queries.lock(named.params(account_id)),
        count_queries.was(account_id, ids),
    )
    befores = [was for was in (Was(*row) for row in rows) if _is_active(was) is not is_active]
    if not befores:
        return []
    changed = [UUID(was.id) for was in befores]
    day = clock.now().date()
    await tx.together(
        count_queries.set_list_active(account_id, changed, is_active=is_active),
        count_queries.move(account_id, day, befores),
        *following.followed(account_id, day, befores, (), ()),
    )
    return changed


def _is_active(was: Was) -> bool:
    return "D" not in (was.counted or "").partition("|")[0]
