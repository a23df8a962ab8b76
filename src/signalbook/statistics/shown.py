"""How statistics are shown: bars from everybody to the reachable, and where each of them leads."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Final, NamedTuple
from urllib.parse import urlencode

from signalbook.contacts.conditions import NOWHERE
from signalbook.contacts.views import View
from signalbook.contacts.waterfall import KEPT_WORDS, LOST_WORDS, Channel
from signalbook.kit import countries as names
from signalbook.statistics.model import Part, Statistics, Subject

SHOWN_PARTS: Final = 10
"""So many countries and sources are shown one by one."""

_STAGES: Final = frozenset({"kept", "lost"})
_LEAST_SHARE: Final = 0.4
_SOURCES: Final = {
    "add-contact": "Contact upload",
    "api": "API",
    "cli": "Command line",
    "console": "Console",
    "import": "Imports",
}


class Bar(NamedTuple):
    """A line of a waterfall: who is left, who is lost, and their shares of all in per cent."""

    label: str
    contacts: int
    href: str
    share: float
    lost: int = 0
    lost_label: str = ""
    lost_href: str = ""
    lost_share: float = 0.0


class Slice(NamedTuple):
    """So many contacts of one country or source."""

    label: str
    contacts: int
    href: str
    share: float


class Links:
    """The addresses of the contacts behind the numbers of a view."""

    def __init__(self, view: View, subject: Subject) -> None:
        """Lead to those of `view`: to the table, or to the page of a list."""
        self._view = view
        self._list = subject.list

    def to(self, **more: str) -> str:
        """Return where those are for whom more holds; empty where no address can say it."""
        if more.keys() & _STAGES and any(self._view.one(name) for name in _STAGES):
            return ""
        if self._list:
            return f"/lists/{self._list.id}" + (f"?{urlencode(more)}" if more else "")
        return self._view.and_also(**more) if more or self._view.pairs else self._view.href()


def bars(found: Statistics, channel: Channel, links: Links) -> list[Bar]:
    """List the waterfall of a channel, all contacts first and the reachable last."""
    fall = found.waterfalls[channel]
    lines = [Bar("All contacts", fall.contacts, links.to(), 100.0 if fall.contacts else 0.0)]
    for one in fall.steps:
        stage = f"{channel}:{one.step}"
        lines.append(
            Bar(
                label=KEPT_WORDS[one.step].capitalize(),
                contacts=one.contacts,
                href=links.to(kept=stage),
                share=_share(one.contacts, fall.contacts),
                lost=one.lost,
                lost_label=LOST_WORDS[one.step],
                lost_href=links.to(lost=stage),
                lost_share=_share(one.lost, fall.contacts),
            )
        )
    return lines


def countries(found: Statistics, links: Links) -> list[Slice]:
    """List the countries with most contacts, those of which none is known, and the rest as one."""
    return _slices(
        found.countries,
        links,
        "country",
        {one.name: names.name_of(one.name) for one in found.countries},
    )


def sources(found: Statistics, links: Links) -> list[Slice]:
    """List where most contacts were made first."""
    return _slices(found.sources, links, "source", _SOURCES)


def percent(part: int, whole: int) -> str:
    """Write a share: 97 %, 0.4 %, or nothing where there is no whole."""
    if not whole:
        return ""
    share = 100 * part / whole
    if 0 < share < 1 or 99 < share < 100:  # noqa: PLR2004  # where a rounded one would say all or none
        return f"{min(max(share, 0.1), 99.9):.1f} %"
    return f"{share:.0f} %"


def signed(number: int) -> str:
    """Write a difference: +12, −3 or 0."""
    return f"{number:+,}".replace("-", "−") if number else "0"


def seconds(day: date) -> int:
    """Return the Unix time at which a day begins in UTC, as charts take it."""
    return int(datetime.combine(day, time(), UTC).timestamp())


def _slices(
    parts: Sequence[Part],
    links: Links,
    name: str,
    labels: dict[str, str],
) -> list[Slice]:
    known = [one for one in parts if one.name]
    told = known[:SHOWN_PARTS] + [one for one in parts if not one.name]
    most = max((one.contacts for one in told), default=0)
    slices = [
        Slice(
            labels.get(one.name, one.name) if one.name else "Not known",
            one.contacts,
            links.to(**{name: one.name or NOWHERE}),
            _share(one.contacts, most),
        )
        for one in told
    ]
    rest = sum(one.contacts for one in known[SHOWN_PARTS:])
    if rest:
        label = f"{len(known) - SHOWN_PARTS} others"
        slices.append(Slice(label, rest, "", _share(rest, max(most, rest))))
    return slices


def _share(part: int, whole: int) -> float:
    """Return a share of a bar in per cent; what is there at all can be seen."""
    if not part or not whole:
        return 0.0
    return round(max(100 * part / whole, _LEAST_SHARE), 2)
