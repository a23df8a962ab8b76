"""Statements about invitations."""

from datetime import datetime
from uuid import UUID

from signalbook.accounts.model import Invitation, Role
from signalbook.kit.db import Read, Tx


async def insert(
    tx: Tx,
    account_id: int,
    invitation_id: UUID,
    *,
    digest: bytes,
    email: str,
    role: Role,
    actor: str,
    at: datetime,
    expires_at: datetime,
) -> None:
    """Add an invitation."""
    await tx.execute(
        """
        INSERT INTO invitations
               (account_id, id, token_hash, email, role, created_at, created_by, expires_at)
        VALUES (%(account_id)s, %(id)s, %(digest)s, %(email)s, %(role)s, %(at)s, %(actor)s,
                %(expires_at)s)
        """,
        {
            "account_id": account_id,
            "id": invitation_id,
            "digest": digest,
            "email": email,
            "role": role,
            "at": at,
            "actor": actor,
            "expires_at": expires_at,
        },
    )


async def find_open(db: Read, digest: bytes, at: datetime) -> Invitation | None:
    """Find the invitation of this token if it can still be accepted."""
    return await db.one_or_none(
        Invitation,
        """
        SELECT i.id, i.account_id, a.name AS account, i.email, i.role, i.created_at,
               i.created_by, i.expires_at
          FROM invitations AS i
          JOIN accounts AS a
            ON a.id = i.account_id
         WHERE i.token_hash = %(digest)s
           AND i.accepted_at IS NULL
           AND i.revoked_at IS NULL
           AND i.expires_at > %(at)s
        """,
        {"digest": digest, "at": at},
    )


async def list_open(db: Read, account_id: int, at: datetime) -> list[Invitation]:
    """List the invitations of an account that wait for an answer."""
    return await db.many(
        Invitation,
        """
          SELECT i.id, i.account_id, a.name AS account, i.email, i.role, i.created_at,
                 i.created_by, i.expires_at
            FROM invitations AS i
            JOIN accounts AS a
              ON a.id = i.account_id
           WHERE i.account_id = %(account_id)s
             AND i.accepted_at IS NULL
             AND i.revoked_at IS NULL
             AND i.expires_at > %(at)s
        ORDER BY i.id
        """,
        {"account_id": account_id, "at": at},
    )


async def set_accepted(tx: Tx, account_id: int, invitation_id: UUID, at: datetime) -> bool:
    """Use an invitation up; only one of several who try at once is told that it worked."""
    return bool(
        await tx.execute(
            """
            UPDATE invitations
               SET accepted_at = %(at)s
             WHERE account_id = %(account_id)s AND id = %(id)s
               AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > %(at)s
            """,
            {"account_id": account_id, "id": invitation_id, "at": at},
        )
    )


async def set_revoked(
    tx: Tx, account_id: int, invitation_id: UUID, *, actor: str, at: datetime
) -> int:
    """Withdraw an invitation that was not accepted."""
    return await tx.execute(
        """
        UPDATE invitations
           SET revoked_at = %(at)s, revoked_by = %(actor)s
         WHERE account_id = %(account_id)s AND id = %(id)s
           AND accepted_at IS NULL AND revoked_at IS NULL
        """,
        {"account_id": account_id, "id": invitation_id, "at": at, "actor": actor},
    )


async def set_all_revoked(tx: Tx, account_id: int, email: str, *, actor: str, at: datetime) -> int:
    """Withdraw every open invitation of an account to this e-mail."""
    return await tx.execute(
        """
        UPDATE invitations
           SET revoked_at = %(at)s, revoked_by = %(actor)s
         WHERE account_id = %(account_id)s AND email = %(email)s
           AND accepted_at IS NULL AND revoked_at IS NULL
        """,
        {"account_id": account_id, "email": email, "at": at, "actor": actor},
    )
