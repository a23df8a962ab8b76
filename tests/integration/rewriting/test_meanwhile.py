"""What happens beside a rewriting comes to the same as if all had changed when it was asked for."""

import asyncio
import random

import pytest

from signalbook.contacts.rewriting.errors import FieldInImport
from signalbook.contacts.rewriting.model import CHUNK, State
from signalbook.doctor import actions as doctor
from signalbook.fields.errors import FieldBusy
from signalbook.imports.model import State as ImportState
from tests.integration.imports.files import Imports

MANY = 2 * CHUNK


async def no_drift(fields, place):
    findings = await doctor.recount(fields.db, place.id, place.account.name)
    return [one for one in findings if one.level != "ok"] == []


async def crowd(fields, **same):
    await fields.people(*({"pts": n, **same} for n in range(MANY)))


@pytest.mark.parametrize("action", ["rename", "merge"])
@pytest.mark.parametrize("winner", ["target", "source"])
async def test_what_is_written_meanwhile_stays_under_either_name(fields, northwind, action, winner):
    await crowd(fields)
    if action == "merge":
        await fields.write(0, points=-1)
    job = await fields.begin(action, "pts", "points", winner=winner)
    await fields.step(job)

    for number in (1, MANY - 1):  # one that is done, one that is not
        await fields.write(number, pts="old name")
    for number in (2, MANY - 2):
        await fields.write(number, points="new name")
    for number in (3, MANY - 3):
        await fields.write(number, pts=None)
    for number in (4, MANY - 4):
        await fields.write(number, points=None)
    await fields.people(*[{}] * MANY, {"pts": "of one who is new"})
    ended = await fields.finish(job)

    stored = await fields.stored()
    assert ended.state == State.DONE
    assert [one for one in stored if "pts" in one] == []
    assert stored[1] == stored[MANY - 1] == {"points": "old name"}
    assert stored[2] == stored[MANY - 2] == {"points": "new name"}
    assert stored[3] == stored[MANY - 3] == stored[4] == stored[MANY - 4] == {}
    assert stored[MANY] == {"points": "of one who is new"}
    assert stored[5] == {"points": 5}
    assert set(await fields.known()) == {"points"}
    assert await no_drift(fields, northwind)


async def test_a_value_given_while_the_field_is_deleted_is_kept_and_the_field_with_it(
    fields, northwind
):
    await crowd(fields)
    job = await fields.begin("delete", "pts")
    await fields.step(job)

    await fields.write(1, pts=-1)
    await fields.write(MANY - 1, pts=MANY - 1)  # the very value it has is given anew
    await fields.write(MANY - 2, pts=None)
    await fields.people(*[{}] * MANY, {"pts": -2})
    ended = await fields.finish(job)

    stored = await fields.stored()
    assert (ended.state, ended.changed) == (State.DONE, MANY - 2)
    assert [(n, one) for n, one in enumerate(stored) if one] == [
        (1, {"pts": -1}),
        (MANY - 1, {"pts": MANY - 1}),
        (MANY, {"pts": -2}),
    ]
    assert (await fields.known())["pts"].contacts == 3
    assert await fields.remains() == [0, 0]
    assert await no_drift(fields, northwind)


async def test_what_is_written_while_a_type_changes_is_held_to_it(fields):
    await fields.people(*({"pts": str(n)} for n in range(MANY)))
    job = await fields.begin("type", "pts", "number")

    refused = await fields.write(MANY - 1, pts="high")
    await fields.write(MANY - 2, pts="-1")
    await fields.finish(job)

    assert refused.error is not None
    assert (await fields.stored())[-2:] == [{"pts": -1}, {"pts": MANY - 1}]


async def test_writers_beside_a_rename_lose_nothing(fields, northwind):
    await crowd(fields)
    seed = random.Random(7)
    expected = dict(enumerate(range(MANY)))

    async def writer(numbers):
        for number in numbers:
            name, value = seed.choice(["pts", "points", "P.T.S."]), seed.randrange(10**6)
            outcome = await fields.write(number, **{name: value})
            assert outcome.error is None
            expected[number] = value
            await asyncio.sleep(0)

    await fields.write(0, points=0)
    expected[0] = 0
    job = await fields.begin("merge", "pts", "points")
    halves = [list(range(start, MANY, 20)) for start in (1, 2)]
    await asyncio.gather(fields.finish(job), *(writer(half) for half in halves))

    assert await fields.stored() == [{"points": value} for _, value in sorted(expected.items())]
    assert set(await fields.known()) == {"points"}
    assert await no_drift(fields, northwind)


async def test_a_contact_that_others_are_merged_into_meanwhile_is_found_in_the_end(fields):
    from signalbook.contacts import actions as contacts
    from signalbook.contacts.model import ContactChange, Source

    await crowd(fields)
    job = await fields.begin("rename", "pts", "points")
    await fields.step(job)
    await fields.write(0, points=None)

    change = ContactChange(
        source=Source("test"), external_id="p00000", email="last@example.com", merge=True
    )
    last = ContactChange(source=Source("test"), external_id=f"p{MANY - 1:05}", email=change.email)
    for one in (last, change):
        await fields.db.transact(lambda tx, one=one: contacts.apply(tx, fields.account_id, [one]))
    ended = await fields.finish(job)

    assert ended.state == State.DONE
    assert ended.round == 2
    assert [one for one in await fields.stored() if "pts" in one] == []


