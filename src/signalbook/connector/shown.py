"""What the page of the AWS API says: commands and profiles to paste, how a connection stands."""

from datetime import datetime
from typing import Final, NamedTuple

from signalbook.connector.model import Backlog, Connection, Mode, State, lag_of, state_of
from signalbook.web import formats

_LINE: Final = " \\\n  "
_ATTRIBUTES: Final = '--attributes-data \'{"<key>": "<value>"}\''
_EMAIL: Final = '--email-address "<email-address>"'
_CALLS: Final = (
    ("List contacts", "list-contacts", ()),
    ("Get contact", "get-contact", (_EMAIL,)),
    ("Add contact", "create-contact", (_EMAIL, _ATTRIBUTES)),
    ("Update contact", "update-contact", (_EMAIL, _ATTRIBUTES)),
    ("Delete contact", "delete-contact", (_EMAIL,)),
)
"""The five commands of Sendbase's documentation, in its order."""

MODES: Final = (
    (
        Mode.STORE.value,
        "Store",
        "The contacts live in your AWS account: a change counts once SES has it.",
    ),
    (
        Mode.MIRROR.value,
        "Mirror",
        "Signalbook has the contacts; the list in SES is kept the same within seconds.",
    ),
    (
        Mode.FOLLOW.value,
        "Follow",
        "The list in SES has the contacts; Signalbook reads what changes there.",
    ),
)
LEADS: Final = {
    Mode.STORE: "SES stores the contacts",
    Mode.MIRROR: "Signalbook leads, SES is kept the same",
    Mode.FOLLOW: "SES leads, Signalbook follows",
}
REPAIRS: Final = {
    Mode.STORE: "SES is right; who is only here is sent there.",
    Mode.MIRROR: "Signalbook is right; who is only in SES is deleted there.",
    Mode.FOLLOW: "SES is right; who is only here is deleted here.",
}
"""What a repair does, besides that an opt-out on either side wins."""
_LOOKS: Final = {
    State.OK: ("In step", "good", "ok"),
    State.FILLING: ("Comparing everybody", "info", "refresh"),
    State.LISTING: ("Reading the list", "info", "refresh"),
    State.WAITING: ("Bringing changes to SES", "info", "refresh"),
    State.FAILING: ("Not in step", "bad", "warn"),
}


class Standing(NamedTuple):
    """How a connection stands, in words; `rate` is about how many contacts a minute fit."""

    word: str
    kind: str
    icon: str
    is_moving: bool
    is_listing: bool
    lag: str
    left: str


def commands(
    list_name: str, region: str, endpoint: str | None = None, profile: str = ""
) -> list[tuple[str, str]]:
    """Return the ready-made commands for a list, as (title, text)."""
    before = (f"--profile {profile}",) if profile else ()
    place = (f'--endpoint-url "{endpoint}"',) if endpoint else ()
    named = (*before, *place, f'--region "{region}"', f'--contact-list-name "{list_name}"')
    return [
        (title, _LINE.join((f"aws sesv2 {call}", *named, *more))) for title, call, more in _CALLS
    ]


def profile(region: str, endpoint: str) -> str:
    """Return the profile of the aws command line that speaks to Signalbook."""
    return "\n".join(
        (
            "# ~/.aws/config",
            "[profile signalbook]",
            f"region = {region}",
            f"endpoint_url = {endpoint}",
            "",
            "# ~/.aws/credentials",
            "[signalbook]",
            "aws_access_key_id = <access key id>",
            "aws_secret_access_key = <secret access key>",
        )
    )


def standing(connection: Connection, backlog: Backlog, now: datetime) -> Standing:
    """Say how a connection stands now."""
    state = state_of(connection, backlog)
    is_listing = connection.listing is not None
    lag = lag_of(backlog, now).total_seconds() if backlog.waiting else 0.0
    seconds = backlog.waiting * _CALLS_EACH / connection.requests_per_second
    is_moving = state not in {State.OK, State.FAILING} or is_listing
    word, kind, icon = _LOOKS[state]
    return Standing(
        word=word,
        kind=kind,
        icon=icon,
        is_moving=is_moving,
        is_listing=is_listing,
        lag=formats.duration(lag) if lag else "",
        left=formats.duration(seconds) if backlog.waiting and not connection.bucket else "",
    )


_CALLS_EACH: Final = 2
"""A contact is read and then written; one that is as it should be is only read."""
