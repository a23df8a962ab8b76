"""What came of an import: its rows, those to mend as a file, its progress as events."""

import csv
import io
import json

import pytest

from signalbook.imports import watching
from tests.integration.imports.asked import IMPORTS, begun, imported, sent, settled

MANY = (
    "E-mail,Town\r\n" + "".join(f"p{n}@example.com,Rome\r\n" for n in range(5)) + "wrong,Oslo\r\n"
)

MAPPING = '{"E-mail": "email"}'


async def rows(api, id, **query):
    return (await api.get(f"{IMPORTS}/{id}/rows", params=query)).json()


async def rejected(api, id):
    answer = await api.get(f"{IMPORTS}/{id}/rejected.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.text, newline="")))


def mended(header, row):
    """Write a rejected row with a right address, as a person mends it."""
    out = io.StringIO()
    csv.writer(out).writerows([header, ["right@example.com", *row[1:]]])
    return out.getvalue()


async def test_every_row_has_an_outcome_by_its_number(api):
    done = await imported(api, MANY)

    found = await rows(api, done["id"])

    assert [(one["row"], one["outcome"]) for one in found["data"]] == [
        *[(n, "created") for n in range(2, 7)],
        (7, "rejected"),
    ]
    assert found["data"][5]["field"] == "email"
    assert "wrong" in found["data"][5]["reason"]
    assert found["next_after"] is None


async def test_rows_are_listed_by_outcome_page_by_page(api):
    done = await imported(api, MANY)

    first = await rows(api, done["id"], outcome="created", limit=3)
    rest = await rows(api, done["id"], outcome="created", after=first["next_after"])

    assert [one["row"] for one in first["data"]] == [2, 3, 4]
    assert first["has_more"] is True
    assert [one["row"] for one in rest["data"]] == [5, 6]
    assert [one["row"] for one in (await rows(api, done["id"], outcome="rejected"))["data"]] == [7]


@pytest.mark.parametrize("query", [{"outcome": "eaten"}, {"limit": 0}, {"after": -1}, {"page": 1}])
async def test_a_malformed_query_of_rows_is_told(api, query):
    answer = await api.get(f"{IMPORTS}/{await begun(api)}/rows", params=query)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] in query


async def test_rejected_rows_are_mended_and_sent_again(api):
    done = await imported(api, "E-mail,Town\r\nwrong,Oslo\r\nada@example.com,London\r\n")
    header, row = await rejected(api, done["id"])
    assert header == ["E-mail", "Town", "reason"]
    assert row[:2] == ["wrong", "Oslo"]
    assert "wrong" in row[2]

    again = await imported(api, mended(header, row))

    assert again["columns"][2]["target"] == "ignore"
    assert again["counts"]["created"] == 1
    assert again["counts"]["rejected"] == 0


async def test_rejected_twice_keeps_one_reason(api):
    done = await imported(api, "E-mail,Town\r\nwrong,Oslo\r\n", mapping=MAPPING)
    text = (await api.get(f"{IMPORTS}/{done['id']}/rejected.csv")).text

    again = await imported(api, text)

    assert (await rejected(api, again["id"]))[0] == ["E-mail", "Town", "reason"]
    assert len((await rejected(api, again["id"]))[1]) == 3


async def test_a_formula_comes_back_neutral_and_is_the_same_when_read_again(api):
    text = "E-mail,Town,Company\r\nwrong,=1+1,'=2+2\r\n"
    done = await imported(api, text, mapping=MAPPING)
    header, row = await rejected(api, done["id"])
    assert row[1:3] == ["'=1+1", "'=2+2"]

    await imported(api, mended(header, row))

    found = (await api.get("/api/v1/contacts/by-email/right@example.com")).json()
    assert found["custom_fields"] == {"city": "=1+1", "company": "=2+2"}


async def test_what_protected_a_number_is_kept_in_a_rejected_row_and_read_again(api):
    text = 'E-mail,Town,Zip\r\nwrong,="01234",\'01234\r\n'
    done = await imported(api, text, mapping=MAPPING)
    header, row = await rejected(api, done["id"])
    assert row[1:3] == ['="01234"', "'01234"]

    again = await imported(api, mended(header, row))

    found = (await api.get("/api/v1/contacts/by-email/right@example.com")).json()
    assert found["custom_fields"] == {"city": "01234", "zipcode": "01234"}
    assert again["notes"] == {"formula_read": 1, "apostrophe_removed": 1}


async def test_what_an_undo_leaves_alone_is_listed(api):
    done = await imported(api, MANY)
    touched = [one["contact_id"] for one in (await rows(api, done["id"]))["data"]][1:3]
    for id in touched:
        await api.patch(f"/api/v1/contacts/{id}", json={"first_name": "Ada"})
    await api.post(f"{IMPORTS}/{done['id']}/undo")
    await settled(api, done["id"])

    first = (await api.get(f"{IMPORTS}/{done['id']}/kept", params={"limit": 1})).json()
    rest = (await api.get(f"{IMPORTS}/{done['id']}/kept", params={"after": 3})).json()

    assert first == {
        "data": [{"row": 3, "contact_id": touched[0]}],
        "has_more": True,
        "next_after": 3,
    }
    assert rest == {
        "data": [{"row": 4, "contact_id": touched[1]}],
        "has_more": False,
        "next_after": None,
    }


async def test_an_import_that_nobody_undid_has_left_nothing_alone(api):
    assert (await api.get(f"{IMPORTS}/{await begun(api)}/kept")).json()["data"] == []


@pytest.mark.parametrize("query", [{"limit": 0}, {"after": -1}, {"outcome": "created"}])
async def test_a_malformed_query_of_what_was_left_alone_is_told(api, query):
    answer = await api.get(f"{IMPORTS}/{await begun(api)}/kept", params=query)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] in query


async def test_events_tell_every_change_and_end(api):
    told = (await sent(api, MANY)).json()

    answer = await api.get(f"{IMPORTS}/{told['id']}/events")

    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [block.split("\n") for block in answer.text.split("\n\n") if "event:" in block]
    assert events[-1][0] == "event: end"
    last = json.loads(events[-2][1].removeprefix("data: "))
    assert last["state"] == "done"
    assert last["counts"]["created"] == 5


async def test_an_account_has_so_many_streams_and_no_more(api, northwind, monkeypatch):
    told = (await sent(api, MANY)).json()
    monkeypatch.setitem(watching._watching, northwind.id, watching.MOST_WATCHING)

    answer = await api.get(f"{IMPORTS}/{told['id']}/events")

    assert answer.status_code == 429
    assert "Retry-After" in answer.headers
    await settled(api, told["id"])
