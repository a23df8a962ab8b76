"""The page of the plan: what it allows, and what was called."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from litestar import get
from litestar.params import FromQuery

from signalbook.accounts import forms, usage, usage_queries
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.frames import Answer, TheCaller, ThePage
from signalbook.accounts.model import Caller, Door, UsagePoint
from signalbook.accounts.plans import policy_of
from signalbook.kit import clock
from signalbook.web.access import ANYONE_SIGNED_IN
from signalbook.web.limits import UNLIMITED


class Span(NamedTuple):
    """A stretch of time one can look at, and how fine."""

    days: int
    label: str
    step_seconds: int
    step: str


class Step(NamedTuple):
    """One bar of the chart: calls through each door, and those refused or over a soft limit."""

    at: datetime
    upload: int
    api: int
    refused: int
    over: int


class Limit(NamedTuple):
    """One door's limit as the page tells it."""

    door: str
    what: str
    limit: int | None
    window: str
    soft: int | None


SPANS: Final = (
    Span(1, "24 hours", usage.HOUR_SECONDS, "hour"),
    Span(7, "7 days", usage.DAY_SECONDS, "day"),
    Span(30, "30 days", usage.DAY_SECONDS, "day"),
    Span(90, "90 days", usage.DAY_SECONDS, "day"),
)


@get("/plan", access=ANYONE_SIGNED_IN)
async def index(
    request: AnyRequest, caller: TheCaller, page: ThePage, days: FromQuery[str] = ""
) -> Answer:
    """Show the limits of the plan and the calls of the last days."""
    span = next((span for span in SPANS if str(span.days) == days), SPANS[2])
    now = clock.now()
    steps = _steps(now, span)
    async with forms.held(request).db.read() as read:
        points = await usage_queries.since(read, caller.account_id, steps[0])
    bars = bars_of(points, steps, span.step_seconds)
    return page.show(
        "accounts/plan.html",
        parts={"usage": "accounts/_usage.html"},
        plan=caller.plan,
        limits=[_limit(caller, "upload"), _limit(caller, "api")],
        span=span,
        spans=SPANS,
        bars=bars,
        totals=_total(now, bars),
    )


def bars_of(
    points: Sequence[UsagePoint], steps: Sequence[datetime], step_seconds: int
) -> list[Step]:
    """Sum what was called into one bar for each step, the empty ones included."""
    found = {(point.minute, point.door): point for point in usage.summed(points, step_seconds)}
    nothing = UsagePoint("", steps[0], 0, 0, 0)
    pairs = [
        (at, found.get((at, "upload"), nothing), found.get((at, "api"), nothing)) for at in steps
    ]
    return [
        Step(at, up.calls, api.calls, up.refused + api.refused, up.over + api.over)
        for at, up, api in pairs
    ]


def _total(now: datetime, bars: Sequence[Step]) -> Step:
    return Step(
        at=now,
        upload=sum(bar.upload for bar in bars),
        api=sum(bar.api for bar in bars),
        refused=sum(bar.refused for bar in bars),
        over=sum(bar.over for bar in bars),
    )


def _steps(now: datetime, span: Span) -> list[datetime]:
    """List the starts of all bars in UTC, the one that is not over yet last."""
    whole = now.replace(minute=0, second=0, microsecond=0)
    last = whole if span.step == "hour" else whole.replace(hour=0)
    step = timedelta(seconds=span.step_seconds)
    count = span.days * usage.DAY_SECONDS // span.step_seconds
    return [last - step * back for back in range(count - 1, -1, -1)]


def _limit(caller: Caller, door: Door) -> Limit:
    own = caller.upload_per_minute if door == "upload" else caller.api_per_hour
    policy = policy_of(door, caller.plan, own)
    return Limit(
        door="Contact upload" if door == "upload" else "API",
        what="POST /add-contact" if door == "upload" else "/api/v1",
        limit=None if policy.limit >= UNLIMITED else policy.limit,
        window="60 seconds" if door == "upload" else "hour",
        soft=policy.most if policy.most > policy.limit else None,
    )


ROUTES = [index]
