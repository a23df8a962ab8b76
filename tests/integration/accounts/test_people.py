"""People, their roles, and the owner an account never loses."""

import asyncio

import pytest

from signalbook.accounts import (
    actions,
    people_actions,
    people_queries,
    session_actions,
)
from signalbook.accounts.errors import (
    AccountNameInvalid,
    AccountNameTaken,
    AccountUnknown,
    AlreadyMember,
    EmailInvalid,
    LastOwner,
    LimitInvalid,
    OwnerNeeded,
    PersonUnknown,
    PlanUnknown,
    RoleUnknown,
    SignInNeeded,
    TimeZoneUnknown,
)
from signalbook.accounts.session_actions import Place
from signalbook.accounts.sessions import Sessions
from tests.world import hashed, somebody


async def roles(db, account_id):
    async with db.read() as read:
        return {m.name: m.role for m in await people_queries.members(read, account_id)}


async def test_an_account_opens_with_a_name_of_its_own(db, northwind):
    async with db.tx() as tx:
        account = await actions.create(tx, "Fabrikam", "paid", actor="test")
    assert (account.name, account.plan) == ("Fabrikam", "paid")
    async with db.tx() as tx:
        with pytest.raises(AccountNameTaken):
            await actions.create(tx, "Fabrikam", actor="test")


async def test_what_an_account_cannot_be_is_told(db):
    async with db.tx() as tx:
        with pytest.raises(AccountNameInvalid):
            await actions.create(tx, " ", actor="test")
        with pytest.raises(PlanUnknown, match="gold"):
            await actions.create(tx, "Fabrikam", "gold", actor="test")
        with pytest.raises(LimitInvalid):
            await actions.create(tx, "F", "enterprise", upload_per_minute=60_001, actor="test")
        with pytest.raises(AccountUnknown, match="Fabrikam"):
            await actions.named(tx, "Fabrikam")


async def test_an_account_is_renamed_and_keeps_its_other_settings(db, northwind):
    async with db.tx() as tx:
        await actions.rename(tx, northwind.id, "North")
        await actions.change_settings(tx, northwind.id, {"country": "FR"})
        await actions.change_settings(tx, northwind.id, {"language": "fr"})
        account = await actions.named(tx, "North")
    assert account.settings == {"country": "FR", "language": "fr"}
    async with db.tx() as tx:
        with pytest.raises(AccountNameTaken):
            await actions.rename(tx, northwind.id, "Contoso")


async def test_somebody_known_elsewhere_keeps_their_password(db, northwind, contoso):
    async with db.tx() as tx:
        person, is_new = await people_actions.create(
            tx, contoso.id, "ADA@northwind.example", "editor", password_hash="x", actor="test"
        )
        known = await people_queries.credentials(tx, "ada@northwind.example")
    assert known
    assert (person.id, is_new) == (northwind.people["Ada"].id, False)
    assert known.password_hash == hashed()


async def test_nobody_is_twice_in_an_account(db, northwind):
    async with db.tx() as tx:
        with pytest.raises(AlreadyMember):
            await somebody(tx, northwind.account, "Ada", "viewer")


@pytest.mark.parametrize(
    ("email", "role", "error"),
    [("nobody", "viewer", EmailInvalid), ("bob@x.example", "boss", RoleUnknown)],
)
async def test_a_person_needs_an_email_and_a_role(db, northwind, email, role, error):
    async with db.tx() as tx:
        with pytest.raises(error):
            await people_actions.create(
                tx, northwind.id, email, role, password_hash="x", actor="test"
            )


async def test_the_last_owner_stays_owner(db, northwind):
    ada, caller = northwind.people["Ada"], northwind.caller("Ada")
    for change in (
        lambda tx: people_actions.set_role(tx, caller, ada.id, "admin"),
        lambda tx: people_actions.remove(tx, caller, ada.id),
        lambda tx: people_actions.disable(tx, ada.email, actor="test"),
    ):
        with pytest.raises(LastOwner):
            await db.transact(change)
    assert await roles(db, northwind.id) == {"Ada": "owner", "Grace": "viewer"}


