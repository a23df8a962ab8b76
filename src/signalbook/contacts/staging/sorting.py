"""Staged rows are sorted before they are applied: which replace others, which must wait."""

from uuid import UUID

from signalbook.contacts.staging import queries
from signalbook.kit.db import Tx


async def sort(tx: Tx, account_id: int, batch_id: UUID) -> int:
    """Mark superseded and entangled rows; return the number of the last row.

    Of rows that name a contact by the same identifier the last one wins, and the opt-outs of the
    others pass on to it. Rows of different contacts that share a lesser identifier, or mean one
    known contact by different ones, are entangled: they are applied after all others, in their
    order.
    """
    await queries.grow_memory(tx)
    if await queries.supersede(tx, account_id, batch_id):
        await queries.pass_on_optouts(tx, account_id, batch_id)
    await queries.entangle_by(tx, account_id, batch_id, "mobile")
    if await queries.has_own_ids(tx, account_id, batch_id):
        await queries.entangle_by(tx, account_id, batch_id, "email_key")
    if await queries.is_mixed(tx, account_id, batch_id):
        await queries.entangle_known(tx, account_id, batch_id)
    return await queries.last_row(tx, account_id, batch_id)
