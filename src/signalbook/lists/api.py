"""`/api/v1/lists`: the lists themselves, made, shown, described and deleted."""

from typing import Final, TypeAlias

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from msgspec import UNSET

from signalbook.accounts.frames import TheCaller
from signalbook.accounts.model import Caller
from signalbook.kit.db import Tx
from signalbook.kit.jobs import Worker
from signalbook.lists import (
    actions,
    combining,
    examples,
    job_actions,
    job_queries,
    paths,
    queries,
    wire,
)
from signalbook.lists.errors import ListJobNotFound, ListNotFound
from signalbook.lists.model import Combination, key_of
from signalbook.lists.schemas import (
    ListCombined,
    ListDeleted,
    ListIn,
    ListOut,
    Lists,
    ListSwitched,
    NewList,
)
from signalbook.web import answering, bodies, cursors, idempotency
from signalbook.web.access import key
from signalbook.web.answering import Asked
from signalbook.web.bodies import Shape
from signalbook.web.held import TheDb
from signalbook.web.idempotency import Answer
from signalbook.web.openapi import TEXT, Answered, Operation, Param, whole
from signalbook.web.options import allowed
from signalbook.web.params import Params

LISTS: Final = "/api/v1/lists"
ONE: Final = LISTS + "/{id:str}"
TAG: Final = "Lists"
ID: Final = Param("id", "The list's id.", {"type": "string", "format": "uuid"}, examples.ID, "path")

TheWorker: TypeAlias = NamedDependency[Worker]
_new, _changed = Shape(NewList), Shape(ListIn)
_OFF = {"is_active": False}
_SWITCH = " The list says so at once; a job tells its members, in chunks: 202."
_SHOWN = Answered(ListOut, examples.SHOWN, "The list.")


@get(
    LISTS,
    access=key("read"),
    operation=Operation(
        id="listLists",
        tag=TAG,
        summary="List lists with their counts",
        params=(
            Param("search", "Lists whose name contains this.", TEXT, "newsletter"),
            Param("limit", "Lists on a page.", whole(1, 1000, 100), 100),
            Param("starting_after", "The next_cursor of the page before.", TEXT),
        ),
        answers={
            200: Answered(
                Lists,
                {"data": [examples.SHOWN], "has_more": False, "next_cursor": None},
                "Lists, by name.",
                "/data/0/id",
            )
        },
    ),
)
async def index(request: Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """List lists by name."""
    params = Params(request)
    search = key_of(params.text("search") or "")
    size = params.whole("limit", 1, 1000) or 100
    cursor = params.text("starting_after")
    params.done()
    account = caller.account_id
    after = cursors.read(cursor, account, "lists", (str,))[0] if cursor else None
    async with db.read() as read:
        found = await queries.page(read, account, size + 1, search, after)
    lists, has_more = found[:size], len(found) > size
    following = cursors.write(account, "lists", key_of(lists[-1].name)) if has_more else None
    body = Lists([wire.out(one) for one in lists], has_more, following)
    return idempotency.respond(answering.answer(body))


@post(
    LISTS,
    access=key("write"),
    operation=Operation(
        id="createList",
        names_others=True,
        tag=TAG,
        summary="Make a list",
        about="Empty, or `from` other lists: a copy is `all` of one, several are united by `any`,"
        " intersected by `all`, subtracted by `none`. A job adds the contacts: 202.",
        body=NewList,
        examples={"list": examples.NEW, "from lists": examples.COMBINED},
        answers={
            201: Answered(ListOut, examples.SHOWN | {"members": 0}, "It is new.", "/id"),
            202: Answered(ListCombined, examples.COMBINING, "It is new and being filled."),
        },
        conflicts=True,
    ),
)
async def create(
    request: Asked, caller: TheCaller, db: TheDb, worker: TheWorker
) -> Response[bytes]:
    """Make a list, empty or from other lists."""
    Params(request).done()
    raw = await bodies.read(request)
    body = _new.accepted(raw)
    account = caller.account_id

    async def work(tx: Tx) -> Answer:
        if body.of is not None:
            return await _combine(tx, caller, body, wire.combination_of(body.of))
        one = await actions.create(
            tx, account, body.name, body.description, kind=body.kind, actor=caller.actor
        )
        return answering.answer(wire.out(one), 201)

    response = await answering.write(request, db, account, raw, work)
    worker.nudge()
    return response


async def _combine(tx: Tx, caller: Caller, body: NewList, of: Combination) -> Answer:
    begun = await combining.combine(
        tx,
        caller.account_id,
        body.name,
        body.description,
        of=of,
        kind=body.kind,
        actor=caller.actor,
    )
    job = await job_queries.get(tx, caller.account_id, begun.job_id)
    if job is None:
        raise ListJobNotFound
    return answering.answer(ListCombined(wire.out(begun.one), wire.job_out(job)), 202)


@get(
    ONE,
    access=key("read"),
    operation=Operation(
        id="getList", tag=TAG, summary="Show a list", params=(ID,), answers={200: _SHOWN}
    ),
)
async def show(request: Asked, caller: TheCaller, db: TheDb, id: str) -> Response[bytes]:
    """Show one list."""
    Params(request).done()
    async with db.read() as read:
        one = await queries.get(read, caller.account_id, paths.list_id(id))
    if one is None:
        raise ListNotFound
    return idempotency.respond(answering.answer(wire.out(one)))


@patch(
    ONE,
    access=key("write"),
    operation=Operation(
        id="updateList",
        tag=TAG,
        summary="Rename or describe a list, or make it a topic",
        about="Only what is sent changes.",
        params=(ID,),
        body=ListIn,
        examples={"name": {"name": "Spring newsletter"}},
        answers={200: _SHOWN},
        conflicts=True,
    ),
)
async def update(request: Asked, caller: TheCaller, db: TheDb, id: str) -> Response[bytes]:
    """Give a list another name, description or kind."""
    Params(request).done()
    raw = await bodies.read(request)
    body = _changed.accepted(raw)

    async def work(tx: Tx) -> Answer:
        one = await actions.describe(
            tx,
            caller.account_id,
            paths.list_id(id),
            name=None if body.name is UNSET else body.name,
            kind=None if body.kind is UNSET else body.kind,
            description=None if body.description is UNSET else body.description,
        )
        return answering.answer(wire.out(one))

    return await answering.write(request, db, caller.account_id, raw, work)


@delete(
    ONE,
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="deleteList",
        tag=TAG,
        summary="Delete a list",
        about="The contacts on it stay. The list of a topic of a contact list is deleted there.",
        params=(ID,),
        answers={200: Answered(ListDeleted, {"deleted": True, "id": examples.ID}, "It is gone.")},
        conflicts=True,
    ),
)
async def remove(request: Asked, caller: TheCaller, db: TheDb, id: str) -> Response[bytes]:
    """Delete a list."""
    Params(request).done()
    raw = await bodies.read(request)

    async def work(tx: Tx) -> Answer:
        one = await actions.delete(tx, caller.account_id, paths.list_id(id))
        return answering.answer(ListDeleted(deleted=True, id=str(one.id)))

    return await answering.write(request, db, caller.account_id, raw, work)


