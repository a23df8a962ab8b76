"""Each way of rewriting a field: what it comes to, and what it refuses."""

import pytest

from signalbook.contacts.rewriting.model import CHUNK, State
from signalbook.doctor import actions as doctor
from signalbook.fields import actions as registry
from signalbook.fields.errors import (
    FieldInvalid,
    FieldMergedIntoItself,
    FieldNotFound,
    FieldStandard,
    FieldTaken,
    FieldTypeFixed,
    FieldValuesUnfit,
)


async def no_drift(fields, place):
    findings = await doctor.recount(fields.db, place.id, place.account.name)
    return [one for one in findings if one.level != "ok"] == []


async def test_a_renamed_field_has_its_values_under_the_new_name(fields, northwind):
    await fields.people(*({"pts": n} for n in range(CHUNK + 3)), {"city": "Pune"})

    job = await fields.rewritten("rename", "pts", "loyalty_points")

    assert (job.state, job.done, job.changed) == (State.DONE, CHUNK + 3, CHUNK + 3)
    expected = [{"loyalty_points": n} for n in range(CHUNK + 3)]
    assert await fields.stored() == [*expected, {"city": "Pune"}]
    known = await fields.known()
    assert set(known) == {"loyalty_points", "city"}
    assert known["loyalty_points"].contacts == CHUNK + 3
    assert known["loyalty_points"].label == "Loyalty points"
    assert known["loyalty_points"].aliases == ["pts"]
    assert await fields.remains() == [0, 0]
    assert await no_drift(fields, northwind)


async def test_a_rewriting_is_one_event_of_each_contact(fields):
    await fields.people({"pts": 7}, {"city": "Pune"})

    await fields.rewritten("rename", "pts", "points")

    [(kind, source, payload)] = await fields.events()
    assert (kind, source) == ("updated", "fields")
    assert payload == {"pts": [7, None], "points": [None, 7]}


async def test_the_old_name_means_the_new_one_from_then_on(fields):
    await fields.people({"pts": 7})
    await fields.rewritten("rename", "pts", "points")

    await fields.write(0, PTS=8)

    assert await fields.stored() == [{"points": 8}]
    assert set(await fields.known()) == {"points"}


async def test_what_cannot_be_renamed_is_refused(fields):
    await fields.people({"pts": 7, "rank": 1, "city": "Pune"})

    for name, target, error in (
        ("nothing", "x", FieldNotFound),
        ("city", "town", FieldStandard),
        ("pts", "rank", FieldTaken),
        ("pts", "first_name", FieldTaken),
        ("pts", "email", FieldInvalid),
        ("pts", " ", FieldInvalid),
    ):
        with pytest.raises(error):
            await fields.begin("rename", name, target)
    assert set(await fields.known()) == {"pts", "rank", "city"}


async def test_merging_leaves_the_value_of_the_winner(fields, northwind):
    async def people():
        await fields.people({"town": "Pune"}, {"town": "Delhi", "city": "New Delhi"}, {"city": "A"})

    await people()
    seen = await fields.preview("merge", "town", "city")
    job = await fields.rewritten("merge", "town", "city")
    kept = await fields.stored()

    assert (seen.contacts, seen.both, seen.equal) == (2, 1, 0)
    assert (job.state, job.changed) == (State.DONE, 2)
    assert kept == [{"city": "Pune"}, {"city": "New Delhi"}, {"city": "A"}]
    assert set(await fields.known()) == {"city"}
    assert await no_drift(fields, northwind)

    await fields.rewritten("empty", "city")
    async with fields.db.tx() as tx:
        await registry.describe(tx, fields.account_id, "city", aliases=[])
    await people()
    await fields.rewritten("merge", "town", "city", winner="source")
    assert await fields.stored() == [{"city": "Pune"}, {"city": "Delhi"}, {"city": "A"}]


async def test_merging_fits_the_values_to_the_other_field(fields):
    await fields.people({"grade": "7"}, {"grade": "high"}, {"score": 1})
    await fields.rewritten("type", "score", "number")

    with pytest.raises(FieldValuesUnfit) as refused:
        await fields.begin("merge", "grade", "score")
    job = await fields.rewritten("merge", "grade", "score", unfit="clear")

    assert '"high"' in refused.value.problems[0].message
    assert (job.changed, job.cleared) == (2, 1)
    assert await fields.stored() == [{"score": 7}, {}, {"score": 1}]


