"""The API of statistics: whose numbers, in how many statements, and that they are right."""

from datetime import timedelta

import pytest

from signalbook.contacts.conditions import STAGES
from signalbook.contacts.filters import ContactFilter
from signalbook.contacts.waterfall import CHANNELS
from signalbook.kit.ids import new_id
from signalbook.lists import actions as lists
from signalbook.statistics import reading

HERE = "/api/v1/statistics"


async def told(api, **params):
    answer = await api.get(HERE, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_account_in_numbers(api, everybody, queries_at_most):
    await api.get(HERE)
    with queries_at_most(2):
        found = await told(api)

    assert found["about"] == {"kind": "account", "id": None, "name": None}
    assert found["contacts"] == 8
    assert (found["with_email"], found["with_mobile"], found["with_landline"]) == (7, 3, 2)
    assert (found["active"], found["unsubscribed"]) == (6, 3)
    assert found["reachable"] == {"email": 2, "sms": 2, "voice": 3}
    assert [
        (step["step"], step["contacts"], step["lost"]) for step in found["waterfalls"]["email"]
    ] == [
        ("address", 7, 1),
        ("valid", 6, 1),
        ("active", 4, 2),
        ("lists", 4, 0),
        ("contact", 3, 1),
        ("user", 2, 1),
        ("spam", 2, 0),
    ]
    assert found["sources"] == [
        {"source": "api", "contacts": 7},
        {"source": "import", "contacts": 1},
    ]
    assert {one["country"]: one["contacts"] for one in found["countries"]} == {
        "GB": 2,
        "FR": 1,
        None: 5,
    }


async def test_a_list_and_a_tag_have_numbers_of_their_own(api, everybody, queries_at_most):
    await told(api)
    with queries_at_most(2):
        on_list = await told(api, list=str(everybody.id))
    with queries_at_most(2):
        tagged = await told(api, tag="vip")

    assert on_list["about"] == {"kind": "list", "id": str(everybody.id), "name": "Spring"}
    assert (on_list["contacts"], on_list["reachable"]["email"]) == (4, 2)
    assert tagged["about"]["kind"] == "tag"
    assert (tagged["contacts"], tagged["reachable"]["sms"]) == (3, 2)


async def test_kept_numbers_are_those_that_are_counted(api, everybody):
    id = str(everybody.id)

    for kept, counted in (({"list": id}, {"any_list": id}), ({"tag": "vip"}, {"any_tag": "vip"})):
        by_heart, anew = await told(api, **kept), await told(api, **counted)
        assert anew.pop("about")["kind"] == "filter"
        by_heart.pop("about")
        assert by_heart == anew


async def test_each_number_is_that_of_the_contacts_behind_it(api, everybody):
    waterfalls = (await told(api))["waterfalls"]

    for stage in STAGES:
        channel, _, name = stage.partition(":")
        step = next(one for one in waterfalls[channel] if one["step"] == name)
        for what, number in (("kept", step["contacts"]), ("lost", step["lost"])):
            listed = (await api.get("/api/v1/contacts", params={what: stage})).json()["data"]
            assert len(listed) == number, (what, stage)


async def test_who_is_held_back_by_a_deactivated_list_is_lost_there(db, northwind, api, everybody):
    async with db.tx() as tx:
        await tx.execute(
            "UPDATE contacts SET list_active = false WHERE account_id = %s AND email_key = %s",
            (northwind.id, "p1@example.com"),
        )

    (held,) = (await api.get("/api/v1/contacts", params={"email": "p1@example.com"})).json()["data"]
    found = await told(api, none_tag="nobody's", list_active="false")

    assert held["reachability"] == {"email": False, "sms": False, "voice": False}
    assert found["contacts"] == 1
    assert [one["lost"] for one in found["waterfalls"]["email"]] == [0, 0, 0, 1, 0, 0, 0]
    assert found["reachable"] == {"email": 0, "sms": 0, "voice": 0}


async def test_a_filter_is_counted_when_asked(api, everybody):
    found = await told(api, reachable="email", country="GB")

    assert found["about"]["kind"] == "filter"
    assert found["contacts"] == found["reachable"]["email"] == 1


async def test_nothing_of_another_account_is_counted(db, contoso, api, everybody):
    async with db.tx() as tx:
        theirs = await lists.create(tx, contoso.id, "Theirs", actor="test")

    assert (await api.get(HERE, params={"list": str(theirs.id)})).status_code == 404
    assert (await api.get(HERE, params={"list": str(new_id())})).status_code == 404
    unknown = await api.get(HERE, params={"tag": "theirs"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "tag_unknown")


async def test_an_empty_account_has_empty_statistics(api):
    found = await told(api)

    assert found["contacts"] == found["reachable"]["email"] == 0
    assert found["countries"] == found["sources"] == []


async def test_growth_tells_every_day_and_ends_with_today(api, everybody, queries_at_most):
    today = reading.today()
    with queries_at_most(3):
        answer = await api.get(f"{HERE}/growth")
    found = answer.json()

    assert answer.status_code == 200
    assert len(found["days"]) == 30
    assert found["days"][-1] == {
        "day": today.isoformat(), "joined": 8, "left": 0, "opted_out": 4, "contacts": 8,
    }  # fmt: skip
    assert found["days"][-2]["contacts"] == 0
    assert found["joined"] == 8


async def test_growth_of_a_list_and_of_a_tag_between_two_days(api, everybody):
    first, last = (reading.today() - timedelta(days=back) for back in (2, 1))

    for whose in ({"list": str(everybody.id)}, {"tag": "vip"}, {}):
        params = {"from": first.isoformat(), "to": last.isoformat(), **whose}
        found = (await api.get(f"{HERE}/growth", params=params)).json()
        assert [day["day"] for day in found["days"]] == [first.isoformat(), last.isoformat()]
        assert [day["contacts"] for day in found["days"]] == [0, 0]


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("", {"reachable": "pigeon"}, 400, "query_invalid"),
        ("", {"lost": "email:nowhere"}, 400, "query_invalid"),
        ("", {"list": "none-such"}, 400, "query_invalid"),
        ("", {"lists": "x"}, 400, "query_invalid"),
        ("/growth", {"from": "2026-02-02", "to": "2026-02-01"}, 400, "query_invalid"),
        ("/growth", {"from": "2020-01-01", "to": "2026-02-01"}, 400, "query_invalid"),
        ("/growth", {"from": "yesterday"}, 400, "query_invalid"),
        ("/growth", {"tag": ["a", "b"]}, 400, "growth_not_kept"),
        ("/growth", {"tag": "unheard-of"}, 404, "tag_unknown"),
        ("/growth", {"from": "0001-01-01", "to": "0001-01-02"}, 200, None),
        ("/growth", {"to": "0001-01-02"}, 200, None),
    ],
)
async def test_what_cannot_be_asked_is_refused(api, path, params, status, code):
    answer = await api.get(HERE + path, params=params)

    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text


@pytest.mark.parametrize("path", [HERE, f"{HERE}/growth"])
async def test_statistics_need_a_key(http, path):
    assert (await http.get(path)).status_code == 401


async def test_a_filter_for_everybody_counts_them_all(db, northwind, everybody):
    async with db.read() as read:
        subject = await reading.subject_of(read, northwind.id, ContactFilter(none_tag=("x",)))
        found = await reading.statistics(read, northwind.id, subject)

    assert subject.kind == "filter"
    assert found.contacts == 8
    assert all(found.waterfalls[channel].contacts == 8 for channel in CHANNELS)
