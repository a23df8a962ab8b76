"""`/api/v1/exports`, and everything known of a contact."""

import asyncio
import csv
import io
import json
from datetime import timedelta

import pytest

from signalbook.exports import files, queries
from signalbook.kit import clock
from signalbook.ledger.model import Channel
from tests import asgi
from tests.integration.bulk.people import apply, crowd
from tests.integration.imports.asked import imported

EXPORTS = "/api/v1/exports"


async def begun(api, **body):
    answer = await api.post(EXPORTS, json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()


async def done(api, id):
    async with asyncio.timeout(20):
        running = {"queued", "running"}
        while (export := (await api.get(f"{EXPORTS}/{id}")).json())["state"] in running:  # noqa: ASYNC110  # the worker works
            await asyncio.sleep(0.02)
    return export


async def table(api, export):
    answer = await api.get(export["file"])
    assert answer.status_code == 200, answer.text
    return answer, list(csv.reader(io.StringIO(answer.text, newline="")))


@pytest.fixture
async def reader(app, northwind):
    async with asgi.client(app, {"X-API-Key": northwind.read_key}) as client:
        yield client


@pytest.fixture
async def theirs(app, contoso):
    async with asgi.client(app, {"X-API-Key": contoso.api_key}) as client:
        yield client


async def test_a_filter_becomes_a_file_that_can_be_fetched(api, reader, db, northwind):
    await crowd(db, northwind.id, 5)
    await apply(db, northwind.id, email="ada@example.com", tags_add=("vip",))
    wanted = {"filter": {"tags": ["vip"]}, "columns": ["email", "tags"]}

    first = await begun(reader, **wanted)
    export = await done(api, first["id"])
    answer, rows = await table(reader, export)

    assert (first["state"], first["file"]) == ("queued", None)
    assert (export["state"], export["total"], export["done"]) == ("done", 1, 1)
    assert export["filter"] == {"tags": ["vip"]}
    assert rows == [["email", "tags"], ["ada@example.com", "vip"]]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert export["file"] == f"{EXPORTS}/{export['id']}/file"
    assert int(answer.headers["content-length"]) == export["bytes"]


async def test_no_body_is_everybody_with_every_column(api, db, northwind):
    await crowd(db, northwind.id, 3)

    export = await done(api, (await begun(api))["id"])

    assert export["done"] == 3
    assert "email" in export["columns"]


async def test_every_part_of_a_filter_is_understood_again_by_the_job(api, db, northwind):
    await crowd(db, northwind.id, 3, fields={"city": "Paris"})
    wanted = {
        "none_tag": ["x"],
        "search": "crowd",
        "is_active": True,
        "is_unsubscribed": False,
        "created_after": "2024-01-01T00:00:00+02:00",
        "created_before": "9999-01-01T00:00:00Z",
        "updated_after": "0001-01-01T00:00:00+23:59",
        "reachable": "email",
        "standing": "subscribed",
        "status": "active",
        "fields": [{"name": "city", "condition": "is", "value": "Paris"}],
    }

    export = await done(api, (await begun(api, filter=wanted))["id"])

    assert (export["state"], export["done"]) == ("done", 3)


async def test_several_at_once(api, db, northwind):
    await crowd(db, northwind.id, 50)
    formats = ["csv", "jsonl", "xlsx", "ses", "csv"]

    begun_ones = [await begun(api, format=format) for format in formats]
    ended = [await done(api, one["id"]) for one in begun_ones]

    assert [one["state"] for one in ended] == ["done"] * 5
    assert [one["done"] for one in ended] == [50] * 5


async def test_the_list_pages(api, db, northwind, queries_at_most):
    made = [(await begun(api))["id"] for _ in range(3)]
    for id in made:
        await done(api, id)

    with queries_at_most(2):
        first = (await api.get(EXPORTS, params={"limit": 2})).json()
    second = (await api.get(EXPORTS, params={"starting_after": first["next_cursor"]})).json()

    assert [one["id"] for one in first["data"]] == [made[2], made[1]]
    assert [one["id"] for one in second["data"]] == [made[0]]
    assert (first["has_more"], second["has_more"]) == (True, False)


async def test_another_account_sees_nothing(api, theirs, db, northwind):
    export = await done(api, (await begun(api))["id"])
    here = f"{EXPORTS}/{export['id']}"

    for method, path in [
        ("GET", here), ("GET", f"{here}/file"), ("POST", f"{here}/cancel"), ("DELETE", here),
        ("GET", f"{EXPORTS}/none-such"), ("GET", f"{EXPORTS}/none-such/file"),
    ]:  # fmt: skip
        answer = await theirs.request(method, path)
        assert answer.status_code == 404, path
        assert answer.json()["code"] == "export_not_found"
    assert (await theirs.get(EXPORTS)).json()["data"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"format": "pdf"}, "format"),
        ({"columns": ["email", "no-such"]}, "columns"),
        ({"columns": "email"}, "columns"),
        ({"filter": {"tag": ["vip"]}}, "filter"),
        ({"filter": {"created_after": "2024-01-01T00:00:00"}}, "filter.created_after"),
        ({"filter": {"search": "a\x00b"}}, "filter"),
        ({"filter": {"search": "a" * 1025}}, "filter"),
        ({"format": "xlsx", "gzip": True}, "gzip"),
        ({"colums": []}, "colums"),
    ],
)
async def test_what_is_malformed_is_named(api, body, field):
    answer = await api.post(EXPORTS, json=body)

    assert answer.status_code == 400
    told = answer.json()
    assert [one["field"] for one in told["errors"]] == [field], told


