"""SES contact lists, topics and lists in the batch verb, and what SES has to hear of."""

from typing import Any, LiteralString
from uuid import UUID

import pytest

from signalbook.contacts import actions, following, restricting
from signalbook.contacts.model import ContactChange, Listed, Outcome, Source
from signalbook.kit import clock
from signalbook.kit.db import Database
from signalbook.kit.ids import new_id
from signalbook.ledger.model import Order, topic
from signalbook.lists import actions as lists
from signalbook.lists import batch_queries

following.follow("lists", batch_queries.FOLLOWER)  # as app.py does

SOURCE = Source("ses", "key:1")
LIST, OTHER = new_id(), new_id()


def change(**what: Any) -> ContactChange:
    return ContactChange(source=SOURCE, **what)


async def applied(db: Database, account_id: int, *changes: ContactChange) -> list[Outcome]:
    return await db.transact(lambda tx: actions.apply(tx, account_id, changes))


async def made(db: Database, account_id: int, email: str = "ada@x.example", **what: Any) -> Outcome:
    listed = Listed(list_id=LIST, presence="new", **what)
    (outcome,) = await applied(db, account_id, change(email=email, listed=listed))
    return outcome


async def rows(db: Database, statement: LiteralString, *values: object) -> list[tuple[Any, ...]]:
    async with db.read() as read:
        return await read.rows(statement, values)


async def held(db: Database, account_id: int) -> dict[UUID, str | None]:
    return dict(
        await rows(
            db, "SELECT list_id, attributes FROM ses_contacts WHERE account_id = %s", account_id
        )
    )


async def test_attributes_are_kept_as_sent_and_are_fields(db, northwind):
    raw = '{ "Name":"Ada", "Company": null, "shoe":42, "id": 7, "birth_date": "soon" }'

    outcome = await made(db, northwind.id, attributes=raw)

    assert outcome.contact is not None
    assert outcome.contact.fields == {"full_name": "Ada", "shoe": 42}
    assert await held(db, northwind.id) == {LIST: raw}


async def test_new_attributes_replace_the_former_and_no_other_field(db, northwind):
    await made(db, northwind.id, attributes='{"Name": "Ada", "shoe": 42}')
    await applied(db, northwind.id, change(email="ada@x.example", fields={"city": "Paris"}))

    (outcome,) = await applied(
        db,
        northwind.id,
        change(email="ada@x.example", listed=Listed(list_id=LIST, attributes='{"shoe": 43}')),
    )

    assert outcome.contact is not None
    assert outcome.contact.fields == {"shoe": 43, "city": "Paris"}


async def test_an_alias_means_its_field_when_attributes_come_and_go(db, northwind):
    await applied(db, northwind.id, change(email="bob@x.example", fields={"colour": "red"}))
    async with db.tx() as tx:
        await tx.rows(
            "INSERT INTO field_aliases (account_id, key, alias, name)"
            " VALUES (%s, 'farbe', 'Farbe', 'colour') RETURNING 1",
            [northwind.id],
        )
    first = await made(db, northwind.id, attributes='{"Farbe": "blue"}')
    (second,) = await applied(
        db,
        northwind.id,
        change(email="ada@x.example", listed=Listed(list_id=LIST, attributes="{}")),
    )

    assert first.contact is not None
    assert second.contact is not None
    assert (first.contact.fields, second.contact.fields) == ({"colour": "blue"}, {})


async def test_who_is_there_is_not_made_again_and_who_is_not_cannot_be_left(db, northwind):
    await made(db, northwind.id)
    again = await made(db, northwind.id)
    gone = change(email="bob@x.example", listed=Listed(list_id=LIST, leave=True))
    absent = change(email="eve@x.example", listed=Listed(list_id=LIST, presence="there"))
    left, missing = await applied(db, northwind.id, gone, absent)

    told = [str(one.error) for one in (again, left, missing)]
    assert told == [
        "ada@x.example is on this contact list already.",
        "bob@x.example is not on this contact list.",
        "eve@x.example is not on this contact list.",
    ]


