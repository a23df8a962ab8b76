"""`GET /api/v1/optouts/export`: opt-outs in force as a CSV, streamed."""

from typing import Final

from litestar import get
from litestar.response import Stream

from signalbook.accounts.frames import TheCaller
from signalbook.optouts import exporting, filtering
from signalbook.optouts.api import OPTOUTS, TAG
from signalbook.web.access import key
from signalbook.web.answering import Asked
from signalbook.web.held import TheDb
from signalbook.web.openapi import Answered, Operation
from signalbook.web.params import Params

_EXAMPLE: Final = (
    "address,channel,reason,since,source\n"
    "customer@example.com,email,contact,2024-01-15T10:30:00.000Z,preferences\n"
)


@get(
    OPTOUTS + "/export",
    access=key("read"),
    operation=Operation(
        id="exportOptouts",
        tag=TAG,
        summary="Export opt-outs in force as CSV",
        about="The columns are those that an import of opt-outs reads.",
        params=filtering.PARAMS,
        answers={200: Answered({"type": "string"}, _EXAMPLE, "The file.", media_type="text/csv")},
    ),
)
async def export(request: Asked, caller: TheCaller, db: TheDb) -> Stream:
    """Stream opt-outs as a CSV."""
    params = Params(request)
    wanted = filtering.wanted(params)
    params.done()
    return Stream(exporting.lines(db, caller.account_id, wanted), media_type="text/csv")


ROUTES = [export]
