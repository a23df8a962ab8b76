"""The word of the status column and the filter of it are one rule, here and in the database."""

from itertools import product

import pytest

from signalbook.contacts import queries
from signalbook.contacts.filters import ContactFilter
from signalbook.contacts.paging import Listing
from signalbook.contacts.standing import Standing, standing_of
from tests.integration.bulk.people import crowd

OPTOUTS = (None, "spam", "hardbounced", "contact", "user")


@pytest.fixture
async def everybody(db, northwind):
    """A contact for every way to stand."""
    ways = list(product((True, False), OPTOUTS, (True, False)))
    made = await crowd(db, northwind.id, len(ways))
    async with db.tx() as tx:
        for id, (is_active, optout, has_left) in zip(made, ways, strict=True):
            await tx.execute(
                "UPDATE contacts SET is_active = %s, email_optout = %s,"
                " unsubscribed_at = CASE WHEN %s THEN created_at END WHERE id = %s",
                [is_active, optout, has_left, id],
            )
    return made


async def test_each_contact_stands_as_the_filter_says_and_nobody_twice(db, northwind, everybody):
    found = []
    async with db.read() as read:
        for standing in Standing:
            wanted = ContactFilter(standing=standing)
            predicate = await queries.predicate_of(read, northwind.id, wanted)
            shown = await queries.page(read, northwind.id, predicate, Listing(size=100))
            assert {standing_of(contact) for contact in shown} == {standing}
            found += [contact.id for contact in shown]

    assert sorted(found) == everybody
