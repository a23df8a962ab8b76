"""The batch verb: identity, fields, tags, the timeline, opt-outs, counts, on real PostgreSQL."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from signalbook.contacts import actions
from signalbook.contacts.model import ContactChange, Mode, Outcome, Source, Status
from signalbook.kit.db import Database
from signalbook.kit.ids import new_id
from tests.world import Place

SOURCE = Source("test", "key:1")


def change(**what: Any) -> ContactChange:
    return ContactChange(source=SOURCE, **what)


async def applied(db: Database, account_id: int, *changes: ContactChange) -> list[Outcome]:
    return await db.transact(lambda tx: actions.apply(tx, account_id, changes))


async def stored(db: Database, account_id: int) -> list[tuple[Any, ...]]:
    async with db.read() as read:
        return await read.rows(
            "SELECT email, mobile, external_id FROM contacts WHERE account_id = %s ORDER BY id",
            [account_id],
        )


async def kinds(db: Database, outcome: Outcome) -> list[str]:
    assert outcome.contact is not None
    async with db.read() as read:
        return await read.values(
            "SELECT kind FROM events WHERE contact_id = %s ORDER BY at, id", [outcome.contact.id]
        )


async def counts(db: Database, account_id: int, tag_id: int = 0) -> dict[str, int]:
    async with db.read() as read:
        rows = await read.rows(
            "SELECT what, contacts FROM contact_counts"
            " WHERE account_id = %s AND tag_id = %s AND contacts <> 0",
            [account_id, tag_id],
        )
    return dict(rows)


def statuses(outcomes: Sequence[Outcome]) -> list[str]:
    return [str(outcome.status) for outcome in outcomes]


async def test_an_email_belongs_to_one_contact_whatever_its_case(db, northwind):
    first, second = await applied(
        db, northwind.id, change(email="Ada@x.example"), change(email="ADA@X.EXAMPLE")
    )

    assert statuses([first, second]) == ["created", "unchanged"]
    assert await stored(db, northwind.id) == [("Ada@x.example", None, None)]


async def test_any_one_identifier_is_enough_and_others_join_it(db, northwind):
    await applied(db, northwind.id, change(mobile="+442071838750"))
    await applied(db, northwind.id, change(mobile="+442071838750", email="ada@x.example"))
    await applied(db, northwind.id, change(email="ada@x.example", external_id="CRM-1"))

    assert await stored(db, northwind.id) == [("ada@x.example", "+442071838750", "CRM-1")]


async def test_identifiers_of_two_contacts_are_a_conflict_that_names_both(db, northwind):
    ada, kay = await applied(
        db, northwind.id, change(email="ada@x.example"), change(mobile="+442071838750")
    )

    (outcome,) = await applied(
        db, northwind.id, change(email="ada@x.example", mobile="+442071838750")
    )

    assert outcome.error is not None
    assert outcome.error.code() == "contacts_conflict"
    assert str(ada.contact.id) in outcome.error.message
    assert str(kay.contact.id) in outcome.error.message


async def test_the_same_address_lives_in_two_accounts(db, northwind, contoso):
    await applied(db, northwind.id, change(email="ada@x.example"))
    (outcome,) = await applied(db, contoso.id, change(email="ada@x.example"))

    assert outcome.status is Status.CREATED
    assert len(await stored(db, northwind.id)) == len(await stored(db, contoso.id)) == 1


async def test_a_bad_change_is_rejected_alone(db, northwind):
    outcomes = await applied(
        db,
        northwind.id,
        change(email="ada@x.example"),
        change(email="nobody"),
        change(mobile="020 7183 8750"),
        change(email="kay@x.example", fields={"birth_date": "1990-02-30"}),
        change(mobile="+442071838750"),
    )

    assert statuses(outcomes) == ["created", "rejected", "rejected", "rejected", "created"]
    assert len(await stored(db, northwind.id)) == 2


async def test_a_change_lists_all_its_problems(db, northwind):
    (outcome,) = await applied(
        db,
        northwind.id,
        change(email="nobody", mobile="123", tags_add=("a,b",), fields={"email": "x", "n": "\x00"}),
    )

    assert outcome.error is not None
    assert {problem.field for problem in outcome.error.problems} == {
        "email",
        "mobile",
        "tags",
        "fields.email",
        "fields.n",
    }


async def test_several_changes_to_one_contact_are_folded_in_arrival_order(db, northwind):
    outcomes = await applied(
        db,
        northwind.id,
        change(email="ada@x.example", fields={"city": "Paris"}, tags_add=("a",)),
        change(email="ada@x.example", fields={"city": "Lyon"}, tags_remove=("a",)),
        change(email="ada@x.example", fields={"city": "Nice"}, tags_add=("b",)),
    )

    assert statuses(outcomes) == ["created", "updated", "updated"]
    assert outcomes[2].contact.fields == {"city": "Nice"}
    assert await kinds(db, outcomes[0]) == [
        "created",
        "tagged",
        "updated",
        "untagged",
        "updated",
        "tagged",
    ]


async def test_a_tag_streamed_twice_leaves_two_moments_and_one_tag(db, northwind):
    once = change(email="ada@x.example", tags_add=("viewed-red-sneakers",))
    again = change(email="ada@x.example", tags_add=("viewed-red-sneakers",))
    (first,) = await applied(db, northwind.id, once)
    (second,) = await applied(db, northwind.id, again)

    assert second.status is Status.UPDATED
    assert len(second.contact.tags) == 1
    assert (await kinds(db, first)).count("tagged") == 2
    async with db.read() as read:
        tag = await read.rows("SELECT contacts, signals FROM tags WHERE contacts > 0")
        days = await read.values("SELECT count FROM event_days")
    assert (tag, days) == ([(1, 2)], [2])


async def test_a_tag_in_both_lists_is_detached_then_attached(db, northwind):
    await applied(db, northwind.id, change(email="ada@x.example", tags_add=("a",)))
    (outcome,) = await applied(
        db, northwind.id, change(email="ada@x.example", tags_add=("a",), tags_remove=("a",))
    )

    assert len(outcome.contact.tags) == 1
    assert (await kinds(db, outcome))[-2:] == ["untagged", "tagged"]


async def test_replacing_tags_tells_only_what_changed(db, northwind):
    await applied(db, northwind.id, change(email="ada@x.example", tags_add=("a", "b")))
    (outcome,) = await applied(db, northwind.id, change(email="ada@x.example", tags_set=("b", "c")))

    assert (await kinds(db, outcome))[-2:] == ["untagged", "tagged"]
    async with db.read() as read:
        carried = await read.rows("SELECT name, contacts FROM tags ORDER BY name")
    assert carried == [("a", 0), ("b", 1), ("c", 1)]


async def test_an_update_tells_which_fields_with_old_and_new(db, northwind):
    await applied(db, northwind.id, change(email="ada@x.example", fields={"city": "Paris"}))
    (outcome,) = await applied(
        db, northwind.id, change(email="ada@x.example", fields={"city": "Lyon", "state": None})
    )

    async with db.read() as read:
        payload = await read.value(
            "SELECT payload FROM events WHERE contact_id = %s AND kind = 'updated'",
            [outcome.contact.id],
        )
    assert payload == {"city": ["Paris", "Lyon"]}


async def test_nothing_new_leaves_no_trace(db, northwind):
    same = {"city": "Paris", "score": 3}
    (first,) = await applied(db, northwind.id, change(email="ada@x.example", fields=same))
    (second,) = await applied(db, northwind.id, change(email="ada@x.example", fields=same))

    assert second.status is Status.UNCHANGED
    assert await kinds(db, first) == ["created"]


async def test_null_removes_a_field_and_its_count(db, northwind):
    await applied(db, northwind.id, change(email="ada@x.example", fields={"plan": "pro"}))
    (outcome,) = await applied(
        db, northwind.id, change(email="ada@x.example", fields={"plan": None})
    )

    assert outcome.contact.fields == {}
    async with db.read() as read:
        assert await read.value("SELECT contacts FROM fields WHERE name = 'plan'") == 0


async def test_an_inferred_type_gives_way_and_keeps_the_value(db, northwind):
    await applied(db, northwind.id, change(email="ada@x.example", fields={"score": 3}))
    (outcome,) = await applied(
        db, northwind.id, change(email="kay@x.example", fields={"score": "high"})
    )

    assert outcome.contact.fields == {"score": "high"}
    async with db.read() as read:
        assert await read.value("SELECT type FROM fields WHERE name = 'score'") == "text"


async def test_the_limits_are_refused_clearly(db, northwind):
    outcomes = await applied(
        db,
        northwind.id,
        change(email="a@x.example", fields={"big": "x" * 70_000}),
        change(email="b@x.example", tags_add=tuple(f"t{n}" for n in range(501))),
        change(email="c@x.example", tags_add=("x" * 129,)),
        change(email="d@x.example", fields={"deep": [[[[[[[[[1]]]]]]]]]}),
        change(email="e@x.example", fields={f"f{n}": 1 for n in range(1001)}),
    )

    assert [outcome.error.code() for outcome in outcomes if outcome.error] == [
        "contact_too_large",
        "too_many_tags",
        "contact_invalid",
        "contact_invalid",
        "too_many_fields",
    ]
    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM tags") == 0
        assert await read.value("SELECT count(*) FROM fields") == 0


async def test_create_refuses_and_update_misses(db, northwind):
    await applied(db, northwind.id, change(email="ada@x.example", external_id="CRM-1"))

    taken, own, missing = await applied(
        db,
        northwind.id,
        change(email="ADA@x.example", mode=Mode.CREATE),
        change(email="kay@x.example", external_id="CRM-1", mode=Mode.CREATE),
        change(id=new_id(), mode=Mode.UPDATE, fields={"city": "Paris"}),
    )

    assert taken.error.message == "You already have a contact with email ADA@x.example"
    assert own.error.message == "You already have a contact with external_id CRM-1"
    assert missing.error.message == "Contact not found"


async def test_the_last_identifier_stays(db, northwind):
    (ada,) = await applied(db, northwind.id, change(email="ada@x.example"))
    (outcome,) = await applied(db, northwind.id, change(id=ada.contact.id, email=None))

    assert outcome.error.code() == "last_identifier_removed"


async def test_the_account_lifts_only_what_it_had_set(db, northwind):
    await applied(db, northwind.id, change(email="ada@x.example", status="unsubscribe"))
    (lifted,) = await applied(db, northwind.id, change(email="ada@x.example", status="resubscribe"))
    assert lifted.contact.unsubscribed_at is None
    assert lifted.notes == ()
    async with db.tx() as tx:
        await tx.execute(
            "INSERT INTO optout_states (account_id, address, channel, reason, since)"
            " VALUES (%s, 'ada@x.example', 'email', 'contact', now())",
            [northwind.id],
        )

    (kept,) = await applied(db, northwind.id, change(email="ada@x.example", status="resubscribe"))

    assert kept.contact.email_optout == "contact"
    assert kept.notes == (
        "The opt-out stays: it was made by the person, and only they can lift it.",
    )


async def test_an_optout_survives_deletion_and_a_new_import(db, northwind):
    (ada,) = await applied(
        db,
        northwind.id,
        change(email="ada@x.example", mobile="+442071838750", status="unsubscribe"),
    )
    await applied(db, northwind.id, change(id=ada.contact.id, delete=True))

    (again,) = await applied(db, northwind.id, change(email="ADA@x.example"))

    assert again.status is Status.CREATED
    assert again.contact.email_optout == "user"
    assert again.contact.unsubscribed_at is not None


async def test_an_optout_follows_the_person_to_a_new_address(db, northwind):
    (ada,) = await applied(db, northwind.id, change(email="ada@x.example", status="unsubscribe"))
    (moved,) = await applied(db, northwind.id, change(id=ada.contact.id, email="ada@new.example"))

    assert moved.contact.email_optout == "user"
    async with db.read() as read:
        entries = await read.rows("SELECT address, kind, source FROM optouts ORDER BY id")
    assert entries == [("ada@x.example", "out", "test"), ("ada@new.example", "out", "carried over")]


async def test_somebody_known_only_by_own_id_can_be_unsubscribed(db, northwind):
    await applied(db, northwind.id, change(external_id="CRM-1", status="unsubscribe"))
    (outcome,) = await applied(db, northwind.id, change(external_id="CRM-1", email="ada@x.example"))

    assert outcome.contact.email_optout == "user"


async def test_deletion_removes_all_but_the_fact(db, northwind):
    (ada,) = await applied(
        db, northwind.id, change(email="ada@x.example", fields={"city": "Paris"}, tags_add=("a",))
    )
    (gone,) = await applied(db, northwind.id, change(id=ada.contact.id, delete=True))

    assert gone.status is Status.DELETED
    assert await kinds(db, ada) == ["deleted"]
    assert await counts(db, northwind.id) == {}
    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM contact_signals") == 0
        assert await read.value("SELECT sum(contacts) FROM tags") == 0
        assert await read.value("SELECT sum(contacts) FROM fields") == 0


async def test_counts_follow_every_change(db, northwind):
    await applied(
        db,
        northwind.id,
        change(email="a@x.example", mobile="+442071838750"),
        change(email="b@x.example", status="unsubscribe"),
        change(external_id="CRM-1", is_active=False),
    )

    assert await counts(db, northwind.id) == {
        "r:EMA/---": 1,
        "r:EAU/u--": 1,
        "r:/---": 1,
        "c:GB": 1,
        "c:": 2,
        "s:test": 3,
    }


async def test_what_the_carriers_of_a_tag_are_is_counted(db, northwind):
    await applied(db, northwind.id, change(email="ada@x.example", tags_add=("vip",)))
    await applied(db, northwind.id, change(email="ada@x.example", mobile="+33612345678"))
    await applied(db, northwind.id, change(email="bo@x.example", tags_add=("vip",)))
    await applied(db, northwind.id, change(email="bo@x.example", tags_remove=("vip",)))
    async with db.read() as read:
        vip = await read.value("SELECT id FROM tags WHERE name = 'vip'")
        days = await read.rows(
            "SELECT joined, gone, opted_out FROM contact_days WHERE tag_id = %s", [vip]
        )

    assert await counts(db, northwind.id, vip) == {"r:EMA/---": 1, "c:FR": 1, "s:test": 1}
    assert days == [(2, 1, 0)]


async def test_the_country_is_the_field_or_the_number(db, northwind):
    await applied(
        db,
        northwind.id,
        change(email="a@x.example", fields={"country": "Deutschland"}, mobile="+33612345678"),
        change(mobile="+16045550123"),
        change(mobile="+12125550123", fields={"country": "somewhere"}),
        change(email="b@x.example", fields={"country": " états-unis "}),
        change(external_id="1", fields={"country": "fra"}),
    )

    counted = await counts(db, northwind.id)
    assert {what: n for what, n in counted.items() if what.startswith("c:")} == {
        "c:DE": 1,
        "c:CA": 1,
        "c:US": 2,
        "c:FR": 1,
    }


async def test_an_opt_out_is_counted_on_its_day(db, northwind):
    await applied(db, northwind.id, change(email="a@x.example"), change(email="b@x.example"))
    await applied(db, northwind.id, change(email="a@x.example", status="unsubscribe"))
    await applied(db, northwind.id, change(email="a@x.example", delete=True))
    async with db.read() as read:
        days = await read.rows("SELECT tag_id, joined, gone, opted_out FROM contact_days")

    assert days == [(0, 2, 1, 1)]


async def test_a_message_id_is_applied_once(db, northwind):
    def once() -> ContactChange:
        return change(email="ada@x.example", tags_add=("a",), message_id="m-1")

    first, twin = await applied(db, northwind.id, once(), once())
    (later,) = await applied(db, northwind.id, once())

    assert statuses([first, twin, later]) == ["created", "unchanged", "unchanged"]
    assert (await kinds(db, first)).count("tagged") == 1


async def test_created_and_deleted_in_one_batch_leaves_nothing(db, northwind):
    outcomes = await applied(
        db,
        northwind.id,
        change(email="ada@x.example", tags_add=("a",)),
        change(email="ada@x.example", delete=True),
    )

    assert statuses(outcomes) == ["created", "deleted"]
    assert await stored(db, northwind.id) == []
    assert await counts(db, northwind.id) == {}
    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM events") == 0


async def test_fifty_at_once_make_one_contact_and_lose_no_signal(db, northwind):
    async def one(number: int) -> Outcome:
        tags = ("all", f"t{number}")
        (outcome,) = await applied(
            db, northwind.id, change(email="ada@x.example", mobile="+442071838750", tags_add=tags)
        )
        return outcome

    outcomes = await asyncio.gather(*(one(number) for number in range(50)))

    assert statuses(outcomes).count("created") == 1
    assert len(await stored(db, northwind.id)) == 1
    async with db.read() as read:
        assert await read.value("SELECT cardinality(tags) FROM contact_signals") == 51
        assert await read.value("SELECT signals FROM tags WHERE name = 'all'") == 50
    assert (await counts(db, northwind.id))["s:test"] == 1


async def test_batches_in_opposite_order_do_not_wait_for_ever(db, northwind):
    def batch(numbers: Sequence[int]) -> list[ContactChange]:
        return [change(email=f"u{n}@x.example", tags_add=(f"t{n}",)) for n in numbers]

    forward, backward = list(range(200)), list(range(199, -1, -1))
    await asyncio.gather(
        *(applied(db, northwind.id, *batch(order)) for order in (forward, backward) * 3)
    )

    assert len(await stored(db, northwind.id)) == 200
    async with db.read() as read:
        assert await read.value("SELECT sum(signals) FROM tags") == 1200


@pytest.mark.parametrize("odd", ["'; DROP TABLE contacts; --", "\\x1f", "{}", "\\", '"', "%(a)s"])
async def test_odd_text_is_stored_as_it_is(db, northwind: Place, odd: str):
    (outcome,) = await applied(
        db,
        northwind.id,
        change(
            external_id=odd,
            fields={"full_name": f"{odd}\x1f\x1e", "odd": odd},
            metadata={odd: odd},
            tags_add=(odd,),
        ),
    )

    async with db.read() as read:
        row = await read.rows("SELECT external_id, fields, metadata FROM contacts")
        names = await read.values("SELECT name FROM tags WHERE contacts = 1")
    assert outcome.error is None
    assert row == [(odd, {"full_name": f"{odd}\x1f\x1e", "odd": odd}, {odd: odd})]
    assert names == [odd]


async def test_a_merge_that_is_asked_for_makes_one_of_two(db, northwind):
    ada, kay = await applied(
        db,
        northwind.id,
        change(email="ada@x.example", fields={"city": "Paris"}, tags_add=("a", "b")),
        change(mobile="+442071838750", fields={"city": "Lyon", "plan": "pro"}, tags_add=("b", "c")),
    )

    (one,) = await applied(
        db,
        northwind.id,
        change(email="ada@x.example", mobile="+442071838750", fields={"state": "IDF"}, merge=True),
    )

    assert one.contact.id == ada.contact.id
    assert one.contact.mobile == "+442071838750"
    assert one.contact.fields == {"city": "Paris", "plan": "pro", "state": "IDF"}
    assert await kinds(db, kay) == []
    assert sorted(await kinds(db, one)) == sorted(
        ["created", "tagged", "tagged"] * 2 + ["merged", "updated"]
    )
    async with db.read() as read:
        carried = await read.rows("SELECT name, contacts, signals FROM tags ORDER BY name")
        days = await read.rows("SELECT DISTINCT contact_id FROM event_days")
        told = await read.value(
            "SELECT payload->'merged'->0->>'mobile' FROM events WHERE kind = 'merged'"
        )
    assert carried == [("a", 1, 1), ("b", 1, 2), ("c", 1, 1)]
    assert days == [(ada.contact.id,)]
    assert told == "+442071838750"
    assert (await counts(db, northwind.id))["s:test"] == 1


async def test_a_merge_keeps_the_optout_of_either(db, northwind):
    await applied(
        db,
        northwind.id,
        change(email="ada@x.example", external_id="CRM-1"),
        change(email="kay@x.example", mobile="+442071838750", status="unsubscribe"),
    )

    (one,) = await applied(
        db, northwind.id, change(external_id="CRM-1", mobile="+442071838750", merge=True)
    )

    assert one.contact.email == "ada@x.example"
    assert one.contact.email_optout == one.contact.sms_optout == "user"


async def test_a_merge_within_the_batch_that_made_both(db, northwind):
    outcomes = await applied(
        db,
        northwind.id,
        change(email="ada@x.example", tags_add=("a",)),
        change(mobile="+442071838750", tags_add=("a",)),
        change(email="ada@x.example", mobile="+442071838750", merge=True),
    )

    assert statuses(outcomes) == ["created", "created", "updated"]
    assert await stored(db, northwind.id) == [("ada@x.example", "+442071838750", None)]
    async with db.read() as read:
        assert await read.values("SELECT count FROM event_days") == [2]
        assert await read.rows("SELECT contacts, signals FROM tags") == [(1, 2)]


async def test_blanks_around_a_tag_do_not_make_another_tag(db, northwind):
    await applied(
        db, northwind.id, change(email="ada@x.example", tags_add=("vip", " vip ", "vip\u00a0"))
    )

    async with db.read() as read:
        assert await read.values("SELECT name FROM tags WHERE contacts > 0") == ["vip"]


async def test_problems_of_tags_do_not_hide_those_of_fields(db, northwind):
    (outcome,) = await applied(
        db,
        northwind.id,
        change(email="ada@x.example", tags_add=("a,b",), fields={"birth_date": "31-02-1990"}),
    )

    assert [problem.field for problem in outcome.error.problems] == ["tags", "fields.birth_date"]


async def test_identifiers_are_passed_on_within_a_batch(db, northwind):
    ada, bo = await applied(
        db, northwind.id, change(email="ada@x.example"), change(email="bo@x.example")
    )
    both = (ada.contact.id, bo.contact.id)
    outcomes = await applied(
        db,
        northwind.id,
        change(id=both[0], email="c@x.example"),
        change(id=both[1], email="ada@x.example"),
        change(id=both[0], email="bo@x.example"),
    )

    assert statuses(outcomes) == ["updated"] * 3
    async with db.read() as read:
        kept = dict(await read.rows("SELECT id, email_key FROM contacts"))
    assert kept == {both[0]: "bo@x.example", both[1]: "ada@x.example"}


async def test_who_has_bounced_can_leave_as_well(db, northwind):
    await applied(
        db, northwind.id, change(email="ada@x.example", optouts=(("email", "hardbounced"),))
    )
    await applied(db, northwind.id, change(email="ada@x.example", status="unsubscribe"))

    async with db.read() as read:
        (written,) = await read.rows(
            "SELECT email_optout, unsubscribed_at IS NOT NULL FROM contacts"
        )
    assert written == ("hardbounced", True)
