"""What came of an import: its rows, those to mend as a file, and its progress as it happens."""

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get
from litestar.response import Stream

from signalbook.accounts.frames import TheCaller
from signalbook.imports import examples, outcomes, page_queries, rejecting, watching, wire
from signalbook.imports.api import ID, ONE, TAG, answered, found_in
from signalbook.imports.model import Outcome
from signalbook.imports.schemas import KeptList, KeptOut, RowList
from signalbook.web.access import key
from signalbook.web.held import TheDb
from signalbook.web.openapi import Answered, Operation, Param, Schema, one_of, whole
from signalbook.web.params import Params

_Asked = Request[Any, Any, Any]
_MOST_ROW: Final = 2**31 - 1
_EVENT: Final[Schema] = {
    "type": "object",
    "properties": {
        "event": {"type": "string", "enum": ["progress", "end"]},
        "data": {"type": "string", "description": "The import, in JSON."},
    },
}


@get(
    ONE + "/rows",
    access=key("read"),
    operation=Operation(
        id="listImportRows",
        tag=TAG,
        summary="List what came of each row",
        about="In the order of the file, by the number that the spreadsheet shows. Before a file is"
        " applied it has only its rejected rows.",
        params=(
            ID,
            Param("outcome", "Rows that came to this.", one_of(*Outcome), "rejected"),
            Param("after", "The row before the first one.", whole(0, _MOST_ROW, 0), 0),
            Param("limit", "Rows on a page.", whole(1, 1000, 100), 100),
        ),
        answers={200: Answered(RowList, examples.ROWS, "Rows.")},
    ),
)
async def rows(request: _Asked, caller: TheCaller, db: TheDb, id: UUID) -> Response[bytes]:
    """List what came of each row of a file."""
    params = Params(request)
    outcome = params.choice("outcome", Outcome)
    after = params.whole("after", 0, _MOST_ROW) or 0
    size = params.whole("limit", 1, 1000) or 100
    params.done()
    async with db.read() as read:
        found = await outcomes.page(read, caller.account_id, id, outcome, after, size + 1)
    shown, has_more = found[:size], len(found) > size
    last = shown[-1].row_no if has_more else None
    return answered(RowList([wire.row(one) for one in shown], has_more, last))


@get(
    ONE + "/kept",
    access=key("read"),
    operation=Operation(
        id="listKeptContacts",
        tag=TAG,
        summary="List what an undo left alone",
        about="Contacts that something newer had touched, each with the first of its rows. They are"
        " as they were before the undo. For 30 days.",
        params=(
            ID,
            Param("after", "The row before the first one.", whole(0, _MOST_ROW, 0), 0),
            Param("limit", "Contacts on a page.", whole(1, 1000, 100), 100),
        ),
        answers={200: Answered(KeptList, examples.KEPT, "Contacts.")},
    ),
)
async def kept(request: _Asked, caller: TheCaller, db: TheDb, id: UUID) -> Response[bytes]:
    """List the contacts that an undo left alone."""
    params = Params(request)
    after = params.whole("after", 0, _MOST_ROW) or 0
    size = params.whole("limit", 1, 1000) or 100
    params.done()
    await found_in(db, caller, id)
    async with db.read() as read:
        found = await page_queries.kept(read, caller.account_id, id, size + 1, after)
    shown, has_more = found[:size], len(found) > size
    last = shown[-1][1] if has_more else None
    return answered(KeptList([KeptOut(row, contact) for contact, row in shown], has_more, last))


@get(
    ONE + "/rejected.csv",
    access=key("read"),
    operation=Operation(
        id="getRejectedRows",
        tag=TAG,
        summary="Fetch the rejected rows as a file",
        about="The columns of the file and `reason`, in UTF-8. Mend it and send it again: it maps"
        " itself. A cell that a spreadsheet would run as a formula has an apostrophe before it,"
        " which is taken away when it is read.",
        params=(ID,),
        answers={
            200: Answered({"type": "string"}, examples.REJECTED, "The rows.", media_type="text/csv")
        },
    ),
)
async def rejected(request: _Asked, caller: TheCaller, db: TheDb, id: UUID) -> Stream:
    """Fetch the rejected rows as a file to mend and send again."""
    Params(request).done()
    await found_in(db, caller, id)
    return Stream(
        rejecting.rejected(db, caller.account_id, id),
        media_type="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="rejected-{id}.csv"',
            "Cache-Control": "no-store",
        },
    )


@get(
    ONE + "/events",
    access=key("read"),
    operation=Operation(
        id="watchImport",
        tag=TAG,
        summary="Watch an import",
        about="Server-sent events: `progress` with the import every second in which something"
        " changed, `end` when it has ended or waits for its start. A comment every 15 seconds keeps"
        f" the connection. At most {watching.MOST_WATCHING} at a time.",
        params=(ID,),
        answers={
            200: Answered(
                _EVENT,
                examples.EVENTS,
                "Events.",
                media_type="text/event-stream",
            )
        },
    ),
)
async def events(request: _Asked, caller: TheCaller, db: TheDb, id: UUID) -> Stream:
    """Stream the progress of an import."""
    Params(request).done()
    await found_in(db, caller, id)
    watching.refuse_too_many(caller.account_id)
    return Stream(
        watching.events(db, caller.account_id, id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


ROUTES = [rows, kept, rejected, events]
