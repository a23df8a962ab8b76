"""`/rest/lists`: read, made, changed and deleted, and who is on them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, delete, get, post, put

from signalbook.accounts.frames import TheCaller
from signalbook.accounts.model import Caller
from signalbook.doors.digitaleo import asking, listing, numbers
from signalbook.doors.digitaleo import operations as told
from signalbook.doors.digitaleo.answering import (
    answered,
    counted,
    ids_in,
    metadata_in,
    records_in,
    refuse_action,
)
from signalbook.doors.digitaleo.asking import Asked
from signalbook.doors.digitaleo.errors import ListTooLong, RecordNotFound, ValuesInvalid
from signalbook.doors.digitaleo.listing import listing_of
from signalbook.doors.digitaleo.model import LIST, Row, members_of, spelt, text_of, texts_of
from signalbook.doors.digitaleo.translation import moment
from signalbook.kit import clock
from signalbook.kit.db import Database, Read, Tx
from signalbook.kit.errors import Problem
from signalbook.kit.jobs import Worker
from signalbook.lists import actions, job_actions, queries
from signalbook.lists.api import TheWorker
from signalbook.lists.model import MAX_LISTS, MOST_AT_ONCE, MOST_NAMED, ContactList
from signalbook.web.access import key
from signalbook.web.held import TheDb
from signalbook.web.options import allowed

LISTS: Final = "/rest/lists"
MOST_NEW: Final = 100

_Asked = Request[Any, Any, Any]
_ACTIONS: Final = "create, contactadd and contactremove are known"
_TRUTH: Final = {"1": True, "true": True, "0": False, "false": False}
_SET: Final = frozenset({"name", "description", "active"})


@get(LISTS, access=key("read"), operation=told.LIST_LISTS)
async def index(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """List lists by their properties."""
    asked = listing_of(asking.query_of(request), _naming, LIST)
    async with db.read() as read:
        found = await queries.page(read, caller.account_id, MAX_LISTS)
        rows = await _records(db, read, caller, found)
    rows.sort(key=lambda row: int(row["id"]))
    return answered(request, listing.chosen(rows, asked))


@post(LISTS, access=key("write"), status_code=200, operation=told.CREATE_LISTS)
async def create(
    request: _Asked, caller: TheCaller, db: TheDb, worker: TheWorker
) -> Response[bytes]:
    """Make lists; with `action=contactadd` or `contactremove`, change who is on one."""
    asked = await asking.read(request)
    action = text_of(asked.get("action"))
    if action in {"contactadd", "contactremove"}:
        return counted(request, await _members(db, caller, asked, action))
    refuse_action(asked, "create", known=_ACTIONS)
    records = records_in(asked, "lists")
    return answered(request, await _created(db, worker, caller, records))


@put(LISTS, access=key("write"), operation=told.UPDATE_LISTS)
async def update(
    request: _Asked, caller: TheCaller, db: TheDb, worker: TheWorker
) -> Response[bytes]:
    """Give lists another name or description, or deactivate them."""
    asked = await asking.read(request)
    texts, changes = ids_in(asked), _changes(metadata_in(asked))

    async def work(tx: Tx) -> list[UUID | None]:
        known = await _known(tx, caller, texts)
        return [await _change(tx, caller, id, changes) for id in known]

    jobs = await db.transact(work)
    await _begun(db, worker, caller, jobs)
    return counted(request, len(jobs))


@delete(LISTS, access=key("write"), status_code=200, operation=told.DELETE_LISTS)
async def remove(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Delete lists; the contacts on them stay."""
    texts = ids_in(await asking.read(request))

    async def work(tx: Tx) -> int:
        known = await _known(tx, caller, texts)
        for id in known:
            await actions.delete(tx, caller.account_id, id)
        return len(known)

    return counted(request, await db.transact(work))


async def _created(db: Database, worker: Worker, caller: Caller, records: Sequence[object]) -> Row:
    """Make lists, or find those that have the name already; raises ValuesInvalid, ListTooLong."""
    if len(records) > MOST_NEW:
        raise ListTooLong(most=MOST_NEW, count=len(records))
    wanted = [_changes(members_of(one) or {}, is_new=True) for one in records]
    if not wanted:
        raise ValuesInvalid(problems=[Problem("name", "Send the name of the list", "name_missing")])

    async def work(tx: Tx) -> dict[UUID, UUID | None]:
        made: dict[UUID, UUID | None] = {}
        for one in wanted:
            ids = await actions.ensure(tx, caller.account_id, [one["name"]], caller.actor)
            rest = {name: value for name, value in one.items() if name != "name"}
            for id in ids.values():
                made[id] = await _change(tx, caller, id, rest)
        return made

    made = await db.transact(work)
    await _begun(db, worker, caller, made.values())
    async with db.read() as read:
        found = [await queries.get(read, caller.account_id, id) for id in made]
        rows = await _records(db, read, caller, [one for one in found if one is not None])
    return {"size": len(rows), "total": len(rows), "list": rows}


