"""AttributesData by boto3 that no fields, or not all of them, can hold: it comes back as sent."""

import json

import pytest

from tests.integration.doors.ses.conftest import refused
from tests.integration.doors.ses.test_contacts import ADA, MAIN, changed
from tests.integration.rewriting.fields import Fields

MOST = 65_536


@pytest.fixture(autouse=True)
async def main(aws):
    await aws.create_contact_list(**MAIN)


async def test_attributes_that_find_no_field_any_more_come_back_as_they_were_sent(aws):
    most = json.dumps({f"k{number}": number for number in range(1_200)})
    await aws.create_contact(**ADA, AttributesData=most)
    ben = MAIN | {"EmailAddress": "ben@example.com"}
    await aws.create_contact(**ben, AttributesData='{ "Name": "Ben", "k3": 4, "x": [1] }')

    assert (await aws.get_contact(**ADA))["AttributesData"] == most
    assert (await aws.get_contact(**ben))[
        "AttributesData"
    ] == '{ "Name": "Ben", "k3": 4, "x": [1] }'


async def test_a_key_without_room_stays_when_there_is_room_again(aws, db, northwind):
    most = json.dumps({f"k{number}": number for number in range(1_100)})
    await aws.create_contact(**ADA, AttributesData=most)
    contact = await changed(db, northwind.id, email="ada@example.com")
    assert len(contact.fields) == 1_000

    await Fields(db, northwind.id).rewritten("delete", "k3")

    now = json.loads((await aws.get_contact(**ADA))["AttributesData"])
    assert now == {f"k{number}": number for number in range(1_100) if number != 3}


@pytest.mark.parametrize("key", ["a", "Name"])
@pytest.mark.parametrize("size", [MOST - 1, MOST])
async def test_attributes_are_as_large_as_they_may_be(aws, db, northwind, key, size):
    bare = f'{{"{key}":"","b":1}}'
    sent = bare.replace('""', f'"{"x" * (size - len(bare))}"')

    await aws.create_contact(**ADA, AttributesData=sent)

    assert (await aws.get_contact(**ADA))["AttributesData"] == sent
    assert (await changed(db, northwind.id, email="ada@example.com")).fields == {"b": 1}
    told = await refused(aws.update_contact(**ADA, AttributesData=sent + " " * (MOST + 1 - size)))
    assert told == (400, "BadRequestException", "AttributesData can contain up to 65536 bytes.")


async def test_attributes_that_are_too_much_beside_other_fields_are_refused(aws, db, northwind):
    await changed(db, northwind.id, email="ada@example.com", fields={"story": "x" * 60_000})

    told = await refused(aws.update_contact(**ADA, AttributesData=json.dumps({"a": "x" * 10_000})))

    assert told[:2] == (400, "BadRequestException")
