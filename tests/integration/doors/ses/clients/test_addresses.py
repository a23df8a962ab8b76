"""Addresses and names that a path has to escape: each is one segment, whatever is in it."""

import pytest

from tests.integration.doors.ses.clients.conftest import LIST

ODD = [
    "a+b@example.com",
    "o'brien@example.com",
    "sales/uk@example.com",
    "100%@example.com",
    "50%25@example.com",
    "a%2Fb@example.com",
    "a&b=c?d#e@example.com",
    "jörg@example.com",
    "é@example.com",
    "{curly}|~`^*!$@example.com",
    "list@example.com",
    "a.b-c_d@sub.example.co.uk",
    "UPPER@example.com",
]


@pytest.mark.parametrize("address", ODD)
async def test_an_odd_address_is_made_got_changed_and_deleted(ses, address: str) -> None:
    one = {"ContactListName": LIST, "EmailAddress": address}

    await ses("CreateContact", **one, AttributesData='{"Name":"Odd"}')
    assert (await ses("GetContact", **one))["EmailAddress"] == address
    await ses("UpdateContact", **one, UnsubscribeAll=True)
    assert (await ses("GetContact", **one))["UnsubscribeAll"] is True
    listed = (await ses("ListContacts", ContactListName=LIST))["Contacts"]
    assert address in {each["EmailAddress"] for each in listed}
    await ses("DeleteContact", **one)

    assert (await ses.refused("GetContact", **one)).message == f"{address} doesn't exist in List."


@pytest.mark.parametrize(
    "address", ["a b@example.com", "a+b c'é/x@example.com", " a@example.com", "\t@example.com"]
)
async def test_what_is_no_address_is_told_as_it_was_meant(ses, address: str) -> None:
    told = await ses.refused("GetContact", ContactListName=LIST, EmailAddress=address)

    assert (told.status, told.message) == (400, f"EmailAddress <{address}> is invalid")


@pytest.mark.parametrize("address", ["a/b@example.com", "x%2F@example.com", "a+b@example.com"])
async def test_an_odd_address_is_suppressed_and_freed(empty, address: str) -> None:
    await empty("PutSuppressedDestination", EmailAddress=address, Reason="COMPLAINT")
    shown = await empty("GetSuppressedDestination", EmailAddress=address)
    assert shown["SuppressedDestination"]["EmailAddress"] == address
    await empty("DeleteSuppressedDestination", EmailAddress=address)
