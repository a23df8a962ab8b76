"""Signing in and out.

A try to sign in is written down and committed before it is judged, so that a hundred at once are
counted as a hundred. Ten in a quarter of an hour from one network, or a hundred in a day from
anywhere, and the next are refused with the same sentence whether or not the e-mail is known. A
try that passed, or was refused unread, does not count.
"""

import hashlib
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from signalbook.accounts import passwords as rules
from signalbook.accounts import people_queries, secrets, session_queries
from signalbook.accounts.errors import (
    NoAccountLeft,
    PasswordWrong,
    PersonUnknown,
    SessionUnknown,
    SignInTooOften,
    SignInWrong,
)
from signalbook.accounts.model import SESSION_LIFE, Caller, Credentials, email_key, network_of
from signalbook.accounts.passwords import Passwords
from signalbook.kit import clock, ids
from signalbook.kit.db import Database, Tx

TRIES_HERE: Final = 10
TRIES_A_DAY: Final = 100
QUARTER: Final = timedelta(minutes=15)
DAY: Final = timedelta(days=1)

_USER_AGENT_LONGEST = 300


class Place(msgspec.Struct, frozen=True):
    """Where somebody signs in from."""

    ip: str = ""
    user_agent: str = ""
    old_token: str | None = None


async def sign_in(
    db: Database, passwords: Passwords, email: str, password: str, place: Place
) -> str:
    """Check a password and start a session; returns the new token for the cookie.

    A session whose token came along is ended, so a planted cookie is worth nothing. Raises
    SignInWrong (the same for unknown, disabled and wrong), SignInTooOften, SignInBusy and
    NoAccountLeft.
    """
    folded = email_key(email)
    try_id = await _try(db, folded, place)
    async with db.read() as read:
        known = await people_queries.credentials(read, folded)
    matches = await passwords.verify(known.password_hash if known else None, password)
    if known is None or not matches or known.disabled_at is not None:
        raise SignInWrong
    better = await passwords.hash(password) if rules.outdated(known.password_hash) else None
    async with db.tx() as tx:
        if better is not None:
            await people_queries.replace_hash(tx, known.id, known.password_hash, better)
        await session_queries.set_outcome(tx, try_id, "passed")
        if place.old_token:
            digest = secrets.digest(place.old_token)
            await session_queries.set_revoked_by_token(tx, digest, at=clock.now())
        return await start(tx, known.id, place)


async def start(tx: Tx, person_id: UUID, place: Place, account_id: int | None = None) -> str:
    """Start a session for somebody who has proved who they are; raises NoAccountLeft."""
    accounts = [m.account_id for m in await people_queries.memberships(tx, person_id)]
    if not accounts:
        raise NoAccountLeft
    token, at = secrets.new_token(), clock.now()
    await session_queries.insert(
        tx,
        ids.new_id(),
        secrets.digest(token),
        person_id,
        account_id if account_id in accounts else accounts[0],
        at=at,
        expires_at=at + SESSION_LIFE,
        user_agent=_printable(place.user_agent)[:_USER_AGENT_LONGEST],
        ip=_printable(place.ip),
    )
    return token


async def sign_out(tx: Tx, caller: Caller) -> None:
    """End the session the caller speaks from; a second time does nothing."""
    if caller.user_id is not None and caller.session_id is not None:
        await session_queries.set_revoked(
            tx, caller.user_id, caller.session_id, actor=caller.actor, at=clock.now()
        )


async def revoke(tx: Tx, caller: Caller, session_id: UUID) -> None:
    """End one of the caller's own sessions; raises SessionUnknown."""
    if caller.user_id is None or not await session_queries.set_revoked(
        tx, caller.user_id, session_id, actor=caller.actor, at=clock.now()
    ):
        raise SessionUnknown


async def revoke_others(tx: Tx, caller: Caller) -> int:
    """End all of the caller's sessions but this one; returns how many."""
    if caller.user_id is None:
        return 0
    return await session_queries.set_all_revoked(
        tx, caller.user_id, keep=caller.session_id, actor=caller.actor, at=clock.now()
    )


async def switch_account(tx: Tx, caller: Caller, account_id: int) -> None:
    """Turn this session to another account the caller belongs to; raises SessionUnknown."""
    if (
        caller.user_id is None
        or caller.session_id is None
        or not await session_queries.set_account(tx, caller.session_id, caller.user_id, account_id)
    ):
        raise SessionUnknown


async def change_password(
    db: Database, passwords: Passwords, caller: Caller, place: Place, *, current: str, new: str
) -> str:
    """Set a new password, end every session, and start one; returns its token.

    Raises PasswordWrong, PasswordTooShort, PasswordTooLong, PasswordTooCommon, SignInTooOften.
    """
    known, email = await _own_credentials(db, caller)
    rules.check(new, own_words=(email, email.split("@")[0]))
    try_id = await _try(db, email, place)
    if not await passwords.verify(known.password_hash, current):
        raise PasswordWrong
    new_hash = await passwords.hash(new)
    async with db.tx() as tx:
        await session_queries.set_outcome(tx, try_id, "passed")
        await people_queries.set_password(tx, known.id, new_hash)
        await session_queries.set_all_revoked(
            tx, known.id, keep=None, actor=caller.actor, at=clock.now()
        )
        return await start(tx, known.id, place, caller.account_id)


async def forget_old(tx: Tx) -> None:
    """Delete sessions that are long over and tries nobody counts any more."""
    at = clock.now()
    await session_queries.delete_over(tx, at - SESSION_LIFE)
    await session_queries.delete_tries(tx, at - 2 * DAY)


async def _try(db: Database, folded_email: str, place: Place) -> UUID:
    email_hash = hashlib.sha256(folded_email.encode("utf-8", "surrogatepass")).digest()
    network, try_id, at = network_of(place.ip), ids.new_id(), clock.now()
    async with db.tx() as tx:
        await session_queries.insert_try(tx, try_id, email_hash, network, at)
    async with db.tx() as tx:
        tries = await session_queries.count_tries(
            tx, email_hash, network, quarter_ago=at - QUARTER, day_ago=at - DAY
        )
        too_many = tries.here > TRIES_HERE or tries.by_email > TRIES_A_DAY
        if too_many:
            await session_queries.set_outcome(tx, try_id, "refused")
    if too_many:
        raise SignInTooOften(retry_after_seconds=int(QUARTER.total_seconds()))
    return try_id


async def _own_credentials(db: Database, caller: Caller) -> tuple[Credentials, str]:
    async with db.read() as read:
        person = caller.user_id and await people_queries.get(read, caller.user_id)
        known = person and await people_queries.credentials(read, person.email)
    if not person or not known:
        raise PersonUnknown
    return known, person.email


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())
