"""Many changes go through S3 and an import job, where that cannot undo an opt-out."""

import asyncio

from signalbook.connector import document

MANY = 160


async def work_until_empty(desk) -> None:
    for _ in range(100):
        await desk.work()
        if not await desk.waiting() and (await desk.connection()).import_job is None:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(await desk.waiting())


def operations(ses) -> list[str]:
    return [one["operation"] for one in ses.calls()]


async def test_many_new_contacts_go_at_once_and_those_refused_are_told(desk, ses, wish):
    ses.create("p7@example.com", UnsubscribeAll=True, AttributesData='{"Shoe": 44}')
    ses.control(refused_addresses=["p9@example.com"])
    await desk.write(*({"email": f"p{n}@example.com", "fields": {"n": n}} for n in range(MANY)))
    before = len(operations(ses))

    await desk.connect(wish(bucket="bucket/ses"))
    await work_until_empty(desk)

    there = ses.contacts()
    ses.control(refused_addresses=[])
    assert set(there) == {f"p{n}@example.com" for n in range(MANY) if n != 9}
    assert there["p7@example.com"]["unsubscribed"] is True
    assert document.read(there["p7@example.com"]["attributes"]).foreign == {"Shoe": 44}
    assert document.read(there["p42@example.com"]["attributes"]).kept is not None
    assert list(await desk.refused()) == ["p9@example.com"]
    done = operations(ses)[before:]
    assert done.count("CreateImportJob") == 1
    assert done.count("CreateContact") < 60


async def test_many_deletions_go_at_once_but_not_of_who_opted_out(desk, ses, wish):
    await desk.write(*({"email": f"p{n}@example.com"} for n in range(MANY)))
    await desk.connect(wish(bucket="bucket"))
    await work_until_empty(desk)
    ses.update("p3@example.com", UnsubscribeAll=True)
    before = len(operations(ses))

    await desk.write(*({"email": f"p{n}@example.com", "delete": True} for n in range(MANY)))
    async with desk.db.tx() as tx:
        await tx.execute("UPDATE ses_connections SET listed_at = created_at - interval '1 day'")
    await work_until_empty(desk)

    assert ses.contacts() == {}
    assert await desk.optouts("p3@example.com") == {("email", "contact")}
    assert "CreateImportJob" in operations(ses)[before:]


async def test_a_change_during_the_job_is_not_lost(desk, ses, wish):
    ses.control(import_delay=1.0)
    await desk.write(*({"email": f"p{n}@example.com", "fields": {"n": n}} for n in range(MANY)))
    await desk.connect(wish(bucket="bucket"))
    for _ in range(20):
        if (await desk.connection()).import_job is not None:
            break
        await desk.work()
    last = "p99@example.com"

    await desk.write({"email": last, "fields": {"n": -1}})
    await work_until_empty(desk)
    ses.control(import_delay=0.05)

    assert '"n":-1' in ses.contacts()[last]["attributes"]
