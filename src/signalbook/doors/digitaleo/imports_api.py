"""`/rest/imports`: how far a file is that `/rest/contacts?action=import` took in."""

from typing import Any, Final

from litestar import Request, Response, get

from signalbook.accounts.frames import TheCaller
from signalbook.doors.digitaleo import asking, importing, numbers
from signalbook.doors.digitaleo import operations as told
from signalbook.doors.digitaleo.answering import answered, ids_in
from signalbook.doors.digitaleo.model import Row
from signalbook.imports import progress
from signalbook.imports.errors import ImportNotFound
from signalbook.web.access import key
from signalbook.web.held import TheDb
from signalbook.web.options import allowed

IMPORTS: Final = "/rest/imports"

_Asked = Request[Any, Any, Any]


@get(IMPORTS, access=key("read"), operation=told.SHOW_IMPORTS)
async def index(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Tell how far imports are, by their ids."""
    asked = asking.Asked(asking.query_of(request), {})
    rows: list[Row] = []
    async with db.read() as read:
        for number, id in (await numbers.meant(read, caller.account_id, ids_in(asked))).items():
            try:
                found = await progress.show(read, caller.account_id, id)
            except ImportNotFound:  # the number is that of something else
                continue
            rows.append(importing.record_of(found, number))
    return answered(request, {"size": len(rows), "total": len(rows), "list": rows})


ROUTES = [allowed(IMPORTS), index]
