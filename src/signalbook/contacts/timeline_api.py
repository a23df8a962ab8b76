"""`GET /api/v1/contacts/{id}/timeline`: what happened to a contact, the newest first."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

import msgspec
from litestar import Request, Response, get

from signalbook.accounts.frames import TheCaller
from signalbook.contacts import reading, wire
from signalbook.contacts.api import ONE, REF, TAG
from signalbook.contacts.model import Contact
from signalbook.events import queries as events
from signalbook.events.model import Event, Kind
from signalbook.kit.db import Read
from signalbook.tags import queries as tags
from signalbook.web import cursors, idempotency
from signalbook.web.access import key
from signalbook.web.held import TheDb
from signalbook.web.idempotency import Answer
from signalbook.web.moments import shown
from signalbook.web.openapi import TEXT, Answered, Operation, Param, whole
from signalbook.web.params import Params


class Change(msgspec.Struct):
    """What a field was before and is now; null where it had or has no value."""

    before: Any
    now: Any


class EventOut(msgspec.Struct):
    """One thing that happened to a contact.

    `tag` is null for other kinds and for a tag that was deleted since. `source` is the door it came
    through and `actor` the key or person behind it.
    """

    id: UUID
    at: str
    kind: str
    tag: str | None
    source: str
    actor: str | None
    changes: dict[str, Change]


class Timeline(msgspec.Struct):
    """A page of a timeline; `next_cursor` goes into `starting_after` of the next call."""

    data: list[EventOut]
    has_more: bool
    next_cursor: str | None


_KINDS = tuple(kind.value for kind in Kind)
_EXAMPLE: dict[str, Any] = {
    "data": [
        {
            "id": "01912400-1111-7222-9333-a45642661417",
            "at": "2024-01-15T10:31:00.000Z",
            "kind": "tagged",
            "tag": "viewed-red-sneakers",
            "source": "add-contact",
            "actor": "key:01912300-0000-7000-8000-000000000001",
            "changes": {},
        },
        {
            "id": "01912400-1111-7222-9333-a45642661416",
            "at": "2024-01-15T10:30:00.000Z",
            "kind": "updated",
            "tag": None,
            "source": "api",
            "actor": "key:01912300-0000-7000-8000-000000000001",
            "changes": {"plan": {"before": "free", "now": "pro"}},
        },
    ],
    "has_more": False,
    "next_cursor": None,
}


@get(
    ONE + "/timeline",
    access=key("read"),
    operation=Operation(
        id="listEvents",
        tag=TAG,
        summary="Read a contact's timeline",
        about="A repeated tag is on it as often as it came.",
        params=(
            REF,
            Param(
                "kind",
                "Only events of this kind; repeatable, and a list by comma.",
                {"type": "array", "items": {"type": "string", "enum": list(_KINDS)}},
                ["tagged"],
            ),
            Param("limit", "Events on a page.", whole(1, 200, 50), 50),
            Param("starting_after", "The next_cursor of the page before.", TEXT),
        ),
        answers={200: Answered(Timeline, _EXAMPLE, "A page of the timeline.")},
    ),
)
async def timeline(
    request: Request[Any, Any, Any], caller: TheCaller, db: TheDb, id: str
) -> Response[bytes]:
    """Read a contact's timeline."""
    params = Params(request)
    kinds = [kind for text in params.texts("kind") for kind in text.split(",")]
    for kind in kinds:
        if kind not in _KINDS:
            params.refuse("kind", f"kind must be one of {', '.join(_KINDS)}")
    size = params.whole("limit", 1, 200) or 50
    after = params.text("starting_after")
    params.done()
    async with db.read() as read:
        contact = await reading.find(read, caller.account_id, id)
        body = await _page(read, caller.account_id, contact, kinds, size, after)
    return idempotency.respond(Answer(200, wire.encode(body)))


async def _page(  # one page of one contact
    read: Read, account_id: int, contact: Contact, kinds: list[str], size: int, after: str | None
) -> Timeline:
    listed = f"timeline:{contact.id}"
    before = None
    if after is not None:
        at, id = cursors.read(after, account_id, listed, (datetime, UUID))
        before = (at, id)
    found = await events.timeline(
        read, account_id, contact.id, size + 1, kinds=kinds, before=before
    )
    shown, has_more = found[:size], len(found) > size
    ids = sorted({event.tag_id for event in shown if event.tag_id is not None})
    rows = await tags.names(read, account_id, ids) if ids else []
    names: dict[int | None, str] = {row[0]: row[1] for row in rows}
    last = shown[-1] if has_more else None
    cursor = cursors.write(account_id, listed, last.at, last.id) if last else None
    return Timeline([_out(event, names) for event in shown], has_more, cursor)


def _out(event: Event, names: dict[int | None, str]) -> EventOut:
    changes = {
        name: Change(*pair)
        for name, pair in (event.payload or {}).items()
        if isinstance(pair, list) and len(cast("list[object]", pair)) == 2  # noqa: PLR2004  # before and now
    }
    return EventOut(
        id=event.id,
        at=shown(event.at),
        kind=event.kind,
        tag=names.get(event.tag_id),
        source=event.source,
        actor=event.actor,
        changes=changes,
    )


ROUTES = [timeline]
