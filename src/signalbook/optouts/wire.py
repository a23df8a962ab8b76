"""Between the published JSON and opt-outs: bodies become restrictions, outcomes become answers."""

from typing import Literal, cast

from signalbook.accounts.model import Caller
from signalbook.contacts.model import Contact
from signalbook.ledger.model import Place
from signalbook.optouts.intake import Heard
from signalbook.optouts.model import InForce, Line, Outcome, Restriction
from signalbook.optouts.reachability import Reached
from signalbook.optouts.schemas import (
    ChannelReach,
    LiftIn,
    LineOut,
    OptoutIn,
    OptoutOut,
    OptoutResult,
    PlaceOut,
    Reachability,
    Refusal,
    ReplyOut,
    WhyNot,
)
from signalbook.web.moments import shown

API = "api"


def restriction_of(body: OptoutIn, caller: Caller) -> Restriction:
    """Read an opt-out to add."""
    return Restriction(
        channel=body.channel,
        address=body.address or "",
        contact_id=body.contact_id,
        reason=body.reason,
        source=API,
        actor=caller.actor,
        evidence=body.evidence,
    )


def lift_of(body: LiftIn, caller: Caller) -> Restriction:
    """Read an opt-out to lift."""
    return Restriction(
        channel=body.channel,
        address=body.address or "",
        contact_id=body.contact_id,
        reason=body.reason,
        source=API,
        actor=caller.actor,
        evidence={"note": body.note} if body.note else None,
    )


def out(one: InForce) -> OptoutOut:
    """Show an opt-out in force."""
    return OptoutOut(one.address, one.channel, one.reason, shown(one.since), one.source)


def line_out(line: Line) -> LineOut:
    """Show a line of the ledger."""
    return LineOut(
        at=shown(line.at),
        address=line.address,
        channel=line.channel,
        kind=cast("Literal['out', 'in']", line.kind),
        reason=line.reason,
        source=line.source,
        actor=line.actor,
        evidence=line.evidence or {},
    )


def result_of(outcome: Outcome) -> OptoutResult:
    """Show what came of one."""
    error = outcome.error
    return OptoutResult(
        status=outcome.status,
        written=[_place(*one) for one in outcome.written],
        left=[_place(*one) for one in outcome.left],
        contacts=[str(one) for one in outcome.contacts],
        error=None if error is None else Refusal(error.code(), error.message),
    )


def heard_out(heard: Heard) -> ReplyOut:
    """Show what a message asked for."""
    if heard.meaning is None or heard.outcome is None:
        return ReplyOut(None, None)
    return ReplyOut(heard.meaning.value, result_of(heard.outcome))


def _place(place: Place, reason: str) -> PlaceOut:
    return PlaceOut(str(place[0]), place[1], str(reason))


def reachability_out(contact: Contact, found: list[Reached]) -> Reachability:
    """Show how a contact can be reached."""
    return Reachability(str(contact.id), [_channel(one) for one in found])


def _channel(reached: Reached) -> ChannelReach:
    return ChannelReach(
        reached.channel.value,
        reached.is_reachable,
        reached.addresses,
        [
            WhyNot(
                one.code,
                one.says,
                one.address or None,
                shown(one.since) if one.since else None,
                one.source or None,
            )
            for one in reached.why_not
        ],
    )
