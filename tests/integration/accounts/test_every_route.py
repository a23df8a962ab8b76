"""Every route with every kind of caller, and every route with another account's ids.

Nothing is listed here by hand: a route that is added tomorrow is walked tomorrow. A route whose
refusal another check forestalls is told so in `BODIES`, with the body that gets past it.
"""

import itertools
import json
import re
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from psycopg import sql

from signalbook.accounts import auth, invitation_actions, secrets, session_actions
from signalbook.accounts.session_actions import Place
from signalbook.accounts.sessions import Sessions
from signalbook.contacts import actions as contacts
from signalbook.contacts.filters import ContactFilter
from signalbook.contacts.model import ContactChange, Source
from signalbook.contacts.rewriting import queries as rewriting
from signalbook.contacts.rewriting.model import Wish
from signalbook.exports import queries as exports
from signalbook.exports.model import Asked
from signalbook.kit import clock
from signalbook.kit.ids import new_id
from signalbook.lists import actions as lists
from signalbook.lists import job_actions as list_jobs
from signalbook.web import csrf
from signalbook.web.access import Access
from tests.world import somebody

HERE = "http://127.0.0.1:8000"
CANARY = "canary-of-contoso"

# What a route must be sent so that nothing but the foreign id can be the reason of its refusal; a
# GET is sent it as its query.
BODIES: dict[str, dict[str, Any]] = {
    "/people/{person_id}/role": {"role": "viewer"},
    "/keys/{key_id}/name": {"name": "Mine"},
    "/api/v1/contacts/{id}/tags": {"tags": ["mine"]},
    "PATCH /api/v1/tags/{id}": {"name": "mine"},
    "/api/v1/tags/{id}/merge": {"into": 1},
    "/tags/{tag_id}/name": {"name": "mine"},
    "/contacts/{contact_id}/status": {"action": "deactivate"},
    "/contacts/{contact_id}/fields": {"name": "city", "value": "Paris"},
    "/contacts/{contact_id}/fact": {"name": "city", "value": "Paris"},
    "/contacts/{contact_id}/activity": {"newest": "something"},
    "/api/v1/fields/{name}/type": {"type": "text"},
    "/api/v1/fields/{name}/rename": {"name": "mine"},
    "/api/v1/fields/{name}/merge": {"into": "first_name"},
    "PATCH /api/v1/lists/{id}": {"name": "mine"},
    "POST /api/v1/lists/{id}/contacts": {"emails": ["mine@northwind.example"]},
    "DELETE /api/v1/lists/{id}/contacts": {"filter": {}},
    "/lists/{list_id}/description": {"name": "mine"},
    "/lists/{list_id}/additions": {"who": "mine@northwind.example"},
    "/lists/{list_id}/removals": {"all": "1"},
    "/lists/of/{contact_id}": {"name": "mine"},
}
# Routes that answer a foreign id with something else than 404, and why that is right.
OTHERWISE: dict[str, tuple[int, str]] = {}


class Route(NamedTuple):
    """A method and a path, and who may call it."""

    method: str
    path: str
    access: Access

    @property
    def parameters(self) -> dict[str, str]:
        """The names and types in the path."""
        return dict(re.findall(r"\{(\w+):(\w+)\}", self.path))

    def at(self, **values: object) -> str:
        """The path with its parameters filled in."""
        return re.sub(r"\{(\w+):\w+\}", lambda found: str(values[found.group(1)]), self.path)

    @property
    def name(self) -> str:
        return re.sub(r":\w+\}", "}", self.path)


def routes_of(app) -> list[Route]:
    while not isinstance(app, Litestar):
        app = getattr(app, "app", None) or app._app
    found = []
    for route in app.routes:
        handlers = route.route_handlers if isinstance(route, HTTPRoute) else [route.route_handler]
        for handler in handlers:
            for method in getattr(handler, "http_methods", ["POST"]):
                if method not in {"OPTIONS", "HEAD"}:
                    access = handler.opt.get("access")
                    assert isinstance(access, Access), f"{method} {route.path}: who may call it?"
                    found.append(Route(method, route.path, access))
    return found


class Caller(NamedTuple):
    """Somebody at the door: what their requests carry, and what they may do."""

    name: str
    headers: dict[str, str]
    scopes: frozenset[str] = frozenset()
    role: str = ""


ROLES = ("viewer", "editor", "admin", "owner")


def expected(route: Route, caller: Caller) -> int | None:
    """The status with which this caller is turned away, or None when they are let in."""
    access = route.access
    if access.kind in {"public", "link"}:
        return None
    if access.kind == "key":
        if not caller.scopes:
            return 401
        return None if access.scope in caller.scopes else 403
    if not caller.role:
        return 303
    needed = access.role or "viewer"
    return None if ROLES.index(caller.role) >= ROLES.index(needed) else 403


def somewhere() -> Any:
    """A client that calls from another network each time, so that no limit is met by many."""
    for number in itertools.count():
        yield f"10.{number // 250 % 250}.{number % 250}.1"