async def test_a_field_is_not_merged_into_itself_nor_a_standard_one_away(fields):
    await fields.people({"town": "Pune", "city": "Pune"})

    with pytest.raises(FieldMergedIntoItself):
        await fields.begin("merge", "town", "town")
    with pytest.raises(FieldStandard):
        await fields.begin("merge", "city", "town")
    with pytest.raises(FieldNotFound):
        await fields.begin("merge", "town", "nothing")


async def test_a_dry_run_counts_and_names_the_values_that_do_not_fit(fields):
    ids = await fields.people(
        {"score": 7}, {"score": "8"}, {"score": "high"}, {"score": "low"}, {"score": "high"}
    )

    seen = await fields.preview("type", "score", "number")

    assert (seen.contacts, seen.converted, seen.unfit) == (5, 1, 3)
    told = {one.value: (one.contact_id, one.who, one.contacts) for one in seen.misfits}
    assert told == {"high": (ids[2], "p00002", 2), "low": (ids[3], "p00003", 1)}
    assert (await fields.stored())[1] == {"score": "8"}


async def test_values_take_the_form_of_the_type(fields, northwind):
    await fields.people({"score": 7}, {"score": "8"}, {"score": "+9.50"}, {"city": "Pune"})

    job = await fields.rewritten("type", "score", "number")

    assert (job.state, job.done, job.changed) == (State.DONE, 3, 2)
    assert await fields.stored() == [{"score": 7}, {"score": 8}, {"score": 9.5}, {"city": "Pune"}]
    assert (await fields.known())["score"].type_is_set
    assert await no_drift(fields, northwind)


async def test_values_that_do_not_fit_are_cleared_where_somebody_says_so(fields, northwind):
    await fields.people({"score": 7}, {"score": "high", "city": "Pune"})

    job = await fields.rewritten("type", "score", "number", unfit="clear")

    assert (job.changed, job.cleared) == (1, 1)
    assert await fields.stored() == [{"score": 7}, {"city": "Pune"}]
    assert (await fields.known())["score"].contacts == 1
    assert await no_drift(fields, northwind)


async def test_a_standard_field_keeps_its_type(fields):
    with pytest.raises(FieldTypeFixed):
        await fields.begin("type", "city", "number")


async def test_a_deleted_field_is_gone_with_its_values(fields, northwind):
    await fields.people({"score": 7, "city": "Pune"}, {"score": 8})
    async with fields.db.tx() as tx:
        await registry.describe(tx, fields.account_id, "score", aliases=["Note"])

    job = await fields.rewritten("delete", "score")

    assert (job.state, job.changed) == (State.DONE, 2)
    assert await fields.stored() == [{"city": "Pune"}, {}]
    assert set(await fields.known()) == {"city"}
    await fields.write(1, Note=1)
    assert set(await fields.known()) == {"city", "Note"}
    assert await no_drift(fields, northwind)


async def test_a_standard_field_is_emptied_and_not_deleted(fields):
    await fields.people({"city": "Pune", "score": 1})

    with pytest.raises(FieldStandard):
        await fields.begin("delete", "city")
    job = await fields.rewritten("empty", "city")

    assert (job.state, job.changed) == (State.DONE, 1)
    assert await fields.stored() == [{"score": 1}]
    assert (await fields.known())["city"].contacts == 0


async def test_the_other_account_keeps_what_it_has(fields, db, contoso):
    theirs = type(fields)(db, contoso.id)
    await fields.people({"pts": 7})
    await theirs.people({"pts": 1}, {"points": 2})

    await fields.rewritten("rename", "pts", "points")
    await fields.rewritten("delete", "points")

    assert await fields.stored() == [{}]
    assert await theirs.stored() == [{"pts": 1}, {"points": 2}]
    assert set(await theirs.known()) == {"pts", "points"}
    assert await theirs.events() == []
