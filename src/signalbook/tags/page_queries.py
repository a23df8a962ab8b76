"""Statements of the page of tags."""

from typing import Final, LiteralString

from psycopg import sql

from signalbook.kit.db import Read
from signalbook.tags.model import Tag

_ORDERS: Final[dict[str, LiteralString]] = {
    "name": "name ASC",
    "-name": "name DESC",
    "contacts": "contacts ASC, name",
    "-contacts": "contacts DESC, name",
    "signals": "signals ASC, name",
    "-signals": "signals DESC, name",
    "first": "first_seen_at ASC, name",
    "-first": "first_seen_at DESC, name",
    "last": "last_seen_at ASC, name",
    "-last": "last_seen_at DESC, name",
}
SORTS: Final = frozenset(_ORDERS)


async def listed(db: Read, account_id: int, search: str, sort: str, size: int) -> list[Tag]:
    """Return tags whose name contains a text, in one of the orders of `SORTS`."""
    statement = sql.SQL(
        """
        SELECT id, name, contacts, signals, first_seen_at, last_seen_at
          FROM tags
         WHERE account_id = %(account_id)s AND strpos(lower(name), lower(%(search)s)) > 0
         ORDER BY {order}
         LIMIT %(size)s
        """
    ).format(order=sql.SQL(_ORDERS[sort]))
    return await db.many(Tag, statement, {"account_id": account_id, "search": search, "size": size})


async def named(db: Read, account_id: int, name: str) -> Tag | None:
    """Return the tag of this name."""
    return await db.one_or_none(
        Tag,
        """
        SELECT id, name, contacts, signals, first_seen_at, last_seen_at
          FROM tags
         WHERE account_id = %(account_id)s AND name = %(name)s
        """,
        {"account_id": account_id, "name": name},
    )
