"""Every page and part of the console in an odd account: whatever is asked, no server error."""

import itertools
from urllib.parse import quote

import httpx

from signalbook.kit import clock
from tests.integration.accounts.test_every_route import Route, routes_of
from tests.integration.imports.test_pages import ada, grace
from tests.integration.web import odd_world

__all__ = ["ada", "grace"]

ENDLESS = ("/live", "/pulse")
"""They answer as long as somebody listens."""
ZONES = {"Ada": "Pacific/Auckland", "Grace": "America/Los_Angeles"}
"""Where the last moment and the first are in years that no calendar has."""
UNLIKELY = ("%00", "x" * 600, "9" * 30, "%FF%FE", "9999-12-31", "-1")
ASKED = {
    "/fields/one": ["name"],
    "/fields/values": ["name"],
    "/contacts/{contact_id}/fact": ["name"],
    "/optouts": ["after", "address", "channel", "reason", "source", "since", "until"],
    "/optouts/export.csv": ["address", "until"],
    "/contacts": ["search", "tag", "list", "sort", "after", "created_to", "active_from", "optout"],
    "/contacts/count": ["search", "tag", "created_to"],
    "/statistics": ["days", "from", "to"],
    "/statistics/tags": ["id", "days"],
    "/plan": ["days", "zone"],
    "/exports/new": ["tag", "created_to"],
    "/lists/combine/count": ["all", "any", "none"],
    "/aws": ["contact_list"],
    "/keys": ["kind"],
}


def shown(app) -> list[Route]:
    """What a browser gets, but for files and for what never ends."""
    kinds = {"person", "signed_in", "public", "link"}
    return [
        route
        for route in routes_of(app)
        if route.method == "GET"
        and route.access.kind in kinds
        and not route.path.startswith(("/api/", "/static/"))
        and not route.path.endswith(ENDLESS)
    ]


def places(route: Route, ids: odd_world.Ids) -> list[str]:
    """The route with everything in each of its places that there is."""
    of_route = next((ids[key] for key in ids if route.path.startswith(key)), None)
    unlike = {"uuid": ids["list_id"][:1], "int": ["0", "9" * 30]}
    choices = [
        of_route or ids.get(name) or unlike.get(kind, ["none", *UNLIKELY[:2]])
        for name, kind in route.parameters.items()
    ]
    return [
        route.at(**dict(zip(route.parameters, values, strict=True)))
        for values in itertools.product(*choices)
    ]


def questions(routes: list[Route], ids: odd_world.Ids, addresses: list[str]) -> list[str]:
    """Addresses with something odd, or unlikely, behind the question mark."""
    values = (*UNLIKELY, *odd_world.ODD, *odd_world.TYPES, "first_name", "nothing")
    found = [
        f"{place}?{name}={value}"
        for route in routes
        for name in ASKED.get(route.name, ())
        for place in places(route, ids)[:2]
        for value in (values if name == "name" else (*UNLIKELY, "a&" + name + "=b"))
    ]
    unlikely = ["", "@", "id:", *UNLIKELY, *map(quote, addresses)]
    return found + [f"/optouts/history?address={one}" for one in unlikely]


async def test_no_page_of_an_odd_account_is_a_server_error(app, db, northwind, ada, grace):
    ids = await odd_world.filled(db, northwind.id, ada)
    async with db.tx() as tx:
        for person, zone in ZONES.items():
            named = {"id": northwind.people[person].id, "zone": zone}
            await tx.execute("UPDATE people SET time_zone = %(zone)s WHERE id = %(id)s", named)
    async with db.read() as read:
        addresses = await read.values("SELECT DISTINCT address FROM optouts")
    routes = shown(app)

    asked = [places(route, ids) for route in routes]
    some = [place for found in asked for place in found[:: len(found) // 5 + 1]]
    answers = [(place, await ada.get(place)) for found in asked for place in found]
    answers += [(place, await grace.get(place)) for place in some]
    answers += [(place, await ada.part(place, "list")) for place in some]
    for place in questions(routes, ids, addresses):
        answers.append((place, await ada.get(place)))

    assert len(answers) > 1_000
    assert [(place, one.status_code) for place, one in answers if one.status_code >= 500] == []
    assert [place for place, one in answers if "<script>alert" in page_of(one)] == []


def page_of(answer: httpx.Response) -> str:
    return answer.text if "html" in answer.headers.get("content-type", "") else ""


async def test_a_connection_is_shown_however_it_stands(db, northwind, ada, grace):
    at = clock.now()
    ways = (
        {},
        {"error": "<script>alert(1)</script>" * 50, "failing_since": at, "rests_until": at},
        {"listing": northwind.people["Ada"].id, "listing_started_at": at, "listing_count": 5},
        {"filled_at": at, "listed_at": at, "succeeded_at": at, "listed_count": 7},
        {"import_job": {"id": "x"}, "bucket": "b"},
        {"credentials": b"of another key", "role": "arn:aws:iam::1:role/x"},
    )
    for mode, how in itertools.product(("mirror", "follow", "store"), ways):
        async with db.tx() as tx:
            await odd_world.connected(tx, northwind.id, mode, **how)
        for path in ("/aws/connection", "/aws/connection?change=1", "/aws/state", "/contacts"):
            for person in (ada, grace):
                answer = await person.get(path)
                assert answer.status_code == 200, (mode, how, path)
                assert "<script>alert" not in answer.text
