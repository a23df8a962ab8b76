"""Erasing a person: the contact goes, and what blocks their addresses no longer tells who it was.

A deletion leaves opt-outs in the ledger by address. An erasure leaves a seal of each address
(`ledger/seals.py`), so that the person is not written to when a file brings the address back.
"""

from uuid import UUID

from signalbook.contacts import actions
from signalbook.contacts import erasing_queries as queries
from signalbook.contacts.model import ContactChange, Mode, Outcome, Source
from signalbook.kit.db import Tx


async def erase(tx: Tx, account_id: int, contact_id: UUID, source: Source) -> Outcome:
    """Erase a contact with its events, the copies kept to undo changes, and its addresses.

    Of the ledger there stays, for each channel and under the seal of the address, that the person
    may not be reached (reason `contact`) and what else was in force. The outcome is that of a
    deletion. Raises Again where another transaction was faster: run it in `Database.transact`.
    """
    await queries.forget_befores(tx, account_id, contact_id)
    await queries.forget_changes(tx, account_id, contact_id)
    change = ContactChange(source=source, id=contact_id, mode=Mode.UPDATE, delete=True, erase=True)
    (outcome,) = await actions.apply(tx, account_id, [change])
    return outcome
