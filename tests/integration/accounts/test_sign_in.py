"""Signing in, staying signed in, and being slowed down."""

import asyncio
from datetime import timedelta

import pytest

from signalbook.accounts import people_actions, people_queries, session_actions, session_queries
from signalbook.accounts.errors import (
    NoAccountLeft,
    PasswordTooShort,
    PasswordWrong,
    SessionUnknown,
    SignInBusy,
    SignInNeeded,
    SignInTooOften,
    SignInWrong,
)
from signalbook.accounts.passwords import Passwords
from signalbook.accounts.session_actions import Place
from signalbook.accounts.sessions import Sessions
from signalbook.kit import clock
from tests.world import PASSWORD

HOME = Place(ip="192.0.2.1", user_agent="Firefox")
ADA = "ada@northwind.example"


@pytest.fixture
def passwords():
    passwords = Passwords()
    yield passwords
    passwords.close()


async def signed_in(db, token):
    return await Sessions(db).authenticate(token)


async def stored_hash(db) -> str:
    async with db.read() as read:
        known = await people_queries.credentials(read, ADA)
    assert known
    return known.password_hash


async def test_ada_signs_in_and_is_ada(db, passwords, northwind):
    token = await session_actions.sign_in(db, passwords, " ADA@Northwind.example", PASSWORD, HOME)

    caller = await signed_in(db, token)
    assert (caller.account_id, caller.role, caller.name) == (northwind.id, "owner", "Ada")
    assert caller.actor == f"user:{northwind.people['Ada'].id}"


async def test_the_token_is_stored_as_a_hash(db, passwords, northwind):
    token = await session_actions.sign_in(db, passwords, ADA, PASSWORD, HOME)
    async with db.read() as read:
        stored = await read.values("SELECT sessions::text FROM sessions")
    assert token not in stored[0]
    assert token.encode().hex() not in stored[0]


@pytest.mark.parametrize(
    ("email", "password"),
    [(ADA, "wrong password!"), ("nobody@northwind.example", PASSWORD), ("", ""), (ADA, "x" * 5000)],
)
async def test_whatever_is_wrong_the_sentence_is_the_same(
    db, passwords, northwind, email, password
):
    with pytest.raises(SignInWrong) as error:
        await session_actions.sign_in(db, passwords, email, password, HOME)
    assert error.value.message == SignInWrong.sentence()


async def test_the_eleventh_try_from_one_network_waits_even_with_the_right_password(
    db, passwords, northwind
):
    for last in range(1, 11):
        place = Place(ip=f"192.0.2.{last}")
        with pytest.raises(SignInWrong):
            await session_actions.sign_in(db, passwords, ADA, "wrong password!", place)
    with pytest.raises(SignInTooOften):
        await session_actions.sign_in(db, passwords, ADA.upper(), PASSWORD, HOME)

    elsewhere = Place(ip="198.51.100.1")
    assert await session_actions.sign_in(db, passwords, ADA, PASSWORD, elsewhere)


async def test_unknown_people_are_slowed_down_just_so(db, passwords, northwind):
    for _ in range(10):
        with pytest.raises(SignInWrong):
            await session_actions.sign_in(db, passwords, "no@one.example", PASSWORD, HOME)
    with pytest.raises(SignInTooOften):
        await session_actions.sign_in(db, passwords, "no@one.example", PASSWORD, HOME)


async def test_many_at_once_are_counted_as_many(db, passwords, northwind):
    tries = [
        session_actions.sign_in(db, passwords, ADA, "wrong password!", HOME) for _ in range(25)
    ]
    ends = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(end, SignInWrong) for end in ends) <= 10
    assert sum(isinstance(end, SignInTooOften) for end in ends) >= 15


async def test_a_hundred_tries_a_day_from_anywhere_are_enough(db, passwords, northwind):
    async with db.tx() as tx:
        await tx.execute(
            """
            INSERT INTO login_attempts (id, email_hash, network, at, outcome)
                 SELECT gen_random_uuid(), sha256(%s), 'n' || g, %s, 'tried'
                   FROM generate_series(1, 100) AS g
            """,
            (ADA.encode(), clock.now() - timedelta(hours=20)),
        )
    with pytest.raises(SignInTooOften):
        await session_actions.sign_in(db, passwords, ADA, PASSWORD, HOME)


async def test_refused_tries_and_passed_ones_do_not_count(db, passwords, northwind):
    for _ in range(12):
        await session_actions.sign_in(db, passwords, ADA, PASSWORD, HOME)


async def test_signing_in_ends_the_session_whose_cookie_came_along(db, passwords, northwind):
    planted = await session_actions.sign_in(db, passwords, ADA, PASSWORD, HOME)
    place = Place(ip="192.0.2.1", old_token=planted)
    token = await session_actions.sign_in(db, passwords, ADA, PASSWORD, place)

    assert token != planted
    assert await signed_in(db, token)
    with pytest.raises(SignInNeeded):
        await signed_in(db, planted)


async def test_an_old_hash_is_renewed_at_sign_in(db, passwords, northwind):
    before = await stored_hash(db)
    await session_actions.sign_in(db, passwords, ADA, PASSWORD, HOME)
    after = await stored_hash(db)

    assert before != after
    assert after.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await session_actions.sign_in(db, passwords, ADA, PASSWORD, HOME)


@pytest.mark.parametrize(
    ("column", "ago"),
    [
        ("last_seen_at", timedelta(hours=12, minutes=1)),
        ("expires_at", timedelta(seconds=1)),
        ("revoked_at", timedelta(seconds=1)),
    ],
)
async def test_a_session_ends(db, passwords, northwind, column, ago):
    token = await session_actions.sign_in(db, passwords, ADA, PASSWORD, HOME)
    async with db.tx() as tx:
        await tx.execute(f"UPDATE sessions SET {column} = %s", (clock.now() - ago,))
    with pytest.raises(SignInNeeded):
        await signed_in(db, token)


