"""Every statement on the monthly partitions of the events; they belong to no single account."""

from datetime import date

from psycopg import sql

from signalbook.kit.db import Read, Tx


async def names(db: Read) -> set[str]:
    """List the tables that hold events."""
    return set(
        await db.values(
            """
            SELECT c.relname
              FROM pg_inherits AS i
              JOIN pg_class AS c ON c.oid = i.inhrelid
             WHERE i.inhparent = 'events'::regclass
            """
        )
    )


async def hold(tx: Tx) -> None:
    """Let one transaction at a time make partitions."""
    await tx.execute("SELECT pg_advisory_xact_lock(2, 0)")


async def wait_at_most(tx: Tx, seconds: int) -> None:
    """Give up when a table is locked for longer, before many writers queue up behind us."""
    await tx.execute(
        sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(f"{seconds}s"))  # takes no $1
    )


async def create(tx: Tx, name: str) -> None:
    """Make a table like the others, not yet part of them."""
    await tx.execute(
        sql.SQL(
            "CREATE TABLE {} (LIKE events_default INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"
        ).format(sql.Identifier(name))
    )


async def move(tx: Tx, name: str, first: date, after: date) -> int:
    """Take what the catch-all table holds of a month; return how many events that were."""
    return await tx.execute(
        sql.SQL(
            """
              WITH taken AS (
                   DELETE FROM events_default
                    WHERE at >= {first} AND at < {after}
                RETURNING account_id, contact_id, at, id, kind, tag_id, source, actor, payload)
            INSERT INTO {name}
                   (account_id, contact_id, at, id, kind, tag_id, source, actor, payload)
            SELECT account_id, contact_id, at, id, kind, tag_id, source, actor, payload
              FROM taken
            """
        ).format(
            name=sql.Identifier(name),
            first=sql.Literal(f"{first} 00:00+00"),
            after=sql.Literal(f"{after} 00:00+00"),
        )
    )


async def attach(tx: Tx, name: str, first: date, after: date) -> None:
    """Make a table the place for the events of a month; it gets the indexes of the others."""
    await tx.execute(
        sql.SQL(
            "ALTER TABLE events ATTACH PARTITION {name} FOR VALUES FROM ({first}) TO ({after})"
        ).format(
            name=sql.Identifier(name),
            first=sql.Literal(f"{first} 00:00+00"),
            after=sql.Literal(f"{after} 00:00+00"),
        )
    )
