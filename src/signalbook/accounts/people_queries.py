"""Statements about people and where they belong."""

from datetime import datetime
from uuid import UUID

from signalbook.accounts.model import Credentials, Member, Membership, Person, Role
from signalbook.kit.db import Read, Tx


async def get(db: Read, person_id: UUID) -> Person | None:
    """Find a person by id, in whichever account."""
    return await db.one_or_none(
        Person,
        """
        SELECT id, email, name, time_zone, created_at, disabled_at
          FROM people
         WHERE id = %(person_id)s
        """,
        {"person_id": person_id},
    )


async def find(db: Read, email: str) -> Person | None:
    """Find a person by the folded e-mail, in whichever account."""
    return await db.one_or_none(
        Person,
        """
        SELECT id, email, name, time_zone, created_at, disabled_at
          FROM people
         WHERE email = %(email)s
        """,
        {"email": email},
    )


async def credentials(db: Read, email: str) -> Credentials | None:
    """Read what a password is checked against."""
    return await db.one_or_none(
        Credentials,
        """
        SELECT id, password_hash, disabled_at
          FROM people
         WHERE email = %(email)s
        """,
        {"email": email},
    )


async def insert(
    tx: Tx, person_id: UUID, email: str, name: str, password_hash: str, *, actor: str, at: datetime
) -> bool:
    """Add a person unless the e-mail is known; tell whether it was added."""
    return bool(
        await tx.execute(
            """
            INSERT INTO people (id, email, name, password_hash, created_at, created_by)
                 VALUES (%(id)s, %(email)s, %(name)s, %(hash)s, %(at)s, %(actor)s)
            ON CONFLICT ON CONSTRAINT people_email_key DO NOTHING
            """,
            {
                "id": person_id,
                "email": email,
                "name": name,
                "hash": password_hash,
                "at": at,
                "actor": actor,
            },
        )
    )


async def set_password(tx: Tx, person_id: UUID, password_hash: str) -> int:
    """Store a new hash."""
    return await tx.execute(
        "UPDATE people SET password_hash = %(hash)s WHERE id = %(person_id)s",
        {"person_id": person_id, "hash": password_hash},
    )


async def replace_hash(tx: Tx, person_id: UUID, old: str, new: str) -> int:
    """Store the same password hashed better, unless it was changed meanwhile."""
    return await tx.execute(
        """
        UPDATE people
           SET password_hash = %(new)s
         WHERE id = %(person_id)s AND password_hash = %(old)s
        """,
        {"person_id": person_id, "old": old, "new": new},
    )


async def set_profile(tx: Tx, person_id: UUID, name: str, time_zone: str) -> int:
    """Change how a person is called and which time they read."""
    return await tx.execute(
        "UPDATE people SET name = %(name)s, time_zone = %(time_zone)s WHERE id = %(person_id)s",
        {"person_id": person_id, "name": name, "time_zone": time_zone},
    )


async def set_disabled(tx: Tx, person_id: UUID, at: datetime | None) -> int:
    """Close a person's door, or open it again with None."""
    return await tx.execute(
        "UPDATE people SET disabled_at = %(at)s WHERE id = %(person_id)s",
        {"person_id": person_id, "at": at},
    )


async def members(db: Read, account_id: int) -> list[Member]:
    """List the people of an account, by e-mail, with when each was last seen."""
    return await db.many(
        Member,
        """
          SELECT p.id, p.email, p.name, m.role, m.created_at, s.last_seen_at, p.disabled_at
            FROM memberships AS m
            JOIN people AS p
              ON p.id = m.person_id
       LEFT JOIN (  SELECT person_id, max(last_seen_at) AS last_seen_at
                      FROM sessions
                     WHERE account_id = %(account_id)s
                  GROUP BY person_id) AS s
              ON s.person_id = m.person_id
           WHERE m.account_id = %(account_id)s
        ORDER BY p.email
        """,
        {"account_id": account_id},
    )


async def role(db: Read, account_id: int, person_id: UUID) -> Role | None:
    """Read a person's role in an account."""
    return await db.value(
        """
        SELECT role
          FROM memberships
         WHERE account_id = %(account_id)s AND person_id = %(person_id)s
        """,
        {"account_id": account_id, "person_id": person_id},
    )


async def memberships(db: Read, person_id: UUID) -> list[Membership]:
    """List the accounts a person belongs to."""
    return await db.many(
        Membership,
        """
          SELECT m.account_id, a.name AS account, m.role
            FROM memberships AS m
            JOIN accounts AS a
              ON a.id = m.account_id
           WHERE m.person_id = %(person_id)s
        ORDER BY a.name
        """,
        {"person_id": person_id},
    )


async def insert_membership(
    tx: Tx, account_id: int, person_id: UUID, role: Role, *, actor: str, at: datetime
) -> bool:
    """Add a person to an account; tell whether they were not in it before."""
    return bool(
        await tx.execute(
            """
            INSERT INTO memberships (account_id, person_id, role, created_at, created_by)
                 VALUES (%(account_id)s, %(person_id)s, %(role)s, %(at)s, %(actor)s)
            ON CONFLICT ON CONSTRAINT memberships_pkey DO NOTHING
            """,
            {
                "account_id": account_id,
                "person_id": person_id,
                "role": role,
                "at": at,
                "actor": actor,
            },
        )
    )


async def set_role(tx: Tx, account_id: int, person_id: UUID, role: Role) -> int:
    """Change a person's role."""
    return await tx.execute(
        """
        UPDATE memberships
           SET role = %(role)s
         WHERE account_id = %(account_id)s AND person_id = %(person_id)s
        """,
        {"account_id": account_id, "person_id": person_id, "role": role},
    )


async def delete_membership(tx: Tx, account_id: int, person_id: UUID) -> int:
    """Take a person out of an account."""
    return await tx.execute(
        """
        DELETE FROM memberships
              WHERE account_id = %(account_id)s AND person_id = %(person_id)s
        """,
        {"account_id": account_id, "person_id": person_id},
    )


async def count_owners(db: Read, account_id: int) -> int:
    """Count the owners of an account who can sign in."""
    return await db.value(
        """
        SELECT count(*)
          FROM memberships AS m
          JOIN people AS p
            ON p.id = m.person_id
         WHERE m.account_id = %(account_id)s AND m.role = 'owner' AND p.disabled_at IS NULL
        """,
        {"account_id": account_id},
    )
