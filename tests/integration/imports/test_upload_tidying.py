"""Files of imports are kept as long as somebody may need them, and no longer."""

from datetime import timedelta
from uuid import UUID

import pytest

from signalbook.imports import places, tidying
from signalbook.kit import clock
from signalbook.kit.ids import new_id
from tests.integration.imports.asked import IMPORTS, begun


@pytest.fixture
def lies(settings, northwind):
    """Puts a file where the file of an import lies."""

    def put(id):
        path = places.make(settings.data_dir, northwind.id, UUID(str(id)))
        path.write_bytes(b"a")
        return path

    return put


async def aged(db, id, days, state, *, ended=False):
    at = clock.now() - timedelta(days=days)
    async with db.tx() as tx:
        await tx.execute(
            """
            UPDATE imports
               SET created_at = %(at)s, state = %(state)s, finished_at = %(ended_at)s
             WHERE id = %(id)s
            """,
            {"id": id, "at": at, "state": state, "ended_at": at if ended else None},
        )


@pytest.mark.parametrize(
    ("days", "state", "ended", "is_kept"),
    [
        (6, "uploading", False, True),
        (8, "uploading", False, False),
        (29, "ready", False, True),
        (31, "ready", False, False),
        (31, "checked", False, False),
        (90, "paused", False, True),
        (90, "applying", False, True),
        (29, "done", True, True),
        (31, "done", True, False),
        (31, "failed", True, False),
    ],
)
async def test_a_file_is_kept_as_long_as_it_is_needed(
    api, db, settings, lies, days, state, ended, is_kept
):
    old = str(new_id(int((clock.now() - timedelta(days=days)).timestamp() * 1000)))
    id = await begun(api)
    async with db.tx() as tx:
        await tx.execute("UPDATE imports SET id = %(o)s WHERE id = %(id)s", {"o": old, "id": id})
    path = lies(old)
    await aged(db, old, days, state, ended=ended)

    await tidying.tidy(db, settings.data_dir)

    assert path.exists() is is_kept
    if not is_kept and not ended:
        assert (await api.get(f"{IMPORTS}/{old}")).json()["state"] == "cancelled"


async def test_a_file_of_which_nothing_was_written_down_goes_after_a_day(db, settings, lies):
    young = lies(new_id())
    old = lies(new_id(int((clock.now() - timedelta(days=2)).timestamp() * 1000)))

    await tidying.tidy(db, settings.data_dir)

    assert young.exists()
    assert not old.exists()
