"""`/api/v1/imports`: a file in one call, its mapping, its states, and who may do what."""

import json

import pytest

from signalbook.kit.ids import new_id
from tests import asgi
from tests.integration.imports.asked import IMPORTS, PEOPLE, begun, imported, sent, settled


@pytest.fixture
async def theirs(app, contoso):
    async with asgi.client(app, {"X-API-Key": contoso.api_key}) as client:
        yield client


@pytest.fixture
async def reader(app, northwind):
    async with asgi.client(app, {"X-API-Key": northwind.read_key}) as client:
        yield client


async def emails(api):
    found = (await api.get("/api/v1/contacts", params={"limit": 100})).json()["data"]
    return sorted(one["email"] for one in found if one["email"])


async def test_a_file_in_one_call_becomes_contacts(api):
    answer = await sent(api)

    assert answer.status_code == 202
    told = answer.json()
    assert (told["name"], told["state"]) == ("people.csv", "checking")
    assert told["columns"][0]["target"] == "email"
    done = await settled(api, told["id"])
    assert done["state"] == "done"
    assert done["counts"]["created"] == 2
    assert done["counts"]["rejected"] == 1
    assert done["progress"]["percent"] == 100
    assert await emails(api) == ["ada@example.com", "grace@example.com"]


async def test_a_dry_run_counts_the_same_and_changes_nothing(api):
    dry = await imported(api, dry_run="true")

    assert dry["state"] == "checked"
    assert dry["dry_run"] is True
    assert await emails(api) == []
    started = await api.post(dry["links"]["start"], json={})
    assert started.status_code == 202
    assert (await settled(api, dry["id"]))["counts"] == dry["counts"]
    assert await emails(api) == ["ada@example.com", "grace@example.com"]


async def test_a_form_carries_mapping_and_options_after_its_file(api):
    form = {
        "mapping": json.dumps({"Town": "ignore", "Loyalty points": {"target": "field:points"}}),
        "options": json.dumps({"tags": ["fair"], "action": "create"}),
        "start": "false",
    }

    answer = await api.post(IMPORTS, data=form, files={"file": ("Fair, spring.csv", PEOPLE)})

    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["state"] == "ready"
    assert told["name"] == "Fair, spring.csv"
    targets = {one["name"]: one["target"] for one in told["columns"]}
    assert targets["Town"] == "ignore"
    assert targets["Loyalty points"] == "field:points"
    assert told["options"]["tags"] == ["fair"]
    await api.post(told["links"]["start"])
    await settled(api, told["id"])
    found = (await api.get("/api/v1/contacts", params={"email": "ada@example.com"})).json()["data"]
    assert found[0]["tags"] == ["fair"]
    assert found[0]["custom_fields"] == {"points": 12}


async def test_a_column_that_is_chosen_pushes_the_guess_aside(api):
    told = (await sent(api, start="false", mapping='{"First name": "city"}')).json()

    targets = {one["name"]: one["target"] for one in told["columns"]}
    assert targets["First name"] == "field:city"
    assert targets["Town"] == "ignore"


async def test_the_star_names_all_other_columns_and_a_number_a_column(api):
    told = (await sent(api, start="false", mapping='{"0": "email", "*": "ignore"}')).json()

    assert [one["target"] for one in told["columns"]] == ["email", *["ignore"] * 3]


async def test_the_mapping_is_changed_before_the_start(api):
    told = (await sent(api, start="false")).json()
    mapping = {"mapping": {"town": {"target": "tags"}}, "options": {"blank": "clear"}}

    answer = await api.put(told["links"]["mapping"], json=mapping)

    assert answer.status_code == 200, answer.text
    assert answer.json()["columns"][2]["target"] == "tags"
    assert answer.json()["options"]["blank"] == "clear"
    assert answer.json()["columns"][0]["target"] == "email"


async def test_a_file_is_read_anew_as_somebody_says(api):
    text = "ada@example.com|Ada\r\ngrace@example.com|Grace\r\n"
    told = (await sent(api, text, start="false", options='{"delimiter": ";"}')).json()
    assert len(told["columns"]) == 1

    options = {"options": {"delimiter": "|", "header_row": 0}}
    answer = await api.put(told["links"]["mapping"], json=options)

    assert answer.status_code == 200, answer.text
    assert answer.json()["source"]["header_row"] == 0
    assert len(answer.json()["columns"]) == 2


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"mapping": '{"No such": "email"}'}, "column_unknown"),
        ({"mapping": '{"Town": "email"'}, "json_malformed"),
        ({"mapping": '{"Town": 7}'}, "body_invalid"),
        ({"mapping": '{"*": "ignore"}'}, "nobody_mapped"),
        ({"options": '{"country": "Atlantis"}'}, "body_invalid"),
        ({"options": '{"tags": ["a,b"]}'}, "body_invalid"),
        ({"options": '{"action": "destroy"}'}, "body_invalid"),
        ({"options": '{"colour": "red"}'}, "body_invalid"),
        ({"dry_run": "perhaps"}, "body_invalid"),
        ({"colour": "red"}, "query_invalid"),
    ],
)
async def test_what_is_wrong_beside_a_file_is_told_and_nothing_is_kept(
    api, settings, northwind, query, code
):
    answer = await sent(api, **query)

    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert (await api.get(IMPORTS)).json()["data"] == []
    folder = settings.data_dir / "imports" / str(northwind.id)
    assert not folder.exists() or not list(folder.iterdir())


async def test_a_file_that_cannot_be_read_gets_a_sentence_and_is_not_kept(api):
    answer = await sent(api, b"%PDF-1.7 not a list of anybody")

    assert answer.status_code == 400
    assert answer.json()["code"] == "unreadable"
    assert "PDF" in answer.json()["message"]
    assert (await api.get(IMPORTS)).json()["data"] == []


