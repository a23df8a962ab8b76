"""`/api/v1/ses-connection`: the real SES list of an account, set, tried and watched."""

from typing import Final

import msgspec
from litestar import Response, delete, get, post, put

from signalbook.accounts.frames import TheCaller
from signalbook.connector import actions, examples, outbox_queries, policy, queries, wire
from signalbook.connector.model import Connection
from signalbook.connector.schemas import ConnectionIn, ConnectionOut, PolicyOut, Refusals, TestOut
from signalbook.kit.config import Settings
from signalbook.kit.db import Read, Tx
from signalbook.web import bodies, idempotency
from signalbook.web.access import key
from signalbook.web.answering import Asked, answer, write
from signalbook.web.bodies import Shape
from signalbook.web.held import TheDb, TheSettings
from signalbook.web.idempotency import Answer
from signalbook.web.openapi import TEXT, Answered, Operation, Param, whole
from signalbook.web.options import allowed
from signalbook.web.params import Params

PATH: Final = "/api/v1/ses-connection"
TAG: Final = "AWS SES"
MOST_REFUSALS: Final = 1_000

_wanted = Shape(ConnectionIn)
_SHOWN: Final = Answered(ConnectionOut, examples.SHOWN, "The connection, and how it stands.")


@get(
    PATH,
    access=key("read"),
    operation=Operation(
        id="getSesConnection",
        tag=TAG,
        summary="Show the connection to AWS SES",
        about="Where contacts are stored, what waits for SES, for how long, and what is wrong.",
        answers={200: _SHOWN},
        names_others=True,
    ),
)
async def show(
    request: Asked, caller: TheCaller, db: TheDb, settings: TheSettings
) -> Response[bytes]:
    """Show the connection."""
    Params(request).done()
    async with db.read() as read:
        known = await actions.existing(read, caller.account_id)
        return idempotency.respond(await _shown(read, known, settings))


@put(
    PATH,
    access=key("write"),
    operation=Operation(
        id="setSesConnection",
        tag=TAG,
        summary="Connect to a contact list of AWS SES",
        about="SES is asked for the list first; where that fails nothing is changed. `store` and"
        " `follow` let SES lead, `mirror` lets Signalbook. Everybody is compared with SES then.",
        body=ConnectionIn,
        examples={"mirror": examples.WANTED},
        answers={200: _SHOWN},
        conflicts=True,
        names_others=True,
    ),
)
async def change(
    request: Asked, caller: TheCaller, db: TheDb, settings: TheSettings
) -> Response[bytes]:
    """Connect the account, or change its connection."""
    Params(request).done()
    asked = _wanted.accepted(await bodies.read(request))
    async with db.read() as read:
        known = await queries.get(read, caller.account_id)
    wish = wire.wish(asked, known, settings.secret_key)
    act = actions.connect if known is None else actions.change
    made = await act(db, settings.secret_key, caller.account_id, wish, actor=caller.actor)
    async with db.read() as read:
        return idempotency.respond(await _shown(read, made, settings))


@delete(
    PATH,
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="deleteSesConnection",
        tag=TAG,
        summary="End the connection to AWS SES",
        about="Contacts stay as they are, here and in SES.",
        answers={200: Answered(ConnectionOut, examples.SHOWN, "The connection as it was.")},
        names_others=True,
    ),
)
async def disconnect(
    request: Asked, caller: TheCaller, db: TheDb, settings: TheSettings
) -> Response[bytes]:
    """End the connection."""
    Params(request).done()
    await bodies.read(request)
    async with db.tx() as tx:
        last = await _shown(tx, await actions.existing(tx, caller.account_id), settings)
        await actions.disconnect(tx, caller.account_id)
    return idempotency.respond(last)


@post(
    PATH + "/tests",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="testSesConnection",
        tag=TAG,
        summary="Try a connection to AWS SES",
        about="Asks SES for the list once and changes nothing. What is wrong is the error: wrong"
        " keys, a missing permission and which, no such list, a region that is none.",
        body=ConnectionIn,
        examples={"mirror": examples.WANTED},
        answers={200: Answered(TestOut, examples.TESTED, "The list is there.")},
        names_others=True,
    ),
)
async def test(
    request: Asked, caller: TheCaller, db: TheDb, settings: TheSettings
) -> Response[bytes]:
    """Try a connection."""
    Params(request).done()
    asked = _wanted.accepted(await bodies.read(request))
    async with db.read() as read:
        known = await queries.get(read, caller.account_id)
    target = actions.checked(wire.wish(asked, known, settings.secret_key)).target
    found = await actions.test(db, target)
    return idempotency.respond(answer(wire.tested(target, found)))


@post(
    PATH + "/syncs",
    access=key("write"),
    status_code=202,
    operation=Operation(
        id="syncSesConnection",
        tag=TAG,
        summary="Compare everybody with AWS SES once more",
        answers={202: _SHOWN},
        names_others=True,
    ),
)
async def sync(
    request: Asked, caller: TheCaller, db: TheDb, settings: TheSettings
) -> Response[bytes]:
    """Compare everybody once more."""
    Params(request).done()
    raw = await bodies.read(request)

    async def work(tx: Tx) -> Answer:
        known = await actions.sync(tx, caller.account_id)
        return await _shown(tx, known, settings, 202)

    return await write(request, db, caller.account_id, raw, work)


@get(
    PATH + "/refusals",
    access=key("read"),
    operation=Operation(
        id="listSesRefusals",
        tag=TAG,
        summary="List contacts that AWS SES would not take",
        about="By address, with what SES said. They are tried again when they change.",
        params=(
            Param("after", "The address before the first one.", TEXT, "ada@example.com"),
            Param("limit", "How many at most.", whole(1, MOST_REFUSALS, 100), 100),
        ),
        answers={200: Answered(Refusals, {"data": [examples.REFUSED]}, "The contacts.")},
    ),
)
async def refusals(request: Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """List contacts that SES would not take."""
    params = Params(request)
    after = params.text("after") or ""
    size = params.whole("limit", 1, MOST_REFUSALS) or 100
    params.done()
    async with db.read() as read:
        found = await outbox_queries.refused(read, caller.account_id, after, size)
    return idempotency.respond(answer(wire.refusals(found)))


@get(
    PATH + "/policy",
    access=key("read"),
    operation=Operation(
        id="getSesPolicy",
        tag=TAG,
        summary="Show the IAM policy that the connection needs",
        about="For its list and bucket, or for any where there is no connection yet.",
        answers={200: Answered(PolicyOut, examples.POLICY, "The policy, to be pasted at AWS.")},
    ),
)
async def show_policy(request: Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Show the policy."""
    Params(request).done()
    async with db.read() as read:
        known = await queries.get(read, caller.account_id)
    text = policy.text(known.region, known.list_name, known.bucket or "") if known else ""
    text = text or policy.text("", "")
    return idempotency.respond(answer(PolicyOut(msgspec.json.decode(text))))


async def _shown(db: Read, known: Connection, settings: Settings, status: int = 200) -> Answer:
    return answer(wire.out(known, await queries.backlog(db, known.account_id), settings), status)


ROUTES = [
    allowed(PATH, PATH + "/tests", PATH + "/syncs", PATH + "/refusals", PATH + "/policy"),
    show, change, disconnect, test, sync, refusals, show_policy,
]  # fmt: skip
