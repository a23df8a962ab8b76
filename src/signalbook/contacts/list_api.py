"""`GET /api/v1/contacts`: contacts by filter, in an order, by cursor or by page number."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get

from signalbook.accounts.frames import TheCaller
from signalbook.accounts.model import Caller
from signalbook.contacts import examples, paging, queries, reading, wire
from signalbook.contacts.api import CONTACTS, TAG
from signalbook.contacts.conditions import HAS, OPTOUTS, STAGES
from signalbook.contacts.filters import ContactFilter, Predicate
from signalbook.contacts.model import Contact
from signalbook.contacts.orders import Sort
from signalbook.contacts.paging import Listing, Place
from signalbook.contacts.schemas import ContactList, ContactPage, Pagination
from signalbook.contacts.waterfall import CHANNELS
from signalbook.kit.db import Read
from signalbook.web import cursors, idempotency
from signalbook.web.access import key
from signalbook.web.cursors import CursorUnusable
from signalbook.web.held import TheDb
from signalbook.web.idempotency import Answer
from signalbook.web.openapi import (
    MOMENT,
    TEXT,
    TRUTH,
    Answered,
    Operation,
    Param,
    Schema,
    one_of,
    texts,
    whole,
)
from signalbook.web.params import Params

MAX_DEPTH: Final = 1_000_000
"""How many contacts page numbers reach into a list; a cursor reaches any depth at the same cost."""

_ADDRESSES = {"type": "array", "items": one_of(*HAS)}
_KEY_TYPES: dict[Sort, Any] = {Sort.CREATED_AT: UUID, Sort.UPDATED_AT: datetime}


class Order(StrEnum):
    """Which way a list runs."""

    ASC = "asc"
    DESC = "desc"


IDS: Final[Schema] = {"type": "array", "items": {"type": "string", "format": "uuid"}}

_REACH_PARAMS = (
    Param(
        "has", "Contacts with this address; repeat it and all are wanted.", _ADDRESSES, ["mobile"]
    ),
    Param(
        "optout", "Opted out of a channel, or of it for a reason.", one_of(*OPTOUTS), "email:spam"
    ),
    Param(
        "list_active", "False: contacts that a deactivated list holds back.", TRUTH, example=True
    ),
    Param("kept", "Contacts that come past a step of a waterfall.", one_of(*STAGES), "email:valid"),
    Param("lost", "Contacts that are lost at a step of a waterfall.", one_of(*STAGES), "sms:lists"),
    Param("country", "Two letters, or none where it is not known.", TEXT, "GB"),
    Param("source", "Where a contact was made first, or none.", TEXT, "import"),
)
_PARAMS = (
    Param(
        "tag", "Contacts that carry this tag; repeat it and all must match.", texts(), ["premium"]
    ),
    Param("tags", "The same, as a list by comma.", TEXT, "premium,customer"),
    Param("any_tag", "Contacts that carry at least one of these; repeatable.", texts(), ["vip"]),
    Param("none_tag", "Contacts that carry none of these; repeatable.", texts(), ["trial"]),
    Param("list", "Contacts on this list, by its id; repeat it and all must hold.", IDS),
    Param("any_list", "Contacts on at least one of these lists; repeatable.", IDS),
    Param("none_list", "Contacts on none of these lists; repeatable.", IDS),
    Param("search", "Words that begin a name, e-mail, mobile or external_id.", TEXT, "sarah"),
    Param("email", "A whole address, or how an address or its domain begins.", TEXT, "customer@"),
    Param("mobile", "A number in E.164 form.", TEXT, "+442071838750"),
    Param("external_id", "Your own id.", TEXT, "USER_12345"),
    Param("is_active", "Active contacts, or inactive ones.", TRUTH, example=True),
    Param("is_unsubscribed", "Unsubscribed contacts, or the others.", TRUTH, example=False),
    Param("reachable", "Contacts that may be reached by this channel.", one_of(*CHANNELS), "email"),
    *_REACH_PARAMS,
    Param("created_after", "Made at this moment or later.", MOMENT, "2024-01-15"),
    Param("created_before", "Made earlier than this moment.", MOMENT, "2024-02-01T00:00:00Z"),
    Param("updated_after", "Last active at this moment or later.", MOMENT, "2024-01-15"),
    Param("updated_before", "Last active earlier than this moment.", MOMENT, "2034-02-01"),
    Param("sort_by", "What to order by.", one_of(*Sort), "created_at"),
    Param(
        "sort_order", "Which way; also in capitals.", one_of("asc", "desc", "ASC", "DESC"), "desc"
    ),
    Param("limit", "Contacts on a page.", whole(1, 100, 10), 50),
    Param("page_size", "Contacts on a page, beyond 100; counts before limit.", whole(1, 1000), 100),
    Param("starting_after", "The next_cursor of the page before, or a contact's id.", TEXT),
    Param("page", "The number of a page, from 1; not together with a cursor.", whole(1, 100_000)),
)

FILTER_PARAMS: Final = _PARAMS[:25]
"""Those of them that `filter_in` reads."""


@get(
    CONTACTS,
    access=key("read"),
    operation=Operation(
        id="listContacts",
        tag=TAG,
        summary="List contacts",
        about="The newest first unless sort_by says otherwise. next_cursor leads to the next page."
        f" With `page` the answer counts pages instead; page numbers reach {MAX_DEPTH:,} contacts"
        " deep and cost more the deeper they are. With every filter given, all must hold.",
        params=_PARAMS,
        answers={
            200: Answered(
                (ContactList, ContactPage),
                examples.LISTED,
                "A page, by cursor or, where `page` was given, by number.",
            )
        },
    ),
)
async def index(request: Request[Any, Any, Any], caller: TheCaller, db: TheDb) -> Response[bytes]:
    """List contacts."""
    params = Params(request)
    wanted, listing = filter_in(params), _listing_in(params)
    page, after = params.whole("page", 1, 100_000), params.text("starting_after")
    if page is not None and after is not None:
        params.refuse("page", "page and starting_after exclude each other")
    if page is not None and page * listing.size > MAX_DEPTH:
        told = f"page numbers reach {MAX_DEPTH:,} contacts deep; use starting_after beyond"
        params.refuse("page", told, "too_deep")
    params.done()
    async with db.read() as read:
        predicate = await queries.predicate_of(read, caller.account_id, wanted)
        if page is not None:
            body = await _by_number(read, caller, wanted, predicate, listing, page)
        else:
            if after is not None:
                place = await _place_in(read, caller, listing, after)
                listing = listing._replace(after=place)
            body = await _by_cursor(read, caller, predicate, listing)
    return idempotency.respond(Answer(200, wire.encode(body)))


def filter_in(params: Params) -> ContactFilter:
    """Read a filter from a query string."""
    tags = [
        *params.texts("tag"),
        *params.texts("tags[]"),
        *(tag.strip() for text in params.texts("tags") for tag in text.split(",") if tag.strip()),
    ]
    return ContactFilter(
        tags=tuple(dict.fromkeys(tags)),
        any_tag=tuple(dict.fromkeys(params.texts("any_tag"))),
        none_tag=tuple(dict.fromkeys(params.texts("none_tag"))),
        lists=list_ids(params, "list"),
        any_list=list_ids(params, "any_list"),
        none_list=list_ids(params, "none_list"),
        search=params.text("search") or "",
        email=params.text("email"),
        mobile=params.text("mobile"),
        external_id=params.text("external_id"),
        is_active=params.flag("is_active"),
        is_unsubscribed=params.flag("is_unsubscribed"),
        reachable=params.one_of("reachable", CHANNELS),
        has=tuple(dict.fromkeys(params.some_of("has", tuple(HAS)))),
        optout=params.one_of("optout", OPTOUTS),
        list_active=params.flag("list_active"),
        kept=params.one_of("kept", STAGES),
        lost=params.one_of("lost", STAGES),
        country=params.text("country"),
        source=params.text("source"),
        created_after=params.moment("created_after"),
        created_before=params.moment("created_before"),
        updated_after=params.moment("updated_after"),
        updated_before=params.moment("updated_before"),
    )


def list_ids(params: Params, name: str) -> tuple[UUID, ...]:
    """Read ids of lists."""
    found = {text: reading.as_id(text) for text in params.texts(name)}
    if None in found.values():
        params.refuse(name, f"{name} must be the id of a list")
    return tuple(id for id in found.values() if id is not None)


def _listing_in(params: Params) -> Listing:
    limit = params.whole("limit", 1, 100)
    size = params.whole("page_size", 1, 1000) or limit or 10
    sort = params.choice("sort_by", Sort) or Sort.CREATED_AT
    order = params.choice("sort_order", Order) or Order.DESC
    return Listing(sort, order is Order.DESC, size)


async def _by_cursor(
    read: Read, caller: Caller, predicate: Predicate, listing: Listing
) -> ContactList:
    more = listing._replace(size=listing.size + 1)
    found = await queries.page(read, caller.account_id, predicate, more)
    contacts = found[: listing.size]
    has_more = len(found) > listing.size
    cursor = cursor_after(caller.account_id, contacts[-1], listing) if has_more else None
    names = await reading.tag_names(read, caller.account_id, contacts)
    return ContactList([wire.out(contact, names) for contact in contacts], has_more, cursor)


async def _by_number(  # one page
    read: Read,
    caller: Caller,
    wanted: ContactFilter,
    predicate: Predicate,
    listing: Listing,
    page: int,
) -> ContactPage:
    account = caller.account_id
    total = await reading.total(read, account, wanted, predicate)
    contacts: list[Contact] = []
    skipped = (page - 1) * listing.size
    if skipped < total:
        place = None
        if skipped:
            place = await queries.place_of_rank(read, account, predicate, listing, skipped)
        if place is not None or not skipped:
            listing = listing._replace(after=place)
            contacts = await queries.page(read, account, predicate, listing)
    names = await reading.tag_names(read, account, contacts)
    return ContactPage(
        success=True,
        data=[wire.out(contact, names) for contact in contacts],
        pagination=Pagination(page, listing.size, total, -(-total // listing.size)),
    )


def cursor_after(account_id: int, contact: Contact, listing: Listing) -> str:
    """Write the cursor of a page that ends with this contact."""
    place = paging.place_of(contact, listing.sort)
    return cursors.write(account_id, _name(listing), place.key, place.id)


async def _place_in(read: Read, caller: Caller, listing: Listing, after: str) -> Place:
    """Read a cursor, which may also be the id of a contact; raises CursorUnusable."""
    id = reading.as_id(after)
    if id is not None:
        contact = await queries.get(read, caller.account_id, id)
        if contact is None:
            raise CursorUnusable
        return paging.place_of(contact, listing.sort)
    types = (_KEY_TYPES.get(listing.sort, str | None), UUID)
    key, id = cursors.read(after, caller.account_id, _name(listing), types)
    return Place(key, id)


def _name(listing: Listing) -> str:
    return f"contacts:{listing.sort}:{'desc' if listing.descending else 'asc'}"


ROUTES = [index]
