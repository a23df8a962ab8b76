"""Migrations: applied once, in order, and never silently different."""

import threading

import psycopg
import pytest

from signalbook.kit import migrate
from signalbook.kit.errors import DatabaseDown
from tests import cluster


@pytest.fixture
def empty(server, worker_id):
    """An empty database of this test's own."""
    return cluster.new_database(server, f"migrate_{worker_id}")


@pytest.fixture
def source(tmp_path):
    """A folder with two migrations."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_shelves.sql").write_text(
        "SET lock_timeout = '5s';\nCREATE TABLE shelves (id int);\n"
    )
    (folder / "0002_books.sql").write_text(
        "SET lock_timeout = '5s';\n"
        "CREATE TABLE books (title text DEFAULT '100%');\n"
        "INSERT INTO books DEFAULT VALUES;\n"
    )
    return folder


def tables(dsn):
    with psycopg.connect(dsn) as conn:
        found = conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in found}


def names(migrations):
    return [one.file_name for one in migrations if one.version > 0]


def test_a_new_database_gets_everything_once(empty, source):
    assert names(migrate.pending(empty, source)) == ["0001_shelves.sql", "0002_books.sql"]
    assert names(migrate.apply(empty, source)) == ["0001_shelves.sql", "0002_books.sql"]

    assert {"shelves", "books", "procrastinate_jobs"} <= tables(empty)
    assert migrate.pending(empty, source) == []
    assert migrate.apply(empty, source) == []


def test_a_database_that_is_behind_is_refused_with_the_command(empty, source):
    (source / "0002_books.sql").rename(source.parent / "later.sql")
    migrate.apply(empty, source)
    (source.parent / "later.sql").rename(source / "0002_books.sql")

    with pytest.raises(migrate.MigrationsPending, match=r"0002_books.*`signalbook migrate`"):
        migrate.check(empty, source)
    assert names(migrate.apply(empty, source)) == ["0002_books.sql"]
    migrate.check(empty, source)


def test_a_file_that_changed_after_it_was_applied_is_told(empty, source):
    migrate.apply(empty, source)
    (source / "0001_shelves.sql").write_text("SET lock_timeout = '5s';\nSELECT 1;\n")

    with pytest.raises(migrate.MigrationChanged, match=r"0001_shelves\.sql"):
        migrate.pending(empty, source)


@pytest.mark.parametrize("name", ["0004_gap.sql", "0002_again.sql", "3_short.sql"])
def test_a_gap_a_double_and_a_nameless_file_are_told(source, name):
    (source / name).write_text("SELECT 1;\n")

    with pytest.raises(migrate.MigrationsNumberedWrongly):
        migrate.load(source)


def test_a_failing_file_leaves_nothing_and_those_before_it_stay(empty, source):
    (source / "0003_wrong.sql").write_text("CREATE TABLE half (id int);\nSELECT nonsense;\n")

    with pytest.raises(psycopg.errors.UndefinedColumn):
        migrate.apply(empty, source)

    assert "half" not in tables(empty)
    assert names(migrate.pending(empty, source)) == ["0003_wrong.sql"]


def test_a_table_in_use_ends_the_wait_with_a_sentence(empty, source):
    migrate.apply(empty, source)
    (source / "0003_wider.sql").write_text(
        "SET lock_timeout = '50ms';\nALTER TABLE books ADD COLUMN pages int;\n"
    )

    with psycopg.connect(empty) as reader:
        reader.execute("SELECT title FROM books")
        with pytest.raises(migrate.MigrationBlocked, match=r"0003_wider\.sql"):
            migrate.apply(empty, source)

    assert names(migrate.apply(empty, source)) == ["0003_wider.sql"]


def test_two_that_migrate_at_once_apply_each_file_once(empty, source):
    applied: list[str] = []
    threads = [
        threading.Thread(target=lambda: applied.extend(names(migrate.apply(empty, source))))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(applied) == ["0001_shelves.sql", "0002_books.sql"]


def test_a_queue_of_an_older_library_gets_only_the_newer_steps(empty, source):
    migrate.apply(empty, source)
    with psycopg.connect(empty, autocommit=True) as conn:
        newest = conn.execute("SELECT name FROM schema_migrations WHERE version = -1").fetchone()
        conn.execute(
            "UPDATE schema_migrations SET name = '03.04.00_01_pre_x.sql' WHERE version = -1"
        )

    behind = [one for one in migrate.pending(empty, source) if one.version < 0]

    assert newest is not None
    assert [one.file_name for one in behind][-1] == newest[0]
    assert [one.version for one in behind] == list(range(-2, -2 - len(behind), -1))


def test_a_database_that_is_not_there_is_told():
    with pytest.raises(DatabaseDown, match="does not answer"):
        migrate.pending("postgresql://nobody@127.0.0.1:1/none")


def test_a_postgresql_that_is_too_old_is_refused(empty, source, monkeypatch):
    monkeypatch.setattr(migrate, "OLDEST_POSTGRES", 99)

    with pytest.raises(migrate.PostgresTooOld, match="Signalbook needs 15 or newer"):
        migrate.apply(empty, source)


def test_the_files_of_this_version_are_found():
    assert migrate.load()[0].file_name.startswith("0001_")
