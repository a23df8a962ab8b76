"""Statements about API keys."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from signalbook.accounts.model import ApiKey, KeyKind, KnownKey, KnownSigner
from signalbook.kit.db import Read, Tx


async def known(db: Read, digest: bytes) -> KnownKey | None:
    """Find the key with this hash, revoked or not, and whose it is; a client_secret is no key."""
    return await db.one_or_none(
        KnownKey,
        """
        SELECT k.id, k.account_id, a.name AS account, a.plan, a.upload_per_minute,
               a.api_per_hour, k.scopes, k.revoked_at
          FROM api_keys AS k
          JOIN accounts AS a
            ON a.id = k.account_id
         WHERE k.hash = %(digest)s AND k.kind IN ('api', 'upload')
        """,
        {"digest": digest},
    )


async def known_signer(db: Read, digest: bytes) -> KnownSigner | None:
    """Find the ses key whose access key id has this hash, revoked, expired or neither."""
    return await db.one_or_none(
        KnownSigner,
        """
        SELECT k.id, k.account_id, a.name AS account, a.plan, a.upload_per_minute,
               a.api_per_hour, k.scopes, k.revoked_at, k.secret, k.session, k.expires_at
          FROM api_keys AS k
          JOIN accounts AS a
            ON a.id = k.account_id
         WHERE k.hash = %(digest)s AND k.kind = 'ses'
        """,
        {"digest": digest},
    )


async def known_client(db: Read, digest: bytes) -> KnownKey | None:
    """Find the oauth key whose client_secret has this hash, revoked or not."""
    return await db.one_or_none(
        KnownKey,
        """
        SELECT k.id, k.account_id, a.name AS account, a.plan, a.upload_per_minute,
               a.api_per_hour, k.scopes, k.revoked_at
          FROM api_keys AS k
          JOIN accounts AS a
            ON a.id = k.account_id
         WHERE k.hash = %(digest)s AND k.kind = 'oauth'
        """,
        {"digest": digest},
    )


async def known_by_id(db: Read, account_id: int, key_id: UUID) -> KnownKey | None:
    """Find the oauth key with this id, revoked or not."""
    return await db.one_or_none(
        KnownKey,
        """
        SELECT k.id, k.account_id, a.name AS account, a.plan, a.upload_per_minute,
               a.api_per_hour, k.scopes, k.revoked_at
          FROM api_keys AS k
          JOIN accounts AS a
            ON a.id = k.account_id
         WHERE k.account_id = %(account_id)s AND k.id = %(key_id)s AND k.kind = 'oauth'
        """,
        {"account_id": account_id, "key_id": key_id},
    )


async def list_all(db: Read, account_id: int) -> list[ApiKey]:
    """List the keys of an account, newest first, those in use before those revoked."""
    return await db.many(
        ApiKey,
        """
          SELECT k.id, k.kind, k.name, k.prefix, k.scopes, k.created_at, k.created_by,
                 u.last_used_at, k.expires_at, k.revoked_at, k.revoked_by
            FROM api_keys AS k
       LEFT JOIN key_uses AS u
              ON u.account_id = k.account_id AND u.key_id = k.id
           WHERE k.account_id = %(account_id)s
        ORDER BY k.revoked_at IS NOT NULL, k.id DESC
        """,
        {"account_id": account_id},
    )


async def get(db: Read, account_id: int, key_id: UUID) -> ApiKey | None:
    """Find one key of an account."""
    return await db.one_or_none(
        ApiKey,
        """
        SELECT k.id, k.kind, k.name, k.prefix, k.scopes, k.created_at, k.created_by,
               u.last_used_at, k.expires_at, k.revoked_at, k.revoked_by
          FROM api_keys AS k
     LEFT JOIN key_uses AS u
            ON u.account_id = k.account_id AND u.key_id = k.id
         WHERE k.account_id = %(account_id)s AND k.id = %(key_id)s
        """,
        {"account_id": account_id, "key_id": key_id},
    )


async def insert(
    tx: Tx,
    account_id: int,
    key_id: UUID,
    kind: KeyKind,
    name: str,
    *,
    prefix: str,
    digest: bytes,
    scopes: Sequence[str],
    actor: str,
    at: datetime,
    secret: bytes | None = None,
    session: bytes | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Add a key; the last three are of ses keys, the very last two of temporary ones."""
    await tx.execute(
        """
        INSERT INTO api_keys
               (account_id, id, kind, name, prefix, hash, scopes, created_at, created_by,
                secret, session, expires_at)
        VALUES (%(account_id)s, %(id)s, %(kind)s, %(name)s, %(prefix)s, %(digest)s,
                %(scopes)s::text[], %(at)s, %(actor)s,
                %(secret)s, %(session)s, %(expires_at)s)
        """,
        {
            "account_id": account_id,
            "id": key_id,
            "kind": kind,
            "name": name,
            "prefix": prefix,
            "digest": digest,
            "scopes": list(scopes),
            "at": at,
            "actor": actor,
            "secret": secret,
            "session": session,
            "expires_at": expires_at,
        },
    )


async def set_name(tx: Tx, account_id: int, key_id: UUID, name: str) -> int:
    """Rename a key."""
    return await tx.execute(
        """
        UPDATE api_keys
           SET name = %(name)s
         WHERE account_id = %(account_id)s AND id = %(key_id)s
        """,
        {"account_id": account_id, "key_id": key_id, "name": name},
    )


async def set_revoked(tx: Tx, account_id: int, key_id: UUID, *, actor: str, at: datetime) -> int:
    """Revoke a key; a second time keeps the first time and actor."""
    return await tx.execute(
        """
        UPDATE api_keys
           SET revoked_at = coalesce(revoked_at, %(at)s),
               revoked_by = coalesce(revoked_by, %(actor)s)
         WHERE account_id = %(account_id)s AND id = %(key_id)s
        """,
        {"account_id": account_id, "key_id": key_id, "at": at, "actor": actor},
    )
