"""`/api/v1/ses-connection/drifts`: both sides compared, in the background, and what was found."""

import msgspec
from litestar import Response, get, post

from signalbook.accounts.frames import TheCaller
from signalbook.connector import comparing, examples
from signalbook.connector.api import PATH, TAG
from signalbook.connector.errors import NeverCompared
from signalbook.connector.schemas import DriftIn, DriftOut
from signalbook.kit.db import Tx
from signalbook.web import bodies, idempotency
from signalbook.web.access import key
from signalbook.web.answering import Asked, answer, write
from signalbook.web.bodies import Shape
from signalbook.web.held import TheDb
from signalbook.web.idempotency import Answer
from signalbook.web.openapi import Answered, Operation
from signalbook.web.options import allowed
from signalbook.web.params import Params

_wanted = Shape(DriftIn)


@post(
    PATH + "/drifts",
    access=key("write"),
    status_code=202,
    operation=Operation(
        id="compareWithSes",
        tag=TAG,
        summary="Compare all contacts with AWS SES",
        about="Begins in the background. `deep` reads each contact, a second each at AWS's pace."
        " `repair` brings both sides together; where Signalbook leads, that deletes in SES who is"
        " not here.",
        body=DriftIn,
        examples={"deep": {"deep": True}},
        answers={202: Answered(DriftIn, {"deep": True, "repair": False}, "It is begun.")},
        names_others=True,
    ),
)
async def compare(request: Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Begin a comparison."""
    Params(request).done()
    raw = await bodies.read(request)
    body = _wanted.accepted(raw)

    async def work(tx: Tx) -> Answer:
        await comparing.begin(tx, caller.account_id, deep=body.deep, repair=body.repair)
        return answer(body, 202)

    return await write(request, db, caller.account_id, raw, work)


@get(
    PATH + "/drifts",
    access=key("read"),
    operation=Operation(
        id="showSesDrift",
        tag=TAG,
        summary="Show what the last comparison with AWS SES found",
        answers={200: Answered(DriftOut, examples.DRIFT, "What was found, and when.")},
        names_others=True,
    ),
)
async def show(request: Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Show what the last comparison found."""
    Params(request).done()
    async with db.read() as read:
        found = await comparing.report(read, caller.account_id)
    if found is None:
        raise NeverCompared
    return idempotency.respond(answer(msgspec.convert(msgspec.to_builtins(found), DriftOut)))


ROUTES = [allowed(PATH + "/drifts"), compare, show]
