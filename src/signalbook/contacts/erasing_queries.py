"""The statements that remove the copies that were kept of somebody to take a change back."""

from uuid import UUID

from signalbook.kit.db import Tx


async def forget_befores(tx: Tx, account_id: int, contact_id: UUID) -> int:
    """Remove what a contact was before imports; they can no longer be taken back for it."""
    return await tx.execute(
        "DELETE FROM contact_befores WHERE account_id = %(account_id)s AND contact_id = %(id)s",
        {"account_id": account_id, "id": contact_id},
    )


async def forget_changes(tx: Tx, account_id: int, contact_id: UUID) -> int:
    """Remove what a contact was before changes of many at once."""
    return await tx.execute(
        "DELETE FROM bulk_changes WHERE account_id = %(account_id)s AND contact_id = %(id)s",
        {"account_id": account_id, "id": contact_id},
    )
