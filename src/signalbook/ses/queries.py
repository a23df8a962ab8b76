"""Every statement on contact lists and their topics."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from signalbook.kit.db import Jsonb, Read, Row, Tx
from signalbook.ses.model import KeptTopic, SesList, Topic


async def get(db: Read, account_id: int, region: str, name: str) -> SesList | None:
    """Return the contact list of a name."""
    rows = await db.rows(
        """
        SELECT l.id, l.region, l.name, l.description, l.tags, l.created_at, l.updated_at, (
               SELECT jsonb_agg(
                          jsonb_build_object(
                              'name', t.name, 'display_name', t.display_name,
                              'default_status', t.default_status, 'description', t.description,
                              'list_id', t.list_id)
                          ORDER BY t.position)
                 FROM ses_topics AS t
                WHERE t.account_id = %(account_id)s AND t.ses_list_id = l.id AND t.position >= 0)
          FROM ses_lists AS l
         WHERE l.account_id = %(account_id)s AND l.region = %(region)s AND l.name = %(name)s
        """,
        {"account_id": account_id, "region": region, "name": name},
    )
    return _list_of(rows[0]) if rows else None


async def page(
    db: Read, account_id: int, region: str | None, after: tuple[str, str], size: int
) -> list[SesList]:
    """Return contact lists by region and name, those of one region or of all."""
    rows = await db.rows(
        """
        SELECT l.id, l.region, l.name, l.description, l.tags, l.created_at, l.updated_at, (
               SELECT jsonb_agg(
                          jsonb_build_object(
                              'name', t.name, 'display_name', t.display_name,
                              'default_status', t.default_status, 'description', t.description,
                              'list_id', t.list_id)
                          ORDER BY t.position)
                 FROM ses_topics AS t
                WHERE t.account_id = %(account_id)s AND t.ses_list_id = l.id AND t.position >= 0)
          FROM ses_lists AS l
         WHERE l.account_id = %(account_id)s
           AND (%(region)s::text IS NULL OR l.region = %(region)s::text)
           AND (l.region, l.name) > (%(after_region)s, %(after_name)s)
         ORDER BY l.region, l.name
         LIMIT %(size)s
        """,
        {
            "account_id": account_id,
            "region": region,
            "after_region": after[0],
            "after_name": after[1],
            "size": size,
        },
    )
    return [_list_of(row) for row in rows]


async def hold(tx: Tx, account_id: int) -> None:
    """Let the contact lists of an account be changed by one after another until the commit."""
    await tx.execute("SELECT pg_advisory_xact_lock(3, %(account_id)s)", {"account_id": account_id})


async def count(db: Read, account_id: int, region: str) -> int:
    """Count the contact lists of a region."""
    found = await db.value(
        """
        SELECT count(*)
          FROM ses_lists
         WHERE account_id = %(account_id)s AND region = %(region)s
        """,
        {"account_id": account_id, "region": region},
    )
    return int(found)


async def insert(
    tx: Tx,
    account_id: int,
    id: UUID,
    *,
    region: str,
    name: str,
    description: str | None,
    tags: Mapping[str, str],
    at: datetime,
) -> None:
    """Add a contact list; raises a violation of ses_lists_account_name_key."""
    await tx.execute(
        """
        INSERT INTO ses_lists
               (account_id, id, region, name, description, tags, created_at, updated_at)
        VALUES (%(account_id)s, %(id)s, %(region)s, %(name)s, %(description)s, %(tags)s, %(at)s,
                %(at)s)
        """,
        {
            "account_id": account_id,
            "id": id,
            "region": region,
            "name": name,
            "description": description,
            "tags": Jsonb(dict(tags)),
            "at": at,
        },
    )


async def set_described(
    tx: Tx, account_id: int, id: UUID, description: str | None, at: datetime
) -> int:
    """Describe a contact list anew; return how many lists that were."""
    return await tx.execute(
        """
        UPDATE ses_lists
           SET description = %(description)s, updated_at = %(at)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "description": description, "at": at},
    )


