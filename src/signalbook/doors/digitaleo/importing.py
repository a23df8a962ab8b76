"""`POST /rest/contacts?action=import`: a file becomes an import, its columns found by the aliases.

The client sends the file as the part `contactFile` and what else it says in the address.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from litestar import Request

from signalbook.accounts.model import Caller
from signalbook.doors.digitaleo import asking, numbers
from signalbook.doors.digitaleo.errors import RecordNotFound, ValuesInvalid
from signalbook.doors.digitaleo.model import ALIASES, CONTACT, Row, text_of
from signalbook.doors.digitaleo.translation import moment
from signalbook.fields import queries as fields
from signalbook.imports import actions, progress, sandbox, uploading, wishes
from signalbook.imports.model import Hints, Source
from signalbook.imports.progress import Progress
from signalbook.imports.schemas import MappingIn, OptionsIn, TargetIn
from signalbook.imports.watching import is_open
from signalbook.kit.db import Database, Read, Tx
from signalbook.kit.errors import Problem
from signalbook.kit.jobs import Worker
from signalbook.kit.spelling import plain
from signalbook.lists import queries as lists

WAIT_SECONDS: Final = 10.0
"""So long a call waits for its import; a longer one goes on, and `/rest/imports` tells of it."""

_EVERY_SECONDS: Final = 0.2
_PARAMS: Final = ("listId", "listName", "country", "dateOrder", "name")
_ORDERS: Final = ("dmy", "mdy", "ymd")
_PASSED_OVER: Final = frozenset({"action", "complex"})
"""The Python client leaves a `complex` that it once asked for in the address of later calls."""
_Asked = Request[Any, Any, Any]


async def take_in(
    request: _Asked, caller: Caller, db: Database, data_dir: Path, worker: Worker
) -> Row:
    """Import a file and show how far it came; raises what an upload or a mapping may raise."""
    said = _said(asking.query_of(request))
    options = await _options(db, caller.account_id, said)
    arriving = uploading.arriving(request, data_dir, caller.account_id, said.get("name", ""))
    async with arriving as arrived:
        import_id = arrived.import_id
        source = await sandbox.inspect(arrived.path, arrived.name, Hints())

        async def order(tx: Tx) -> str:
            await wishes.take_in(
                tx,
                caller.account_id,
                import_id,
                MappingIn(await _mapping(tx, caller.account_id, source), options),
                source,
                name=arrived.name,
                bytes=arrived.bytes,
                actor=caller.actor,
            )
            await actions.start(tx, caller.account_id, import_id, dry_run=False)
            given = await numbers.given(tx, caller.account_id, [import_id])
            arrived.is_kept = True
            return given[import_id]

        number = await db.transact(order)
    worker.nudge()
    row = record_of(await _settled(db, caller.account_id, import_id), number)
    return {"size": 1, "total": 1, "list": [row]}


def record_of(found: Progress, number: str) -> Row:
    """Show an import: where it is and what came of its rows so far."""
    counts, of = found.counts, found.of
    reason = found.reasons[0].reason if found.reasons else ""
    return {
        "id": number,
        "name": of.name,
        "status": str(of.state),
        "count": str(counts.rows),
        "created": str(counts.created),
        "updated": str(counts.updated),
        "unchanged": str(counts.unchanged + counts.superseded),
        "rejected": str(counts.rejected),
        "message": of.failure or reason or None,
        "dateCreated": moment(of.created_at),
    }


def _said(query: Mapping[str, Any]) -> dict[str, str]:
    problems = [
        Problem(name[:64], f"An import takes {', '.join(_PARAMS)}", "parameter_unknown")
        for name in query
        if name not in _PARAMS and name not in _PASSED_OVER
    ]
    if problems:
        raise ValuesInvalid(problems=problems)
    return {name: text_of(query[name]) for name in _PARAMS if name in query}


async def _options(db: Database, account_id: int, said: Mapping[str, str]) -> OptionsIn:
    """Read what is said beside the file; raises ValuesInvalid, RecordNotFound for a list."""
    name = said.get("listName", "")
    if number := said.get("listId", ""):
        async with db.read() as read:
            found = await numbers.meant(read, account_id, [number])
            one = await lists.get(read, account_id, found[number]) if found else None
        if one is None:
            raise RecordNotFound(what="list")
        name = one.name
    chosen: dict[str, Any] = {"list": name} if name else {}
    if country := said.get("country", ""):
        chosen["country"] = country
    if order := said.get("dateOrder", "").strip().lower():
        if order not in _ORDERS:
            told = f'dateOrder is {", ".join(_ORDERS)}, not "{order[:64]}"'
            raise ValuesInvalid(problems=[Problem("dateOrder", told, "value_wrong")])
        chosen["date_order"] = order
    wished = MappingIn(options=OptionsIn(**chosen))
    wishes.refuse_problems(wished)
    return wished.options


async def _mapping(read: Read, account_id: int, source: Source) -> dict[str, TargetIn | str]:
    """Find what the columns are by the account's own aliases, then the default ones, then by name.

    Others are left to the guess; a second column for the same is ignored by it.
    """
    known = {plain(name): name for name in CONTACT} | {
        plain(alias): name for name, alias in ALIASES.items()
    }
    by_field = {of.of: name for name, of in CONTACT.items() if of.of}
    for one in await fields.all_of(read, account_id):
        if name := by_field.get(one.name):
            known |= {plain(alias): name for alias in one.aliases}
    found: dict[str, TargetIn | str] = {}
    taken: set[str] = set()
    for column in source.columns:
        name = known.get(plain(column))
        if name is not None and name not in taken and CONTACT[name].kind != "optout":
            taken.add(name)
            found[column] = _target(name)
    return found


def _target(name: str) -> str:
    of = CONTACT[name]
    if of.kind in {"email", "mobile"}:
        return of.kind
    return f"field:{of.of}" if of.of else "ignore"


async def _settled(db: Database, account_id: int, import_id: UUID) -> Progress:
    """Wait a while for an import to end, and tell how far it is."""
    waited = 0.0
    while True:
        async with db.read() as read:
            now = await progress.show(read, account_id, import_id)
        if not is_open(now.of) or waited >= WAIT_SECONDS:
            return now
        await asyncio.sleep(_EVERY_SECONDS)
        waited += _EVERY_SECONDS
