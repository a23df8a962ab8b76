"""Statements by which the registry of fields follows a rewriting; below an exclusive lock."""

from signalbook.kit.db import Tx


async def set_moving(tx: Tx, account_id: int, name: str, moving_to: str | None) -> int:
    """Say where the values of a field go; "" is away, None is nowhere."""
    return await tx.execute(
        """
        UPDATE fields
           SET moving_to = %(moving_to)s
         WHERE account_id = %(account_id)s AND name = %(name)s
        """,
        {"account_id": account_id, "name": name, "moving_to": moving_to},
    )


async def set_taking(tx: Tx, account_id: int, name: str, source: str, *, takes: bool) -> int:
    """Say that a field is given the values of another, or no longer."""
    return await tx.execute(
        """
        UPDATE fields
           SET takes_from = CASE WHEN %(takes)s
                                 THEN array_append(takes_from, %(source)s::text)
                                 ELSE array_remove(takes_from, %(source)s::text) END
         WHERE account_id = %(account_id)s AND name = %(name)s
        """,
        {"account_id": account_id, "name": name, "source": source, "takes": takes},
    )


async def set_type(tx: Tx, account_id: int, name: str, type: str, *, is_set: bool) -> int:
    """Hold a field to a type from now on, or let it take anything."""
    return await tx.execute(
        """
        UPDATE fields
           SET type = %(type)s, type_is_set = %(is_set)s
         WHERE account_id = %(account_id)s AND name = %(name)s
        """,
        {"account_id": account_id, "name": name, "type": type, "is_set": is_set},
    )


async def give_aliases(tx: Tx, account_id: int, name: str, to: str) -> int:
    """Let the aliases of a field mean another."""
    return await tx.execute(
        """
        UPDATE field_aliases
           SET name = %(to)s
         WHERE account_id = %(account_id)s AND name = %(name)s
        """,
        {"account_id": account_id, "name": name, "to": to},
    )


async def add_alias(tx: Tx, account_id: int, name: str, key: str, alias: str) -> int:
    """Let a field be called so as well, unless that means a field already."""
    return await tx.execute(
        """
        INSERT INTO field_aliases (account_id, key, name, alias)
        VALUES (%(account_id)s, %(key)s, %(name)s, %(alias)s)
            ON CONFLICT ON CONSTRAINT field_aliases_pkey DO NOTHING
        """,
        {"account_id": account_id, "name": name, "key": key, "alias": alias},
    )


async def delete_alias(tx: Tx, account_id: int, name: str, key: str) -> int:
    """Let a field no longer be called so."""
    return await tx.execute(
        """
        DELETE FROM field_aliases
         WHERE account_id = %(account_id)s AND name = %(name)s AND key = %(key)s
        """,
        {"account_id": account_id, "name": name, "key": key},
    )


async def delete_lengths(tx: Tx, account_id: int, name: str) -> int:
    """Forget how long the values of a field were."""
    return await tx.execute(
        "DELETE FROM field_lengths WHERE account_id = %(account_id)s AND name = %(name)s",
        {"account_id": account_id, "name": name},
    )


async def delete(tx: Tx, account_id: int, name: str) -> int:
    """Remove a field from the registry."""
    return await tx.execute(
        "DELETE FROM fields WHERE account_id = %(account_id)s AND name = %(name)s",
        {"account_id": account_id, "name": name},
    )
