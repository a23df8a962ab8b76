"""Statements about sessions and the tries to start one."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from signalbook.accounts.model import Session, SignedIn
from signalbook.kit.db import Read, Tx


class Tries(NamedTuple):
    """How many tries of a kind fall into their windows, the present one included."""

    here: int
    by_email: int


async def insert(
    tx: Tx,
    session_id: UUID,
    digest: bytes,
    person_id: UUID,
    account_id: int,
    *,
    at: datetime,
    expires_at: datetime,
    user_agent: str,
    ip: str,
) -> None:
    """Start a session."""
    await tx.execute(
        """
        INSERT INTO sessions (id, token_hash, person_id, account_id, created_at, last_seen_at,
                              expires_at, user_agent, ip)
             VALUES (%(id)s, %(digest)s, %(person_id)s, %(account_id)s, %(at)s, %(at)s,
                     %(expires_at)s, %(user_agent)s, %(ip)s)
        """,
        {
            "id": session_id,
            "digest": digest,
            "person_id": person_id,
            "account_id": account_id,
            "at": at,
            "expires_at": expires_at,
            "user_agent": user_agent,
            "ip": ip,
        },
    )


async def signed_in(
    db: Read, digest: bytes, *, at: datetime, seen_since: datetime
) -> SignedIn | None:
    """Find who is signed in with the token of this hash, and as what, if still so."""
    return await db.one_or_none(
        SignedIn,
        """
        SELECT s.id AS session_id, s.last_seen_at, p.id AS person_id, p.name, p.email,
               p.time_zone, a.id AS account_id, a.name AS account, a.plan,
               a.upload_per_minute, a.api_per_hour, m.role,
               (SELECT json_agg(json_build_array(b.id, b.name) ORDER BY b.name)
                  FROM memberships AS n
                  JOIN accounts AS b
                    ON b.id = n.account_id
                 WHERE n.person_id = s.person_id) AS accounts
          FROM sessions AS s
          JOIN people AS p
            ON p.id = s.person_id
          JOIN memberships AS m
            ON m.account_id = s.account_id AND m.person_id = s.person_id
          JOIN accounts AS a
            ON a.id = m.account_id
         WHERE s.token_hash = %(digest)s
           AND s.revoked_at IS NULL
           AND s.expires_at > %(at)s
           AND s.last_seen_at > %(seen_since)s
           AND p.disabled_at IS NULL
        """,
        {"digest": digest, "at": at, "seen_since": seen_since},
    )


async def set_seen(tx: Tx, session_id: UUID, at: datetime) -> int:
    """Remember that a session is in use."""
    return await tx.execute(
        "UPDATE sessions SET last_seen_at = %(at)s WHERE id = %(id)s AND last_seen_at < %(at)s",
        {"id": session_id, "at": at},
    )


async def set_account(tx: Tx, session_id: UUID, person_id: UUID, account_id: int) -> int:
    """Turn a session to another account of the same person."""
    return await tx.execute(
        """
        UPDATE sessions AS s
           SET account_id = m.account_id
          FROM memberships AS m
         WHERE s.id = %(id)s
           AND s.person_id = %(person_id)s
           AND m.account_id = %(account_id)s
           AND m.person_id = s.person_id
        """,
        {"id": session_id, "person_id": person_id, "account_id": account_id},
    )


async def list_open(
    db: Read, person_id: UUID, *, at: datetime, seen_since: datetime
) -> list[Session]:
    """List where a person is signed in, the latest first."""
    return await db.many(
        Session,
        """
          SELECT id, created_at, last_seen_at, user_agent, ip
            FROM sessions
           WHERE person_id = %(person_id)s
             AND revoked_at IS NULL
             AND expires_at > %(at)s
             AND last_seen_at > %(seen_since)s
        ORDER BY last_seen_at DESC, id
        """,
        {"person_id": person_id, "at": at, "seen_since": seen_since},
    )


async def set_revoked(
    tx: Tx, person_id: UUID, session_id: UUID, *, actor: str, at: datetime
) -> int:
    """End one session of a person."""
    return await tx.execute(
        """
        UPDATE sessions
           SET revoked_at = %(at)s, revoked_by = %(actor)s
         WHERE person_id = %(person_id)s AND id = %(id)s AND revoked_at IS NULL
        """,
        {"person_id": person_id, "id": session_id, "at": at, "actor": actor},
    )


async def set_revoked_by_token(tx: Tx, digest: bytes, *, at: datetime) -> int:
    """End the session of this token, whosever it is."""
    return await tx.execute(
        """
        UPDATE sessions
           SET revoked_at = %(at)s, revoked_by = 'sign-in'
         WHERE token_hash = %(digest)s AND revoked_at IS NULL
        """,
        {"digest": digest, "at": at},
    )


async def set_all_revoked(
    tx: Tx, person_id: UUID, *, keep: UUID | None, actor: str, at: datetime
) -> int:
    """End every session of a person, except `keep`."""
    return await tx.execute(
        """
        UPDATE sessions
           SET revoked_at = %(at)s, revoked_by = %(actor)s
         WHERE person_id = %(person_id)s
           AND revoked_at IS NULL
           AND id IS DISTINCT FROM %(keep)s::uuid
        """,
        {"person_id": person_id, "keep": keep, "at": at, "actor": actor},
    )


async def set_all_revoked_in(
    tx: Tx, account_id: int, person_id: UUID, *, actor: str, at: datetime
) -> int:
    """End the sessions of a person that look at this account."""
    return await tx.execute(
        """
        UPDATE sessions
           SET revoked_at = %(at)s, revoked_by = %(actor)s
         WHERE account_id = %(account_id)s AND person_id = %(person_id)s AND revoked_at IS NULL
        """,
        {"account_id": account_id, "person_id": person_id, "at": at, "actor": actor},
    )


async def delete_over(tx: Tx, before: datetime) -> int:
    """Forget sessions that were over before this time."""
    return await tx.execute(
        "DELETE FROM sessions WHERE expires_at < %(before)s", {"before": before}
    )


async def insert_try(tx: Tx, try_id: UUID, email_hash: bytes, network: str, at: datetime) -> None:
    """Note a try to sign in before it is known how it ends."""
    await tx.execute(
        """
        INSERT INTO login_attempts (id, email_hash, network, at, outcome)
             VALUES (%(id)s, %(email_hash)s, %(network)s, %(at)s, 'tried')
        """,
        {"id": try_id, "email_hash": email_hash, "network": network, "at": at},
    )


async def count_tries(
    db: Read, email_hash: bytes, network: str, *, quarter_ago: datetime, day_ago: datetime
) -> Tries:
    """Count the tries that have not passed: from here in the quarter, from anywhere in the day."""
    return await db.one(
        Tries,
        """
        SELECT (SELECT count(*)
                  FROM login_attempts
                 WHERE email_hash = %(email_hash)s AND network = %(network)s
                   AND at > %(quarter_ago)s AND outcome = 'tried') AS here,
               (SELECT count(*)
                  FROM login_attempts
                 WHERE email_hash = %(email_hash)s
                   AND at > %(day_ago)s AND outcome = 'tried') AS by_email
        """,
        {
            "email_hash": email_hash,
            "network": network,
            "quarter_ago": quarter_ago,
            "day_ago": day_ago,
        },
    )


async def set_outcome(tx: Tx, try_id: UUID, outcome: str) -> int:
    """Note how a try ended: `passed` and `refused` no longer count."""
    return await tx.execute(
        "UPDATE login_attempts SET outcome = %(outcome)s WHERE id = %(id)s",
        {"id": try_id, "outcome": outcome},
    )


async def delete_tries(tx: Tx, before: datetime) -> int:
    """Forget the tries from before this time."""
    return await tx.execute("DELETE FROM login_attempts WHERE at < %(before)s", {"before": before})
