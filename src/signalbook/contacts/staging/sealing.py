"""Staged rows with an address of somebody who was erased: known by its seal alone."""

from signalbook.contacts import reach
from signalbook.contacts.staging import match_queries
from signalbook.contacts.staging.model import Batch
from signalbook.kit.db import Tx
from signalbook.ledger import batch_queries as ledger
from signalbook.ledger import seals


async def rows_of(tx: Tx, batch: Batch, rows: tuple[int, int]) -> list[int]:
    """List the rows of a chunk that the verb must look at, in an account that erased somebody."""
    (marked,) = await tx.together(ledger.restrictions(batch.account_id, ()))
    if not marked:
        return []
    rows_by_seal: dict[str, list[int]] = {}
    for row_no, email_key, mobile, external_id, phone in await match_queries.addresses(
        tx, batch.account_id, batch.id, rows
    ):
        own = None if external_id is None else f"id:{external_id}"
        landline = reach.landline_of({"phone": phone})
        for address in filter(None, (email_key, mobile, own, landline)):
            rows_by_seal.setdefault(seals.seal(batch.account_id, address), []).append(row_no)
    (found,) = await tx.together(ledger.restrictions(batch.account_id, rows_by_seal))
    return sorted({row_no for one in found for row_no in rows_by_seal.get(one[0], ())})