async def test_who_was_made_elsewhere_is_on_every_list_until_one_has_a_row(db, northwind):
    await applied(db, northwind.id, change(email="ada@x.example"))
    there = await made(db, northwind.id)
    (row,) = await applied(
        db,
        northwind.id,
        change(email="ada@x.example", listed=Listed(list_id=LIST, attributes='{"a": 1}')),
    )
    (other,) = await applied(
        db,
        northwind.id,
        change(email="ada@x.example", listed=Listed(list_id=OTHER, presence="there")),
    )

    assert (str(there.status), str(row.status)) == ("rejected", "updated")
    assert str(other.error) == "ada@x.example is not on this contact list."


async def test_the_last_list_to_let_go_deletes_the_contact(db, northwind):
    await made(db, northwind.id)
    await applied(db, northwind.id, change(email="ada@x.example", listed=Listed(list_id=OTHER)))
    leave = Listed(list_id=LIST, leave=True)
    (first,) = await applied(db, northwind.id, change(email="ada@x.example", listed=leave))
    lists_then = await held(db, northwind.id)
    leave = Listed(list_id=OTHER, leave=True)
    (second,) = await applied(db, northwind.id, change(email="ada@x.example", listed=leave))

    assert (str(first.status), str(second.status)) == ("updated", "deleted")
    assert (set(lists_then), await held(db, northwind.id)) == ({OTHER}, {})


async def test_another_list_has_made_a_contact_that_its_maker_lets_go_of(db, northwind):
    await made(db, northwind.id)
    await applied(db, northwind.id, change(email="ada@x.example", listed=Listed(list_id=OTHER)))
    leave = Listed(list_id=LIST, leave=True)

    await applied(db, northwind.id, change(email="ada@x.example", listed=leave))

    stays = await rows(
        db, "SELECT list_id, made FROM ses_contacts WHERE account_id = %s", northwind.id
    )
    assert stays == [(OTHER, True)]


async def test_contacts_join_and_leave_lists_in_the_verb(db, northwind):
    async with db.tx() as tx:
        news = await lists.create(tx, northwind.id, "News", actor="ada")
    joining = change(email="ada@x.example", joins=frozenset({news.id, new_id()}))
    (joined,) = await applied(db, northwind.id, joining)
    (again,) = await applied(
        db, northwind.id, change(email="ada@x.example", joins=frozenset({news.id}))
    )
    count = (
        "SELECT l.members, c.contacts FROM lists l JOIN list_counts c ON c.list_id = l.id"
        " WHERE l.id = %s AND c.what LIKE 'r:%%'"
    )
    then = await rows(db, count, news.id)
    (left,) = await applied(
        db, northwind.id, change(email="ada@x.example", leaves=frozenset({news.id}))
    )

    assert [str(one.status) for one in (joined, again, left)] == ["created", "unchanged", "updated"]
    assert (then, await rows(db, count, news.id)) == ([(1, 1)], [(0, 0)])


async def test_a_deactivated_list_holds_who_joins_it(db, northwind):
    async with db.tx() as tx:
        news = await lists.create(tx, northwind.id, "News", actor="ada")
        await tx.rows("UPDATE lists SET is_active = false WHERE id = %s RETURNING 1", [news.id])
    joining = change(email="ada@x.example", joins=frozenset({news.id}))
    (joined,) = await applied(db, northwind.id, joining)
    reach = await rows(db, "SELECT reach FROM contacts WHERE account_id = %s", northwind.id)
    (left,) = await applied(
        db, northwind.id, change(email="ada@x.example", leaves=frozenset({news.id}))
    )

    assert joined.contact is not None
    assert left.contact is not None
    assert "D" in reach[0][0]
    assert (joined.contact.list_active, left.contact.list_active) == (False, True)


@pytest.fixture
def sport() -> str:
    return topic(new_id())


