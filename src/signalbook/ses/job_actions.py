"""What follows when a contact list is deleted, in parts that are each a transaction."""

from typing import Final
from uuid import UUID

from signalbook.contacts import actions as contacts
from signalbook.contacts import batch_queries
from signalbook.contacts.batch_queries import Named
from signalbook.contacts.model import ContactChange, Mode, Source
from signalbook.kit.db import Tx
from signalbook.ses import contact_queries as queries

_SOURCE: Final = Source("ses")
_CHUNK: Final = 500


async def forget(tx: Tx, account_id: int, list_id: UUID) -> bool:
    """Forget some of what a deleted list held; tell whether there may be more.

    A contact goes with it that the list has made and that no other list holds; one that others
    hold goes with the last of them. Raises Again.
    """
    rows = await queries.held(tx, account_id, list_id, _CHUNK)
    made = [id for id, is_made in rows if is_made]
    if made:
        named = Named()
        named.ids.update(made)
        await tx.together(
            batch_queries.begin_batch(account_id), batch_queries.lock(named.params(account_id))
        )
        stay = await queries.held_elsewhere(tx, account_id, list_id, made)
        changes = [
            ContactChange(source=_SOURCE, id=id, mode=Mode.UPDATE, delete=True)
            for id in made
            if id not in stay
        ]
        await contacts.apply(tx, account_id, changes)
        if stay:
            await queries.pass_on(tx, account_id, list_id, stay)
    await queries.forget(tx, account_id, list_id, [row[0] for row in rows])
    return len(rows) == _CHUNK
