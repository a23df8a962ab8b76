"""The timeline of a contact, as parts of its page: a stretch of it, and what is new."""

from typing import Any
from uuid import UUID

from litestar import Response, get

from signalbook.accounts.model import Caller
from signalbook.contacts import card, timelines
from signalbook.kit import clock
from signalbook.kit.db import Database
from signalbook.web.access import person
from signalbook.web.formats import zone_of
from signalbook.web.render import Page


@get("/contacts/{contact_id:uuid}/timeline", access=person("viewer"))
async def stretch(
    contact_id: UUID, caller: Caller, page: Page, db: Database, kind: str = "", after: str = ""
) -> Response[Any]:
    """Show a stretch of the timeline: the next one, or the first of a kind."""
    async with db.read() as read:
        one = await card.read(read, caller.account_id, contact_id)
        timeline = await timelines.read(
            read, caller.account_id, contact_id, kind=kind, after=after, zone=caller.time_zone
        )
    return page.show(
        "contacts/timeline.html",
        parts={"timeline": "contacts/_timeline.html", "timeline-more": "contacts/_days.html"},
        nav="contacts",
        card=one,
        timeline=timeline,
        kinds=timelines.FILTERS,
    )


@get("/contacts/{contact_id:uuid}/activity", access=person("viewer"))
async def activity(
    contact_id: UUID, caller: Caller, page: Page, db: Database, kind: str = "", newest: str = ""
) -> Response[Any]:
    """Answer with the timeline and the strip when something happened since; else with nothing."""
    today = clock.now().astimezone(zone_of(caller.time_zone)).date()
    async with db.read() as read:
        if await timelines.newest(read, caller.account_id, contact_id, kind) == newest:
            return Response(None, status_code=204)
        one = await card.read(read, caller.account_id, contact_id)
        timeline = await timelines.read(
            read, caller.account_id, contact_id, kind=kind, zone=caller.time_zone
        )
        strip = await card.strip(read, caller.account_id, contact_id, today)
    answer = page.part(
        "contacts/_activity.html",
        card=one,
        timeline=timeline,
        strip=strip,
        kinds=timelines.FILTERS,
    )
    answer.headers["HX-Trigger"] = '{"contact-stirred": true}'
    return answer


ROUTES = [stretch, activity]
