"""The doctor finds every count that is off, says which rows, and puts it right."""

from datetime import UTC, datetime, timedelta

import pytest

from signalbook.contacts import actions as contacts
from signalbook.contacts.model import ContactChange, Source
from signalbook.doctor import actions, checks
from signalbook.kit.config import Settings
from signalbook.lists import actions as lists
from tests.world import populate

SOURCE = Source("test")


def changes():
    then = datetime(2026, 10, 3, 12, tzinfo=UTC)
    yield ContactChange(source=SOURCE, email="ada@example.com", mobile="+442071838750",
                        fields={"city": "London", "plan": "gold"},
                        tags_add=("vip", "logged-in"))  # fmt: skip
    yield ContactChange(source=SOURCE, email="ada@example.com", tags_add=("logged-in",), at=then)
    yield ContactChange(source=SOURCE, email="Grace@example.com", fields={"city": "Leeds"},
                        tags_add=("vip",), status="unsubscribe")  # fmt: skip
    yield ContactChange(source=SOURCE, mobile="+918098763849", is_active=False)
    yield ContactChange(source=SOURCE, external_id="u-7", fields={"phone": "030 1234"},
                        status="unsubscribe")  # fmt: skip
    yield ContactChange(source=SOURCE, external_id="u-7", status="resubscribe")
    yield ContactChange(source=SOURCE, email="gone@example.com", tags_add=("vip",))
    yield ContactChange(source=SOURCE, email="gone@example.com", delete=True)
    yield ContactChange(source=SOURCE, email="ada@example.com", tags_remove=("vip",))
    yield ContactChange(source=SOURCE, email="grace@example.com", mobile="+33612345678")


@pytest.fixture
async def northwind(db):
    async with db.tx() as tx:
        place = (await populate(tx)).northwind
    for change in changes():
        await db.transact(lambda tx, change=change: contacts.apply(tx, place.id, [change]))
    await on_a_list(db, place.id)
    return place


async def on_a_list(db, account_id):
    async with db.tx() as tx:
        one = await lists.create(tx, account_id, "Newsletter", actor="test")
        ada = await tx.value("SELECT id FROM contacts WHERE email_key = 'ada@example.com'")
        assert await lists.join(tx, account_id, one.id, [ada], one.created_at, "test") == 1


BREAKS = {
    "counts": "UPDATE contact_counts SET contacts = 9 WHERE tag_id = 0 AND what = 's:test'",
    "field_lengths": "UPDATE field_lengths SET length = length + 90 WHERE name = 'city'",
    "list_activity": "UPDATE lists SET is_active = false",
    "list_counts": "DELETE FROM list_counts WHERE what LIKE 'r:%'",
    "tags": "UPDATE tags SET contacts = 9 WHERE name = 'vip'",
    "fields": "UPDATE fields SET contacts = 0 WHERE name = 'city'",
    "event_days": "UPDATE event_days SET count = count + 1 WHERE day = '2026-10-03'",
    "optout_states": "DELETE FROM optout_states WHERE channel = 'email'",
    "contact_optouts": "UPDATE contacts SET sms_optout = 'spam' WHERE mobile = '+442071838750'",
    "signals": "DELETE FROM contact_signals WHERE tags = '{}'",
    "list_members": "UPDATE list_members SET contact_id = md5('nobody')::uuid",
    "lists": "UPDATE lists SET members = members + 1",
}


async def levels(db, place):
    findings = await actions.recount(db, place.id, place.account.name)
    return {one.check: one.level for one in findings}


async def test_after_every_kind_of_change_all_counts_agree(db, northwind):
    found = await actions.recount(db, northwind.id, "Northwind")

    assert [(one.check, one.level, one.examples) for one in found if one.level != "ok"] == []
    assert len(found) == 12


@pytest.mark.parametrize("check", BREAKS)
async def test_a_count_that_is_off_is_found_and_put_right(db, northwind, check):
    async with db.tx() as tx:
        assert await tx.execute(BREAKS[check]) > 0

    before = await levels(db, northwind)
    await actions.repair(db, northwind.id, "Northwind")
    after = await levels(db, northwind)

    assert before[check] == "fault"
    assert set(after.values()) == {"ok"}


async def test_a_finding_shows_the_rows_that_disagree(db, northwind):
    async with db.tx() as tx:
        await tx.execute(BREAKS["counts"])

    found = await actions.recount(db, northwind.id, "Northwind")

    (fault,) = [one for one in found if one.level == "fault"]
    assert fault.examples == [[0, "s:test", 9, 4]]
    assert fault.account == "Northwind"


async def test_another_account_is_not_repaired(db, northwind):
    async with db.tx() as tx:
        await tx.execute(
            "INSERT INTO contact_counts (account_id, tag_id, what, contacts)"
            " VALUES (999, 0, 's:test', 5)"
        )

    await actions.repair(db, northwind.id, "Northwind")

    async with db.read() as read:
        assert await read.value("SELECT contacts FROM contact_counts WHERE account_id = 999") == 5


async def test_unsafe_settings_of_the_database_are_faults(db):
    found = {one.check: one.level for one in await checks.database(db)}

    # The cluster of the tests trades durability for speed, which is what the doctor must see.
    assert found["fsync"] == "fault"
    assert found["full_page_writes"] == "fault"
    assert found["synchronous_commit"] == "fault"
    assert found["clock"] == "ok"


def test_a_clock_that_is_off_is_told():
    now = datetime(2026, 11, 21, tzinfo=UTC)

    assert checks._skew(now, now + timedelta(seconds=3), now).level == "warning"


def test_a_public_address_without_tls_is_told(tmp_path):
    settings = Settings(data_dir=tmp_path, public_url="http://contacts.example.com")

    assert [one.check for one in checks.settings(settings)] == ["public_url"]


def test_a_full_disk_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.setattr(checks, "MIN_FREE_GB", 1e9)

    assert checks.disk(tmp_path).level == "fault"
