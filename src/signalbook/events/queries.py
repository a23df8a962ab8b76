"""Reading the timeline of a contact."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from signalbook.events.model import Event
from signalbook.kit.db import Read


async def timeline(
    db: Read,
    account_id: int,
    contact_id: UUID,
    size: int,
    *,
    kinds: Sequence[str] = (),
    before: tuple[datetime, UUID] | None = None,
) -> list[Event]:
    """Return what happened to a contact, newest first, before a place where a page ended."""
    return await db.many(
        Event,
        """
        SELECT contact_id, at, id, kind, tag_id, source, actor, payload
          FROM events
         WHERE account_id = %(account_id)s AND contact_id = %(contact_id)s
           AND (%(any_kind)s OR kind = ANY(%(kinds)s::text[]))
           AND (%(at)s::timestamptz IS NULL
                OR (at, id) < (%(at)s::timestamptz, %(id)s::uuid))
         ORDER BY at DESC, id DESC
         LIMIT %(size)s
        """,
        {
            "account_id": account_id,
            "contact_id": contact_id,
            "any_kind": not kinds,
            "kinds": list(kinds),
            "at": before[0] if before else None,
            "id": before[1] if before else None,
            "size": size,
        },
    )
