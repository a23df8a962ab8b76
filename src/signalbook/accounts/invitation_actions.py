"""Inviting somebody by a link that works once."""

from uuid import UUID

import msgspec

from signalbook.accounts import (
    invitation_queries,
    people_actions,
    people_queries,
    secrets,
    session_actions,
)
from signalbook.accounts import passwords as rules
from signalbook.accounts.errors import (
    AlreadyMember,
    AnotherPersonSignedIn,
    InvitationSpent,
    InvitationUnknown,
    OwnerNeeded,
)
from signalbook.accounts.model import INVITATION_LIFE, Caller, Invitation
from signalbook.accounts.passwords import Passwords
from signalbook.accounts.session_actions import Place
from signalbook.kit import clock, ids
from signalbook.kit.db import Database, Read, Tx


class Opened(msgspec.Struct, frozen=True):
    """An invitation whose link was opened, and whether its person has a password here already."""

    invitation: Invitation
    is_known: bool


async def invite(tx: Tx, caller: Caller, email: str, role: str) -> str:
    """Make an invitation and return its token, the only time it can be read.

    An earlier open invitation to the same e-mail is withdrawn. Raises EmailInvalid, RoleUnknown,
    AlreadyMember, and OwnerNeeded when somebody else than an owner invites an owner.
    """
    address, wanted = people_actions.checked_email(email), people_actions.checked_role(role)
    if wanted == "owner" and not caller.has_role("owner"):
        raise OwnerNeeded
    person = await people_queries.find(tx, address)
    if person and await people_queries.role(tx, caller.account_id, person.id):
        raise AlreadyMember
    at, token = clock.now(), secrets.new_token()
    await invitation_queries.set_all_revoked(
        tx, caller.account_id, address, actor=caller.actor, at=at
    )
    await invitation_queries.insert(
        tx,
        caller.account_id,
        ids.new_id(),
        digest=secrets.digest(token),
        email=address,
        role=wanted,
        actor=caller.actor,
        at=at,
        expires_at=at + INVITATION_LIFE,
    )
    return token


async def withdraw(tx: Tx, caller: Caller, invitation_id: UUID) -> None:
    """Make an open invitation worthless; raises InvitationUnknown."""
    if not await invitation_queries.set_revoked(
        tx, caller.account_id, invitation_id, actor=caller.actor, at=clock.now()
    ):
        raise InvitationUnknown


async def opened(db: Read, token: str) -> Opened:
    """Look at the invitation behind a link; raises InvitationSpent."""
    found = await invitation_queries.find_open(db, secrets.digest(token), clock.now())
    if found is None:
        raise InvitationSpent
    person = await people_queries.find(db, found.email)
    return Opened(invitation=found, is_known=person is not None)


async def accept_as_new(
    db: Database, passwords: Passwords, token: str, place: Place, *, name: str, password: str
) -> str:
    """Accept for somebody new here, who chooses a password; returns the token of a session.

    Raises InvitationSpent, the errors of the password, and AnotherPersonSignedIn when the e-mail
    already has a password: whoever holds the link must then sign in first.
    """
    async with db.read() as read:
        found = await opened(read, token)
    invitation = found.invitation
    if found.is_known:
        raise AnotherPersonSignedIn(email=invitation.email)
    rules.check(password, own_words=(invitation.email, invitation.email.split("@")[0]))
    password_hash = await passwords.hash(password)
    async with db.tx() as tx:
        await _use_up(tx, invitation)
        person, is_new = await people_actions.create(
            tx,
            invitation.account_id,
            invitation.email,
            invitation.role,
            password_hash=password_hash,
            name=name,
            actor=invitation.created_by,
        )
        if not is_new:
            raise AnotherPersonSignedIn(email=invitation.email)
        return await session_actions.start(tx, person.id, place, invitation.account_id)


async def accept_as_member(tx: Tx, caller: Caller, token: str) -> int:
    """Accept for somebody who is signed in as the invited person; returns the account's id.

    Raises InvitationSpent, AnotherPersonSignedIn, AlreadyMember.
    """
    invitation = (await opened(tx, token)).invitation
    person = caller.user_id and await people_queries.get(tx, caller.user_id)
    if not person or person.email != invitation.email:
        raise AnotherPersonSignedIn(email=invitation.email)
    await _use_up(tx, invitation)
    await people_actions.join(
        tx, invitation.account_id, person.id, invitation.role, actor=invitation.created_by
    )
    await session_actions.switch_account(tx, caller, invitation.account_id)
    return invitation.account_id


async def _use_up(tx: Tx, invitation: Invitation) -> None:
    if not await invitation_queries.set_accepted(
        tx, invitation.account_id, invitation.id, clock.now()
    ):
        raise InvitationSpent
