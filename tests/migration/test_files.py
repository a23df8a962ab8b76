"""What a migration file must look like, before any database sees it."""

import re
from pathlib import Path

import pytest

MIGRATIONS = sorted((Path(__file__).parents[2] / "migrations").glob("*.sql"))

# What cannot run on a sharded database, and what to do instead.
REFUSED = {
    r"\bCREATE\s+(OR\s+REPLACE\s+)?TRIGGER\b": "write rows in the action's transaction",
    r"\bCREATE\s+EXTENSION\b": "the embedded server has none: use what PostgreSQL has built in",
    r"DEFAULT\s+(now|gen_random_uuid|uuidv7)\(\)": "pass it as a parameter",
    r"ON\s+DELETE\s+SET\s+NULL": "use CASCADE, or clear it in the action",
}


def statements(path: Path) -> str:
    return re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))


def test_the_numbers_have_no_gap():
    numbers = [int(path.name[:4]) for path in MIGRATIONS]
    assert numbers == list(range(1, len(MIGRATIONS) + 1)), [path.name for path in MIGRATIONS]


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.name)
def test_a_migration_gives_up_its_wait_for_a_lock(path):
    first = statements(path).strip().split(";")[0]
    assert re.match(r"SET (LOCAL )?lock_timeout", first), (
        f"{path.name}: begin with SET lock_timeout = '5s';"
    )


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.name)
def test_a_migration_runs_on_one_machine_and_on_many(path):
    for pattern, instead in REFUSED.items():
        found = re.search(pattern, statements(path), re.IGNORECASE)
        assert not found, f"{path.name}: {found and found.group(0)}: {instead}"
