"""API keys: shown once, stored hashed, scoped, worthless within a second of being revoked."""

import asyncio
from time import monotonic

import pytest

from signalbook.accounts import actions, key_actions, key_queries, secrets
from signalbook.accounts.errors import (
    KeyMissing,
    KeyNotFound,
    KeyRevoked,
    KeyUnknown,
    KindUnknown,
    NameInvalid,
    ScopeMissing,
)
from signalbook.accounts.keys import Keys
from signalbook.accounts.recent import RENEW_AFTER_SECONDS
from signalbook.kit.ids import new_id


async def test_a_key_says_whose_it_is_and_what_it_may(db, northwind):
    keys = Keys(db)

    caller = await keys.authenticate(northwind.api_key, "write")

    assert (caller.account_id, caller.account, caller.kind) == (northwind.id, "Northwind", "key")
    assert caller.actor == f"key:{caller.key_id}"
    assert caller.scopes == {"read", "write", "upload"}


async def test_a_key_is_stored_as_a_hash(db, northwind):
    async with db.read() as read:
        rows = await read.rows("SELECT prefix, hash FROM api_keys")

    keys = (northwind.api_key, northwind.read_key, northwind.upload_key)
    for raw in keys:
        assert (secrets.shown_prefix(raw), secrets.digest(raw)) in rows
        assert all(raw.encode() not in bytes(stored) for _, stored in rows)


@pytest.mark.parametrize("scope", ["write", "upload"])
async def test_a_read_key_only_reads(db, northwind, scope):
    keys = Keys(db)
    assert await keys.authenticate(northwind.read_key, "read")
    with pytest.raises(ScopeMissing, match=scope):
        await keys.authenticate(northwind.read_key, scope)


@pytest.mark.parametrize("scope", ["read", "write"])
async def test_an_upload_key_only_uploads(db, northwind, scope):
    keys = Keys(db)
    assert await keys.authenticate(northwind.upload_key, "upload")
    with pytest.raises(ScopeMissing):
        await keys.authenticate(northwind.upload_key, scope)


async def test_without_a_key_or_with_a_wrong_one_the_sentence_says_what_to_do(db):
    keys = Keys(db)
    with pytest.raises(KeyMissing, match="X-API-Key"):
        await keys.authenticate(None, "read")
    with pytest.raises(KeyUnknown, match="copied whole"):
        await keys.authenticate("sk_live_nonsense", "read")
    with pytest.raises(KeyUnknown):
        await keys.authenticate(secrets.new_key("api"), "read")


async def test_rubbish_never_reaches_the_database(db, queries_at_most):
    keys = Keys(db)
    with queries_at_most(0):
        for raw in ("sk_live_x", "\x00", "é" * 60, "sk_live_" + "a" * 49):
            with pytest.raises(KeyUnknown):
                await keys.authenticate(raw, "read")


async def test_a_stream_of_calls_reads_a_key_only_to_renew_it(db, northwind, queries_at_most):
    keys, began = Keys(db), monotonic()
    with queries_at_most(1_000) as seen:
        while monotonic() < began + 0.7:
            await keys.authenticate(northwind.api_key, "read")
            await asyncio.sleep(0.01)
    assert len(seen) <= 1 + (monotonic() - began) / RENEW_AFTER_SECONDS


async def test_a_thousand_waiting_for_the_same_key_read_it_once(db, northwind, queries_at_most):
    keys = Keys(db)
    with queries_at_most(1):
        callers = await asyncio.gather(
            *(keys.authenticate(northwind.api_key, "read") for _ in range(1000))
        )
    assert len(set(map(id, callers))) == 1


async def test_unknown_keys_are_remembered_as_unknown(db, queries_at_most):
    keys, raw = Keys(db), secrets.new_key("api")
    with queries_at_most(1):
        for _ in range(20):
            with pytest.raises(KeyUnknown):
                await keys.authenticate(raw, "read")


async def test_a_revoked_key_is_worthless_within_a_second_in_every_worker(db, northwind):
    workers = [Keys(db) for _ in range(3)]
    key_id = (await workers[0].authenticate(northwind.api_key, "read")).key_id
    assert key_id
    for worker in workers:
        await worker.authenticate(northwind.api_key, "read")
    async with db.tx() as tx:
        await key_actions.revoke(tx, northwind.id, key_id, actor="test")
    revoked_at = monotonic()

    waiting, slowest = set(workers), 0.0
    while waiting:
        for worker in list(waiting):
            try:
                await worker.authenticate(northwind.api_key, "read")
            except KeyRevoked:
                waiting.discard(worker)
                slowest = monotonic() - revoked_at
        await asyncio.sleep(0.005)
    assert slowest < 1


async def test_a_plan_changes_within_a_second(db, northwind):
    keys = Keys(db)
    await keys.authenticate(northwind.api_key, "read")
    async with db.tx() as tx:
        await actions.set_plan(tx, northwind.id, "enterprise", upload_per_minute=7)
    await asyncio.sleep(0.6)

    caller = await keys.authenticate(northwind.api_key, "read")
    assert (caller.plan, caller.upload_per_minute) == ("enterprise", 7)


async def test_revoking_twice_keeps_who_did_it_first(db, northwind):
    async with db.tx() as tx:
        key = await key_actions.create(tx, northwind.id, "api", actor="user:1")
        await key_actions.revoke(tx, northwind.id, key.id, actor="user:1")
        await key_actions.revoke(tx, northwind.id, key.id, actor="user:2")
        shown = await key_queries.get(tx, northwind.id, key.id)

    assert shown
    assert shown.revoked_by == "user:1"
    assert shown.created_by == "user:1"


async def test_another_accounts_key_is_not_there(db, northwind, contoso):
    async with db.tx() as tx:
        theirs = await key_queries.list_all(tx, contoso.id)
        for change in (
            key_actions.revoke(tx, northwind.id, theirs[0].id, actor="test"),
            key_actions.rename(tx, northwind.id, theirs[0].id, "mine"),
        ):
            with pytest.raises(KeyNotFound):
                await change
        assert await key_queries.list_all(tx, contoso.id) == theirs


async def test_a_key_has_a_name_and_gets_another(db, northwind):
    async with db.tx() as tx:
        key = await key_actions.create(tx, northwind.id, "upload", name=" Shop ", actor="test")
        assert [k.name for k in await key_queries.list_all(tx, northwind.id)].count("Shop") == 1
        await key_actions.rename(tx, northwind.id, key.id, "Web shop")
        assert "Web shop" in [k.name for k in await key_queries.list_all(tx, northwind.id)]
        for bad in ("", "x" * 101, "a\nb"):
            with pytest.raises(NameInvalid):
                await key_actions.rename(tx, northwind.id, key.id, bad)


async def test_a_kind_that_does_not_exist_is_refused(db, northwind):
    async with db.tx() as tx:
        with pytest.raises(KindUnknown, match="sms"):
            await key_actions.create(tx, northwind.id, "sms", actor="test")
        with pytest.raises(KeyNotFound):
            await key_actions.revoke(tx, northwind.id, new_id(), actor="test")
