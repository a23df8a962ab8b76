"""Suppressed destinations at the SES door: wire only."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from signalbook.doors.ses import tokens
from signalbook.doors.ses.call import Call, Handler, stamp
from signalbook.doors.ses.errors import ConstraintBroken, NotDecoded, ParameterRefused
from signalbook.doors.ses.members import Structure, Text, breach, text_in, texts_in, whole_in
from signalbook.doors.ses.paging import size_of
from signalbook.kit import clock
from signalbook.kit.db import Tx
from signalbook.kit.errors import AppError
from signalbook.ses import suppression
from signalbook.ses.errors import SuppressionUnusable
from signalbook.ses.suppression_model import PUT, Entry, Suppressed, echoed

REASONS: Final = ("BOUNCE", "COMPLAINT")
"""In the order in which AWS names them."""

_REASON: Final = Text("Reason", choices=REASONS)
_PUT: Final = Structure(
    Text("EmailAddress", required=True), Text("Reason", required=True, choices=REASONS)
)


async def put(call: Call) -> None:
    """Put an address on the list, or give it another reason."""
    given = _PUT.read(call.body)
    address = _address(given["EmailAddress"])

    async def work(tx: Tx) -> list[AppError | None]:
        return await suppression.put(
            tx,
            call.account_id,
            [Entry(address, given["Reason"])],
            source=PUT,
            actor=call.caller.actor,
            at=clock.now(),
        )

    _refuse(await call.db.transact(work))


async def get(call: Call) -> object:
    """Show the entry of an address."""
    address = _address(call.path["EmailAddress"])
    async with call.db.read() as read:
        found = await suppression.get(read, call.account_id, address)
    return {"SuppressedDestination": _shown(found) | {"EmailAddress": echoed(address)}}


async def list_(call: Call) -> object:
    """List the addresses, in their order: it is stable whatever comes and goes."""
    reasons = texts_in(call.query, "Reason")
    _refuse_reasons(reasons)
    start, end = _moment(call, "StartDate"), _moment(call, "EndDate")
    size = size_of(whole_in(call.query, "PageSize"))
    parameters = [sorted(set(reasons)), start and start.timestamp(), end and end.timestamp()]
    token, after = text_in(call.query, "NextToken"), ""
    if token:
        (after,) = tokens.read(call, parameters, token, (str,))
    async with call.db.read() as read:
        found = await suppression.page(
            read,
            call.account_id,
            reasons=reasons,
            after_time=start,
            before_time=end,
            after=after,
            size=size + 1,
        )
    answer: dict[str, object] = {
        "SuppressedDestinationSummaries": [_shown(one) for one in found[:size]]
    }
    if len(found) > size:
        answer["NextToken"] = tokens.write(call, parameters, found[size - 1].address)
    return answer


async def delete(call: Call) -> None:
    """Take an address off the list, where the account itself had put it there."""
    address = _address(call.path["EmailAddress"])

    async def work(tx: Tx) -> list[AppError | None]:
        return await suppression.delete(
            tx,
            call.account_id,
            [address],
            source=PUT,
            actor=call.caller.actor,
            at=clock.now(),
        )

    _refuse(await call.db.transact(work))


def _shown(one: Suppressed) -> dict[str, object]:
    return {
        "EmailAddress": one.address,
        "Reason": one.shown_reason,
        "LastUpdateTime": stamp(one.since),
    }


def _address(given: str) -> str:
    if not given.strip():
        told = "EmailAddress can't be blank."
        raise ParameterRefused(told)
    local, at, domain = given.strip().rpartition("@")
    if not (local and at and domain):
        raise SuppressionUnusable(address=given.strip()[:80])
    return given.strip()


def _refuse(errors: Sequence[AppError | None]) -> None:
    for error in errors:
        if error is not None:
            raise error


def _refuse_reasons(reasons: Sequence[str]) -> None:
    broken = dict.fromkeys(told for one in reasons for told in _REASON.breaks(one))
    if broken:
        told = f"Member must satisfy constraint: [{', '.join(broken)}]"
        raise ConstraintBroken([breach("reasons", told)])


def _moment(call: Call, name: str) -> datetime | None:
    """Read a time of the query: ISO 8601, as today's clients write it, or seconds since 1970."""
    given = text_in(call.query, name)
    if not given:
        return None
    try:
        if given.replace(".", "", 1).isdigit():
            return datetime.fromtimestamp(float(given), UTC)
        at = datetime.fromisoformat(given)
    except (ValueError, OverflowError, OSError):
        raise NotDecoded(f"'{given[:64]}' can not be converted to Timestamp") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


HANDLERS: Final[dict[str, Handler]] = {
    "PutSuppressedDestination": put,
    "GetSuppressedDestination": get,
    "ListSuppressedDestinations": list_,
    "DeleteSuppressedDestination": delete,
}
"""By the operation's name."""
