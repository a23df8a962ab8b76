"""The statement by which the rewriting of a field learns which import is in its way."""

from collections.abc import Sequence

from signalbook.kit.db import Read


async def holder(
    db: Read, account_id: int, names: Sequence[str], targets: Sequence[str]
) -> str | None:
    """Name an import at work, or paused at it, that brings values for one of these fields."""
    return await db.value(
        """
        SELECT i.name
          FROM imports AS i
         WHERE i.account_id = %(account_id)s
           AND (   i.state IN ('checking', 'applying')
                OR i.state = 'paused' AND i.paused_state IN ('checking', 'applying'))
           AND (   i.fields ?| %(names)s::text[]
                OR EXISTS (SELECT 1
                             FROM jsonb_array_elements(i.columns) AS c
                            WHERE c ->> 'target' = ANY(%(targets)s::text[])))
         ORDER BY i.id
         LIMIT 1
        """,
        {"account_id": account_id, "names": list(names), "targets": list(targets)},
    )
