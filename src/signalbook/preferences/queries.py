"""Statements about signing keys, the look of public pages, and what holds for an address."""

from collections.abc import Iterable
from datetime import datetime

from signalbook.kit.db import Read, Row, Tx
from signalbook.ledger.model import Channel
from signalbook.preferences.model import LinkKey, Logo, Look


async def key(db: Read, account_id: int, number: int) -> LinkKey | None:
    """Find a signing key by its number."""
    return await db.one_or_none(
        LinkKey,
        """
        SELECT number, salt, created_at, created_by
          FROM link_keys
         WHERE account_id = %(account_id)s AND number = %(number)s
        """,
        {"account_id": account_id, "number": number},
    )


async def keys(db: Read, account_id: int) -> list[LinkKey]:
    """List the signing keys of an account, the newest first."""
    return await db.many(
        LinkKey,
        """
        SELECT number, salt, created_at, created_by
          FROM link_keys
         WHERE account_id = %(account_id)s
         ORDER BY number DESC
        """,
        {"account_id": account_id},
    )


async def newest_key(db: Read, account_id: int) -> LinkKey | None:
    """Find the key that signs now."""
    return await db.one_or_none(
        LinkKey,
        """
        SELECT number, salt, created_at, created_by
          FROM link_keys
         WHERE account_id = %(account_id)s
         ORDER BY number DESC
         LIMIT 1
        """,
        {"account_id": account_id},
    )


async def insert_key(
    tx: Tx, account_id: int, number: int, salt: bytes, *, actor: str, at: datetime
) -> int:
    """Add a key of this number; return 0 where somebody else was faster."""
    return await tx.execute(
        """
        INSERT INTO link_keys (account_id, number, salt, created_at, created_by)
        VALUES (%(account_id)s, %(number)s, %(salt)s, %(at)s, %(actor)s)
            ON CONFLICT ON CONSTRAINT link_keys_pkey DO NOTHING
        """,
        {"account_id": account_id, "number": number, "salt": salt, "at": at, "actor": actor},
    )


async def look(db: Read, account_id: int) -> Look | None:
    """Find how the pages of an account look, None where nobody has said."""
    rows = await db.rows(
        """
        SELECT name, accent, background, channels, logo_type, logo_width, logo_height, logo_digest
          FROM public_looks
         WHERE account_id = %(account_id)s
        """,
        {"account_id": account_id},
    )
    return _look(rows[0]) if rows else None


async def set_look(tx: Tx, account_id: int, look: Look, *, actor: str, at: datetime) -> None:
    """Keep how the pages look; the logo stays."""
    await tx.execute(
        """
        INSERT INTO public_looks
               (account_id, name, accent, background, channels, changed_at, changed_by)
        VALUES (%(account_id)s, %(name)s, %(accent)s, %(background)s, %(channels)s::text[],
                %(at)s, %(actor)s)
            ON CONFLICT ON CONSTRAINT public_looks_pkey DO UPDATE
           SET name = excluded.name, accent = excluded.accent, background = excluded.background,
               channels = excluded.channels, changed_at = excluded.changed_at,
               changed_by = excluded.changed_by
        """,
        {
            "account_id": account_id,
            "name": look.name,
            "accent": look.accent,
            "background": look.background,
            "channels": [str(channel) for channel in look.channels],
            "at": at,
            "actor": actor,
        },
    )


async def set_logo(
    tx: Tx, account_id: int, content: bytes | None, logo: Logo, *, actor: str, at: datetime
) -> None:
    """Keep a logo, or none; the look is there already."""
    await tx.execute(
        """
        UPDATE public_looks
           SET logo = %(content)s, logo_type = %(type)s, logo_width = %(width)s,
               logo_height = %(height)s, logo_digest = %(digest)s, changed_at = %(at)s,
               changed_by = %(actor)s
         WHERE account_id = %(account_id)s
        """,
        {
            "account_id": account_id,
            "content": content,
            "type": logo.type,
            "width": logo.width,
            "height": logo.height,
            "digest": logo.digest,
            "at": at,
            "actor": actor,
        },
    )


async def logo(db: Read, account_id: int, digest: str) -> tuple[str, bytes] | None:
    """Return the type and the bytes of a logo, where it is the one in use."""
    rows = await db.rows(
        """
        SELECT logo_type, logo
          FROM public_looks
         WHERE account_id = %(account_id)s AND logo_digest = %(digest)s AND logo IS NOT NULL
        """,
        {"account_id": account_id, "digest": digest},
    )
    return (str(rows[0][0]), bytes(rows[0][1])) if rows else None


async def in_force(db: Read, account_id: int, addresses: Iterable[str]) -> list[Row]:
    """Return (channel, address, reason) of the opt-outs in force on these addresses."""
    return await db.rows(
        """
        SELECT channel, address, reason
          FROM optout_states
         WHERE account_id = %(account_id)s AND address = ANY(%(addresses)s::text[])
        """,
        {"account_id": account_id, "addresses": list(addresses)},
    )


def _look(row: Row) -> Look:
    name, accent, background, channels, *logo = row
    return Look(
        name=name,
        accent=accent,
        background=background,
        channels=tuple(Channel(channel) for channel in channels),
        logo=Logo(*logo) if logo[0] else None,
    )
