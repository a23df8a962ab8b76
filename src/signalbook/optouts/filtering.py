"""By what opt-outs are filtered through the API."""

from typing import Final

from signalbook.ledger.model import Channel, Reason
from signalbook.optouts import reading
from signalbook.optouts.model import Wanted
from signalbook.optouts.schemas import LISTED_CHANNEL
from signalbook.web.openapi import MOMENT, TEXT, Param, one_of
from signalbook.web.params import Params

PARAMS: Final = (
    Param(
        "channel",
        "Only of this channel, or of this topic: `topic:` and the id of its list.",
        LISTED_CHANNEL,
        "email",
    ),
    Param("reason", "Only with this reason.", one_of(*Reason), "contact"),
    Param("address", "Addresses that begin so.", TEXT, "customer@"),
    Param("source", "Only what came from there, as `blocklist`.", TEXT, "api"),
    Param("since", "In force since then or later.", MOMENT, "2024-01-01"),
    Param("before", "In force since before then.", MOMENT, "2026-01-01"),
)
_NO_CHANNEL: Final = f"channel must be one of {', '.join(Channel)}, or topic:LIST_ID"


def wanted(params: Params) -> Wanted:
    """Read the filters from a query string; its problems are told by `params.done`."""
    return Wanted(
        channel=params.read("channel", reading.channel_of, _NO_CHANNEL),
        reason=params.choice("reason", Reason),
        source=params.text("source"),
        since=params.moment("since"),
        before=params.moment("before"),
        address=reading.beginning_of(params.text("address") or ""),
    )
