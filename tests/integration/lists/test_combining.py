"""New lists of those on others: copied, united, intersected, subtracted, by a job."""

import pytest

from signalbook.kit.ids import new_id
from signalbook.lists import actions, combining, job_actions
from signalbook.lists.errors import ListNameTaken, ListNotFound, NothingCombined
from signalbook.lists.model import Combination
from tests.integration.bulk.people import crowd
from tests.integration.lists.members import counted, joined, made
from tests.integration.lists.test_list_jobs import finished, job_of, stepped


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(job_actions, "CHUNK", 10)


@pytest.fixture
async def lists(db, northwind):
    """Thirty people: 0 to 19 on One, 10 to 24 on Two, 5 to 11 on Three."""
    people = await crowd(db, northwind.id, 30)
    found = {}
    for name, members in (("One", people[:20]), ("Two", people[10:25]), ("Three", people[5:12])):
        found[name] = await made(db, northwind.id, name)
        await joined(db, northwind.id, found[name], members)
    return people, {name: one.id for name, one in found.items()}


async def begun(db, account_id, name="New", *, of):
    async with db.tx() as tx:
        return await combining.combine(tx, account_id, name, of=Combination(**of), actor="user:1")


async def on(db, account_id, list_id, people):
    async with db.read() as read:
        rows = await read.rows(
            "SELECT contact_id, joined_by FROM list_members WHERE account_id = %s AND list_id = %s",
            [account_id, list_id],
        )
    assert {row[1] for row in rows} <= {"user:1"}
    return sorted(people.index(row[0]) for row in rows)


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ({"all": ["One"]}, range(20)),
        ({"any": ["Two", "Three"]}, range(5, 25)),
        ({"all": ["One", "Two"]}, range(10, 20)),
        ({"all": ["One"], "none": ["Two"]}, range(10)),
        ({"all": ["One", "Two"], "none": ["Three"]}, range(12, 20)),
        ({"any": ["One", "Two"], "none": ["Three", "Two"]}, range(5)),
        ({"all": ["One"], "any": ["Two", "Three"]}, range(5, 20)),
        ({"all": ["One"], "none": ["One"]}, ()),
    ],
)
async def test_lists_are_combined(db, northwind, lists, of, expected):
    people, ids = lists
    named = {part: tuple(ids[name] for name in names) for part, names in of.items()}

    begun_one = await begun(db, northwind.id, of=named)
    job = await finished(db, northwind.id, begun_one.job_id)

    found = await on(db, northwind.id, begun_one.one.id, people)
    assert (job.state, job.total, job.changed) == ("done", len(found), len(found))
    assert found == list(expected)
    assert await counted(db, northwind.id, begun_one.one) == (len(found), len(found))


async def test_what_cannot_be_combined_makes_no_list(db, northwind, contoso, lists, monkeypatch):
    _, ids = lists
    theirs = await made(db, contoso.id, "Theirs")

    with pytest.raises(NothingCombined):
        await begun(db, northwind.id, of={})
    with pytest.raises(NothingCombined):
        await begun(db, northwind.id, of={"none": (ids["One"],)})
    with pytest.raises(ListNotFound):
        await begun(db, northwind.id, of={"all": (ids["One"], new_id())})
    with pytest.raises(ListNotFound):
        await begun(db, northwind.id, of={"all": (theirs.id,)})
    with pytest.raises(ListNameTaken):
        await begun(db, northwind.id, "ONE", of={"all": (ids["One"],)})
    monkeypatch.setattr(combining, "MOST_COMBINED", 1)
    with pytest.raises(NothingCombined):
        await begun(db, northwind.id, of={"any": (ids["One"], ids["Two"])})


async def test_who_is_subtracted_stays_so_when_that_list_is_deleted_meanwhile(db, northwind, lists):
    people, ids = lists
    begun_one = await begun(db, northwind.id, of={"all": (ids["One"],), "none": (ids["Two"],)})
    await stepped(db, northwind.id, begun_one.job_id)
    async with db.tx() as tx:
        await actions.delete(tx, northwind.id, ids["Two"])

    assert await stepped(db, northwind.id, begun_one.job_id) is False

    assert (await job_of(db, northwind.id, begun_one.job_id)).state == "failed"
    assert await on(db, northwind.id, begun_one.one.id, people) == list(range(10))