@pytest.fixture
async def call(app):
    """Sends a request with a caller's headers, from nowhere in particular."""
    places = somewhere()

    async def send(caller: Caller, method: str, path: str, **content: Any) -> httpx.Response:
        transport: Any = httpx.ASGITransport(app, client=(next(places), 4000))
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            return await client.request(method, path, headers=caller.headers, **content)

    return send


async def signed_in(db, settings, person, role) -> Caller:
    async with db.tx() as tx:
        token = await session_actions.start(tx, person.id, Place())
    known = await Sessions(db).authenticate(token)
    assert known.session_id
    headers = {
        "Cookie": f"{auth.cookie_name(settings)}={token}",
        "Origin": HERE,
        csrf.HEADER: csrf.token(settings.secret_key, known.session_id),
    }
    return Caller(role, headers, role=role)


def with_key(name: str, raw: str, scopes: str) -> Caller:
    return Caller(name, {"X-API-Key": raw}, frozenset(scopes.split()))


@pytest.fixture
async def people(db, northwind):
    async with db.tx() as tx:
        return {
            role: await somebody(tx, northwind.account, f"The {role}".replace(" ", ""), role)
            for role in ROLES
        }


@pytest.fixture
def programs(northwind) -> list[Caller]:
    return [
        Caller("nobody", {}),
        with_key("unknown key", secrets.new_key("api"), ""),
        with_key("rubbish", "sk_live_rubbish", ""),
        with_key("upload key", northwind.upload_key, "upload"),
        with_key("read key", northwind.read_key, "read"),
        with_key("write key", northwind.api_key, "read write upload"),
    ]


def content_of(route: Route, caller: Caller) -> dict[str, Any]:
    body = BODIES.get(f"{route.method} {route.name}") or BODIES.get(route.name, {})
    if route.method == "GET":
        return {"params": body}
    if route.method == "DELETE" and not body:
        return {}
    return {"data": body} if caller.role else {"json": body}


async def test_every_route_lets_in_whom_it_declares_and_nobody_else(
    app, db, settings, people, programs, call
):
    nothing = {"uuid": new_id(), "str": "none-such", "int": 0, "path": "none.css"}
    broken = []
    for route in routes_of(app):
        path = route.at(**{name: nothing[kind] for name, kind in route.parameters.items()})
        callers = [*programs, *[await signed_in(db, settings, people[r], r) for r in ROLES]]
        for caller in callers:
            answer = await call(caller, route.method, path, **content_of(route, caller))
            status = answer.status_code
            to_sign_in = answer.headers.get("location", "").startswith("/login")
            turned_away = status in {401, 403} or (status == 303 and to_sign_in)
            wanted = expected(route, caller)
            if route.path in {"/login", "/logout", "/"} and wanted is None:
                continue
            if status >= 500 or (status != wanted if wanted else turned_away):
                broken.append(f"{route.method} {path} as {caller.name}: {status}, not {wanted}")
    assert not broken, "\n" + "\n".join(broken)


TABLES_WITH_IDS = """
    SELECT c.table_name
      FROM information_schema.columns AS c
      JOIN information_schema.columns AS a
        ON a.table_name = c.table_name AND a.column_name = 'account_id'
     WHERE c.column_name = 'id' AND c.data_type = 'uuid' AND c.table_schema = 'public'
       AND c.table_name NOT LIKE 'events%'
"""


class Theirs(NamedTuple):
    """Everything of Contoso's that can be named in a request."""

    uuids: list[UUID]
    numbers: list[int]
    words: list[str]


@pytest.fixture
async def theirs(db, settings, contoso) -> Theirs:
    change = ContactChange(
        source=Source("test"),
        email=f"{CANARY}@contoso.example",
        mobile="+33612345678",
        external_id=f"{CANARY}-1",
        fields={"first_name": CANARY},
        tags_add=(CANARY,),
    )
    kenji = contoso.caller("Kenji")
    asked = Asked(query=f"search={CANARY}")  # as if waiting, but without a job that changes it
    async with db.tx() as tx:
        await exports.insert(tx, contoso.id, new_id(), asked, ["id"], actor="x", at=clock.now())
        (outcome,) = await contacts.apply(tx, contoso.id, [change])
        await invitation_actions.invite(tx, kenji, f"{CANARY}@x.example", "viewer")
        await session_actions.start(tx, kenji.user_id, Place())
        wish = Wish(action="empty", name="first_name")
        job_id = new_id()
        await rewriting.insert(tx, contoso.id, job_id, wish, total=1, actor="x", at=clock.now())
        await rewriting.set_ended(tx, contoso.id, job_id, "done", clock.now())
        assert outcome.contact, outcome
        listed = await lists.ensure(tx, contoso.id, [CANARY], "test")
        for list_id in listed.values():
            await lists.join(tx, contoso.id, list_id, [outcome.contact.id], clock.now(), "test")
            job_id = await list_jobs.start(
                tx, contoso.id, list_id, "remove", wanted=ContactFilter(), named=[], actor="test"
            )
            await list_jobs.step(tx, contoso.id, job_id)  # or the server beside would do it
    async with db.read() as read:
        uuids = [contoso.people["Kenji"].id]
        for table in await read.values(TABLES_WITH_IDS):
            named = sql.SQL("SELECT id FROM {} WHERE account_id = %s").format(sql.Identifier(table))
            uuids += await read.values(named, (contoso.id,))
        tags = await read.values("SELECT id FROM tags WHERE account_id = %s", (contoso.id,))
    words = [str(outcome.contact.id), f"{CANARY}-1", f"{CANARY}@contoso.example", CANARY]
    return Theirs(uuids, [*tags, contoso.id], words)


