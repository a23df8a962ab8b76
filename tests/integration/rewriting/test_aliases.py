"""What a batch does with names that are aliases."""

import pytest

from signalbook.contacts import actions as contacts
from signalbook.contacts import queries
from signalbook.contacts.filters import ContactFilter, FieldCondition
from signalbook.contacts.model import ContactChange, Source
from signalbook.fields import actions as registry

LANDLINE = "+33142685300"


@pytest.fixture
async def called(fields):
    async with fields.db.tx() as tx:
        await registry.describe(tx, fields.account_id, "phone", aliases=["Téléphone fixe"])


async def apply(account, **change):
    one = ContactChange(source=Source("test"), **change)
    (outcome,) = await account.db.transact(lambda tx: contacts.apply(tx, account.account_id, [one]))
    assert outcome.error is None, outcome.error
    return outcome.contact


async def test_what_is_in_force_on_a_landline_holds_under_an_alias_too(fields, called):
    first = await apply(
        fields,
        external_id="a",
        fields={"phone": LANDLINE},
        optouts=(("voice", "hardbounced"),),
    )
    await apply(fields, id=first.id, delete=True)

    second = await apply(fields, external_id="b", fields={"telephone fixe": LANDLINE})
    known = await apply(fields, external_id="c")
    third = await apply(fields, external_id="c", fields={"TÉLÉPHONE FIXE": LANDLINE})

    assert second.fields == {"phone": LANDLINE}
    assert second.voice_optout == "hardbounced"
    assert known.voice_optout is None
    assert third.voice_optout == "hardbounced"


async def test_a_filter_by_a_former_name_finds_whom_it_found(fields):
    ids = await fields.people({"pts": 7}, {"pts": 8}, {})
    wanted = [
        ContactFilter(fields=(FieldCondition("pts", "is", "7"),)),
        ContactFilter(fields=(FieldCondition("pts", "has"),)),
    ]
    await fields.rewritten("rename", "pts", "points")

    async with fields.db.read() as read:
        found = [
            await queries.matching_ids(
                read,
                fields.account_id,
                await queries.predicate_of(read, fields.account_id, one),
                None,
                10,
            )
            for one in wanted
        ]

    assert found == [[ids[0]], [ids[0], ids[1]]]


async def test_a_batch_that_names_a_field_by_all_its_names_is_one_field(fields):
    await fields.people({"loyalty_points": 0}, {}, {})
    async with fields.db.tx() as tx:
        await registry.describe(tx, fields.account_id, "loyalty_points", aliases=["pts"])
    names = ("loyalty_points", "pts", "P.T.S.")
    changes = [
        ContactChange(source=Source("test"), external_id=f"p{n:05}", fields={name: n})
        for n, name in enumerate(names)
    ]

    await fields.db.transact(lambda tx: contacts.apply(tx, fields.account_id, changes))

    assert await fields.stored() == [{"loyalty_points": n} for n in range(3)]
    assert (await fields.known())["loyalty_points"].contacts == 3
    assert set(await fields.known()) == {"loyalty_points"}