async def test_two_owners_cannot_unmake_each_other_at_once(db, northwind):
    ada, grace = northwind.people["Ada"], northwind.people["Grace"]
    async with db.tx() as tx:
        await people_actions.set_role(tx, northwind.caller("Ada"), grace.id, "owner")

    ends = await asyncio.gather(
        db.transact(lambda tx: people_actions.set_role(tx, northwind.cli, ada.id, "viewer")),
        db.transact(lambda tx: people_actions.remove(tx, northwind.cli, grace.id)),
        db.transact(lambda tx: people_actions.disable(tx, grace.email, actor="test")),
        return_exceptions=True,
    )

    assert any(isinstance(end, LastOwner) for end in ends)
    async with db.read() as read:
        assert await people_queries.count_owners(read, northwind.id) == 1


async def test_only_owners_make_and_unmake_owners(db, northwind):
    async with db.tx() as tx:
        bob = await somebody(tx, northwind.account, "Bob", "admin")
        ann = await somebody(tx, northwind.account, "Ann", "owner")
    northwind.people["Bob"] = bob
    caller = northwind.caller("Bob")
    for change in (
        lambda tx: people_actions.set_role(tx, caller, bob.id, "owner"),
        lambda tx: people_actions.set_role(tx, caller, ann.id, "viewer"),
        lambda tx: people_actions.remove(tx, caller, ann.id),
    ):
        with pytest.raises(OwnerNeeded):
            await db.transact(change)
    grace = northwind.people["Grace"]
    await db.transact(lambda tx: people_actions.set_role(tx, caller, grace.id, "editor"))


async def test_another_accounts_people_are_not_there(db, northwind, contoso):
    kenji, caller = contoso.people["Kenji"], northwind.caller("Ada")
    for change in (
        lambda tx: people_actions.set_role(tx, caller, kenji.id, "viewer"),
        lambda tx: people_actions.remove(tx, caller, kenji.id),
    ):
        with pytest.raises(PersonUnknown):
            await db.transact(change)
    assert await roles(db, contoso.id) == {"Kenji": "owner"}


async def test_a_new_role_ends_the_sessions_of_the_old_one(db, northwind):
    grace = northwind.people["Grace"]
    async with db.tx() as tx:
        token = await session_actions.start(tx, grace.id, Place())
    assert (await Sessions(db).authenticate(token)).role == "viewer"

    async with db.tx() as tx:
        await people_actions.set_role(tx, northwind.caller("Ada"), grace.id, "admin")
    with pytest.raises(SignInNeeded):
        await Sessions(db).authenticate(token)


async def test_a_person_of_two_accounts_switches_between_them_and_to_no_other(
    db, northwind, contoso
):
    ada = northwind.people["Ada"]
    async with db.tx() as tx:
        token = await session_actions.start(tx, ada.id, Place())
    caller = await Sessions(db).authenticate(token)
    async with db.tx() as tx:
        with pytest.raises(session_actions.SessionUnknown):
            await session_actions.switch_account(tx, caller, contoso.id)
        await people_actions.join(tx, contoso.id, ada.id, "viewer", actor="test")
        await session_actions.switch_account(tx, caller, contoso.id)

    now = await Sessions(db).authenticate(token)
    assert (now.account, now.role) == ("Contoso", "viewer")


async def test_a_profile_has_a_time_zone_that_exists(db, northwind):
    caller = northwind.caller("Ada")
    async with db.tx() as tx:
        await people_actions.change_profile(tx, caller, " Ada L. ", "Europe/Paris")
        with pytest.raises(TimeZoneUnknown, match="Mars"):
            await people_actions.change_profile(tx, caller, "Ada", "Mars/Base")
        person = await people_queries.find(tx, "ada@northwind.example")
    assert person
    assert (person.name, person.time_zone) == ("Ada L.", "Europe/Paris")