@pytest.fixture
async def digest(db, contoso):
    """Says in one line what all of Contoso's rows are."""
    async with db.read() as read:
        tables = await read.values(
            """
            SELECT c.table_name
              FROM information_schema.columns AS c
              JOIN pg_class AS t
                ON t.relname = c.table_name AND NOT t.relispartition
             WHERE c.column_name = 'account_id' AND c.table_schema = 'public'
            """
        )
    part = sql.SQL(
        "SELECT {name} AS name, md5(string_agg(t::text, '|' ORDER BY t::text)) AS digest"
        "  FROM {table} AS t WHERE account_id = %(id)s"
    )
    query = sql.SQL(" UNION ALL ").join(
        part.format(name=sql.Literal(table), table=sql.Identifier(table))
        for table in sorted(tables)
    )

    async def told() -> dict[str, str]:
        async with db.read() as read:
            return dict(await read.rows(query, {"id": contoso.id}))

    return told


def foreign_paths(route: Route, theirs: Theirs) -> list[str]:
    """The route with each of the other account's names in each of its places."""
    choices = {
        name: {"uuid": theirs.uuids, "int": theirs.numbers}.get(kind, theirs.words)
        for name, kind in route.parameters.items()
    }
    return [
        route.at(**dict(zip(choices, values, strict=True)))
        for values in itertools.product(*choices.values())
    ]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_another_accounts_ids_are_not_found_and_nothing_of_theirs_changes(
    app, db, settings, people, programs, theirs, digest, call
):
    writer, before = programs[-1], await digest()
    broken = []
    for route in routes_of(app):
        if not route.parameters or route.access.kind == "public":
            continue
        for path in foreign_paths(route, theirs):
            by_key = route.access.kind == "key"
            caller = writer if by_key else await signed_in(db, settings, people["owner"], "owner")
            answer = await call(caller, route.method, path, **content_of(route, caller))
            wanted = OTHERWISE.get(f"{route.method} {route.name}", (404, ""))[0]
            if answer.status_code != wanted:
                broken.append(f"{route.method} {path}: {answer.status_code}, not {wanted}")
            if CANARY in answer.text.replace(path, ""):
                broken.append(f"{route.method} {path}: shows what is Contoso's")
        if await digest() != before:
            broken.append(f"{route.method} {route.path}: changes what is Contoso's")
            before = await digest()
    assert not broken, "\n" + "\n".join(broken)


async def test_another_accounts_ids_in_a_body_or_a_query_reach_nothing(
    app, db, settings, people, programs, theirs, digest, call, contoso
):
    writer, before = programs[-1], await digest()
    body = {
        "account_id": contoso.id,
        "account": str(contoso.id),
        "id": str(theirs.uuids[0]),
        "contact_id": str(theirs.uuids[0]),
        "ids": [str(one) for one in theirs.uuids],
        "tag_id": theirs.numbers[0],
        "email": "mine@northwind.example",
        "first_name": "Mine",
        "tags": ["mine"],
        "role": "owner",
    }
    nothing = {"uuid": new_id(), "str": "none-such", "int": 0, "path": "none.css"}
    broken = []
    for route in routes_of(app):
        if route.access.kind == "public":
            continue
        path = route.at(**{name: nothing[kind] for name, kind in route.parameters.items()})
        caller = (
            writer
            if route.access.kind == "key"
            else await signed_in(db, settings, people["owner"], "owner")
        )
        variants: list[dict[str, Any]] = [
            {"params": {k: v for k, v in body.items() if isinstance(v, str | int)}},
            {"params": {"starting_after": str(theirs.uuids[0]), "tag": CANARY}},
        ]
        if route.method not in {"GET", "DELETE"}:
            form = {k: v for k, v in body.items() if isinstance(v, str)}
            variants += [{"json": body}, {"json": [body]}, {"data": form}]
            variants += [{"json": {"contacts": [body]}}]
        for content in variants:
            answer = await call(caller, route.method, path, **content)
            if answer.status_code >= 500:
                broken.append(f"{route.method} {path} {json.dumps(content)}: {answer.status_code}")
            if f"{CANARY}@contoso" in answer.text:
                broken.append(f"{route.method} {path}: shows what is Contoso's")
        if await digest() != before:
            broken.append(f"{route.method} {route.path}: changes what is Contoso's")
            before = await digest()
    assert not broken, "\n" + "\n".join(broken)
