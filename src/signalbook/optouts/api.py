"""`/api/v1/optouts`: listed, added, lifted, told by reply; and the history of an address."""

from typing import Final

from litestar import Response, get, post

from signalbook.accounts.frames import TheCaller
from signalbook.contacts import identifiers
from signalbook.kit import clock
from signalbook.kit.db import Tx
from signalbook.ledger import seals
from signalbook.optouts import (
    actions,
    examples,
    filtering,
    intake,
    queries,
    reading,
    wire,
)
from signalbook.optouts.errors import TooManyOptouts
from signalbook.optouts.model import MOST_AT_ONCE, By, Outcome
from signalbook.optouts.schemas import (
    History,
    LiftIn,
    ManyIn,
    ManyOut,
    NewLift,
    NewOptout,
    OptoutIn,
    OptoutResult,
    Optouts,
    ReplyIn,
    ReplyOut,
)
from signalbook.web import answering, bodies, idempotency
from signalbook.web.access import key
from signalbook.web.answering import Asked
from signalbook.web.bodies import Shape
from signalbook.web.held import TheDb
from signalbook.web.idempotency import Answer
from signalbook.web.openapi import TEXT, Answered, Operation, Param, whole
from signalbook.web.options import allowed
from signalbook.web.params import Params

OPTOUTS: Final = "/api/v1/optouts"
TAG: Final = "Opt-outs"
MOST_LINES: Final = 1_000

_new, _lift, _many, _reply = Shape(OptoutIn), Shape(LiftIn), Shape(ManyIn), Shape(ReplyIn)
_MAX_MANY_BYTES = 4 * 1024 * 1024