async def test_the_same_key_twice_is_one_import(api, settings, northwind):
    headers = {"Idempotency-Key": "once"}

    first = await sent(api, headers=headers)
    again = await sent(api, headers=headers)
    other = await sent(api, PEOPLE + "more@example.com,More,Rome,1\r\n", headers=headers)

    assert first.json()["id"] == again.json()["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.status_code == 422
    assert len((await api.get(IMPORTS)).json()["data"]) == 1
    await settled(api, first.json()["id"])
    assert len(list((settings.data_dir / "imports" / str(northwind.id)).iterdir())) == 1


async def test_the_same_form_under_another_boundary_is_the_same_request(api):
    def send():
        files = {"file": ("people.csv", PEOPLE)}
        headers = {"Idempotency-Key": "form"}
        return api.post(IMPORTS, data={"start": "false"}, files=files, headers=headers)

    first, again = await send(), await send()

    assert again.status_code == 201, again.text
    assert first.json()["id"] == again.json()["id"]


async def test_an_order_under_the_same_key_is_given_once(api):
    told = (await sent(api, start="false")).json()
    headers = {"Idempotency-Key": "go"}

    first = await api.post(told["links"]["start"], json={"dry_run": True}, headers=headers)
    again = await api.post(told["links"]["start"], json={"dry_run": True}, headers=headers)

    assert (first.status_code, again.status_code) == (202, 202)
    await settled(api, told["id"])


async def test_imports_are_listed_newest_first_page_by_page(api, queries_at_most):
    ids = [await begun(api, f"{n}.csv") for n in range(3)]

    with queries_at_most(3):  # whose key it is, the list, and the worker now and then
        first = (await api.get(IMPORTS, params={"limit": 2})).json()
    rest = (await api.get(IMPORTS, params={"starting_after": first["next_cursor"]})).json()

    assert [one["id"] for one in first["data"] + rest["data"]] == ids[::-1]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert (await api.get(IMPORTS, params={"limit": 0})).status_code == 400
    assert (await api.get(IMPORTS, params={"starting_after": "x"})).status_code == 400


async def test_an_import_is_undone_and_everything_is_as_before(api):
    done = await imported(api)
    assert done["can"]["undo"]

    answer = await api.post(f"{IMPORTS}/{done['id']}/undo")

    assert answer.status_code == 200, answer.text
    assert (await settled(api, done["id"]))["state"] == "undone"
    assert await emails(api) == []


async def test_a_waiting_import_is_cancelled_and_then_no_longer_started(api):
    one = f"{IMPORTS}/{await begun(api)}"

    assert (await api.post(f"{one}/cancel")).json()["state"] == "cancelled"

    for order in ("start", "pause", "resume", "cancel", "undo"):
        answer = await api.post(f"{one}/{order}")
        assert (order, answer.status_code) == (order, 409)
        assert answer.json()["code"] == "import_not_ready"


async def test_an_import_that_is_done_is_not_mapped_again(api):
    done = await imported(api)

    answer = await api.put(done["links"]["mapping"], json={"mapping": {"Town": "tags"}})

    assert answer.status_code == 409


async def test_a_malformed_body_is_told(api):
    told = (await sent(api, start="false")).json()

    start = await api.post(told["links"]["start"], json={"dry_run": "perhaps"})
    mapping = await api.put(told["links"]["mapping"], json={"mapping": []})
    begin = await api.post(IMPORTS, json={"name": "x.csv"})
    huge = await api.post(IMPORTS, json={"name": "x.csv", "bytes": 10**13})
    form = await api.post(IMPORTS, data={"file": "x"})

    assert [a.status_code for a in (start, mapping, begin, huge, form)] == [400] * 4 + [415]
    assert start.json()["errors"][0]["field"] == "dry_run"
    assert begin.json()["errors"][0]["field"] == "bytes"


READS = [
    ("GET", ""),
    ("GET", "/rows"),
    ("GET", "/kept"),
    ("GET", "/rejected.csv"),
    ("GET", "/events"),
    ("HEAD", "/file"),
]
WRITES = [
    *[("POST", f"/{order}") for order in ("start", "pause", "resume", "cancel", "undo")],
    ("PUT", "/mapping"),
    ("PATCH", "/file"),
]


@pytest.mark.parametrize(("method", "path"), [*READS, *WRITES])
async def test_another_accounts_import_is_not_found(api, theirs, method, path):
    id = await begun(api)

    foreign = await theirs.request(method, f"{IMPORTS}/{id}{path}")
    unknown = await api.request(method, f"{IMPORTS}/{new_id()}{path}")

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert (await api.get(f"{IMPORTS}/{id}")).json()["state"] == "uploading"


async def test_another_accounts_imports_are_not_listed(api, theirs):
    await begun(api)

    assert (await theirs.get(IMPORTS)).json()["data"] == []


@pytest.mark.parametrize(("method", "path"), [*WRITES, ("POST", None)])
async def test_a_key_that_may_only_read_changes_nothing(api, reader, http, method, path):
    address = IMPORTS if path is None else f"{IMPORTS}/{await begun(api)}{path}"

    assert (await reader.request(method, address)).status_code == 403
    assert (await http.request(method, address)).status_code == 401


async def test_a_program_is_not_surprised_by_what_a_person_chose_before(api):
    await imported(
        api, options='{"action": "delete", "tags": ["fair"]}', mapping='{"Town": "ignore"}'
    )

    again = (await sent(api, start="false")).json()

    assert again["options"]["action"] == "upsert"
    assert again["options"]["tags"] == []
    assert again["columns"][2]["target"] == "ignore"
