"""A status that says archived or inactive deactivates a contact; it is no opt-out, and undone."""

import pytest

from tests.integration.imports.files import Imports
from tests.integration.imports.test_flow import add, no_drift
from tests.quiet import database, dsn, sweeper

__all__ = ["database", "dsn", "sweeper"]

FILE = (
    "email,status\n"
    "ada@example.com,Archived\n"
    "ben@example.com,inactive\n"
    "cy@example.com,active\n"
    "dee@example.com,deactivated\n"
    "dee@example.com,active\n"
    "eve@example.com,unsubscribed\n"
)


@pytest.fixture
def imports(db, northwind, tmp_path) -> Imports:
    return Imports(db, northwind.id, tmp_path)


async def standing(db, account_id):
    """Return who is active, and who has opted out."""
    async with db.read() as read:
        found = await read.rows(
            "SELECT email, is_active, email_optout FROM contacts WHERE account_id = %s ORDER BY 1",
            [account_id],
        )
    return {row[0].partition("@")[0]: (row[1], row[2]) for row in found}


async def test_who_is_archived_or_inactive_is_deactivated_and_undo_puts_it_back(
    db, northwind, imports
):
    await add(db, northwind.id, email="ada@example.com")
    await add(db, northwind.id, email="cy@example.com", is_active=False)
    import_id = await imports.upload(FILE)

    told = await imports.start(import_id, dry_run=True)
    shown = await imports.start(import_id)

    assert told.counts == shown.counts
    assert (shown.counts.created, shown.counts.updated, shown.counts.opted_out) == (3, 1, 1)
    assert shown.of.notes == {"status_inactive": 3}
    assert await standing(db, northwind.id) == {
        "ada": (False, None),
        "ben": (False, None),
        "cy": (False, None),  # no file makes anybody active
        "dee": (False, None),  # nor does a later row of the same contact
        "eve": (True, "user"),
    }
    assert await no_drift(db, northwind)

    await imports.undo(import_id)

    assert await standing(db, northwind.id) == {"ada": (True, None), "cy": (False, None)}
    assert await no_drift(db, northwind)


async def test_who_is_inactive_on_one_channel_is_out_on_that_one(db, northwind, imports):
    import_id = await imports.upload("email,E-mail status\nada@example.com,inactive\n")
    await imports.configure(import_id, {"E-mail status": "status:email"})

    shown = await imports.start(import_id)

    assert shown.of.notes == {"optout_unclear": 1}
    assert await standing(db, northwind.id) == {"ada": (True, "user")}
