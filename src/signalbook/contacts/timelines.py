"""The timeline as people read it: days, sentences, repeats folded, and who did it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from signalbook.accounts import key_queries, people_queries
from signalbook.contacts import page_queries, shown
from signalbook.contacts.card import SOURCES
from signalbook.contacts.values import IDENTIFIERS, known_fields
from signalbook.events import queries as events
from signalbook.events.model import Event, Kind
from signalbook.kit.db import Read
from signalbook.ledger.model import is_topic
from signalbook.tags import queries as tag_queries
from signalbook.web import cursors
from signalbook.web.formats import zone_of

SIZE: Final = 60
FILTERS: Final = (
    ("", "Everything"),
    ("signals", "Signals"),
    ("changes", "Changes"),
    ("reach", "Opt-outs"),
)
_KINDS: Final[dict[str, tuple[Kind, ...]]] = {
    "signals": (Kind.TAGGED, Kind.UNTAGGED),
    "changes": (
        Kind.CREATED,
        Kind.UPDATED,
        Kind.IMPORTED,
        Kind.MERGED,
        Kind.DEACTIVATED,
        Kind.REACTIVATED,
    ),
    "reach": (Kind.UNSUBSCRIBED, Kind.RESUBSCRIBED),
}
_RESTRICTED: Final = {
    "contact": "Opted out",
    "user": "Blocked by you",
    "hardbounced": "Hard bounce",
    "spam": "Complained",
}
_CHANNELS: Final = {"email": "e-mail", "sms": "SMS", "whatsapp": "WhatsApp"}
_LISTED: Final = "console:timeline"
_FOLDED: Final = frozenset({Kind.TAGGED, Kind.UNTAGGED})
_MOST_IMPORTED: Final = 6


class Change(NamedTuple):
    """What an update did to one field."""

    label: str
    old: str
    new: str


class Imported(NamedTuple):
    """What one row of an imported file did, all at once."""

    href: str
    row: int
    verb: str
    changes: list[Change]
    more: int
    tags: list[str]
    is_opted_out: bool


class Moment(msgspec.Struct):
    """Something that happened, with the other times it happened that day."""

    kind: str
    at: datetime
    tag: str
    changes: list[Change]
    by: str
    repeats: list[datetime]
    imported: Imported | None = None
    says: str = ""


class Day(msgspec.Struct):
    """A day and what happened on it, newest first."""

    date: date
    at: datetime
    moments: list[Moment]
    count: int
    is_continued: bool


class Timeline(NamedTuple):
    """A stretch of the timeline; `after` is where the next one begins, `newest` names its head."""

    days: list[Day]
    after: str
    newest: str
    kind: str


async def newest(db: Read, account_id: int, contact_id: UUID, kind: str) -> str:
    """Name the head of a contact's timeline, which changes with everything that happens."""
    found = await events.timeline(db, account_id, contact_id, 1, kinds=_KINDS.get(kind, ()))
    return str(found[0].id) if found else ""


async def read(
    db: Read,
    account_id: int,
    contact_id: UUID,
    *,
    kind: str = "",
    after: str = "",
    zone: str = "UTC",
) -> Timeline:
    """Read a stretch of a contact's timeline, newest first; raises CursorUnusable."""
    kind = kind if kind in _KINDS else ""
    before: tuple[datetime, UUID] | None = None
    if after:
        at, identifier = cursors.read(after, account_id, _LISTED, (datetime, UUID))
        before = (at, identifier)
    found = await events.timeline(
        db, account_id, contact_id, SIZE + 1, kinds=_KINDS.get(kind, ()), before=before
    )
    more, found = len(found) > SIZE, found[:SIZE]
    days = _days(found, await _names(db, account_id, found), zone)
    if days and before:
        days[0].is_continued = before[0].astimezone(zone_of(zone)).date() == days[0].date
    last = cursors.write(account_id, _LISTED, found[-1].at, found[-1].id) if more else ""
    return Timeline(days, last, str(found[0].id) if found else "", kind)


class _Names(NamedTuple):
    """What ids in events are called."""

    tags: Mapping[int, str]
    fields: Mapping[str, str]
    actors: Mapping[str, str]


