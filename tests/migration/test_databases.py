"""The migrations build the same house on every PostgreSQL we promise; our statements live in it."""

from collections.abc import AsyncIterator

import psycopg
import pytest

from signalbook.contacts import actions
from signalbook.contacts.model import ContactChange, Source
from signalbook.kit import migrate
from signalbook.kit.db import Database, PoolSizes
from tests import cluster
from tests.world import populate


@pytest.fixture
def fresh(any_server: str, worker_id: str) -> str:
    return cluster.new_database(any_server, f"signalbook_fresh_{worker_id}")


@pytest.fixture
async def older(fresh: str) -> AsyncIterator[Database]:
    migrate.apply(fresh)
    database = Database(fresh, PoolSizes(read=1, write=1))
    await database.open()
    yield database
    await database.close()


def test_a_fresh_database_is_current_after_one_migration_run(fresh):
    behind = migrate.pending(fresh)

    applied = migrate.apply(fresh)

    assert applied == behind
    assert migrate.pending(fresh) == []
    assert migrate.apply(fresh) == []


async def test_contacts_are_written_and_changed_on_every_version(older):
    async with older.tx() as tx:
        northwind = (await populate(tx)).northwind
    ada = ContactChange(
        source=Source("test"), email="ada@example.com", fields={"city": "London"}, tags_add=("vip",)
    )

    outcomes = [
        await older.transact(lambda tx: actions.apply(tx, northwind.id, [ada])) for _ in range(2)
    ]

    assert [outcome.status for (outcome,) in outcomes] == ["created", "updated"]


def test_a_database_that_is_behind_is_refused_with_the_command(fresh):
    with pytest.raises(migrate.MigrationsPending, match="signalbook migrate"):
        migrate.check(fresh)


def test_every_table_of_contacts_leads_with_its_account(dsn):
    with psycopg.connect(dsn) as conn:
        strangers = conn.execute(
            """
            SELECT c.conrelid::regclass::text
              FROM pg_constraint c
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
             WHERE c.contype = 'p' AND c.connamespace = 'public'::regnamespace
               AND a.attname <> 'account_id'
               AND c.conrelid::regclass::text NOT LIKE 'procrastinate%'
             ORDER BY 1
            """
        ).fetchall()
    assert [name for (name,) in strangers] == [
        "accounts",  # it is what the others lead with
        "login_attempts",  # before anybody is somebody
        "people",  # a person may belong to several
        "schema_migrations",
        "sessions",  # a session is a person's
    ]