async def test_a_file_that_is_not_ready_or_gone_is_told(api, db, northwind, settings):
    export = await done(api, (await begun(api))["id"])
    async with db.tx() as tx:
        await tx.execute("UPDATE exports SET state = 'running' WHERE id = %s", [export["id"]])
    early = await api.get(export["file"])
    async with db.tx() as tx:
        await tx.execute(
            "UPDATE exports SET state = 'done', expires_at = %s WHERE id = %s",
            [clock.now() - timedelta(seconds=1), export["id"]],
        )
    late = await api.get(export["file"])

    assert (early.status_code, early.json()["code"]) == (409, "export_not_ready")
    assert (late.status_code, late.json()["code"]) == (404, "export_gone")
    assert (await api.get(f"{EXPORTS}/{export['id']}")).json()["file"] is None


async def test_an_export_whose_time_is_over_has_expired_before_it_is_swept(api, db, northwind):
    export = await done(api, (await begun(api))["id"])
    async with db.tx() as tx:
        await tx.execute(
            "UPDATE exports SET expires_at = %s WHERE id = %s",
            [clock.now() - timedelta(seconds=1), export["id"]],
        )

    one = (await api.get(f"{EXPORTS}/{export['id']}")).json()
    listed = (await api.get(EXPORTS)).json()["data"]
    cancelled = (await api.post(f"{EXPORTS}/{export['id']}/cancel")).json()

    assert export["state"] == "done"
    assert [found["state"] for found in (one, *listed, cancelled)] == ["expired"] * 3


async def test_a_file_that_was_deleted_is_off_the_disk(api, db, northwind, settings):
    export = await done(api, (await begun(api))["id"])
    folder = files.home(settings.data_dir, northwind.id, export["id"])
    assert folder.exists()

    answer = await api.delete(f"{EXPORTS}/{export['id']}")

    assert answer.json() == {"deleted": True, "id": export["id"]}
    assert not folder.exists()
    assert (await api.get(export["file"])).status_code == 404


async def test_cancelling_what_is_over_changes_nothing(api, db, northwind):
    export = await done(api, (await begun(api))["id"])

    answer = await api.post(f"{EXPORTS}/{export['id']}/cancel")
    odd = await api.post(f"{EXPORTS}/{export['id']}/cancel", headers={"Idempotency-Key": " "})

    assert (answer.status_code, answer.json()["state"]) == (200, "done")
    assert (odd.status_code, odd.json()["code"]) == (400, "idempotency_key_invalid")


async def test_the_same_key_begins_one_export(api, db, northwind):
    headers = {"Idempotency-Key": "monday"}

    first = await api.post(EXPORTS, json={"format": "jsonl"}, headers=headers)
    again = await api.post(EXPORTS, json={"format": "jsonl"}, headers=headers)

    assert first.json()["id"] == again.json()["id"]
    async with db.read() as read:
        assert len(await queries.page(read, northwind.id, 10)) == 1
    await done(api, first.json()["id"])


async def test_everything_known_of_a_contact(api, theirs, db, northwind):
    ada = (await apply(db, northwind.id, email="Ada@example.com", mobile="+442071838750",
        external_id="CRM 1", fields={"city": "London"}, metadata={"k": 1})).contact  # fmt: skip
    for number in range(1_100):
        await apply(db, northwind.id, id=ada.id, tags_add=("sneakers" if number % 2 else "shoes",))
    await apply(db, northwind.id, id=ada.id, tags_remove=("shoes",), status="unsubscribe")

    answer = await api.get(f"/api/v1/contacts/{ada.id}/export")
    same = await api.get("/api/v1/contacts/CRM 1/export")

    known = json.loads(answer.content)
    assert same.json()["contact"] == known["contact"]
    assert known["contact"]["email"] == "Ada@example.com"
    assert known["contact"]["fields"] == {"city": "London"}
    assert known["contact"]["status"] == "unsubscribed"
    assert [(one["tag"], one["is_attached"], one["times"]) for one in known["tags"]] == [
        ("shoes", False, 550), ("sneakers", True, 550),
    ]  # fmt: skip
    assert {(one["channel"], one["reason"]) for one in known["optouts"]} == {
        (channel, "user") for channel in Channel
    }
    assert sum(one["count"] for one in known["signals_by_day"]) == 1_100
    moments = [one["at"] for one in known["timeline"]]
    assert len({one["id"] for one in known["timeline"]}) == len(moments) > 1_100
    assert moments == sorted(moments, reverse=True)
    assert (await theirs.get(f"/api/v1/contacts/{ada.id}/export")).status_code == 404
    assert (await api.get("/api/v1/contacts/nobody/export")).status_code == 404


async def test_what_is_known_of_a_contact_holds_the_tags_that_a_file_attached(api):
    await imported(api, "E-mail\r\nada@example.com\r\n", options='{"tags": ["fair"]}')
    found = (await api.get("/api/v1/contacts/by-email/ada@example.com")).json()

    known = (await api.get(f"/api/v1/contacts/{found['id']}/export")).json()

    assert [(one["tag"], one["is_attached"], one["times"]) for one in known["tags"]] == [
        ("fair", True, 0)
    ]
