"""A file becomes contacts: every row accounted for, nothing lost by surprise, all undoable."""

from datetime import timedelta

import pytest

from signalbook.contacts import actions as contacts
from signalbook.contacts.model import ContactChange, Source
from signalbook.doctor import actions as doctor
from signalbook.imports import actions
from signalbook.imports.errors import ImportNotReady
from signalbook.imports.model import Outcome, State
from signalbook.kit import clock
from tests.integration.imports.files import Imports
from tests.quiet import database, dsn, sweeper

__all__ = ["database", "dsn", "sweeper"]

SEED = """{
     "emailAddress": "john.deo@example.com",
     "unsubscribeAll": false,
     "attributesData": "{\\"Name\\":\\"John\\"}"
}
{
     "emailAddress": "jane.smith@example.com",
     "unsubscribeAll": true,
}
"""


@pytest.fixture
def imports(db, northwind, tmp_path) -> Imports:
    return Imports(db, northwind.id, tmp_path)


async def add(db, account_id, **what):
    async with db.tx() as tx:
        (outcome,) = await contacts.apply(
            tx, account_id, [ContactChange(source=Source("test"), **what)]
        )
    return outcome.contact


async def no_drift(db, place):
    findings = await doctor.recount(db, place.id, place.account.name)
    return [one for one in findings if one.level != "ok"] == []


async def test_the_documented_json_goes_in_verbatim(db, northwind, imports):
    _, shown = await imports.whole(SEED, name="contacts.json")

    assert (shown.of.state, shown.counts.created, shown.counts.rejected) == (State.DONE, 2, 0)
    people = await imports.people()
    assert people["john.deo@example.com"]["fields"] == {"full_name": "John"}
    assert people["jane.smith@example.com"]["optout"] == "user"
    assert people["john.deo@example.com"]["optout"] is None
    assert await no_drift(db, northwind)


async def test_what_was_checked_is_mapped_anew_and_checked_again(imports):
    import_id = await imports.upload("email,town\nada@example.com,London\nnobody,Rome\n")
    await imports.start(import_id, dry_run=True)

    await imports.configure(import_id, {"town": "field:place"})
    shown = await imports.start(import_id)

    assert (shown.of.state, shown.counts.created, shown.counts.rejected) == (State.DONE, 1, 1)
    assert (await imports.people())["ada@example.com"]["fields"] == {"place": "London"}


async def test_every_row_has_its_outcome(db, northwind, imports):
    known = await add(db, northwind.id, email="known@example.com", fields={"city": "Lyon"})
    await add(db, northwind.id, email="same@example.com", fields={"city": "Paris"})
    await add(db, northwind.id, mobile="+33612345678")
    text = (
        "Email,Mobile,City,Tags\n"
        "new@example.com,,Lyon,a|b\n"
        "known@example.com,,Paris,a\n"
        "same@example.com,,Paris,\n"
        "no address,,Paris,\n"
        "twice@example.com,,Lyon,\n"
        "TWICE@example.com,,Berlin,b\n"
        "known@example.com,+33612345678,Paris,\n"
    )

    import_id = await imports.upload(text)
    told = await imports.start(import_id, dry_run=True)
    shown = await imports.start(import_id)

    assert told.of.state == State.CHECKED
    assert told.counts == shown.counts
    rows = {row.row_no: row.outcome for row in await imports.rows(import_id)}
    assert rows == {
        2: Outcome.CREATED,
        3: Outcome.DUPLICATE,
        4: Outcome.UNCHANGED,
        5: Outcome.REJECTED,
        6: Outcome.DUPLICATE,
        7: Outcome.CREATED,
        8: Outcome.REJECTED,
    }
    assert shown.counts.conflicts == 1
    assert [one.code for one in told.reasons] == [one.code for one in shown.reasons]
    people = await imports.people()
    assert people["new@example.com"]["tags"] == ["a", "b"]
    assert people["new@example.com"]["kinds"] == ["imported"]
    assert people["TWICE@example.com"]["fields"] == {"city": "Berlin"}
    assert people["known@example.com"]["id"] == known.id
    assert await no_drift(db, northwind)


async def test_a_changed_contact_shows_before_and_after_and_is_put_back(db, northwind, imports):
    await add(db, northwind.id, email="ada@example.com", fields={"city": "Lyon"}, tags_add=("old",))
    text = "email;city;plan;tags\nada@example.com;Paris;pro;new,old\nbob@example.com;Rome;;\n"

    import_id = await imports.upload(text)
    told = await imports.start(import_id, dry_run=True)
    await imports.start(import_id)

    (sample,) = told.of.verdict.samples
    assert sample.fields == {"city": ["Lyon", "Paris"], "plan": [None, "pro"]}
    assert sample.tags == ["new"]
    after = await imports.people()
    assert after["ada@example.com"]["fields"] == {"city": "Paris", "plan": "pro"}

    undone = await imports.undo(import_id)

    assert undone.of.state == State.UNDONE
    people = await imports.people()
    assert list(people) == ["ada@example.com"]
    assert people["ada@example.com"]["fields"] == {"city": "Lyon"}
    assert people["ada@example.com"]["tags"] == ["old"]
    assert await no_drift(db, northwind)


