"""The published JSON of statistics; a change here is a change of the API."""

from typing import Literal

import msgspec

from signalbook.contacts.waterfall import Step


class About(msgspec.Struct):
    """Of whom the numbers are: the account, a list, the carriers of a tag, or a filter.

    Those of a filter were counted as they were asked for; all others are kept up to date.
    """

    kind: Literal["account", "list", "tag", "filter"]
    id: str | None
    name: str | None


class ReachableOut(msgspec.Struct):
    """How many contacts can be reached by each channel."""

    email: int
    sms: int
    voice: int


class StepOut(msgspec.Struct):
    """How many contacts a step keeps, and how many it loses of those the step before kept."""

    step: Step
    contacts: int
    lost: int


class WaterfallsOut(msgspec.Struct):
    """From everybody to those who can be reached; what the last step keeps is reachable."""

    email: list[StepOut]
    sms: list[StepOut]
    voice: list[StepOut]


class CountryOut(msgspec.Struct):
    """So many contacts of a country (ISO 3166, two letters; null where it is not known)."""

    country: str | None
    contacts: int


class SourceOut(msgspec.Struct):
    """So many contacts that were made there first (null where that is not known)."""

    source: str | None
    contacts: int


class StatisticsOut(msgspec.Struct):
    """The numbers of some contacts; each contact is lost to a channel at exactly one step."""

    about: About
    contacts: int
    with_email: int
    with_mobile: int
    with_landline: int
    active: int
    unsubscribed: int
    reachable: ReachableOut
    waterfalls: WaterfallsOut
    countries: list[CountryOut]
    sources: list[SourceOut]


class DayOut(msgspec.Struct):
    """What a day (UTC) brought and took, and how many contacts there were at its end."""

    day: str
    joined: int
    left: int
    opted_out: int
    contacts: int


class GrowthOut(msgspec.Struct):
    """Every day of a stretch, the oldest first, and their sums."""

    about: About
    joined: int
    left: int
    opted_out: int
    days: list[DayOut]
