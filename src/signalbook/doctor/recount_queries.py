"""The statements that put right what contacts count as; see `doctor/repair_queries.py`."""

from collections.abc import Sequence
from uuid import UUID

from signalbook.kit.db import Tx


async def set_counts(
    tx: Tx, account_id: int, tags: Sequence[int], whats: Sequence[str], values: Sequence[int]
) -> int:
    """Set how many contacts are what, in the account and by tag."""
    return await tx.execute(
        """
        INSERT INTO contact_counts (account_id, tag_id, what, contacts)
        SELECT %(account_id)s, n.tag_id, n.what, n.contacts
          FROM unnest(%(tags)s::integer[], %(whats)s::text[], %(values)s::bigint[])
            AS n(tag_id, what, contacts)
            ON CONFLICT ON CONSTRAINT contact_counts_pkey
            DO UPDATE SET contacts = excluded.contacts
        """,
        {
            "account_id": account_id,
            "tags": list(tags),
            "whats": list(whats),
            "values": list(values),
        },
    )


async def set_list_counts(
    tx: Tx, account_id: int, lists: Sequence[UUID], whats: Sequence[str], values: Sequence[int]
) -> int:
    """Set how many contacts of lists are what."""
    return await tx.execute(
        """
        INSERT INTO list_counts (account_id, list_id, what, contacts)
        SELECT %(account_id)s, n.list_id, n.what, n.contacts
          FROM unnest(%(lists)s::uuid[], %(whats)s::text[], %(values)s::bigint[])
            AS n(list_id, what, contacts)
            ON CONFLICT ON CONSTRAINT list_counts_pkey
            DO UPDATE SET contacts = excluded.contacts
        """,
        {
            "account_id": account_id,
            "lists": list(lists),
            "whats": list(whats),
            "values": list(values),
        },
    )


async def set_lengths(
    tx: Tx, account_id: int, names: Sequence[str], lengths: Sequence[int], values: Sequence[int]
) -> int:
    """Set how many contacts have a value of a length in a field."""
    return await tx.execute(
        """
        INSERT INTO field_lengths (account_id, name, length, contacts)
        SELECT %(account_id)s, n.name, n.length, n.contacts
          FROM unnest(%(names)s::text[], %(lengths)s::integer[], %(values)s::bigint[])
            AS n(name, length, contacts)
            ON CONFLICT ON CONSTRAINT field_lengths_pkey
            DO UPDATE SET contacts = excluded.contacts
        """,
        {
            "account_id": account_id,
            "names": list(names),
            "lengths": list(lengths),
            "values": list(values),
        },
    )


async def set_list_active(tx: Tx, account_id: int, ids: Sequence[UUID], *, is_active: bool) -> int:
    """Set whether a deactivated list holds contacts."""
    return await tx.execute(
        """
        UPDATE contacts
           SET list_active = %(is_active)s
         WHERE account_id = %(account_id)s AND id = ANY(%(ids)s::uuid[])
        """,
        {"account_id": account_id, "ids": list(ids), "is_active": is_active},
    )
