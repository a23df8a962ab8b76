"""Somebody signed in, and eight people of every kind at Northwind."""

import pytest

from signalbook.contacts import actions as contacts
from signalbook.contacts.model import ContactChange, Source
from signalbook.kit import clock
from signalbook.lists import actions as lists
from tests.integration.contacts_pages.conftest import ada, grace, kenji

__all__ = ["ada", "grace", "kenji"]

LANDLINE = {"phone": "+442071838750"}


def change(number: int, **values) -> ContactChange:
    return ContactChange(
        source=Source("api"), email=f"p{number}@example.com", at=clock.now(), **values
    )


PEOPLE = [
    change(1, mobile="+447400000001", tags_add=("vip",), fields=LANDLINE),
    change(2, mobile="+33612345678", tags_add=("vip",)),
    change(3, optouts=(("email", "hardbounced"),), fields=LANDLINE),
    change(4, is_active=False),
    change(5, mobile="+447400000005", status="unsubscribe"),
    change(6, optouts=(("email", "contact"),), tags_add=("vip",)),
    change(7, optouts=(("email", "spam"),), is_active=False),
    ContactChange(source=Source("import"), external_id="CRM-8", at=clock.now()),
]


@pytest.fixture
async def everybody(db, northwind, contoso):
    """Eight people of every kind, of whom the first four are on a list; and one at Contoso."""
    async with db.tx() as tx:
        outcomes = await contacts.apply(tx, northwind.id, PEOPLE)
        await contacts.apply(tx, contoso.id, [change(99, tags_add=("vip", "theirs"))])
        one = await lists.create(tx, northwind.id, "Spring", actor="test")
    ids = [outcome.contact.id for outcome in outcomes if outcome.contact]
    assert len(ids) == len(PEOPLE)
    async with db.tx() as tx:
        await lists.join(tx, northwind.id, one.id, ids[:4], clock.now(), "test")
    return one