async def out_of(db: Database, account_id: int) -> list[tuple[str, str]]:
    return await rows(
        db,
        "SELECT address, reason FROM optout_states"
        " WHERE account_id = %s AND channel LIKE 'topic:%%' ORDER BY address, reason",
        account_id,
    )


async def test_an_optout_of_a_topic_is_none_of_email_and_is_lifted_by_name(db, northwind, sport):
    out = change(email="ada@x.example", optouts=((sport, "user"),))
    (restricted,) = await applied(db, northwind.id, out)
    there = await out_of(db, northwind.id)
    await applied(db, northwind.id, change(email="ada@x.example", status="resubscribe"))
    still = await out_of(db, northwind.id)
    lift = change(email="ada@x.example", status="resubscribe", channels=frozenset({sport}))
    await applied(db, northwind.id, lift)

    assert restricted.contact is not None
    assert restricted.contact.email_optout is None
    assert there == still == [("ada@x.example", "user")]
    assert await out_of(db, northwind.id) == []


async def test_an_optout_of_a_topic_follows_to_a_new_address_and_through_erasure(
    db, northwind, sport
):
    await applied(
        db,
        northwind.id,
        change(email="ada@x.example", mobile="+4915112345678", optouts=((sport, "contact"),)),
    )
    await applied(db, northwind.id, change(mobile="+4915112345678", email="new@x.example"))
    moved = await out_of(db, northwind.id)
    await applied(db, northwind.id, change(email="new@x.example", delete=True, erase=True))
    erased = await out_of(db, northwind.id)
    await applied(db, northwind.id, change(email="new@x.example"))

    assert moved == [("ada@x.example", "contact"), ("new@x.example", "contact")]
    assert ("new@x.example", "contact") not in erased
    assert ("new@x.example", "contact") in await out_of(db, northwind.id)


async def test_an_order_may_name_a_topic(db, northwind, sport):
    await applied(db, northwind.id, change(email="ada@x.example"))
    order = Order(
        kind="out", channel=sport, reasons=("contact",), source="ses", at=clock.now(),
        address="ada@x.example",
    )  # fmt: skip
    await db.transact(lambda tx: restricting.obey(tx, northwind.id, [order], at=clock.now()))

    assert await out_of(db, northwind.id) == [("ada@x.example", "contact")]


async def test_what_lists_hold_follows_a_merge(db, northwind):
    await made(db, northwind.id, attributes='{"a": 1}')
    await applied(db, northwind.id, change(mobile="+4915112345678"))
    (merged,) = await applied(
        db, northwind.id, change(email="ada@x.example", mobile="+4915112345678", merge=True)
    )

    assert merged.contact is not None
    assert await held(db, northwind.id) == {LIST: '{"a": 1}'}


async def test_ses_hears_of_every_changed_address_of_a_connected_account(db, northwind, contoso):
    async with db.tx() as tx:
        await tx.rows(
            "INSERT INTO ses_connections (account_id, id, mode, region, list_name, created_at,"
            " created_by) VALUES (%s, gen_random_uuid(), 'mirror', 'eu-west-1', 'news', now(), '')"
            " RETURNING 1",
            [northwind.id],
        )
    for account in (northwind.id, contoso.id):
        await applied(
            db,
            account,
            change(email="Ada@x.example", external_id="7"),
            change(mobile="+4915112345678"),
        )
        await applied(db, account, change(external_id="7", email="eve@x.example"))
        await applied(db, account, change(email="eve@x.example"))
        await applied(db, account, change(email="bob@x.example"))
        await applied(db, account, change(email="bob@x.example", delete=True))

    waiting = await rows(
        db, "SELECT account_id, address, contact_id IS NULL FROM outbox ORDER BY address"
    )
    assert waiting == [
        (northwind.id, "ada@x.example", True),
        (northwind.id, "bob@x.example", True),
        (northwind.id, "eve@x.example", False),
    ]