async def _names(db: Read, account_id: int, found: Sequence[Event]) -> _Names:
    """Look up what the events mention, and nothing that they do not."""
    tags = sorted({event.tag_id for event in found if event.tag_id is not None})
    tag_names = await tag_queries.names(db, account_id, tags) if tags else []
    labels: dict[str, str] = dict(IDENTIFIERS)
    if any(event.payload for event in found):
        known = known_fields(await page_queries.fields(db, account_id))
        labels |= {name: one.label for name, one in known.items()}
    actors: dict[str, str] = {}
    kinds = {(event.actor or "").partition(":")[0] for event in found}
    if "user" in kinds:
        members = await people_queries.members(db, account_id)
        actors |= {f"user:{one.id}": one.name or one.email for one in members}
    if "key" in kinds:
        keys = await key_queries.list_all(db, account_id)
        actors |= {f"key:{one.id}": f"key {one.name or one.prefix + '…'}" for one in keys}
    return _Names({row[0]: row[1] for row in tag_names}, labels, actors)


def _days(found: Sequence[Event], names: _Names, zone: str) -> list[Day]:
    """Group by the day where the person is, and fold what was repeated on it."""
    days: list[Day] = []
    folded: dict[tuple[str, int | None, str], Moment] = {}
    for event in found:
        day = event.at.astimezone(zone_of(zone)).date()
        if not days or days[-1].date != day:
            days.append(Day(day, event.at, [], 0, is_continued=False))
            folded = {}
        days[-1].count += 1
        by = _by(event, names.actors)
        key = (event.kind, event.tag_id, by)
        if event.kind in _FOLDED and key in folded:
            folded[key].repeats.append(event.at)
            continue
        tag = names.tags.get(event.tag_id, "a deleted tag") if event.tag_id is not None else ""
        changes = _changes(event, names.fields)
        imported = _imported(event, names.fields)
        moment = Moment(event.kind, event.at, tag, changes, by, [], imported, _says(event))
        folded[key] = moment
        days[-1].moments.append(moment)
    return days


def _by(event: Event, actors: Mapping[str, str]) -> str:
    source = SOURCES.get(event.source, event.source)
    if not event.actor or event.actor.partition(":")[0] not in {"user", "key"}:
        return source
    return f"{source} · {actors.get(event.actor, 'someone who left')}"


def _changes(event: Event, labels: Mapping[str, str]) -> list[Change]:
    if event.kind != Kind.UPDATED or not event.payload:
        return []
    return _labelled(event.payload, labels)


def _says(event: Event) -> str:
    """Say what an opt-out by address was: why, and on which channels."""
    said = event.payload or {}
    if "reason" not in said or event.kind not in {Kind.UNSUBSCRIBED, Kind.RESUBSCRIBED}:
        return ""
    lead = "Lifted" if event.kind == Kind.RESUBSCRIBED else _RESTRICTED.get(said["reason"], "")
    channels = [
        "one topic" if is_topic(one) else _CHANNELS.get(one, one)
        for one in str(said.get("channels", "")).split()
    ]
    return f"{lead}: {', '.join(channels)}" if channels else lead


def _imported(event: Event, labels: Mapping[str, str]) -> Imported | None:
    """Read the one event an import leaves: the row, and what it changed."""
    if event.kind != Kind.IMPORTED:
        return None
    said = event.payload or {}
    changes = _labelled(said.get("fields") or {}, labels)
    id, row = said.get("import"), said.get("row")
    return Imported(
        href=f"/imports/{id}" if id else "",
        row=row if isinstance(row, int) else 0,
        verb="Created" if said.get("created") else "Updated",
        changes=changes[:_MOST_IMPORTED],
        more=max(len(changes) - _MOST_IMPORTED, 0),
        tags=[str(name) for name in said.get("tags") or ()],
        is_opted_out=bool(said.get("unsubscribed")),
    )


def _labelled(payload: Mapping[str, Any], labels: Mapping[str, str]) -> list[Change]:
    changes: list[Change] = []
    for name, pair in payload.items():
        old, new = _pair(pair)
        label = labels.get(name) or name.removeprefix("metadata.")
        texts = (shown.shortened(shown.text_of(old)), shown.shortened(shown.text_of(new)))
        changes.append(Change(label, *texts))
    return changes


def _pair(pair: Any) -> tuple[Any, Any]:  # noqa: ANN401  # as it was stored
    """Return the old value and the new one."""
    match pair:
        case [old, new]:
            return old, new
        case _:
            return None, pair
