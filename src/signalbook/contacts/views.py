"""What the address of the table says: which contacts, in which order; no I/O.

The address is the whole state, so a view can be kept, shared and walked with Back. What it says
becomes a `ContactFilter`, which the list, the count and work on all matching contacts take alike.
What cannot be read in an address is left out, as a mistyped link should still show something.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple, cast
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from signalbook.contacts.conditions import HAS, OPTOUTS, STAGES
from signalbook.contacts.errors import FilterUnreadable
from signalbook.contacts.filters import Condition, ContactFilter, FieldCondition
from signalbook.contacts.orders import Sort
from signalbook.contacts.standing import Standing
from signalbook.contacts.waterfall import (
    CHANNEL_WORDS,
    KEPT_WORDS,
    LOST_WORDS,
    Address,
    Channel,
    Step,
)
from signalbook.web.formats import zone_of

Pairs = Sequence[tuple[str, str]]

HOME: Final = "/contacts"
MOST_CONDITIONS: Final = 4
MATCHES: Final = (("", "all"), ("any", "any"), ("none", "none"))
OPERATORS: Final = (
    ("", "is"),
    ("contains", "contains"),
    ("has", "is set"),
    ("missing", "is not set"),
)
CHANNELS: Final = tuple(CHANNEL_WORDS.items())
ADDRESSES: Final = (("email", "E-mail"), ("mobile", "Mobile"), ("landline", "Landline"))
REASONS: Final = {
    "": "for any reason",
    "contact": "by themselves",
    "user": "by you",
    "hardbounced": "by a bounce",
    "spam": "by a complaint",
}
"""Why somebody is opted out of a channel, in words."""
SORTS: Final = {
    "name": Sort.NAME,
    "email": Sort.EMAIL,
    "created": Sort.CREATED_AT,
    "activity": Sort.UPDATED_AT,
}
NEWEST_FIRST: Final = frozenset({"created", "activity"})
DEFAULT_SORT: Final = "-activity"

_TRUTH = {"true": True, "false": False}
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MAX_TEXT = 200
_MAX_TAGS = 50
_MAX_LISTS = 50
_MAX_PAIRS = 200
_DATES = {
    "created_from": "Created from",
    "created_to": "Created until",
    "active_from": "Active from",
    "active_to": "Active until",
}
_LABELS = {
    "search": "Search",
    "status": "Status",
    "country": "Country",
    "source": "Made by",
    **_DATES,
}


class Chip(NamedTuple):
    """An active filter as it is shown, and the address of the table without it."""

    label: str
    value: str
    href: str


class Row(NamedTuple):
    """One condition on a field, as the panel shows it."""

    field: str
    operator: str
    value: str


class View(NamedTuple):
    """One view of the contacts; `pairs` are the parameters it was read from, tidied."""

    wanted: ContactFilter
    pairs: tuple[tuple[str, str], ...]
    sort: str

    def one(self, name: str) -> str:
        """Return the first value of a parameter, or an empty text."""
        return next((value for key, value in self.pairs if key == name), "")

    def all(self, name: str) -> list[str]:
        """Return every value of a parameter."""
        return [value for key, value in self.pairs if key == name]

    def rows(self) -> list[Row]:
        """List the conditions on fields, and room for one more."""
        found = [
            Row(self.one(f"field{n}"), self.one(f"op{n}"), self.one(f"value{n}"))
            for n in range(1, MOST_CONDITIONS + 1)
        ]
        filled = [row for row in found if row.field]
        return [*filled, Row("", "", "")][:MOST_CONDITIONS]

    def query(self) -> str:
        """Write the filter as a query string, without the order."""
        return urlencode([pair for pair in self.pairs if pair[0] != "sort"])

    def href(self, *, without: Iterable[tuple[str, str]] = (), **changed: str) -> str:
        """Write the address of this view with some parameters changed or left out."""
        gone = set(without)
        kept = [pair for pair in self.pairs if pair not in gone and pair[0] not in changed]
        kept += [(name, value) for name, value in changed.items() if value]
        return HOME + ("?" + urlencode(kept) if kept else "")

    def and_also(self, **more: str) -> str:
        """Write the address of those of this view for whom more holds."""
        return HOME + "?" + urlencode([*self.pairs, *more.items()])

    def sorted_by(self, name: str) -> tuple[str, str]:
        """Return where a header leads, and how it sorts now: asc, desc or not at all."""
        order = {name: "asc", f"-{name}": "desc"}.get(self.sort, "")
        first = f"-{name}" if name in NEWEST_FIRST else name
        turned = name if self.sort.startswith("-") else f"-{name}"
        target = turned if order else first
        return self.href(sort="" if target == DEFAULT_SORT else target), order


def pairs_of(query: str) -> Pairs:
    """Read a query string in its order; one of more than a view can hold says nothing."""
    try:
        return parse_qsl(query, max_num_fields=_MAX_PAIRS)
    except ValueError:
        return []


def view_of(given: Pairs, zone: str = "UTC") -> View:
    """Read a view; `zone` says when a day begins and ends for the person who looks."""
    pairs = _tidied(given)
    first = dict(reversed(pairs))
    tags = tuple(dict.fromkeys(value for name, value in pairs if name == "tag"))[:_MAX_TAGS]
    match, on = first.get("match", ""), first.get("lists", "")
    lists = [UUID(value) for name, value in pairs if name == "list"][:_MAX_LISTS]
    lists = tuple(dict.fromkeys(lists))
    wanted = ContactFilter(
        tags=tags if match not in {"any", "none"} else (),
        any_tag=tags if match == "any" else (),
        none_tag=tags if match == "none" else (),
        lists=lists if on not in {"any", "none"} else (),
        any_list=lists if on == "any" else (),
        none_list=lists if on == "none" else (),
        search=first.get("search", ""),
        standing=Standing(first["status"]) if "status" in first else None,
        reachable=cast("Channel | None", first.get("reach")),
        created_after=_day(first.get("created_from"), zone),
        created_before=_day(first.get("created_to"), zone, days=1),
        updated_after=_day(first.get("active_from"), zone),
        updated_before=_day(first.get("active_to"), zone, days=1),
        has=tuple(cast("Address", value) for name, value in pairs if name == "has"),
        optout=first.get("optout"),
        is_active=_TRUTH.get(first.get("is_active", "")),
        is_unsubscribed=_TRUTH.get(first.get("is_unsubscribed", "")),
        list_active=_TRUTH.get(first.get("list_active", "")),
        kept=first.get("kept"),
        lost=first.get("lost"),
        country=first.get("country"),
        source=first.get("source"),
        fields=tuple(_conditions(first)),
    )
    return View(wanted, tuple(pairs), first.get("sort", DEFAULT_SORT))


def filter_of(parts: list[str]) -> ContactFilter:
    """Read a filter as the address of the contacts page says it; raises FilterUnreadable.

    What a page would leave out is an error here, as nobody sees the result before it is used.
    """
    pairs = [pair for part in parts for pair in parse_qsl(part.lstrip("?"), keep_blank_values=True)]
    view = view_of(pairs)
    for name, value in pairs:
        if (name, value.strip()) not in view.pairs or name == "sort":
            raise FilterUnreadable(part=f"{name}={value}"[:200])
    if parts and not pairs:
        raise FilterUnreadable(part=parts[0][:200])
    return view.wanted


def chips(view: View, labels: Mapping[str, str], lists: Mapping[str, str]) -> list[Chip]:
    """List what narrows a view, each with the address that widens it again.

    `labels` are those of fields by name, `lists` the names of lists by id.
    """
    found: list[Chip] = []
    lead = {"any": "Any of", "none": "None of"}.get(view.one("match"), "Tag")
    on = {"any": "On any of", "none": "Not on"}.get(view.one("lists"), "On list")
    labels_of = _LABELS | {"tag": lead}
    for name, value in view.pairs:
        if name in labels_of:
            found.append(_chip(view, labels_of[name], value, (name, value)))
        elif name == "list":
            found.append(_chip(view, on, lists.get(value, "a list that is gone"), (name, value)))
        elif name in _SAID:
            found.append(_chip(view, *_SAID[name](value), (name, value)))
    for n in range(1, MOST_CONDITIONS + 1):
        field = view.one(f"field{n}")
        if field:
            own = [pair for pair in view.pairs if pair[0] in {f"field{n}", f"op{n}", f"value{n}"}]
            operator = dict(OPERATORS)[view.one(f"op{n}")]
            said = f"{operator} {view.one(f'value{n}')}"
            found.append(_chip(view, labels.get(field, field), said.strip(), *own))
    return found


def _chip(view: View, label: str, value: str, *without: tuple[str, str]) -> Chip:
    return Chip(label, value, view.href(without=without))


def opted_out_of(optout: str) -> tuple[str, str]:
    """Say one of `OPTOUTS` in words: of which channel, and why."""
    channel, _, reason = optout.partition(":")
    return f"Opted out of {CHANNEL_WORDS[cast('Channel', channel)]}", REASONS[reason]


OPTOUT_CHOICES: Final = (
    ("", "Of anything or nothing"),
    *((one, " ".join(opted_out_of(one))) for one in OPTOUTS),
)
"""What the panel offers of opt-outs."""


def _stage(stage: str, words: dict[Step, str]) -> tuple[str, str]:
    channel, _, step = stage.partition(":")
    return CHANNEL_WORDS[cast("Channel", channel)], words[Step(step)]


_SAID: Final[dict[str, Callable[[str], tuple[str, str]]]] = {
    "reach": lambda value: ("Reachable by", CHANNEL_WORDS[cast("Channel", value)]),
    "has": lambda value: ("Has", dict(ADDRESSES)[value]),
    "optout": opted_out_of,
    "is_active": lambda value: ("Is", "active" if value == "true" else "inactive"),
    "is_unsubscribed": lambda value: ("Is", "unsubscribed" if value == "true" else "subscribed"),
    "list_active": lambda value: (
        "Deactivated list",
        "none" if value == "true" else "holds it back",
    ),
    "kept": lambda value: _stage(value, KEPT_WORDS),
    "lost": lambda value: _stage(value, LOST_WORDS),
}
"""How the chip of a parameter reads, where its value alone says too little."""


def _tidied(given: Pairs) -> list[tuple[str, str]]:
    """Keep the parameters that say something, as far as they can be read."""
    kept: list[tuple[str, str]] = []
    for name, raw in given:
        value = raw.replace("\x00", "").strip()[:_MAX_TEXT]
        if value and (name, value) not in kept and _is_readable(name, value):
            kept.append((name, value))
    named = {name for name, _ in kept}
    return [
        (name, value)
        for name, value in kept
        if not (name[:-1] in {"op", "value"} and f"field{name[-1]}" not in named)
        and not (name == "match" and "tag" not in named)
        and not (name == "lists" and "list" not in named)
    ]


def _is_readable(name: str, value: str) -> bool:
    if name in {"search", "tag", "country", "source"}:
        return True
    if name in _DATES:
        return _date(value) is not None
    if name == "list":
        return _ID.fullmatch(value) is not None
    choices: dict[str, Iterable[str]] = {
        "match": ("any", "none"),
        "lists": ("any", "none"),
        "status": (one.value for one in Standing),
        "reach": CHANNEL_WORDS,
        "has": HAS,
        "optout": OPTOUTS,
        "is_active": _TRUTH,
        "is_unsubscribed": _TRUTH,
        "list_active": _TRUTH,
        "kept": STAGES,
        "lost": STAGES,
        "sort": (sign + one for one in SORTS for sign in ("", "-")),
    }
    if name in choices:
        return value in choices[name]
    stem, number = name[:-1], name[-1:]
    if not (number.isdecimal() and 1 <= int(number) <= MOST_CONDITIONS):
        return False
    return stem in {"field", "value"} or (stem == "op" and value in dict(OPERATORS))


def _conditions(first: dict[str, str]) -> Iterable[FieldCondition]:
    for n in range(1, MOST_CONDITIONS + 1):
        field, value = first.get(f"field{n}"), first.get(f"value{n}", "")
        condition = cast("Condition", first.get(f"op{n}", "is"))
        if field and (value or condition in {"has", "missing"}):
            yield FieldCondition(field, condition, value)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _day(text: str | None, zone: str, days: int = 0) -> datetime | None:
    """Return the first moment of a day where the person is, or of a day after it."""
    found = _date(text or "")
    edge = timedelta(days=2)  # beyond it a time cannot be told in every zone
    if found is None or not date.min + edge <= found <= date.max - edge:
        return None
    day = found + timedelta(days=days)
    return datetime.combine(day, time(), zone_of(zone)).astimezone(UTC)
