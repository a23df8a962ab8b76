"""Which deactivated lists keep a contact from being reached."""

from uuid import UUID

from signalbook.kit.db import Read, Row


async def deactivated(db: Read, account_id: int, contact_id: UUID) -> list[Row]:
    """Return (name, changed_at) of the deactivated lists that hold a contact, by name."""
    return await db.rows(
        """
        SELECT l.name, l.changed_at
          FROM list_members AS m
          JOIN lists AS l
            ON l.account_id = m.account_id AND l.id = m.list_id
         WHERE m.account_id = %(account_id)s
           AND m.contact_id = %(contact_id)s
           AND NOT l.is_active
         ORDER BY l.name_key
        """,
        {"account_id": account_id, "contact_id": contact_id},
    )
