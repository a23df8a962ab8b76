"""Keys of AWS's clients: the secret is read back to check signatures, and by nobody else."""

from datetime import timedelta

import pytest

from signalbook.accounts import key_actions, secrets
from signalbook.accounts.errors import KeyRevoked, KeyUnknown
from signalbook.accounts.keys import Keys
from signalbook.accounts.signing import Signers
from signalbook.kit.vault import SecretLocked

SECRET_KEY = "k" * 48


@pytest.fixture
async def made(db, northwind):
    async with db.tx() as tx:
        return await key_actions.create_signer(tx, northwind.id, SECRET_KEY, actor="test")


async def test_an_access_key_id_says_whose_it_is_and_what_signs(db, made, northwind):
    signer = await Signers(db, SECRET_KEY).identify(made.access_key_id)
    assert (signer.caller.account_id, signer.secret) == (northwind.id, made.key)
    assert signer.caller.actor == f"key:{made.id}"
    assert signer.caller.scopes == {"read", "write"}
    assert signer.has_session(None)
    assert not signer.has_session("")


async def test_neither_the_secret_nor_the_session_token_is_in_the_database(db, northwind):
    async with db.tx() as tx:
        made = await key_actions.create_signer(
            tx, northwind.id, SECRET_KEY, life=timedelta(hours=1), actor="test"
        )
    async with db.read() as read:
        rows = await read.rows("SELECT k::text, secret, session FROM api_keys AS k")
    for text, *hidden in rows:
        for stored in (text.encode(), *(bytes(one or b"") for one in hidden)):
            assert made.key.encode() not in stored
            assert made.session_token.encode() not in stored
    signer = await Signers(db, SECRET_KEY).identify(made.access_key_id)
    assert signer.has_session(made.session_token)
    assert not signer.has_session(made.session_token + "x")
    assert not signer.has_session(None)


async def test_another_installation_cannot_read_the_secret(db, made):
    with pytest.raises(SecretLocked):
        await Signers(db, "another secret key" * 3).identify(made.access_key_id)


async def test_rubbish_never_reaches_the_database(db, made, queries_at_most):
    other = made.access_key_id[:-1] + ("A" if made.access_key_id[-1] != "A" else "B")
    with queries_at_most(0):
        for raw in ("", "\x00" * 20, "é" * 20, "AKIAIOSFODNN7EXAMPLE", other, made.key):
            with pytest.raises(KeyUnknown):
                await Signers(db, SECRET_KEY).identify(raw)


async def test_a_revoked_and_an_unknown_key_sign_nothing(db, made, northwind):
    async with db.tx() as tx:
        await key_actions.revoke(tx, northwind.id, made.id, actor="test")
    with pytest.raises(KeyRevoked):
        await Signers(db, SECRET_KEY).identify(made.access_key_id)
    with pytest.raises(KeyUnknown):
        await Signers(db, SECRET_KEY).identify(secrets.new_access_key())


async def test_an_access_key_is_no_api_key_and_an_api_key_no_access_key(db, made, northwind):
    for raw in (made.access_key_id, made.key):
        with pytest.raises(KeyUnknown):
            await Keys(db, SECRET_KEY).identify(raw)
    with pytest.raises(KeyUnknown):
        await Signers(db, SECRET_KEY).identify(northwind.api_key)