@post(
    ONE + "/deactivate",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="deactivateList",
        tag=TAG,
        summary="Deactivate a list",
        about="While it is deactivated nobody on it can be reached, by any channel and whatever"
        " other lists they are on; opt-outs stay as they are." + _SWITCH,
        params=(ID,),
        answers={
            200: Answered(ListSwitched, {"list": examples.SHOWN | _OFF, "job": None}, "It was so."),
            202: Answered(ListSwitched, examples.SWITCHING, "It is, and its members follow."),
        },
    ),
)
async def deactivate(
    request: Asked, caller: TheCaller, db: TheDb, worker: TheWorker, id: str
) -> Response[bytes]:
    """Make the members of a list unreachable."""
    return await _switch(request, caller, db, worker, id, is_active=False)


@post(
    ONE + "/activate",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="activateList",
        tag=TAG,
        summary="Activate a list again",
        about="Who is on it can be reached as before, unless another deactivated list holds them."
        + _SWITCH,
        params=(ID,),
        answers={
            200: Answered(ListSwitched, {"list": examples.SHOWN, "job": None}, "It was so."),
            202: Answered(
                ListSwitched,
                {
                    "list": examples.SHOWN,
                    "job": examples.SWITCHING["job"] | {"action": "activate"},
                },
                "It is, and its members follow.",
            ),
        },
    ),
)
async def activate(
    request: Asked, caller: TheCaller, db: TheDb, worker: TheWorker, id: str
) -> Response[bytes]:
    """Take a deactivation back."""
    return await _switch(request, caller, db, worker, id, is_active=True)


async def _switch(
    request: Asked, caller: Caller, db: TheDb, worker: Worker, id: str, *, is_active: bool
) -> Response[bytes]:
    Params(request).done()
    raw = await bodies.read(request)
    account, list_id = caller.account_id, paths.list_id(id)

    async def work(tx: Tx) -> Answer:
        one, job_id = await job_actions.switch(
            tx, account, list_id, is_active=is_active, actor=caller.actor
        )
        job = await job_queries.get(tx, account, job_id) if job_id else None
        body = ListSwitched(wire.out(one), wire.job_out(job) if job else None)
        return answering.answer(body, 202 if job else 200)

    response = await answering.write(request, db, account, raw, work)
    worker.nudge()
    return response


ROUTES = [
    allowed(LISTS, ONE, ONE + "/deactivate", ONE + "/activate"),
    index,
    create,
    show,
    update,
    remove,
    deactivate,
    activate,
]
