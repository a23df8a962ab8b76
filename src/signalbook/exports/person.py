"""Everything that is known of one person, as one JSON document that is written as it is read.

It is what somebody who asks may have a copy of (GDPR, article 15): who they are to us, what was
said of them, everything that happened, and what is noted about their addresses.
"""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

import msgspec

from signalbook.contacts import reach
from signalbook.contacts.model import Contact
from signalbook.contacts.standing import standing_of
from signalbook.events import queries as events
from signalbook.events.model import Event
from signalbook.exports import person_queries as queries
from signalbook.kit import clock
from signalbook.kit.db import Database
from signalbook.tags import queries as tags
from signalbook.web.moments import shown

_PAGE: Final = 1_000
_encode: Final = msgspec.json.Encoder().encode


async def everything(db: Database, account_id: int, contact: Contact) -> AsyncGenerator[bytes]:
    """Write down all that is known of a contact; the timeline comes last, the newest first."""
    async with db.read() as read:
        known: dict[str, Any] = {
            "exported_at": clock.now(),
            "contact": _who(contact),
            "tags": await queries.signals(read, account_id, contact.id),
            "lists": await queries.lists(read, account_id, contact.id),
            "optouts": await queries.ledger(read, account_id, sorted(reach.addresses(contact))),
            "signals_by_day": await queries.days(read, account_id, contact.id),
            "bulk_changes": await queries.bulk_changes(read, account_id, contact.id),
            "imported_rows": await queries.imported_rows(read, account_id, contact.id),
        }
    yield _encode(_dated(msgspec.to_builtins(known, builtin_types=(datetime,))))[:-1]
    yield b',"timeline":['
    lead = b""
    async for page in _timeline(db, account_id, contact.id):
        yield lead + b",".join(_encode(one) for one in page)
        lead = b","
    yield b"]}\n"


async def _timeline(
    db: Database, account_id: int, contact_id: UUID
) -> AsyncGenerator[list[dict[str, Any]]]:
    before = None
    while True:
        async with db.read() as read:
            found = await events.timeline(read, account_id, contact_id, _PAGE, before=before)
            ids = sorted({event.tag_id for event in found if event.tag_id is not None})
            rows = await tags.names(read, account_id, ids) if ids else []
        if found:
            names: dict[int | None, str] = {row[0]: row[1] for row in rows}
            yield [_event(event, names) for event in found]
            before = found[-1].at, found[-1].id
        if len(found) < _PAGE:
            return


def _who(contact: Contact) -> dict[str, Any]:
    known = msgspec.structs.asdict(contact)
    del known["tags"]
    return known | {"status": standing_of(contact)}


def _event(event: Event, names: dict[int | None, str]) -> dict[str, Any]:
    return {
        "id": event.id,
        "at": shown(event.at),
        "kind": event.kind,
        "tag": names.get(event.tag_id),
        "source": event.source,
        "actor": event.actor,
        "changes": event.payload or {},
    }


def _dated(tree: Any) -> Any:  # noqa: ANN401  # any JSON value, with times
    """Write every time as the API does."""
    if isinstance(tree, datetime):
        return shown(tree)
    if isinstance(tree, dict):
        return {name: _dated(value) for name, value in cast("dict[str, Any]", tree).items()}
    if isinstance(tree, list):
        return [_dated(value) for value in cast("list[Any]", tree)]
    return tree
