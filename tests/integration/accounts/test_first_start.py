"""The first start furnishes an empty database, once."""

import asyncio

from signalbook.accounts import bootstrap, queries, session_actions
from signalbook.accounts.keys import Keys
from signalbook.accounts.passwords import Passwords
from signalbook.accounts.session_actions import Place


async def test_of_several_starts_one_gets_the_secrets_and_they_work(db):
    seen = await asyncio.gather(*(bootstrap.first_run(db) for _ in range(3)))
    (welcome,) = [one for one in seen if one]

    keys, passwords = Keys(db), Passwords()
    assert (await keys.authenticate(welcome.api_key, "write")).account == "default"
    assert (await keys.authenticate(welcome.upload_key, "upload")).plan == "unlimited"
    assert await session_actions.sign_in(db, passwords, welcome.email, welcome.password, Place())
    passwords.close()


async def test_a_second_start_finds_everything_there(db, northwind):
    assert await bootstrap.first_run(db) is None
    async with db.read() as read:
        assert [a.name for a in await queries.list_all(read)] == ["Northwind", "Contoso"]
