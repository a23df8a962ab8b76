"""What a filter may demand of how a contact can be reached: the pieces of SQL, and their names.

`kept` and `lost` say the same as `waterfall.read`, so the numbers of a waterfall and the contacts
behind each of them agree.
"""

from typing import Annotated, Final, LiteralString, cast

from msgspec import Meta

from signalbook.contacts.waterfall import CHANNELS, REASONS, Address, Channel, Step

NOWHERE: Final = "none"
"""The country or source of those of whom none is known."""
STAGES: Final = tuple(f"{channel}:{step}" for channel in CHANNELS for step in Step)
"""The steps of all waterfalls, as they are asked for: `email:valid`."""
OPTOUTS: Final = tuple(
    f"{channel}{reason}"
    for channel in CHANNELS
    for reason in ("", *(f":{reason}" for reason in sorted(REASONS.values())))
)
"""The opt-outs that can be asked for: `sms`, for any reason, or `sms:contact`."""

Stage = Annotated[str, Meta(pattern=f"^({'|'.join(STAGES)})$")]
Optout = Annotated[str, Meta(pattern=f"^({'|'.join(OPTOUTS)})$")]

HAS: Final[dict[Address, LiteralString]] = {
    "email": "{c}.email_key IS NOT NULL",
    "mobile": "{c}.mobile IS NOT NULL",
    "landline": "strpos({c}.reach, 'L') > 0",
}
_ADDRESS: Final[dict[Channel, LiteralString]] = {
    "email": HAS["email"],
    "sms": HAS["mobile"],
    "voice": "(" + HAS["mobile"] + " OR " + HAS["landline"] + ")",
}
_ACTIVE: Final[tuple[LiteralString, ...]] = ("{c}.is_active", "{c}.list_active")
_OPTOUT: Final[dict[Channel, LiteralString]] = {
    "email": "{c}.email_optout",
    "sms": "{c}.sms_optout",
    "voice": "{c}.voice_optout",
}


def reachable(channel: Channel) -> LiteralString:
    """Demand that nothing is in the way of a channel."""
    pieces = (_ADDRESS[channel], _OPTOUT[channel] + " IS NULL", *_ACTIVE)
    return " AND ".join(pieces)


def opted_out(asked: str) -> tuple[LiteralString, str]:
    """Demand the opt-out of a channel, one of `OPTOUTS`; its reason, if any, goes in `{reason}`."""
    name, _, reason = asked.partition(":")
    column = _OPTOUT[cast("Channel", name)]
    return column + (" = {reason}" if reason else " IS NOT NULL"), reason


def kept(asked: str) -> LiteralString:
    """Demand what a step asks, one of `STAGES`, and every step before it."""
    return " AND ".join(_asks(asked))


def lost(asked: str) -> LiteralString:
    """Demand what every step before one of `STAGES` asks, and that this one fails."""
    *before, last = _asks(asked)
    return " AND ".join([*before, "NOT (" + last + ")"])


def _asks(asked: str) -> list[LiteralString]:
    """List what a channel asks, up to and with the step that is named."""
    name, _, step = asked.partition(":")
    channel = cast("Channel", name)
    optout = _OPTOUT[channel]
    asks: dict[Step, LiteralString] = {
        Step.ADDRESS: _ADDRESS[channel],
        Step.VALID: optout + " IS DISTINCT FROM 'hardbounced'",
        Step.ACTIVE: _ACTIVE[0],
        Step.LISTS: _ACTIVE[1],
        Step.CONTACT: optout + " IS DISTINCT FROM 'contact'",
        Step.USER: optout + " IS DISTINCT FROM 'user'",
        Step.SPAM: optout + " IS DISTINCT FROM 'spam'",
    }
    steps = list(asks)
    return [asks[one] for one in steps[: steps.index(Step(step)) + 1]]