@get(
    OPTOUTS,
    access=key("read"),
    operation=Operation(
        id="listOptouts",
        tag=TAG,
        summary="List opt-outs in force",
        about="By address and not by contact: they hold for whoever has the address.",
        params=(
            *filtering.PARAMS,
            Param("limit", "Opt-outs on a page.", whole(1, 1000, 100), 100),
            Param("starting_after", "The next_cursor of the page before.", TEXT),
        ),
        answers={
            200: Answered(
                Optouts,
                {"data": [examples.SHOWN], "has_more": False, "next_cursor": None},
                "Opt-outs, the latest first.",
            )
        },
    ),
)
async def index(request: Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """List opt-outs in force."""
    params = Params(request)
    wanted = filtering.wanted(params)
    size = params.whole("limit", 1, 1000) or 100
    cursor = params.text("starting_after")
    params.done()
    account = caller.account_id
    after = reading.after_of(cursor, account) if cursor else None
    async with db.read() as read:
        found = await queries.page(read, account, wanted, size + 1, after)
    shown, has_more = found[:size], len(found) > size
    following = reading.cursor_of(account, shown[-1]) if has_more else None
    body = Optouts([wire.out(one) for one in shown], has_more, following)
    return idempotency.respond(answering.answer(body))


@post(
    OPTOUTS,
    access=key("write"),
    operation=Operation(
        id="addOptout",
        names_others=True,
        tag=TAG,
        summary="Add an opt-out",
        about="It holds at once, for the contact that has the address and for whoever comes with"
        " it later; it survives deletion and import.",
        body=NewOptout,
        examples={
            "address": examples.NEW,
            "contact": examples.OF_CONTACT,
            "domain": examples.DOMAIN,
        },
        answers={
            201: Answered(OptoutResult, examples.RESULT, "It holds from now on."),
            200: Answered(
                OptoutResult, examples.RESULT | {"status": "unchanged", "written": []}, "It held."
            ),
        },
        conflicts=True,
    ),
)
async def create(request: Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Add an opt-out."""
    Params(request).done()
    raw = await bodies.read(request)
    body = _new.accepted(raw)
    asked = wire.restriction_of(body, caller)

    async def work(tx: Tx) -> Answer:
        (done,) = await actions.restrict(tx, caller.account_id, [asked], at=clock.now())
        return _answer(done, 201)

    return await answering.write(request, db, caller.account_id, raw, work)


@post(
    OPTOUTS + "/lifts",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="liftOptout",
        names_others=True,
        tag=TAG,
        summary="Lift an opt-out",
        about="A key lifts what the account has set, reason `user`. What the person has said they"
        " alone can lift; a hard bounce or a complaint a named person, in the console or at the"
        " command line, who writes down why. The ledger keeps both entries.",
        body=NewLift,
        examples={"address": examples.LIFT},
        answers={200: Answered(OptoutResult, examples.LIFTED, "What is lifted, and what stays.")},
        conflicts=True,
    ),
)
async def lift(request: Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Lift an opt-out."""
    Params(request).done()
    raw = await bodies.read(request)
    body = _lift.accepted(raw)
    asked = wire.lift_of(body, caller)

    async def work(tx: Tx) -> Answer:
        at = clock.now()
        (done,) = await actions.lift(tx, caller.account_id, [asked], by=By.ACCOUNT, at=at)
        return _answer(done, 200)

    return await answering.write(request, db, caller.account_id, raw, work)


@post(
    OPTOUTS + "/batch",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="changeOptouts",
        tag=TAG,
        summary="Add and lift many opt-outs",
        about=f"At most {MOST_AT_ONCE:,} together; each has its outcome, and one that cannot be"
        " accepted is rejected alone.",
        body=ManyIn,
        examples={"many": examples.MANY},
        answers={200: Answered(ManyOut, examples.DONE, "What came of each, in order.")},
        conflicts=True,
    ),
)
async def change(request: Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Add and lift many at once."""
    Params(request).done()
    raw = await bodies.read(request, _MAX_MANY_BYTES)
    body = _many.accepted(raw)
    count = len(body.add) + len(body.lift)
    if count > MOST_AT_ONCE:
        raise TooManyOptouts(most=MOST_AT_ONCE, count=count)
    adding = [wire.restriction_of(one, caller) for one in body.add]
    lifting = [wire.lift_of(one, caller) for one in body.lift]
    account, dry_run = caller.account_id, body.dry_run

    async def work(tx: Tx) -> Answer:
        at = clock.now()
        added = await actions.restrict(tx, account, adding, at=at, dry_run=dry_run)
        lifted = await actions.lift(tx, account, lifting, by=By.ACCOUNT, at=at, dry_run=dry_run)
        told = ManyOut([wire.result_of(o) for o in added], [wire.result_of(o) for o in lifted])
        return answering.answer(told)

    return await answering.write(request, db, account, raw, work)


@get(
    OPTOUTS + "/history",
    access=key("read"),
    operation=Operation(
        id="getOptoutHistory",
        tag=TAG,
        summary="Show the history of an address",
        about="Everything that was ever said of it, with source, actor and evidence.",
        params=(
            Param("address", "An address as it is added.", TEXT, "customer@example.com",
                  is_required=True),
        ),
        answers={
            200: Answered(
                History,
                {"address": "customer@example.com", "data": [examples.LINE]},
                "The last word first.",
            )
        },
    ),
)  # fmt: skip
async def history(request: Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Show what was ever said of an address."""
    params = Params(request)
    address = ""
    try:
        address = reading.address_of(params.text("address") or "")
    except identifiers.Refused as reason:
        params.refuse("address", str(reason), "address_invalid")
    params.done()
    account = caller.account_id
    both = [address, seals.seal(account, address)]
    async with db.read() as read:
        lines = await queries.history(read, account, both, MOST_LINES)
    body = History(address, [wire.line_out(line) for line in lines])
    return idempotency.respond(answering.answer(body))


@post(
    OPTOUTS + "/replies",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="hearReply",
        tag=TAG,
        summary="Do what a reply asks for",
        about="Hand every message in that people write back. STOP and its like in English, French,"
        " Spanish, German, Portuguese and Hindi restrict the channel in the person's name, START"
        " lifts what they had said; any other message changes nothing.",
        body=ReplyIn,
        examples={"stop": examples.REPLY},
        answers={200: Answered(ReplyOut, examples.HEARD, "What it asked for.")},
        conflicts=True,
    ),
)
async def hear(request: Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Do what a message asks for."""
    Params(request).done()
    raw = await bodies.read(request)
    body = _reply.accepted(raw)
    evidence = {"message_id": body.message_id} if body.message_id else None

    async def work(tx: Tx) -> Answer:
        heard = await intake.received(
            tx,
            caller.account_id,
            body.channel,
            body.from_address,
            body.text,
            at=clock.now(),
            actor=caller.actor,
            evidence=evidence,
        )
        if heard.outcome is not None and heard.outcome.error is not None:
            raise heard.outcome.error
        return answering.answer(wire.heard_out(heard))

    return await answering.write(request, db, caller.account_id, raw, work)


def _answer(outcome: Outcome, status: int) -> Answer:
    if outcome.error is not None:
        raise outcome.error
    done = status if outcome.status != "unchanged" else 200
    return answering.answer(wire.result_of(outcome), done)


ROUTES = [allowed(OPTOUTS), index, create, lift, change, history, hear]
