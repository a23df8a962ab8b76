"""The published JSON of opt-outs; a change here is a change of the API."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import msgspec
from msgspec import Meta

from signalbook.optouts.model import MAX_NOTE, MOST_AT_ONCE

ChannelOut = Literal["email", "sms", "voice", "voicemail", "whatsapp", "push"]
_TOPIC: dict[str, Any] = {
    "type": "string",
    "pattern": "^topic:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
}
LISTED_CHANNEL: dict[str, Any] = {
    "anyOf": [{"type": "string", "enum": [*get_args(ChannelOut)]}, _TOPIC]
}
ANY_CHANNEL: dict[str, Any] = {
    "anyOf": [{"type": "string", "enum": [*get_args(ChannelOut), "all"]}, _TOPIC]
}
Channel = Annotated[
    str,
    Meta(
        description="`all` means every channel the address, or the contact, can be reached by;"
        " `topic:` and a list's id means e-mails about that topic.",
        extra_json_schema=ANY_CHANNEL,
    ),
]
Reason = Annotated[
    Literal["contact", "user", "hardbounced", "spam"],
    Meta(description="The person left, you block it, the address is dead, they complained."),
]
_ADDRESS = {
    "maxLength": 320,
    "anyOf": [
        {"format": "email"},
        {"format": "e164"},
        {"pattern": r"^id:[^\s\x00-\x1f\x7f]{1,255}$"},
        {"pattern": r"^@([a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\.)+[a-z]{2,10}$"},
    ],
}
Address = Annotated[
    str,
    Meta(
        description="An e-mail, a number in E.164 form, `id:` and your own id (for push), or"
        " `@example.com` for a whole domain.",
        extra_json_schema=_ADDRESS,
    ),
]
Evidence = Annotated[
    dict[str, Any],
    Meta(
        description="Kept with the entry: ip, user_agent, message_id, whatever proves it.",
        extra_json_schema={"maxProperties": 20, "additionalProperties": {"type": "string"}},
    ),
]
_Text = Meta(extra_json_schema={"maxLength": MAX_NOTE, "pattern": r"^[^\x00]*$"})
Note = Annotated[str, _Text]
_SAID: dict[str, Any] = {
    "oneOf": [
        {"required": ["address"], "properties": {"address": {"minLength": 1}}},
        {"required": ["contact_id"], "properties": {"contact_id": {"type": "string"}}},
    ]
}


class OptoutIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An opt-out to add: a channel, and an address or a contact."""

    channel: Channel
    address: Address | None = None
    contact_id: UUID | None = None
    reason: Reason = "user"
    evidence: Evidence = {}


class LiftIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An opt-out to lift; with a key only what the account itself has set, reason `user`."""

    channel: Channel
    address: Address | None = None
    contact_id: UUID | None = None
    reason: Reason | None = None
    note: Note = ""


class ManyIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Opt-outs to add, or to lift, all at once; each has its own outcome."""

    add: Annotated[list[OptoutIn], Meta(extra_json_schema={"maxItems": MOST_AT_ONCE})] = []
    lift: Annotated[list[LiftIn], Meta(extra_json_schema={"maxItems": MOST_AT_ONCE})] = []
    dry_run: bool = False


NewOptout = Annotated[OptoutIn, Meta(extra_json_schema=_SAID)]
NewLift = Annotated[LiftIn, Meta(extra_json_schema=_SAID)]


class OptoutOut(msgspec.Struct):
    """An opt-out in force; the address of an erased person is `erased:` and a keyed hash.

    The channel of a topic is `topic:` and the id of its list.
    """

    address: str
    channel: str
    reason: str
    since: str
    source: str


class Optouts(msgspec.Struct):
    """A page of opt-outs in force, the latest first."""

    data: list[OptoutOut]
    has_more: bool
    next_cursor: str | None


class LineOut(msgspec.Struct):
    """A line of the ledger: `out` restricted, `in` lifted; nothing is ever overwritten."""

    at: str
    address: str
    channel: str
    kind: Literal["out", "in"]
    reason: str
    source: str
    actor: str | None
    evidence: dict[str, Any]


class History(msgspec.Struct):
    """All that was said of an address, the last word first, at most 1,000 lines."""

    address: str
    data: list[LineOut]


class PlaceOut(msgspec.Struct):
    """A channel and an address, and a reason."""

    channel: str
    address: str
    reason: str


class Refusal(msgspec.Struct):
    """Why one of several was not accepted."""

    code: str
    message: str


class OptoutResult(msgspec.Struct):
    """What came of it: what was written, what still holds there, and whom it concerns."""

    status: Literal["restricted", "lifted", "unchanged", "rejected"]
    written: list[PlaceOut]
    left: list[PlaceOut]
    contacts: list[str]
    error: Refusal | None = None


class ManyOut(msgspec.Struct):
    """The outcomes, in the order in which they were asked for."""

    added: list[OptoutResult]
    lifted: list[OptoutResult]


class ReplyIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A message that somebody wrote back."""

    channel: ChannelOut
    from_address: Annotated[
        str,
        Meta(extra_json_schema=_ADDRESS, description="Who wrote it: an e-mail or a number."),
    ]
    text: Annotated[str, Meta(extra_json_schema={"maxLength": 10_000, "pattern": r"^[^\x00]*$"})]
    message_id: Note = ""


class ReplyOut(msgspec.Struct):
    """What the message asked for: stop, start or nothing, and what came of it."""

    meaning: Literal["stop", "start"] | None
    result: OptoutResult | None


class Difference(msgspec.Struct):
    """What a list changes: how many are added, lifted and as they were; some of each."""

    channel: str
    dry_run: bool
    added: int
    lifted: int
    unchanged: int
    rejected: int
    first_added: list[str]
    first_lifted: list[str]
    first_rejected: list[str]


class WhyNot(msgspec.Struct):
    """One reason why somebody cannot be reached by a channel."""

    code: str
    says: str
    address: str | None
    since: str | None
    source: str | None


class ChannelReach(msgspec.Struct):
    """Whether somebody can be reached by a channel; `why_not` is empty where they can."""

    channel: ChannelOut
    reachable: bool
    addresses: list[str]
    why_not: list[WhyNot]


class Reachability(msgspec.Struct):
    """How a contact can be reached."""

    id: str
    channels: list[ChannelReach]