async def set_tags(tx: Tx, account_id: int, id: UUID, tags: Mapping[str, str]) -> int:
    """Give a contact list its tags; return how many lists that were."""
    return await tx.execute(
        """
        UPDATE ses_lists
           SET tags = %(tags)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "tags": Jsonb(dict(tags))},
    )


async def delete(tx: Tx, account_id: int, id: UUID) -> int:
    """Remove a contact list; return how many that were."""
    return await tx.execute(
        "DELETE FROM ses_lists WHERE account_id = %(account_id)s AND id = %(id)s",
        {"account_id": account_id, "id": id},
    )


async def gone_topics(db: Read, account_id: int, id: UUID) -> list[Row]:
    """Return (name, id of its list) of topics that a contact list had and has no more."""
    return await db.rows(
        """
        SELECT name, list_id
          FROM ses_topics
         WHERE account_id = %(account_id)s AND ses_list_id = %(id)s AND position < 0
        """,
        {"account_id": account_id, "id": id},
    )


async def put_topic(
    tx: Tx, account_id: int, id: UUID, topic: Topic, list_id: UUID, position: int
) -> int:
    """Add a topic to a contact list, or change the one of its name; return 1."""
    return await tx.execute(
        """
        INSERT INTO ses_topics
               (account_id, ses_list_id, name, list_id, display_name, description, default_status,
                position)
        VALUES (%(account_id)s, %(id)s, %(name)s, %(list_id)s, %(display_name)s, %(description)s,
                %(default_status)s, %(position)s)
            ON CONFLICT ON CONSTRAINT ses_topics_pkey
            DO UPDATE
           SET list_id = excluded.list_id,
               display_name = excluded.display_name,
               description = excluded.description,
               default_status = excluded.default_status,
               position = excluded.position
        """,
        {
            "account_id": account_id,
            "id": id,
            "list_id": list_id,
            "position": position,
            **msgspec.structs.asdict(topic),
        },
    )


async def hide_topics(tx: Tx, account_id: int, id: UUID, names: Sequence[str]) -> int:
    """Let a contact list have topics no more; return how many those were.

    Their names stay, with the channel on which people have opted out, for when a topic of that
    name comes again.
    """
    return await tx.execute(
        """
        UPDATE ses_topics
           SET position = -1
         WHERE account_id = %(account_id)s
           AND ses_list_id = %(id)s
           AND name = ANY(%(names)s::text[])
        """,
        {"account_id": account_id, "id": id, "names": list(names)},
    )


async def forget_topics(tx: Tx, account_id: int, id: UUID) -> int:
    """Remove all topics of a contact list; return how many those were."""
    return await tx.execute(
        "DELETE FROM ses_topics WHERE account_id = %(account_id)s AND ses_list_id = %(id)s",
        {"account_id": account_id, "id": id},
    )


async def topic_of(db: Read, account_id: int, list_id: UUID) -> Row | None:
    """Return (topic, contact list, region) whose topic a list is."""
    rows = await db.rows(
        """
        SELECT t.name, l.name, l.region
          FROM ses_topics AS t
          JOIN ses_lists AS l
            ON l.account_id = %(account_id)s AND l.id = t.ses_list_id
         WHERE t.account_id = %(account_id)s AND t.list_id = %(list_id)s AND t.position >= 0
        """,
        {"account_id": account_id, "list_id": list_id},
    )
    return rows[0] if rows else None


def _list_of(row: Sequence[Any]) -> SesList:
    topics = msgspec.convert(row[7] or [], tuple[KeptTopic, ...])
    id, region, name, description, tags, created_at, updated_at = row[:7]
    return SesList(
        id=id,
        region=region,
        name=name,
        description=description,
        tags=tags,
        created_at=created_at,
        updated_at=updated_at,
        topics=topics,
    )
