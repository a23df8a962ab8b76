"""What strangers send to `/api/v1/imports`: NULs, opt-outs misspelt, mappings of another file."""

import json

import pytest

from tests.integration.imports.asked import imported, sent


async def test_a_nul_in_a_cell_rejects_its_row_and_no_other(api):
    done = await imported(api, "email,city\na\0da@example.com,x\ngrace@example.com,Rome\n")

    assert done["state"] == "done"
    assert (done["counts"]["created"], done["counts"]["rejected"]) == (1, 1)
    assert done["columns"][0]["samples"][0] == "a␀da@example.com"


async def test_a_nul_in_json_is_told_with_its_row_and_left_out_of_a_key(api):
    people = [
        {"email": "ada@example.com", "city": "Lon\0don"},
        {"email": "grace@example.com", "ci\0ty": "New York"},
    ]

    done = await imported(api, json.dumps(people), name="people.json")

    assert [one["name"] for one in done["columns"]] == ["email", "city"]
    assert (done["counts"]["created"], done["counts"]["rejected"]) == (1, 1)
    found = (await api.get("/api/v1/contacts", params={"email": "grace@example.com"})).json()
    assert found["data"][0]["custom_fields"] == {"city": "New York"}


@pytest.mark.parametrize("header", ["unsub", "DNC", "Blocked", "Opted out at"])
async def test_an_opt_out_is_known_by_its_short_names(api, header):
    told = (await sent(api, f"email,{header}\nada@example.com,yes\n", start="false")).json()

    assert told["columns"][1]["target"] == "optout"


@pytest.mark.parametrize("target", ["status:fax", "optout:mail"])
async def test_an_opt_out_with_a_typo_becomes_no_field(api, target):
    answer = await sent(api, mapping=json.dumps({"Town": target}))

    assert answer.status_code == 400
    assert answer.json()["code"] == "mapping_invalid"
    assert target in answer.json()["message"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"mapping": '{"No such": "email"}'}, "mapping"),
        ({"mapping": '{"Town": "id"}'}, "mapping"),
        ({"mapping": '{"*": "ignore"}'}, "mapping"),
        ({"mapping": '{"Town": "email"'}, "mapping"),
        ({"options": "{"}, "options"),
    ],
)
async def test_what_does_not_fit_names_its_field(api, query, field):
    answer = await sent(api, **query)

    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert answer.json()["message"].startswith("The body") is False


@pytest.mark.parametrize("sign", ["\0", "\n", '"', "\x1b"])
async def test_what_cannot_stand_between_cells_is_no_delimiter(api, sign):
    answer = await sent(api, options=json.dumps({"delimiter": sign}))

    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == ["options.delimiter"]


@pytest.mark.parametrize("sign", [" ", "e", "\u20ac"])
async def test_a_file_ends_whatever_stands_between_its_cells(api, sign):
    file = f"mail{sign}town\nada@x.org{sign}Oslo\n"

    told = (await sent(api, file, start="false", options=json.dumps({"delimiter": sign}))).json()

    assert [one["name"] for one in told["columns"]] == ["mail", "town"]


async def test_a_line_that_names_no_delimiter_is_a_line_like_others(api):
    told = (await sent(api, "sep=\0\nemail,city\nada@x.org,Oslo\n", start="false")).json()

    assert [one["name"] for one in told["columns"]] == ["email", "city"]


@pytest.mark.parametrize("text", ["a\0b", "\0"])
async def test_a_nul_between_tags_is_refused_with_the_mapping(api, text):
    answer = await sent(api, mapping=json.dumps({"Town": {"target": "tags", "separator": text}}))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "mapping"


async def test_one_broken_cell_of_attributes_rejects_its_row_and_not_the_column(api):
    rows = "".join(f'ada{n}@x.org,false,"{{""city"": ""Rome""}}"\n' for n in range(3))
    file = f"emailAddress,unsubscribeAll,attributesData\n{rows}grace@x.org,false,oops\n"

    done = await imported(api, file)

    assert done["columns"][2]["target"] == "attributes"
    assert (done["counts"]["created"], done["counts"]["rejected"]) == (3, 1)


async def test_whoever_never_agreed_to_mail_is_not_mailed(api):
    done = await imported(api, "email,status\nada@x.org,Transactional\ngrace@x.org,Active\n")

    assert done["counts"]["opted_out"] == 1


@pytest.mark.parametrize(
    ("file", "row"),
    [
        ("Report,Customers\nMade on,1 May\n\nName,email,plan\nAda,a@x.org,B\nB,b@x.org,B\n", 4),
        ("email,,city,\na@x.org,x,Rome,y\nb@x.org,x,Oslo,y\n", 1),
    ],
)
async def test_the_names_are_found_under_a_report_and_where_some_are_missing(api, file, row):
    told = (await sent(api, file, start="false")).json()

    assert told["source"]["header_row"] == row
    assert "email" in [one["target"] for one in told["columns"]]


async def test_a_name_is_shown_as_it_is_spelt(api):
    told = (await sent(api, start="false", name="..\\\u202efdp.csv")).json()

    assert told["name"] == "fdp.csv"


async def test_a_second_column_of_addresses_takes_no_later_file_its_own(api):
    await imported(api, "email,city,Email\nada@x.org,Oslo,ada@y.org\n")

    told = (await sent(api, "Email,plan\nada@x.org,gold\n", start="false")).json()

    assert told["columns"][0]["target"] == "email"
