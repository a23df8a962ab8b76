"""`/api/v1/lists/{id}/contacts`: who is on a list, added and removed; and work on many of them."""

from typing import Final
from uuid import UUID

from litestar import Response, delete, get, post

from signalbook.accounts.frames import TheCaller
from signalbook.accounts.model import Caller
from signalbook.contacts import list_api, paging, reading
from signalbook.contacts import queries as contacts
from signalbook.contacts import wire as contacts_wire
from signalbook.contacts.paging import Listing, Place
from signalbook.kit.db import Read, Tx
from signalbook.kit.jobs import Worker
from signalbook.lists import (
    examples,
    filters,
    gathering,
    job_actions,
    job_queries,
    member_queries,
    paths,
    queries,
    wire,
)
from signalbook.lists.api import ID, ONE, TAG, TheWorker
from signalbook.lists.errors import ListJobNotFound, ListNotFound
from signalbook.lists.gathering import Gathered
from signalbook.lists.model import Action, ContactList
from signalbook.lists.naming import Named
from signalbook.lists.schemas import ListJobOut, Members, MembersChanged, MembersIn
from signalbook.web import answering, bodies, cursors, idempotency
from signalbook.web.access import key
from signalbook.web.answering import Asked
from signalbook.web.bodies import Shape
from signalbook.web.held import TheDb
from signalbook.web.idempotency import Answer
from signalbook.web.openapi import TEXT, Answered, Operation, Param, whole
from signalbook.web.options import allowed
from signalbook.web.params import Params

CONTACTS: Final = ONE + "/contacts"
JOB: Final = ONE + "/jobs/{job_id:str}"
MAX_BYTES: Final = 16 * 1024 * 1024

_members = Shape(MembersIn)
_JOB_ID = Param(
    "job_id", "The job's id.", {"type": "string", "format": "uuid"}, examples.JOB["id"], "path"
)
_CHANGED = Answered(MembersChanged, examples.CHANGED, "It is done.")
_BEGUN = Answered(
    ListJobOut,
    examples.JOB | {"state": "queued", "total": None, "done": 0, "changed": 0, "unchanged": 0},
    "It has begun: `GET /lists/{id}/jobs/{job_id}` tells how far it is.",
)
_ABOUT = (
    " Up to 5,000 names are done at once; up to 100,000, and whom a filter means, by a job: 202."
    " Names of nobody are told in `not_found` and stop nothing."
)


@get(
    CONTACTS,
    access=key("read"),
    operation=Operation(
        id="listMembers",
        tag=TAG,
        summary="List the contacts on a list",
        about="Those made last first; with every filter given, all must hold.",
        params=(
            ID,
            *list_api.FILTER_PARAMS,
            Param("limit", "Contacts on a page.", whole(1, 1000, 100), 100),
            Param("starting_after", "The next_cursor of the page before.", TEXT),
        ),
        answers={
            200: Answered(
                Members,
                {"data": [examples.MEMBER], "has_more": False, "next_cursor": None},
                "Contacts on the list.",
            )
        },
    ),
)
async def index(request: Asked, caller: TheCaller, db: TheDb, id: str) -> Response[bytes]:
    """List the contacts on a list."""
    params = Params(request)
    wanted = list_api.filter_in(params)
    size = params.whole("limit", 1, 1000) or 100
    after = params.text("starting_after")
    params.done()
    account, list_id = caller.account_id, paths.list_id(id)
    listed = f"list:{list_id}"
    place = Place(*cursors.read(after, account, listed, (UUID, UUID))) if after else None
    async with db.read() as read:
        one = await _existing(read, account, list_id)
        predicate = await filters.members(read, account, one, wanted)
        listing = Listing(size=size + 1, after=place)
        found = await contacts.page(read, account, predicate, listing)
        shown, has_more = found[:size], len(found) > size
        names = await reading.tag_names(read, account, shown)
        rows = await member_queries.joined(read, account, list_id, [one.id for one in shown])
    joined = {row[0]: row for row in rows}
    cursor = None
    if has_more:
        cursor = cursors.write(account, listed, *paging.place_of(shown[-1], listing.sort))
    data = [
        wire.member_out(contacts_wire.out(contact, names), joined.get(contact.id))
        for contact in shown
    ]
    return idempotency.respond(answering.answer(Members(data, has_more, cursor)))


