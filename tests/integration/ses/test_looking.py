"""Calls that look a list up together share a read; nobody is told what was before they asked."""

import asyncio

import pytest

from signalbook.ses import looking
from signalbook.ses.errors import ContactListNotFound
from tests.integration.ses.kept import REGION, deleted, made, topic, updated


async def test_those_who_ask_together_share_a_read(db, northwind, queries_at_most):
    one = await made(db, northwind.id, "Main")

    with queries_at_most(2):
        found = await asyncio.gather(
            *(looking.existing(db, northwind.id, REGION, "Main") for _ in range(50))
        )

    assert found == [one] * 50


async def test_whoever_asks_after_a_change_sees_it(db, northwind):
    await made(db, northwind.id, "Main")
    asking = True

    async def keep_asking() -> None:
        while asking:
            await looking.existing(db, northwind.id, REGION, "Main")

    others = [asyncio.create_task(keep_asking()) for _ in range(8)]
    for number in range(20):
        await updated(db, northwind.id, "Main", topic(f"t{number}"))
        seen = await looking.existing(db, northwind.id, REGION, "Main")
        assert [one.name for one in seen.topics] == [f"t{number}"]
    asking = False
    await asyncio.gather(*others)


async def test_a_list_that_is_gone_is_gone_for_all(db, northwind, contoso):
    await made(db, northwind.id, "Main")
    await deleted(db, northwind.id)

    found = await asyncio.gather(
        *(looking.existing(db, northwind.id, REGION, "Main") for _ in range(5)),
        looking.existing(db, contoso.id, REGION, "Main"),
        return_exceptions=True,
    )

    assert {type(one) for one in found} == {ContactListNotFound}
    with pytest.raises(ContactListNotFound):
        await looking.existing(db, northwind.id, "us-east-1", "Main")
