"""The forms of answers, and errors at every address."""

import csv
import io
from xml.etree import ElementTree as ET

import pytest


@pytest.fixture
async def ada(door):
    record = {"email": "ada@x.example", "firstName": "<Ada> & \x0bco", "mobile": "+33601010101"}
    answer = await door.post("/rest/contacts", json=[record])
    return answer.json()["list"][0]["id"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/js", "application/json"),
        ("application/bin", "application/json"),
        ("application/xml", "application/xml"),
        ("text/csv", "text/csv"),
        ("text/csv;q=0.2, application/json", "application/json"),
        ("text/html, application/xml;q=0.9, */*;q=0.1", "application/xml"),
        ("application/xml;q=no", "application/json"),
    ],
)
async def test_accept_chooses_the_form(door, ada, accept, kind):
    answer = await door.get("/rest/contacts", headers={"Accept": accept})

    assert answer.headers["content-type"].partition(";")[0] == kind
    assert answer.headers["vary"] == "Accept"


async def test_xml_and_csv_hold_what_json_holds(door, ada):
    query = {"properties": "id,email,firstName,mobile,city"}

    xml = await door.get("/rest/contacts", params=query, headers={"Accept": "application/xml"})
    table = await door.get("/rest/contacts", params=query, headers={"Accept": "text/csv"})
    count = await door.put(
        "/rest/contacts",
        params={"id": ada},
        json={"metaData": {"city": "Paris"}},
        headers={"Accept": "application/xml"},
    )

    tree = ET.fromstring(xml.text)  # noqa: S314  # written by ourselves
    assert [tree.findtext("size"), tree.findtext("total")] == ["1", "1"]
    item = tree.find("list/item")
    assert item is not None
    assert {one.tag: one.text for one in item} == {
        "id": ada,
        "email": "ada@x.example",
        "firstName": "<Ada> & co",
        "mobile": "+33601010101",
        "city": None,
    }
    (row,) = csv.DictReader(io.StringIO(table.text))
    assert (row["id"], row["mobile"], row["city"]) == (ada, "+33601010101", "")
    assert ET.fromstring(count.text).findtext("count") == "1"  # noqa: S314


async def test_errors_are_json_whatever_is_accepted(door):
    for accept in ("text/csv", "application/xml", "text/html", ""):
        answer = await door.get("/rest/nowhere", headers={"Accept": accept})
        told = answer.json()
        assert answer.status_code == 404
        assert set(told) == {
            "status", "message", "details", "errorCode", "httpStatusCode", "time", "links",
            "messages",
        }  # fmt: skip
        assert "contacts" in told["message"]


@pytest.mark.parametrize(
    "path", ["/rest", "/rest/", "/rest/campaigns", "/rest/contacts/12", "/rest/a/b/c"]
)
async def test_what_is_not_there_is_told_in_json(http, door, path):
    for client in (http, door):
        answer = await client.get(path)
        assert answer.status_code == 404, path
        assert answer.json()["status"] == 404
        assert answer.json()["message"]


@pytest.mark.parametrize(
    ("method", "path", "taken"),
    [
        ("PATCH", "/rest/contacts", {"GET", "POST", "PUT", "DELETE"}),
        ("PUT", "/rest/optouts", {"GET", "POST", "DELETE"}),
        ("GET", "/token", {"POST"}),
        ("PUT", "/rest/imports", {"GET"}),
    ],
)
async def test_a_method_that_is_not_taken_names_those_that_are(door, method, path, taken):
    answer = await door.request(method, path)

    assert answer.status_code == 405
    assert {one.strip() for one in answer.headers["allow"].split(",")} - {"OPTIONS"} == taken
    assert answer.json()["message"]


@pytest.mark.parametrize("resource", ["contacts", "lists", "imports"])
async def test_without_a_token_there_is_a_401_in_json(http, resource):
    answer = await http.get(f"/rest/{resource}", headers={"Accept": "text/html"})

    unknown = await http.get(f"/rest/{resource}", headers={"Authorization": "Bearer x"})

    assert (answer.status_code, answer.json()["status"]) == (401, 401)
    assert "POST /token" in answer.json()["message"]
    assert "POST /token" in unknown.json()["message"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 5000, "application/json", 400),
        (b'{"metaData": "{"}', "application/json", 400),
        (b"contacts[0][email]=%ff", "application/x-www-form-urlencoded", 400),
        (b"a" + b"[a]" * 50 + b"=1", "application/x-www-form-urlencoded", 400),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x", 400),
        (b"nonsense", "multipart/form-data", 400),
        (b"<contact/>", "application/xml", 415),
        (b"7", "application/json", 417),
        (b'"ada@x.example"', "application/json", 417),
        (b"{}", "application/json", 417),
        (b"", "application/json", 417),
    ],
)
async def test_a_body_that_cannot_be_read_is_told_and_changes_nothing(door, body, kind, status):
    answer = await door.post("/rest/contacts", content=body, headers={"Content-Type": kind})

    assert answer.status_code == status, answer.text
    assert answer.json()["message"]


async def test_what_is_no_json_is_named(door):
    changed = await door.put("/rest/contacts", data={"id": "1", "metaData": "{x"})
    asked = await door.get("/rest/contacts", params={"complex": "x"})
    made = await door.post("/rest/contacts", data={"contacts": "x"})

    told = [
        (one.status_code, one.json()["message"].split(":")[0]) for one in (changed, asked, made)
    ]
    assert told == [(400, f"{name} is not JSON") for name in ("metaData", "complex", "contacts")]


async def test_more_records_than_a_call_takes_are_refused_before_work_begins(door):
    many = [{"email": f"a{n}@x.example"} for n in range(10_001)]

    answer = await door.post("/rest/contacts", json=many)

    assert answer.status_code == 413
    assert "10,000" in answer.json()["message"]
    assert (await door.get("/rest/contacts")).json()["total"] == 0
