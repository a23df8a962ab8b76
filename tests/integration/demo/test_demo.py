"""The demonstration: believable people, made by the same verb as real ones, the same every time."""

from datetime import UTC, date, datetime

import phonenumbers
import pytest

from signalbook.accounts import bootstrap
from signalbook.accounts import queries as accounts
from signalbook.contacts import count_queries, queries
from signalbook.demo import filling
from signalbook.demo import people as made_up
from signalbook.doctor import actions as doctor
from signalbook.kit import clock, migrate
from signalbook.kit.db import Database, PoolSizes
from tests import cluster

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
async def fresh(server, worker_id):
    address = cluster.new_database(server, f"signalbook_demo_{worker_id}")
    migrate.apply(address)
    database = Database(address, PoolSizes(read=1, write=1))
    await database.open()
    yield database
    await database.close()


async def test_a_full_server_has_exact_counts(fresh, monkeypatch):
    monkeypatch.setattr(made_up, "PEOPLE", 400)
    await bootstrap.first_run(fresh)

    await filling.fill(fresh)

    async with fresh.read() as read:
        account = await accounts.find(read, bootstrap.ACCOUNT)
        assert account is not None
        contacts = await queries.counted(read, account.id)
        unsubscribed = await queries.counted(read, account.id, "U")
        members = dict(await read.rows("SELECT name, members FROM lists"))
        days = await count_queries.days(read, account.id, 0, date(2020, 1, 1), clock.now().date())
    assert contacts == 400
    assert 0 < unsubscribed < 60
    assert sum(joined for _, joined, _, _ in days) == 400
    assert len(days) > 30
    assert 0 < members["Customers"] < members["Newsletter"] < 400
    findings = await doctor.recount(fresh, account.id, account.name)
    assert {one.level for one in findings} == {"ok"}, findings


def test_the_same_people_come_every_time():
    first = [one.changes for _, one in zip(range(50), made_up.people(NOW), strict=False)]
    again = [one.changes for _, one in zip(range(50), made_up.people(NOW), strict=False)]

    assert first == again


def test_every_mobile_number_is_one_of_its_country_and_nobody_shares_one():
    arrivals = [one.changes[0] for one in made_up.people(NOW)]
    mobiles = [one.mobile for one in arrivals if isinstance(one.mobile, str)]
    emails = [one.email for one in arrivals if isinstance(one.email, str)]

    wrong = [one for one in mobiles if not phonenumbers.is_valid_number(phonenumbers.parse(one))]
    assert wrong == []
    assert len(set(mobiles)) == len(mobiles) > 4_000
    assert len(set(emails)) == len(emails) > 9_000


def test_everything_has_happened_already_and_in_order():
    for one in made_up.people(NOW):
        moments = [change.at for change in one.changes if change.at]
        assert max(moments) <= NOW
        assert moments == sorted(moments)