async def _change(tx: Tx, caller: Caller, id: UUID, changes: Mapping[str, Any]) -> UUID | None:
    """Change a list, and return the job that tells its members where it was switched."""
    if "name" in changes or "description" in changes:
        await actions.describe(
            tx,
            caller.account_id,
            id,
            name=changes.get("name"),
            description=changes.get("description"),
        )
    if "active" not in changes:
        return None
    _, job_id = await job_actions.switch(
        tx, caller.account_id, id, is_active=changes["active"], actor=caller.actor
    )
    return job_id


async def _begun(db: Database, worker: Worker, caller: Caller, jobs: Iterable[UUID | None]) -> None:
    """Do the first chunk of each job right away, so that a short one is over with the call."""
    for job_id in filter(None, jobs):
        worker.nudge()

        async def step(tx: Tx, job_id: UUID = job_id) -> bool:
            return await job_actions.step(tx, caller.account_id, job_id)

        await db.transact(step)


async def _members(db: Database, caller: Caller, asked: Asked, action: str) -> int:
    """Put contacts on a list or take them off, 5,000 at a time; return how many that changed."""
    texts, metadata = ids_in(asked), metadata_in(asked)
    if len(texts) > 1:
        told = "One list at a time: id is that of the list"
        raise ValuesInvalid(problems=[Problem("id", told, "id_invalid")])
    wanted = texts_of(metadata.get("contactIds"))
    if not wanted:
        told = 'metaData holds contactIds: {"contactIds": "1,2,3"}'
        raise ValuesInvalid(problems=[Problem("metaData", told, "contact_ids_missing")])
    if len(wanted) > MOST_NAMED:
        raise ListTooLong(most=MOST_NAMED, count=len(wanted))
    async with db.read() as read:
        (list_id,) = await _known(read, caller, texts)
        ids = sorted((await numbers.meant(read, caller.account_id, wanted)).values())
    changed = 0
    for first in range(0, len(ids), MOST_AT_ONCE):
        part = ids[first : first + MOST_AT_ONCE]

        async def work(tx: Tx, part: Sequence[UUID] = part) -> int:
            if action == "contactremove":
                return await actions.leave(tx, caller.account_id, list_id, part)
            return await actions.join(
                tx, caller.account_id, list_id, part, clock.now(), caller.actor
            )

        changed += await db.transact(work)
    return changed


async def _known(read: Read, caller: Caller, texts: Sequence[str]) -> list[UUID]:
    """Return the lists that these numbers mean; raises RecordNotFound where there is none."""
    found = await numbers.meant(read, caller.account_id, texts)
    known = [id for id in found.values() if await queries.get(read, caller.account_id, id)]
    if not known:
        raise RecordNotFound(what="list")
    return known


async def _records(
    db: Database, read: Read, caller: Caller, found: Sequence[ContactList]
) -> list[Row]:
    given = await numbers.shown(db, read, caller.account_id, [one.id for one in found])
    return [
        {
            "id": given[one.id],
            "name": one.name,
            "description": one.description or None,
            "active": "1" if one.is_active else "0",
            "count": str(one.members),
            "dateCreated": moment(one.created_at),
        }
        for one in found
    ]


def _changes(members: Mapping[str, Any], *, is_new: bool = False) -> dict[str, Any]:
    """Read what is to be set of a list; raises ValuesInvalid."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in members.items():
        known = _naming(name)
        if known is None:
            told = f"A list has no property {name[:64]}"
            problems.append(Problem(name[:64], told, "property_unknown"))
        elif isinstance(value, dict | list):
            told = f"{known} is a text, not a list or an object"
            problems.append(Problem(known, told, "value_wrong"))
        elif known == "active":
            truth = _TRUTH.get(text_of(value).lower())
            if truth is None:
                problems.append(Problem("active", "active is 1 or 0", "value_wrong"))
            found["active"] = truth
        elif known in _SET:
            found[known] = text_of(value)
    if is_new and not (found.get("name") or problems):
        problems.append(Problem("name", "A list needs a name", "name_missing"))
    if problems:
        raise ValuesInvalid(problems=problems)
    return found


def _naming(name: str) -> str | None:
    return spelt(name, LIST)


ROUTES = [allowed(LISTS), index, create, update, remove]
