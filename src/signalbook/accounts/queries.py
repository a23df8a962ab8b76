"""Statements about accounts themselves."""

from datetime import datetime
from typing import Any

from signalbook.accounts.model import Account
from signalbook.kit.db import Jsonb, Read, Tx


async def get(db: Read, account_id: int) -> Account | None:
    """Find an account by its id."""
    return await db.one_or_none(
        Account,
        """
        SELECT id, name, plan, upload_per_minute, api_per_hour, settings, created_at
          FROM accounts
         WHERE id = %(account_id)s
        """,
        {"account_id": account_id},
    )


async def find(db: Read, name: str) -> Account | None:
    """Find an account by its name."""
    return await db.one_or_none(
        Account,
        """
        SELECT id, name, plan, upload_per_minute, api_per_hour, settings, created_at
          FROM accounts
         WHERE name = %(name)s
        """,
        {"name": name},
    )


async def list_all(db: Read) -> list[Account]:
    """List every account of this server, oldest first."""
    return await db.many(
        Account,
        """
          SELECT id, name, plan, upload_per_minute, api_per_hour, settings, created_at
            FROM accounts
        ORDER BY id
        """,
    )


async def any_exists(db: Read) -> bool:
    """Tell whether there is an account at all."""
    return bool(await db.value("SELECT EXISTS (SELECT FROM accounts)"))


async def hold_first_start(tx: Tx) -> None:
    """Let one first start at a time through, until the transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(7319024116602221)")


async def insert(
    tx: Tx,
    name: str,
    plan: str,
    *,
    limits: tuple[int | None, int | None],
    actor: str,
    at: datetime,
) -> Account:
    """Add an account; `limits` are uploads per minute and API calls per hour."""
    return await tx.one(
        Account,
        """
        INSERT INTO accounts (name, plan, upload_per_minute, api_per_hour, created_at, created_by)
             VALUES (%(name)s, %(plan)s, %(upload)s, %(api)s, %(at)s, %(actor)s)
          RETURNING id, name, plan, upload_per_minute, api_per_hour, settings, created_at
        """,
        {
            "name": name,
            "plan": plan,
            "upload": limits[0],
            "api": limits[1],
            "at": at,
            "actor": actor,
        },
    )


async def set_plan(
    tx: Tx, account_id: int, plan: str, limits: tuple[int | None, int | None]
) -> int:
    """Change an account's plan and its own limits."""
    return await tx.execute(
        """
        UPDATE accounts
           SET plan = %(plan)s, upload_per_minute = %(upload)s, api_per_hour = %(api)s
         WHERE id = %(account_id)s
        """,
        {"account_id": account_id, "plan": plan, "upload": limits[0], "api": limits[1]},
    )


async def set_name(tx: Tx, account_id: int, name: str) -> int:
    """Rename an account."""
    return await tx.execute(
        "UPDATE accounts SET name = %(name)s WHERE id = %(account_id)s",
        {"account_id": account_id, "name": name},
    )


async def set_settings(tx: Tx, account_id: int, settings: dict[str, Any]) -> int:
    """Merge `settings` into those of the account, key by key."""
    return await tx.execute(
        """
        UPDATE accounts
           SET settings = settings || %(settings)s
         WHERE id = %(account_id)s
        """,
        {"account_id": account_id, "settings": Jsonb(settings)},
    )


async def lock(tx: Tx, account_id: int) -> bool:
    """Hold the account's row, so that changes to its owners happen one after the other."""
    return bool(
        await tx.value(
            "SELECT true FROM accounts WHERE id = %(account_id)s FOR NO KEY UPDATE",
            {"account_id": account_id},
        )
    )
