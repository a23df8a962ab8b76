"""What a deactivated list does to its members: nobody it holds can be reached while it lasts.

`contacts.list_active` says so in the contact's own row. A contact is locked first, and what its
lists say is asked below that lock; a list's state changes before the job that visits its members.
So whoever comes last sees what the other did, and no order of events leaves a contact wrong.
"""

from collections.abc import Sequence
from uuid import UUID

from signalbook.contacts import batch_queries as contacts
from signalbook.contacts import deactivating
from signalbook.contacts.batch_queries import Named
from signalbook.kit.db import Tx
from signalbook.lists import member_queries


async def hold(tx: Tx, account_id: int, ids: Sequence[UUID]) -> None:
    """Note that a deactivated list holds these contacts."""
    await deactivating.set_list_active(tx, account_id, ids, is_active=False)


async def release(tx: Tx, account_id: int, ids: Sequence[UUID], besides: UUID) -> None:
    """Note of these contacts, who leave one list, that nothing holds those no other does."""
    await _lock(tx, account_id, ids)
    held = set(await member_queries.held(tx, account_id, ids, besides))
    free = [id for id in ids if id not in held]
    await deactivating.set_list_active(tx, account_id, free, is_active=True)


async def settle(tx: Tx, account_id: int, ids: Sequence[UUID]) -> int:
    """Note of these contacts what their lists say now; return for how many that was news."""
    await _lock(tx, account_id, ids)
    held = set(await member_queries.held(tx, account_id, ids))
    free = [id for id in ids if id not in held]
    released = await deactivating.set_list_active(tx, account_id, free, is_active=True)
    noted = await deactivating.set_list_active(tx, account_id, sorted(held), is_active=False)
    return len(released) + len(noted)


async def _lock(tx: Tx, account_id: int, ids: Sequence[UUID]) -> None:
    named = Named()
    named.ids.update(ids)
    await tx.together(contacts.begin_batch(account_id), contacts.lock(named.params(account_id)))