async def test_what_is_newer_stays_when_an_import_is_undone(db, northwind, imports):
    await add(db, northwind.id, email="ada@example.com", fields={"city": "Lyon"})
    import_id, _ = await imports.whole(
        "email,city\nada@example.com,Paris\nbob@example.com,Rome\neve@example.com,Oslo\n"
    )
    await add(db, northwind.id, email="ada@example.com", fields={"city": "Nice"})
    await add(db, northwind.id, email="bob@example.com", tags_add=("vip",))

    await imports.undo(import_id)

    people = await imports.people()
    assert set(people) == {"ada@example.com", "bob@example.com"}
    assert people["ada@example.com"]["fields"] == {"city": "Nice"}
    async with db.read() as read:
        kept = await read.value("SELECT count(*) FROM contact_befores WHERE kept")
    assert kept == 2
    assert await no_drift(db, northwind)


async def test_an_import_never_resubscribes(db, northwind, imports):
    await add(db, northwind.id, email="left@example.com", status="unsubscribe")
    await add(db, northwind.id, email="gone@example.com", status="unsubscribe")
    await add(db, northwind.id, email="gone@example.com", delete=True)

    text = (
        "emailAddress,unsubscribeAll,attributesData\n"
        'left@example.com,false,"{""Name"": ""Lee""}"\n'
        "gone@example.com,false,\n"
        "new@example.com,true,\n"
        "dup@example.com,true,\n"
        "dup@example.com,false,\n"
    )
    _, shown = await imports.whole(text)

    people = await imports.people()
    assert {name: one["optout"] for name, one in people.items()} == {
        "left@example.com": "user",
        "gone@example.com": "user",
        "new@example.com": "user",
        "dup@example.com": "user",
    }
    assert shown.counts.protected == 2
    assert shown.counts.opted_out == 2
    assert await no_drift(db, northwind)


async def test_undoing_lifts_what_the_file_had_set_and_nothing_else(db, northwind, imports):
    await add(db, northwind.id, email="ada@example.com")
    await add(
        db,
        northwind.id,
        email="bob@example.com",
        mobile="+33612345678",
        optouts=(("sms", "user"), ("voice", "contact")),
    )

    import_id, _ = await imports.whole(
        "emailAddress,unsubscribeAll,attributesData\nada@example.com,true,\nbob@example.com,true,\n"
    )
    people = await imports.people()
    assert [people[name]["optout"] for name in sorted(people)] == ["user", "user"]
    await imports.undo(import_id)

    people = await imports.people()
    assert [people[name]["optout"] for name in sorted(people)] == [None, None]
    async with db.read() as read:
        held = await read.rows("SELECT channel, reason FROM optout_states")
    assert {tuple(one) for one in held} == {("sms", "user"), ("voice", "contact")}
    assert await no_drift(db, northwind)


async def moments(db, contact):
    async with db.read() as read:
        [found] = await read.rows(
            "SELECT c.created_at, c.unsubscribed_at, s.updated_at FROM contacts AS c"
            " JOIN contact_signals AS s ON s.contact_id = c.id WHERE c.id = %s",
            [contact.id],
        )
    return found


async def test_rows_can_delete_and_come_back(db, northwind, imports):
    ada = await add(
        db, northwind.id, email="ada@example.com", fields={"city": "Lyon"}, tags_add=("vip",)
    )
    await add(db, northwind.id, email="ada@example.com", status="unsubscribe")
    await add(db, northwind.id, email="bob@example.com")
    before = await moments(db, ada)

    import_id, shown = await imports.whole(
        "email\nada@example.com\nnobody@example.com\n", action="delete"
    )

    assert (shown.counts.deleted, shown.counts.rejected) == (1, 1)
    assert set(await imports.people()) == {"bob@example.com"}
    assert await no_drift(db, northwind)

    await imports.undo(import_id)

    back = (await imports.people())["ada@example.com"]
    assert (back["id"], back["fields"], back["tags"]) == (ada.id, {"city": "Lyon"}, ["vip"])
    assert back["kinds"][:2] == ["created", "tagged"]
    created, left, heard_of = await moments(db, ada)
    assert (created, left) == before[:2]
    assert heard_of > before[2]
    assert await no_drift(db, northwind)


@pytest.mark.parametrize(
    ("action", "created", "updated", "rejected"),
    [("upsert", 1, 1, 0), ("create", 1, 0, 1), ("update", 0, 1, 1)],
)
async def test_an_action_says_what_may_happen(
    db, northwind, imports, action, created, updated, rejected
):
    await add(db, northwind.id, email="ada@example.com")

    _, shown = await imports.whole(
        "email,city\nada@example.com,Lyon\nbob@example.com,Rome\n", action=action
    )

    counts = shown.counts
    assert (counts.created, counts.updated, counts.rejected) == (created, updated, rejected)


