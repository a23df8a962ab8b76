"""What is told about many contacts, folded from counts of their codes; no I/O.

A count is (what, contacts), where `what` is `r:EMA/-u-` (how so many can be reached), `c:GB` (the
country of so many; empty where it is not known) or `s:import` (where so many were made first).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

import msgspec

from signalbook.contacts import waterfall
from signalbook.contacts.filters import ContactFilter
from signalbook.contacts.waterfall import CHANNELS, Channel, Step
from signalbook.lists.model import ContactList
from signalbook.tags.model import Tag

SHOWN_DAYS: Final = 30
"""How many days of growth are told where none are asked for."""
MOST_DAYS: Final = 1_100
"""How many days of growth one call may ask for: three years."""


Kind = Literal["account", "list", "tag", "filter"]


class Subject(NamedTuple):
    """Of whom numbers are told; `name` is that of the list or tag, empty for the account."""

    kind: Kind
    name: str = ""
    list: ContactList | None = None
    tag: Tag | None = None
    wanted: ContactFilter = ContactFilter()


class Part(msgspec.Struct, frozen=True):
    """So many contacts of a country or a source; the name is empty where it is not known."""

    name: str
    contacts: int


class StepCount(msgspec.Struct, frozen=True):
    """How many contacts a step keeps, and how many it loses of those the step before kept."""

    step: Step
    contacts: int
    lost: int


class Waterfall(msgspec.Struct, frozen=True):
    """All contacts, what each step keeps and loses of them, and those who are reachable."""

    contacts: int
    steps: tuple[StepCount, ...]
    reachable: int

    def lost(self, step: Step) -> int:
        """Return how many a step loses."""
        return next(one.lost for one in self.steps if one.step is step)


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of some contacts."""

    contacts: int
    with_email: int
    with_mobile: int
    with_landline: int
    active: int
    unsubscribed: int
    waterfalls: dict[Channel, Waterfall]
    countries: tuple[Part, ...]
    sources: tuple[Part, ...]

    def reachable(self, channel: Channel) -> int:
        """Return how many can be reached by a channel."""
        return self.waterfalls[channel].reachable


class Day(msgspec.Struct, frozen=True):
    """What a day (UTC) brought and took, and how many contacts there were at its end."""

    day: date
    joined: int
    left: int
    opted_out: int
    contacts: int


class Change(msgspec.Struct, frozen=True):
    """What some days brought and took."""

    joined: int = 0
    left: int = 0
    opted_out: int = 0

    @property
    def net(self) -> int:
        """Return by how many the contacts became more, or fewer."""
        return self.joined - self.left


def fold(counts: Iterable[tuple[str, int]]) -> Statistics:
    """Make the statistics of contacts from the counts of their codes, in any order."""
    codes: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    by_kind = {"r": codes, "c": countries, "s": sources}
    for what, contacts in counts:
        kind, _, name = what.partition(":")
        by_kind[kind][name] += contacts
    facts: Counter[str] = Counter()
    lost: dict[Channel, Counter[Step | None]] = {channel: Counter() for channel in CHANNELS}
    for code, contacts in codes.items():
        standing = waterfall.read(code)
        facts["contacts"] += contacts
        facts["active"] += contacts if standing.is_active else 0
        facts["unsubscribed"] += contacts if standing.is_unsubscribed else 0
        for address in standing.has:
            facts[address] += contacts
        for channel, step in zip(CHANNELS, standing.lost_at, strict=True):
            lost[channel][step] += contacts
    return Statistics(
        contacts=facts["contacts"],
        with_email=facts["email"],
        with_mobile=facts["mobile"],
        with_landline=facts["landline"],
        active=facts["active"],
        unsubscribed=facts["unsubscribed"],
        waterfalls={channel: _waterfall(facts["contacts"], lost[channel]) for channel in CHANNELS},
        countries=_parts(countries),
        sources=_parts(sources),
    )


def growth(
    counted: Iterable[tuple[date, int, int, int]], first: date, last: date, contacts: int
) -> list[Day]:
    """List every day from `first` to `last`, quiet ones included, the oldest first.

    `counted` holds (day, joined, left, opted out) of all days since `first`, those after `last`
    included; `contacts` is how many there are now, from which each day's end is counted back.
    """
    found = {day: numbers for day, *numbers in counted}
    for day in sorted(found, reverse=True):
        if day > last:
            contacts -= found[day][0] - found[day][1]
    told: list[Day] = []
    for back in range((last - first).days + 1):
        day = last - timedelta(days=back)
        joined, left, opted_out = found.get(day, (0, 0, 0))
        told.append(Day(day, joined, left, opted_out, contacts))
        contacts -= joined - left
    return told[::-1]


def change(days: Sequence[Day]) -> Change:
    """Sum what these days brought and took."""
    return Change(
        sum(day.joined for day in days),
        sum(day.left for day in days),
        sum(day.opted_out for day in days),
    )


def _waterfall(contacts: int, lost: Counter[Step | None]) -> Waterfall:
    steps: list[StepCount] = []
    kept = contacts
    for step in Step:
        kept -= lost[step]
        steps.append(StepCount(step, kept, lost[step]))
    return Waterfall(contacts, tuple(steps), kept)


def _parts(counted: Counter[str]) -> tuple[Part, ...]:
    """List the largest first; what is not known comes last."""
    ordered = sorted(counted.items(), key=lambda one: (not one[0], -one[1], one[0]))
    return tuple(Part(name, contacts) for name, contacts in ordered if contacts)
