"""Inviting somebody by a link that works once."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from signalbook.accounts import (
    invitation_actions,
    invitation_queries,
    people_queries,
    session_actions,
)
from signalbook.accounts.errors import (
    AlreadyMember,
    AnotherPersonSignedIn,
    InvitationSpent,
    InvitationUnknown,
    OwnerNeeded,
    PasswordTooShort,
)
from signalbook.accounts.passwords import Passwords
from signalbook.accounts.session_actions import Place
from signalbook.accounts.sessions import Sessions
from signalbook.kit import clock
from tests.world import PASSWORD

BOB = "bob@northwind.example"


@pytest.fixture
def passwords():
    passwords = Passwords()
    yield passwords
    passwords.close()


async def invited(db, place, email=BOB, role="editor", by="Ada") -> str:
    async with db.tx() as tx:
        return await invitation_actions.invite(tx, place.caller(by), email, role)


async def accept(db, passwords, token, password=PASSWORD) -> str:
    return await invitation_actions.accept_as_new(
        db, passwords, token, Place(ip="192.0.2.1"), name="Bob", password=password
    )


async def test_bob_opens_the_link_chooses_a_password_and_is_in(db, passwords, northwind):
    token = await invited(db, northwind)

    session = await accept(db, passwords, token)

    caller = await Sessions(db).authenticate(session)
    assert (caller.account, caller.role, caller.name) == ("Northwind", "editor", "Bob")


async def test_a_link_works_once_even_when_opened_twice_at_once(db, passwords, northwind):
    token = await invited(db, northwind)
    ends = await asyncio.gather(
        *(accept(db, passwords, token) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(end, str) for end in ends) == 1
    with pytest.raises(InvitationSpent):
        await accept(db, passwords, token)


async def test_a_bad_password_does_not_use_the_link_up(db, passwords, northwind):
    token = await invited(db, northwind)
    with pytest.raises(PasswordTooShort):
        await accept(db, passwords, token, "short")
    assert await accept(db, passwords, token)


async def test_a_link_grows_old_and_can_be_withdrawn_and_replaced(db, passwords, northwind):
    old = await invited(db, northwind)
    new = await invited(db, northwind)
    with pytest.raises(InvitationSpent):
        await accept(db, passwords, old)

    async with db.tx() as tx:
        (waiting,) = await invitation_queries.list_open(tx, northwind.id, clock.now())
        await invitation_actions.withdraw(tx, northwind.caller("Ada"), waiting.id)
    with pytest.raises(InvitationSpent):
        await accept(db, passwords, new)

    token = await invited(db, northwind)
    async with db.tx() as tx:
        ago = clock.now() - timedelta(seconds=1)
        await tx.execute("UPDATE invitations SET expires_at = %s", (ago,))
    with pytest.raises(InvitationSpent):
        await accept(db, passwords, token)


async def test_the_token_is_stored_as_a_hash(db, northwind):
    token = await invited(db, northwind)
    async with db.read() as read:
        stored = await read.values("SELECT invitations::text FROM invitations")
    assert token not in stored[0]


async def test_somebody_known_must_be_signed_in_as_themselves(db, passwords, northwind, contoso):
    token = await invited(db, northwind, "kenji@contoso.example")

    with pytest.raises(AnotherPersonSignedIn, match="kenji"):
        await accept(db, passwords, token)
    async with db.tx() as tx:
        with pytest.raises(AnotherPersonSignedIn):
            await invitation_actions.accept_as_member(tx, northwind.caller("Grace"), token)
        joined = await _joined_as_kenji(tx, contoso, token)

    assert joined == northwind.id
    async with db.read() as read:
        role = await people_queries.role(read, northwind.id, contoso.people["Kenji"].id)
    assert role == "editor"


async def _joined_as_kenji(tx, contoso, token):
    session = await session_actions.start(tx, contoso.people["Kenji"].id, Place())
    caller = contoso.caller("Kenji")
    session_id = await tx.value(
        "SELECT id FROM sessions WHERE token_hash = sha256(%s)", (session.encode(),)
    )
    return await invitation_actions.accept_as_member(
        tx, msgspec.structs.replace(caller, session_id=session_id), token
    )


async def test_only_an_owner_invites_an_owner_and_nobody_is_invited_twice(db, northwind):
    with pytest.raises(OwnerNeeded):
        await invited(db, northwind, role="owner", by="Grace")
    with pytest.raises(AlreadyMember):
        await invited(db, northwind, "GRACE@northwind.example")
    assert await invited(db, northwind, role="owner")


async def test_another_accounts_invitation_is_not_there(db, northwind, contoso):
    await invited(db, northwind)
    async with db.tx() as tx:
        (waiting,) = await invitation_queries.list_open(tx, northwind.id, clock.now())
        with pytest.raises(InvitationUnknown):
            await invitation_actions.withdraw(tx, contoso.caller("Kenji"), waiting.id)
        assert not await invitation_queries.list_open(tx, contoso.id, clock.now())
