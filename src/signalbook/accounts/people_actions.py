"""Every way people come into an account, change in it, and leave it.

An account keeps at least one owner who can sign in. That is settled by holding the account's row
while its owners change, and by counting them before the transaction may end.
"""

import zoneinfo
from typing import cast, get_args
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from signalbook.accounts import people_queries, queries, session_queries
from signalbook.accounts.errors import (
    AlreadyMember,
    EmailInvalid,
    LastOwner,
    NameInvalid,
    OwnerNeeded,
    PersonUnknown,
    RoleUnknown,
    TimeZoneUnknown,
)
from signalbook.accounts.model import NAME_MAX_CHARACTERS, Caller, Person, Role, email_key
from signalbook.kit import clock, ids
from signalbook.kit.db import Read, Tx


async def create(
    tx: Tx,
    account_id: int,
    email: str,
    role: str,
    *,
    password_hash: str,
    name: str = "",
    actor: str,
) -> tuple[Person, bool]:
    """Bring a person into an account and tell whether the person is new to this server.

    Somebody who is known from another account keeps their password: `password_hash` is for new
    people only. Raises EmailInvalid, RoleUnknown, NameInvalid, AlreadyMember.
    """
    address, at = checked_email(email), clock.now()
    is_new = await people_queries.insert(
        tx, ids.new_id(), address, checked_name(name), password_hash, actor=actor, at=at
    )
    person = await people_queries.find(tx, address)
    if person is None:
        raise LookupError(address)
    await join(tx, account_id, person.id, checked_role(role), actor=actor)
    return person, is_new


async def join(tx: Tx, account_id: int, person_id: UUID, role: Role, *, actor: str) -> None:
    """Give a known person a role in an account; raises AlreadyMember."""
    if not await people_queries.insert_membership(
        tx, account_id, person_id, role, actor=actor, at=clock.now()
    ):
        raise AlreadyMember


async def set_role(tx: Tx, caller: Caller, person_id: UUID, role: str) -> None:
    """Change somebody's role, which ends their sessions in this account.

    Only an owner makes or unmakes owners. Raises PersonUnknown, RoleUnknown, OwnerNeeded and
    LastOwner.
    """
    new = checked_role(role)
    old = await _hold(tx, caller, person_id)
    if old == new:
        return
    if "owner" in {old, new}:
        _owners_only(caller)
    await people_queries.set_role(tx, caller.account_id, person_id, new)
    await _end_sessions(tx, caller, person_id)
    await keep_an_owner(tx, caller.account_id)


async def remove(tx: Tx, caller: Caller, person_id: UUID) -> None:
    """Take somebody out of the account; raises PersonUnknown, OwnerNeeded, LastOwner."""
    if await _hold(tx, caller, person_id) == "owner":
        _owners_only(caller)
    await people_queries.delete_membership(tx, caller.account_id, person_id)
    await _end_sessions(tx, caller, person_id)
    await keep_an_owner(tx, caller.account_id)


async def disable(tx: Tx, email: str, *, actor: str) -> Person:
    """Close a person's door in every account and end all their sessions.

    Raises PersonUnknown, and LastOwner when an account would be left without one.
    """
    person = await _by_email(tx, email)
    accounts = [m.account_id for m in await people_queries.memberships(tx, person.id)]
    for account_id in sorted(accounts):
        await queries.lock(tx, account_id)
    at = clock.now()
    await people_queries.set_disabled(tx, person.id, at)
    await session_queries.set_all_revoked(tx, person.id, keep=None, actor=actor, at=at)
    for account_id in accounts:
        await keep_an_owner(tx, account_id)
    return person


async def enable(tx: Tx, email: str) -> Person:
    """Open a person's door again; raises PersonUnknown."""
    person = await _by_email(tx, email)
    await people_queries.set_disabled(tx, person.id, None)
    return person


async def set_password(tx: Tx, email: str, password_hash: str, *, actor: str) -> Person:
    """Give somebody who forgot theirs another password and end all their sessions.

    Raises PersonUnknown.
    """
    person = await _by_email(tx, email)
    await people_queries.set_password(tx, person.id, password_hash)
    await session_queries.set_all_revoked(tx, person.id, keep=None, actor=actor, at=clock.now())
    return person


async def change_profile(tx: Tx, caller: Caller, name: str, time_zone: str) -> None:
    """Change how the caller is called and which time they read."""
    if caller.user_id is None:
        raise PersonUnknown
    if time_zone not in zoneinfo.available_timezones():
        raise TimeZoneUnknown(time_zone=time_zone)
    await people_queries.set_profile(tx, caller.user_id, checked_name(name), time_zone)


async def keep_an_owner(tx: Tx, account_id: int) -> None:
    """Refuse to go on when the account has no owner left who can sign in; raises LastOwner."""
    if not await people_queries.count_owners(tx, account_id):
        raise LastOwner


def checked_email(email: str) -> str:
    """Fold a person's e-mail, or raise EmailInvalid; a local name like `.local` is welcome."""
    try:
        found = validate_email(
            email.strip(), check_deliverability=False, globally_deliverable=False
        )
    except EmailNotValidError as reason:
        raise EmailInvalid(why=str(reason).rstrip(".")) from reason
    return email_key(found.normalized)


def checked_role(role: str) -> Role:
    """Take a role by its name, or raise RoleUnknown."""
    if role not in get_args(Role):
        raise RoleUnknown(role=role)
    return cast("Role", role)


def checked_name(name: str) -> str:
    """Trim a name, or raise NameInvalid."""
    trimmed = name.strip()
    if len(trimmed) > NAME_MAX_CHARACTERS or not (trimmed.isprintable() or not trimmed):
        raise NameInvalid
    return trimmed


async def _hold(tx: Tx, caller: Caller, person_id: UUID) -> Role:
    await queries.lock(tx, caller.account_id)
    role = await people_queries.role(tx, caller.account_id, person_id)
    if role is None:
        raise PersonUnknown
    return role


async def _end_sessions(tx: Tx, caller: Caller, person_id: UUID) -> None:
    await session_queries.set_all_revoked_in(
        tx, caller.account_id, person_id, actor=caller.actor, at=clock.now()
    )


async def _by_email(db: Read, email: str) -> Person:
    person = await people_queries.find(db, email_key(email))
    if person is None:
        raise PersonUnknown
    return person


def _owners_only(caller: Caller) -> None:
    if not caller.has_role("owner"):
        raise OwnerNeeded
