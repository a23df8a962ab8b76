"""The page of statistics: what changed, who can be reached, how it grew, where they are from."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from litestar import Response, get

from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts import count_queries, page_queries, views
from signalbook.contacts.page_queries import Surroundings
from signalbook.contacts.views import Chip, View
from signalbook.contacts.waterfall import CHANNEL_WORDS, Channel
from signalbook.kit.db import Database, Read
from signalbook.statistics import model, reading, shown
from signalbook.statistics.model import Change, Day, Subject
from signalbook.statistics.shown import Links
from signalbook.web.access import person
from signalbook.web.render import Page

HOME: Final = "/statistics"
WEEK: Final = 7
MONTH: Final = 30
SPANS: Final = ((7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "A year"))

MOST_TAGS: Final = 500
"""Of so many tags one call says who can be reached; a page of tags shows as many."""

_ID_DIGITS: Final = 10
_CHANNELS: Final[tuple[tuple[Channel, str, str], ...]] = (
    ("email", CHANNEL_WORDS["email"], "mail"),
    ("sms", CHANNEL_WORDS["sms"], "message"),
    ("voice", CHANNEL_WORDS["voice"], "voice"),
)


class Changed(NamedTuple):
    """What some days brought and took, as a tile tells it, beside as many days before them."""

    label: str
    change: Change
    before_label: str = ""
    days_before: Sequence[Day] = ()

    @property
    def before(self) -> int:
        """Return by how many the contacts became more in the days before."""
        return model.change(self.days_before).net


@get(HOME, access=person("viewer"))
async def index(
    request: AnyRequest, caller: Caller, page: Page, db: Database, of: str = "", days: str = ""
) -> Response[Any]:
    """Show the numbers of the account, a list, a tag, or the contacts of a view."""
    if of:
        return page.go(_address_of(of, days))
    view = views.view_of(views.pairs_of(request.url.query), caller.time_zone)
    span = next((span for span in SPANS if str(span[0]) == days), SPANS[1])
    async with db.read() as read:
        subject = await reading.subject_of(read, caller.account_id, view.wanted)
        found = await reading.statistics(read, caller.account_id, subject)
        grown = await _grown(read, caller.account_id, subject, span[0], found.contacts)
        around = await page_queries.surroundings(
            read, caller.account_id, caller.user_id, view.wanted.list_ids()
        )
    links = Links(view, subject)
    return page.show(
        "statistics/index.html",
        nav="statistics",
        subject=subject,
        found=found,
        links=links,
        changes=_changes(grown),
        days=grown[-span[0] :],
        falls=[(*one, shown.bars(found, one[0], links)) for one in _CHANNELS],
        countries=shown.countries(found, links),
        sources=shown.sources(found, links),
        spans=[(one, label, _with(view, one)) for one, label in SPANS],
        span=span,
        choices=_choices(subject, around),
        chosen=_chosen(subject),
        chips=_chips(view, around),
        lead=_lead(subject, grown),
        percent=shown.percent,
        signed=shown.signed,
        seconds=shown.seconds,
    )


@get(HOME + "/tags", access=person("viewer"))
async def of_tags(request: AnyRequest, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Say who of many tags can be reached, for the table of tags to take in."""
    asked = request.query_params.getall("id", [])[:MOST_TAGS]
    ids = {int(one) for one in asked if one.isascii() and one.isdecimal() and len(one) < _ID_DIGITS}
    async with db.read() as read:
        rows = await count_queries.reachable(read, caller.account_id, sorted(ids))
    return page.part("statistics/_of_tags.html", rows=[(*map(_number, row),) for row in rows])


async def _grown(
    read: Read, account_id: int, subject: Subject, days: int, contacts: int
) -> list[Day]:
    """Read the days of the chart and of the tiles; of a filter none are kept."""
    if subject.kind == "filter":
        return []
    first = reading.days_back(max(days, 2 * MONTH))
    return await reading.growth(read, account_id, subject, first, reading.today(), contacts)


def _lead(subject: Subject, days: Sequence[Day]) -> str:
    """Say in a sentence of whom the numbers are, and what the last whole day brought."""
    whose = {
        "account": "Everybody",
        "list": f"Who is on {subject.name}",
        "tag": f"Who carries {subject.name}",
        "filter": "The contacts of a filter, counted just now",
    }[subject.kind]
    if not days:
        return f"{whose}."
    last = model.change(days[-2:])
    return (
        f"{whose}. Since yesterday {last.joined:,} joined, {last.left:,} left"
        f" and {last.opted_out:,} opted out."
    )


def _changes(days: Sequence[Day]) -> list[Changed]:
    """Sum what the last days brought and took, beside as many days before them."""
    if not days:
        return []
    return [
        Changed("Today", model.change(days[-1:])),
        Changed("Yesterday", model.change(days[-2:-1]), "The day before", days[-3:-2]),
        Changed("Last 7 days", model.change(days[-WEEK:]), "The 7 before", days[-2 * WEEK : -WEEK]),
        Changed(
            "Last 30 days",
            model.change(days[-MONTH:]),
            "The 30 before",
            days[-2 * MONTH : -MONTH],
        ),
    ]


def _address_of(of: str, days: str) -> str:
    """Return the address of what somebody chose: `list:…`, `tag:…`, or anything else for all."""
    kind, _, name = of.partition(":")
    pairs = [(kind, name)] if kind in {"list", "tag"} and name else []
    pairs += [("days", days)] if days else []
    return HOME + (f"?{urlencode(pairs)}" if pairs else "")


def _with(view: View, days: int) -> str:
    return HOME + "?" + urlencode([*view.pairs, ("days", str(days))])


def _choices(subject: Subject, around: Surroundings) -> list[tuple[str, list[tuple[str, str]]]]:
    """List whose numbers can be chosen, by group; the one that is shown is always among them."""
    lists = {f"list:{id}": name for id, name, _ in around.lists}
    tags = {f"tag:{name}": name for _, name, _ in around.tags}
    if subject.tag:
        tags = {f"tag:{subject.name}": subject.name} | tags
    return [("Lists", list(lists.items())), ("Tags", list(tags.items()))]


def _chips(view: View, around: Surroundings) -> list[Chip]:
    return [
        chip._replace(href=HOME + chip.href.removeprefix(views.HOME))
        for chip in views.chips(view, around.labels(), around.list_names())
    ]


def _chosen(subject: Subject) -> str:
    if subject.list:
        return f"list:{subject.list.id}"
    return f"tag:{subject.name}" if subject.tag else subject.kind


def _number(value: int | None) -> int:
    return value or 0


ROUTES = [index, of_tags]