async def test_blank_cells_keep_or_clear(db, northwind, imports):
    await add(db, northwind.id, email="ada@example.com", fields={"city": "Lyon"})

    await imports.whole("email,city,plan\nada@example.com,,pro\n")
    assert (await imports.people())["ada@example.com"]["fields"] == {"city": "Lyon", "plan": "pro"}

    await imports.whole("email,city,plan\nada@example.com,,pro\n", blank="clear")
    assert (await imports.people())["ada@example.com"]["fields"] == {"plan": "pro"}
    assert await no_drift(db, northwind)


async def test_tags_and_a_list_for_all(db, northwind, imports):
    import_id, _ = await imports.whole(
        "email\nada@example.com\nbob@example.com\n", tags=("spring",), list="Fair"
    )

    assert {tuple(one["tags"]) for one in (await imports.people()).values()} == {("spring",)}
    async with db.read() as read:
        assert await read.rows("SELECT name, members FROM lists") == [("Fair", 2)]
    await imports.undo(import_id)
    async with db.read() as read:
        assert await read.rows("SELECT name, members FROM lists") == [("Fair", 0)]


async def test_the_same_file_again_changes_nothing(db, northwind, imports):
    text = "email,first name,age,tags\n" + "".join(
        f"p{n}@example.com,Zoë {n},{n},a|b\n" for n in range(300)
    )
    _, first = await imports.whole(text)
    _, again = await imports.whole(text)

    assert (first.counts.created, again.counts.unchanged) == (300, 300)
    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM events") == 300
    assert await no_drift(db, northwind)


async def test_a_rejected_row_keeps_its_cells_also_when_contacts_refuse_it(db, northwind, imports):
    await add(db, northwind.id, email="ada@example.com")

    import_id, _ = await imports.whole(
        "email,city\nada@example.com,Lyon\nbroken,Rome\n", action="create"
    )

    async with db.read() as read:
        cells = await read.rows(
            "SELECT row_no, cells FROM import_rejects WHERE import_id = %s ORDER BY 1", [import_id]
        )
    assert cells == [(2, ["ada@example.com", "Lyon"]), (3, ["broken", "Rome"])]


async def test_a_mapping_is_remembered_for_the_same_header(db, northwind, imports):
    first = await imports.upload("who,where\nada@example.com,Lyon\n")
    await imports.configure(first, {"where": "field:town"}, tags=("x",))
    await imports.start(first)

    second = await imports.show(await imports.upload("who,where\nbob@example.com,Rome\n"))

    assert [one.target for one in second.of.columns] == ["email", "field:town"]
    assert second.of.options.tags == ("x",)


@pytest.mark.parametrize("state", ["applying", "paused"])
async def test_a_pause_counts_neither_for_the_pace_nor_for_the_time_left(db, imports, state):
    import_id, _ = await imports.whole("email\nada@example.com\n")
    now = clock.now()
    async with db.tx() as tx:
        await tx.execute(
            "UPDATE imports SET state = %s, paused_state = 'applying', finished_at = NULL,"
            " staged = 20000, applying_at = %s WHERE id = %s",
            [state, now - timedelta(hours=3), import_id],
        )
        for no, ago in ((1, 40), (2, 20), (3, 1)):  # and the first of three hours ago
            await tx.execute(
                "INSERT INTO import_chunks (account_id, import_id, no, at, counts, rows, outcomes,"
                " contact_ids) SELECT account_id, id, %s, %s, '{\"created\": 4000}', '{}', '',"
                " '{}' FROM imports WHERE id = %s",
                [no, now - timedelta(seconds=ago), import_id],
            )
        await tx.execute(
            "UPDATE import_chunks SET at = %s WHERE no = 0", [now - timedelta(hours=3)]
        )

    shown = await imports.show(import_id)

    assert 100 <= shown.rows_per_second <= 210
    assert shown.seconds_left is None or shown.seconds_left <= 80


async def test_no_pace_is_told_of_an_undo(db, imports):
    import_id, _ = await imports.whole("email\nada@example.com\nbob@example.com\n")
    async with db.tx() as tx:
        await tx.execute(
            "UPDATE imports SET state = 'undoing', undo_done = 1 WHERE id = %s", [import_id]
        )

    shown = await imports.show(import_id)

    assert (shown.phase, shown.done, shown.total) == ("undoing", 1, 2)
    assert (shown.rows_per_second, shown.seconds_left) == (0, None)


async def test_paused_cancelled_and_another_accounts(db, northwind, contoso, imports):
    import_id = await imports.upload("email\nada@example.com\n")
    async with db.tx() as tx:
        await actions.start(tx, northwind.id, import_id, dry_run=False)
        await actions.pause(tx, northwind.id, import_id)
    shown = await imports.work(import_id)
    assert (shown.of.state, shown.can_resume) == (State.PAUSED, True)
    with pytest.raises(actions.ImportNotFound):
        async with db.tx() as tx:
            await actions.resume(tx, contoso.id, import_id)
    async with db.tx() as tx:
        await actions.resume(tx, northwind.id, import_id)

    shown = await imports.work(import_id)

    assert shown.of.state == State.DONE
    with pytest.raises(ImportNotReady):
        async with db.tx() as tx:
            await actions.cancel(tx, northwind.id, import_id)
