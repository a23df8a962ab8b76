"""`/rest/statistics`: how many contacts there are, and how many each medium reaches."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get

from signalbook.accounts.frames import TheCaller
from signalbook.doors.digitaleo import asking, listing, numbers
from signalbook.doors.digitaleo import operations as told
from signalbook.doors.digitaleo.answering import answered
from signalbook.doors.digitaleo.conditions import Condition, Group, Node
from signalbook.doors.digitaleo.listing import listing_of
from signalbook.doors.digitaleo.model import STATISTIC, Row, spelt
from signalbook.kit.db import Database, Read
from signalbook.lists import count_queries
from signalbook.lists import queries as lists
from signalbook.lists.model import MAX_LISTS
from signalbook.statistics import model, reading
from signalbook.statistics.model import Statistics, Subject
from signalbook.web.access import key
from signalbook.web.held import TheDb
from signalbook.web.options import allowed

STATISTICS: Final = "/rest/statistics"

_Asked = Request[Any, Any, Any]


@get(STATISTICS, access=key("read"), operation=told.LIST_STATISTICS)
async def index(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Tell the numbers of all contacts, or of the lists in `listId` or `listName`."""
    asked = listing_of(asking.query_of(request), _naming, STATISTIC)
    named = [test for node in asked.filters for test in _lists_in(node)]
    async with db.read() as read:
        if named:
            rows = await _of_lists(db, read, caller.account_id, named)
        else:
            whole = await reading.statistics(read, caller.account_id, Subject("account"))
            rows = [_record(None, None, whole)]
    return answered(request, listing.chosen(rows, asked))


async def _of_lists(
    db: Database, read: Read, account_id: int, named: Sequence[Condition]
) -> list[Row]:
    """Read the maintained counts of these lists, all at once; unknown ones are left out."""
    known = {one.id: one for one in await lists.page(read, account_id, MAX_LISTS)}
    wanted = list(dict.fromkeys(n for test in named if test.name == "listId" for n in test.values))
    ids = await numbers.meant(read, account_id, wanted)
    names = {name for test in named if test.name == "listName" for name in test.values}
    by_name = {one.id for one in known.values() if one.name in names} - set(ids.values())
    given = await numbers.shown(db, read, account_id, by_name)
    ids |= {given[id]: id for id in sorted(by_name)}
    counts: dict[UUID, list[tuple[str, int]]] = defaultdict(list)
    for list_id, what, contacts in await count_queries.counts(read, account_id, list(ids.values())):
        counts[list_id].append((what, contacts))
    return [
        _record(number, known[id].name, model.fold(counts[id]))
        for number, id in ids.items()
        if id in known
    ]


def _lists_in(node: Node) -> Iterator[Condition]:
    """Find where a filter names lists."""
    if isinstance(node, Group):
        for part in node.parts:
            yield from _lists_in(part)
    elif node.name in {"listId", "listName"} and node.operator == "in":
        yield node


def _record(number: str | None, name: str | None, found: Statistics) -> Row:
    return {
        "listId": number,
        "listName": name,
        "total": str(found.contacts),
        "smsReachable": str(found.reachable("sms")),
        "emailReachable": str(found.reachable("email")),
        "voiceReachable": str(found.reachable("voice")),
    }


def _naming(name: str) -> str | None:
    return spelt(name, STATISTIC)


ROUTES = [allowed(STATISTICS), index]