async def test_a_rename_that_is_cancelled_leaves_two_fields(fields, northwind):
    await crowd(fields)
    job = await fields.begin("rename", "pts", "points")
    await fields.step(job)

    ended = await fields.cancel(job)
    again = await fields.cancel(job)
    await fields.write(MANY - 1, pts=-1)

    assert ended.state == again.state == State.CANCELLED
    assert not await fields.step(job)
    known = await fields.known()
    assert (known["points"].contacts, known["pts"].contacts) == (CHUNK, MANY - CHUNK)
    assert (await fields.stored())[-1] == {"pts": -1}
    assert await fields.remains() == [0, 0]
    assert await no_drift(fields, northwind)
    assert (await fields.rewritten("merge", "pts", "points")).state == State.DONE


async def test_a_rename_that_is_cancelled_at_once_was_none(fields):
    await fields.people({"pts": 7})
    job = await fields.begin("rename", "pts", "points")

    await fields.cancel(job)

    assert set(await fields.known()) == {"pts"}
    assert (await fields.known())["pts"].aliases == []


async def test_a_type_that_is_cancelled_leaves_a_field_that_takes_anything(fields):
    await fields.people(*({"pts": str(n)} for n in range(MANY)))
    job = await fields.begin("type", "pts", "number")
    await fields.step(job)

    await fields.cancel(job)
    outcome = await fields.write(1, pts="high")

    assert outcome.error is None
    assert not (await fields.known())["pts"].type_is_set


async def test_a_field_is_rewritten_by_one_job_at_a_time(fields):
    await fields.people({"pts": 7, "rank": 1})
    job = await fields.begin("rename", "pts", "points")

    for action, name, target in (
        ("delete", "pts", ""),
        ("delete", "points", ""),
        ("merge", "rank", "points"),
        ("merge", "rank", "pts"),
        ("type", "points", "text"),
    ):
        with pytest.raises(FieldBusy):
            await fields.begin(action, name, target)
    other = await fields.begin("delete", "rank")
    await fields.finish(job)
    await fields.finish(other)

    assert await fields.stored() == [{"points": 7}]


async def test_a_contact_too_large_for_the_new_name_fails_the_job_and_keeps_its_value(fields):
    filling = "x" * (64 * 1024 - 30)
    await fields.people({"pts": 7, "note": filling[: -len('{"note":"","pts":7}')]}, {"pts": 8})

    job = await fields.rewritten("rename", "pts", "p" * 64)

    assert job.state == State.FAILED
    assert job.refused > 0
    stored = await fields.stored()
    assert stored[0]["pts"] == 7
    assert stored[1] == {"p" * 64: 8}
    assert await fields.remains() == [0, 0]


@pytest.fixture
def imports(db, northwind, tmp_path) -> Imports:
    return Imports(db, northwind.id, tmp_path)


FILE = "E-mail,Pts\nada@example.com,12\n"


async def test_a_field_that_an_import_brings_is_not_rewritten(fields, imports):
    from signalbook.imports import actions

    await fields.people({"pts": 7, "rank": 1})
    import_id = await imports.upload(FILE)
    async with fields.db.tx() as tx:
        await actions.start(tx, fields.account_id, import_id, dry_run=False)

    with pytest.raises(FieldInImport, match=r"people\.csv"):
        await fields.begin("rename", "pts", "points")
    assert (await fields.rewritten("delete", "rank")).state == State.DONE
    await imports.work(import_id)
    assert (await fields.rewritten("rename", "pts", "points")).state == State.DONE


async def test_an_import_does_not_start_while_its_field_is_rewritten(fields, imports):
    await fields.people({"pts": 7})
    import_id = await imports.upload(FILE)
    job = await fields.begin("rename", "pts", "points")

    with pytest.raises(FieldBusy):
        await imports.start(import_id)
    await fields.finish(job)
    shown = await imports.start(import_id)

    assert shown.of.state == ImportState.DONE
    assert await fields.stored() == [{"points": 7}, {"points": 12}]
    assert set(await fields.known()) == {"points"}


async def test_what_was_checked_before_a_rewriting_is_checked_anew(fields, imports):
    await fields.people({"pts": "7"})
    import_id = await imports.upload("E-mail,Pts\nada@example.com,12\ngrace@example.com,many\n")
    checked = await imports.start(import_id, dry_run=True)
    assert checked.of.state == ImportState.CHECKED

    await fields.rewritten("type", "pts", "number")
    shown = await imports.start(import_id)

    assert (shown.of.state, shown.counts.created, shown.counts.rejected) == ("done", 1, 1)
    assert await fields.stored() == [{"pts": 7}, {"pts": 12}]


async def test_an_import_finds_its_field_by_an_alias(fields, imports):
    from signalbook.fields import actions as registry

    await fields.people({"loyalty_points": 7})
    async with fields.db.tx() as tx:
        await registry.describe(
            tx, fields.account_id, "loyalty_points", aliases=["Punkte der Treue"]
        )

    import_id = await imports.upload("E-mail,PUNKTE-DER-TREUE\nada@example.com,12\n")
    await imports.start(import_id)

    assert await fields.stored() == [{"loyalty_points": 7}, {"loyalty_points": 12}]