@post(
    CONTACTS,
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="addMembers",
        tag=TAG,
        summary="Add contacts to a list",
        about="By any names they have, or by a filter." + _ABOUT,
        params=(ID,),
        body=MembersIn,
        examples={"named": examples.NAMED, "by filter": examples.MATCHING},
        answers={200: _CHANGED, 202: _BEGUN},
    ),
)
async def add(
    request: Asked, caller: TheCaller, db: TheDb, worker: TheWorker, id: str
) -> Response[bytes]:
    """Add contacts to a list."""
    return await _change(request, caller, db, worker, id, "add")


@delete(
    CONTACTS,
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="removeMembers",
        tag=TAG,
        summary="Remove contacts from a list",
        about="By any names they have, or by a filter; an empty filter empties the list." + _ABOUT,
        params=(ID,),
        body=MembersIn,
        examples={"named": examples.NAMED},
        answers={200: _CHANGED, 202: _BEGUN},
    ),
)
async def remove(
    request: Asked, caller: TheCaller, db: TheDb, worker: TheWorker, id: str
) -> Response[bytes]:
    """Remove contacts from a list."""
    return await _change(request, caller, db, worker, id, "remove")


@get(
    JOB,
    access=key("read"),
    operation=Operation(
        id="getListJob",
        tag=TAG,
        summary="Show how far adding or removing many is",
        params=(ID, _JOB_ID),
        answers={200: Answered(ListJobOut, examples.JOB, "The job.")},
    ),
)
async def show_job(
    request: Asked, caller: TheCaller, db: TheDb, id: str, job_id: str
) -> Response[bytes]:
    """Show work on a list."""
    Params(request).done()
    async with db.read() as read:
        return idempotency.respond(await _job(read, caller, id, job_id))


@post(
    JOB + "/cancel",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="cancelListJob",
        tag=TAG,
        summary="End adding or removing many",
        about="What is done stays. Ending what is over already changes nothing.",
        params=(ID, _JOB_ID),
        answers={200: Answered(ListJobOut, examples.JOB | {"state": "cancelled"}, "The job.")},
    ),
)
async def cancel_job(
    request: Asked, caller: TheCaller, db: TheDb, id: str, job_id: str
) -> Response[bytes]:
    """End work on a list."""
    Params(request).done()
    raw = await bodies.read(request)

    async def work(tx: Tx) -> Answer:
        await _job(tx, caller, id, job_id)
        await job_actions.cancel(tx, caller.account_id, paths.job_id(job_id))
        return await _job(tx, caller, id, job_id)

    return await answering.write(request, db, caller.account_id, raw, work)


async def _change(
    request: Asked, caller: Caller, db: TheDb, worker: Worker, ref: str, action: Action
) -> Response[bytes]:
    Params(request).done()
    raw = await bodies.read(request, MAX_BYTES)
    body = _members.accepted(raw)
    named = Named(
        ids=body.ids,
        emails=body.emails,
        mobiles=body.mobiles,
        external_ids=body.external_ids,
    )
    wanted = wire.filter_of(body.filter) if body.filter is not None else None
    account, list_id = caller.account_id, paths.list_id(ref)

    async def work(tx: Tx) -> Answer:
        gathered = await gathering.change(
            tx, account, list_id, action, named=named, wanted=wanted, actor=caller.actor
        )
        return await _answer(tx, account, gathered)

    response = await answering.write(request, db, account, raw, work)
    worker.nudge()
    return response


async def _answer(tx: Tx, account_id: int, gathered: Gathered) -> Answer:
    if gathered.job_id is None:
        return answering.answer(
            MembersChanged(
                gathered.changed, gathered.unchanged, gathered.not_found, gathered.one.members
            )
        )
    job = await job_queries.get(tx, account_id, gathered.job_id)
    if job is None:
        raise ListJobNotFound
    return answering.answer(wire.job_out(job, gathered.not_found), 202)


async def _existing(read: Read, account_id: int, id: UUID) -> ContactList:
    one = await queries.get(read, account_id, id)
    if one is None:
        raise ListNotFound
    return one


async def _job(read: Read, caller: Caller, ref: str, job_ref: str) -> Answer:
    job = await job_queries.get(read, caller.account_id, paths.job_id(job_ref))
    if job is None or job.list_id != paths.list_id(ref) or not job.list_name:
        raise ListJobNotFound  # as where its list is gone
    return answering.answer(wire.job_out(job))


ROUTES = [allowed(CONTACTS, JOB, JOB + "/cancel"), index, add, remove, show_job, cancel_job]
