"""Every statement that puts a count right again; the rows they count are never touched."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from signalbook.kit.db import Tx


async def hold(tx: Tx, account_id: int) -> None:
    """Let no batch write to the account until the transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(1, %(account_id)s)", {"account_id": account_id})


async def set_tags(tx: Tx, account_id: int, ids: Sequence[int], values: Sequence[int]) -> int:
    """Set how many contacts carry a tag."""
    return await tx.execute(
        """
        UPDATE tags AS t
           SET contacts = n.contacts
          FROM unnest(%(ids)s::integer[], %(values)s::bigint[]) AS n(id, contacts)
         WHERE t.account_id = %(account_id)s AND t.id = n.id
        """,
        {"account_id": account_id, "ids": ids, "values": values},
    )


async def set_fields(tx: Tx, account_id: int, names: Sequence[str], values: Sequence[int]) -> int:
    """Set how many contacts have a value in a field."""
    return await tx.execute(
        """
        UPDATE fields AS f
           SET contacts = n.contacts
          FROM unnest(%(names)s::text[], %(values)s::bigint[]) AS n(name, contacts)
         WHERE f.account_id = %(account_id)s AND f.name = n.name
        """,
        {"account_id": account_id, "names": names, "values": values},
    )


async def set_days(  # one row of four columns
    tx: Tx,
    account_id: int,
    contact_ids: Sequence[UUID],
    tag_ids: Sequence[int],
    days: Sequence[date],
    counts: Sequence[int],
) -> int:
    """Set daily counts of signals; a count of zero stays as a row and says nothing."""
    return await tx.execute(
        """
        INSERT INTO event_days (account_id, contact_id, tag_id, day, count)
        SELECT %(account_id)s, n.contact_id, n.tag_id, n.day, n.count
          FROM unnest(%(contact_ids)s::uuid[], %(tag_ids)s::integer[], %(days)s::date[],
                      %(counts)s::integer[]) AS n(contact_id, tag_id, day, count)
            ON CONFLICT ON CONSTRAINT event_days_pkey DO UPDATE SET count = excluded.count
        """,
        {
            "account_id": account_id,
            "contact_ids": contact_ids,
            "tag_ids": tag_ids,
            "days": days,
            "counts": counts,
        },
    )


async def restrict(
    tx: Tx, account_id: int, rows: Sequence[tuple[str, str, str]], at: datetime
) -> int:
    """Put in force what the ledger says; each row is an address, a channel and a reason."""
    return await tx.execute(
        """
        INSERT INTO optout_states (account_id, address, channel, reason, since)
        SELECT %(account_id)s, n.address, n.channel, n.reason, %(at)s
          FROM unnest(%(addresses)s::text[], %(channels)s::text[], %(reasons)s::text[])
            AS n(address, channel, reason)
            ON CONFLICT ON CONSTRAINT optout_states_pkey DO NOTHING
        """,
        {
            "account_id": account_id,
            "at": at,
            "addresses": [row[0] for row in rows],
            "channels": [row[1] for row in rows],
            "reasons": [row[2] for row in rows],
        },
    )


async def lift(tx: Tx, account_id: int, rows: Sequence[tuple[str, str, str]]) -> int:
    """Take out of force what the ledger does not say."""
    return await tx.execute(
        """
        DELETE FROM optout_states AS s
         USING unnest(%(addresses)s::text[], %(channels)s::text[], %(reasons)s::text[])
            AS n(address, channel, reason)
         WHERE s.account_id = %(account_id)s
           AND s.address = n.address AND s.channel = n.channel AND s.reason = n.reason
        """,
        {
            "account_id": account_id,
            "addresses": [row[0] for row in rows],
            "channels": [row[1] for row in rows],
            "reasons": [row[2] for row in rows],
        },
    )


async def set_optouts(
    tx: Tx,
    account_id: int,
    rows: Sequence[tuple[UUID, str | None, str | None, str | None, bool]],
    at: datetime,
) -> int:
    """Write on contacts which opt-outs are in force; somebody who left keeps the time they did."""
    return await tx.execute(
        """
        UPDATE contacts AS c
           SET email_optout = n.email, sms_optout = n.sms, voice_optout = n.voice,
               unsubscribed_at = CASE WHEN n.has_left THEN coalesce(c.unsubscribed_at, %(at)s) END
          FROM unnest(%(ids)s::uuid[], %(email)s::text[], %(sms)s::text[], %(voice)s::text[],
                      %(has_left)s::boolean[]) AS n(id, email, sms, voice, has_left)
         WHERE c.account_id = %(account_id)s AND c.id = n.id
        """,
        {
            "account_id": account_id,
            "at": at,
            "ids": [row[0] for row in rows],
            "email": [row[1] for row in rows],
            "sms": [row[2] for row in rows],
            "voice": [row[3] for row in rows],
            "has_left": [row[4] for row in rows],
        },
    )


async def add_signals(tx: Tx, account_id: int, ids: Sequence[UUID], at: datetime) -> int:
    """Give contacts the narrow half they lack."""
    return await tx.execute(
        """
        INSERT INTO contact_signals (account_id, contact_id, tags, updated_at)
        SELECT %(account_id)s, id, '{}', %(at)s
          FROM unnest(%(ids)s::uuid[]) AS id
            ON CONFLICT ON CONSTRAINT contact_signals_pkey DO NOTHING
        """,
        {"account_id": account_id, "ids": ids, "at": at},
    )


async def delete_signals(tx: Tx, account_id: int, ids: Sequence[UUID]) -> int:
    """Remove narrow halves whose contact is gone."""
    return await tx.execute(
        """
        DELETE FROM contact_signals
         WHERE account_id = %(account_id)s AND contact_id = ANY(%(ids)s)
        """,
        {"account_id": account_id, "ids": ids},
    )


async def delete_members(
    tx: Tx, account_id: int, lists: Sequence[UUID], contacts: Sequence[UUID]
) -> int:
    """Take those from lists who are no contacts; each pair is a list and a contact."""
    return await tx.execute(
        """
        DELETE FROM list_members AS m
         USING unnest(%(lists)s::uuid[], %(contacts)s::uuid[]) AS n(list_id, contact_id)
         WHERE m.account_id = %(account_id)s
           AND m.list_id = n.list_id AND m.contact_id = n.contact_id
        """,
        {"account_id": account_id, "lists": lists, "contacts": contacts},
    )


async def set_members(tx: Tx, account_id: int, ids: Sequence[UUID], values: Sequence[int]) -> int:
    """Set how many contacts are on a list."""
    return await tx.execute(
        """
        UPDATE lists AS l
           SET members = n.members
          FROM unnest(%(ids)s::uuid[], %(values)s::bigint[]) AS n(id, members)
         WHERE l.account_id = %(account_id)s AND l.id = n.id
        """,
        {"account_id": account_id, "ids": ids, "values": values},
    )
