"""`/api/v1/statistics`: the numbers of the account, a list, a tag or any filter; and growth."""

from datetime import date, timedelta
from typing import Any, Final

from litestar import Request, Response, get

from signalbook.accounts.frames import TheCaller
from signalbook.contacts import list_api
from signalbook.contacts.filters import ContactFilter
from signalbook.statistics import examples, reading, wire
from signalbook.statistics.errors import GrowthNotKept
from signalbook.statistics.model import MOST_DAYS, SHOWN_DAYS
from signalbook.statistics.schemas import GrowthOut, StatisticsOut
from signalbook.web import answering, idempotency
from signalbook.web.access import key
from signalbook.web.held import TheDb
from signalbook.web.openapi import TEXT, Answered, Operation, Param
from signalbook.web.params import Params

STATISTICS: Final = "/api/v1/statistics"
GROWTH: Final = STATISTICS + "/growth"
TAG: Final = "Statistics"

_Asked = Request[Any, Any, Any]
_DAY = {"type": "string", "format": "date"}


@get(
    STATISTICS,
    access=key("read"),
    operation=Operation(
        id="getStatistics",
        names_others=True,
        tag=TAG,
        summary="Count contacts and who can be reached",
        about="Without parameters the account. The numbers of the account, of one `list` alone and"
        " of one `tag` alone are kept up to date and answered at once; those of any other filter,"
        " with the parameters of GET /contacts, are counted when asked. Each channel has a"
        " waterfall: what each step keeps and loses, from everybody to those who can be reached.",
        params=list_api.FILTER_PARAMS,
        answers={200: Answered(StatisticsOut, examples.SHOWN, "The numbers.")},
    ),
)
async def index(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Tell the numbers of the account, a list, a tag or a filter."""
    params = Params(request)
    wanted = list_api.filter_in(params)
    params.done()
    account = caller.account_id
    async with db.read() as read:
        subject = await reading.subject_of(read, account, wanted)
        found = await reading.statistics(read, account, subject)
    return idempotency.respond(answering.answer(wire.out(subject, found)))


@get(
    GROWTH,
    access=key("read"),
    operation=Operation(
        id="getGrowth",
        names_others=True,
        tag=TAG,
        summary="Tell how contacts came and went, day by day",
        about="Of the account, a list or a tag. Days are those of UTC; quiet days are told as well."
        " `left` are contacts deleted, removed from the list or rid of the tag.",
        params=(
            Param("from", f"The first day; {SHOWN_DAYS} days are told without it.", _DAY),
            Param("to", f"The last day; today unless given. At most {MOST_DAYS:,} days.", _DAY),
            Param("list", "The id of a list.", {"type": "string", "format": "uuid"}),
            Param("tag", "The name of a tag.", TEXT, "premium"),
        ),
        answers={200: Answered(GrowthOut, examples.GROWN, "The days.")},
    ),
)
async def growth(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Tell what each day brought and took."""
    params = Params(request)
    first, last = _stretch_in(params)
    wanted = ContactFilter(tags=tuple(params.texts("tag")), lists=list_api.list_ids(params, "list"))
    params.done()
    account = caller.account_id
    async with db.read() as read:
        subject = await reading.subject_of(read, account, wanted)
        if subject.kind == "filter":
            raise GrowthNotKept
        now = await reading.statistics(read, account, subject)
        days = await reading.growth(read, account, subject, first, last, now.contacts)
    return idempotency.respond(answering.answer(wire.growth_out(subject, days)))


def _stretch_in(params: Params) -> tuple[date, date]:
    """Read the first day and the last one."""
    begun, ended = params.moment("from"), params.moment("to")
    last = ended.date() if ended else reading.today()
    first = (
        begun.date()
        if begun
        else max(last, date.min + timedelta(SHOWN_DAYS)) - timedelta(SHOWN_DAYS - 1)
    )
    if first > last:
        params.refuse("from", "from must not be after to")
    elif (last - first).days >= MOST_DAYS:
        params.refuse("from", f"A call tells at most {MOST_DAYS:,} days; ask for fewer at once")
    return first, last


ROUTES = [index, growth]