async def test_a_session_in_use_stays(db, passwords, northwind):
    token = await session_actions.sign_in(db, passwords, ADA, PASSWORD, HOME)
    async with db.tx() as tx:
        await tx.execute("UPDATE sessions SET last_seen_at = %s", (clock.now() - timedelta(1 / 3),))
    await signed_in(db, token)
    async with db.read() as read:
        seen = await read.value("SELECT last_seen_at FROM sessions")
    assert clock.now() - seen < timedelta(minutes=1)


async def test_signing_out_ends_the_session_everywhere_within_a_second(db, passwords, northwind):
    token = await session_actions.sign_in(db, passwords, ADA, PASSWORD, HOME)
    other_worker = Sessions(db)
    caller = await other_worker.authenticate(token)
    async with db.tx() as tx:
        await session_actions.sign_out(tx, caller)
        await session_actions.sign_out(tx, caller)
    await asyncio.sleep(0.6)
    with pytest.raises(SignInNeeded):
        await other_worker.authenticate(token)


async def test_a_new_password_ends_every_other_session(db, passwords, northwind):
    elsewhere = await session_actions.sign_in(db, passwords, ADA, PASSWORD, HOME)
    here = await session_actions.sign_in(db, passwords, ADA, PASSWORD, HOME)
    caller = await signed_in(db, here)

    token = await session_actions.change_password(
        db, passwords, caller, HOME, current=PASSWORD, new="another walk by the sea"
    )

    assert await signed_in(db, token)
    for old in (elsewhere, here):
        with pytest.raises(SignInNeeded):
            await signed_in(db, old)
    with pytest.raises(SignInWrong):
        await session_actions.sign_in(db, passwords, ADA, PASSWORD, HOME)
    assert await session_actions.sign_in(db, passwords, ADA, "another walk by the sea", HOME)


async def test_changing_the_password_takes_the_current_one_and_a_good_one(db, passwords, northwind):
    caller = northwind.caller("Ada")
    with pytest.raises(PasswordWrong):
        await session_actions.change_password(
            db, passwords, caller, HOME, current="not my password", new="another walk by the sea"
        )
    with pytest.raises(PasswordTooShort):
        await session_actions.change_password(
            db, passwords, caller, HOME, current=PASSWORD, new="short"
        )


async def test_a_disabled_person_is_out_at_once_and_cannot_come_back(db, passwords, northwind):
    grace = northwind.people["Grace"]
    token = await session_actions.sign_in(db, passwords, grace.email, PASSWORD, HOME)
    async with db.tx() as tx:
        await people_actions.disable(tx, grace.email, actor="test")

    with pytest.raises(SignInNeeded):
        await signed_in(db, token)
    with pytest.raises(SignInWrong):
        await session_actions.sign_in(db, passwords, grace.email, PASSWORD, HOME)

    async with db.tx() as tx:
        await people_actions.enable(tx, grace.email)
    assert await session_actions.sign_in(db, passwords, grace.email, PASSWORD, HOME)


async def test_somebody_without_an_account_is_told_so(db, passwords, northwind):
    grace = northwind.people["Grace"]
    async with db.tx() as tx:
        await people_actions.remove(tx, northwind.caller("Ada"), grace.id)
    with pytest.raises(NoAccountLeft):
        await session_actions.sign_in(db, passwords, grace.email, PASSWORD, HOME)


async def test_own_sessions_are_listed_and_ended_and_nobody_elses(db, passwords, northwind):
    here = await session_actions.sign_in(db, passwords, ADA, PASSWORD, HOME)
    there = await session_actions.sign_in(db, passwords, ADA, PASSWORD, HOME)
    hers = await session_actions.sign_in(db, passwords, "grace@northwind.example", PASSWORD, HOME)
    ada, grace = await signed_in(db, here), await signed_in(db, hers)
    assert ada.user_id
    assert grace.session_id

    async with db.tx() as tx:
        at = clock.now()
        mine = await session_queries.list_open(
            tx, ada.user_id, at=at, seen_since=at - timedelta(hours=1)
        )
        assert len(mine) == 2
        with pytest.raises(SessionUnknown):
            await session_actions.revoke(tx, ada, grace.session_id)
        assert await session_actions.revoke_others(tx, ada) == 1

    assert await signed_in(db, here)
    assert await signed_in(db, hers)
    with pytest.raises(SignInNeeded):
        await signed_in(db, there)


async def test_a_flood_of_sign_ins_is_refused_at_the_door(db, passwords):
    ends = await asyncio.gather(
        *(passwords.verify(None, "x" * 12) for _ in range(60)), return_exceptions=True
    )
    assert sum(isinstance(end, SignInBusy) for end in ends) == 28
    assert ends.count(False) == 32


async def test_old_sessions_and_tries_are_forgotten(db, passwords, northwind):
    token = await session_actions.sign_in(db, passwords, ADA, PASSWORD, HOME)
    async with db.tx() as tx:
        await tx.execute("UPDATE login_attempts SET at = at - interval '3 days'")
        await session_actions.forget_old(tx)
        assert await tx.value("SELECT count(*) FROM login_attempts") == 0
    assert await signed_in(db, token)
    async with db.tx() as tx:
        await tx.execute("UPDATE sessions SET expires_at = expires_at - interval '40 days'")
        await session_actions.forget_old(tx)
        assert await tx.value("SELECT count(*) FROM sessions") == 0
