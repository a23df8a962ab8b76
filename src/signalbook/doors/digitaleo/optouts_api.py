"""`/rest/optouts`: who may not be reached by a medium; set, listed, and lifted by rule."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, delete, get, post

from signalbook.accounts.frames import TheCaller
from signalbook.accounts.model import Caller
from signalbook.contacts.filters import Predicate
from signalbook.doors.digitaleo import asking, filters, listing, numbers
from signalbook.doors.digitaleo import operations as told
from signalbook.doors.digitaleo import optout_queries as queries
from signalbook.doors.digitaleo.answering import answered, counted, records_in, refuse_action
from signalbook.doors.digitaleo.asking import Asked
from signalbook.doors.digitaleo.conditions import Condition, Node
from signalbook.doors.digitaleo.contact_writing import refuse
from signalbook.doors.digitaleo.errors import ListTooLong, RecordNotFound, ValuesInvalid
from signalbook.doors.digitaleo.listing import Listing, listing_of
from signalbook.doors.digitaleo.model import (
    MEDIA,
    OPTOUT,
    Row,
    members_of,
    spelt,
    text_of,
    texts_of,
)
from signalbook.doors.digitaleo.optout_queries import Held
from signalbook.doors.digitaleo.translation import moment
from signalbook.kit import clock
from signalbook.kit.db import Database, Read, Tx
from signalbook.kit.errors import Problem
from signalbook.optouts import actions, reading
from signalbook.optouts.model import MOST_AT_ONCE, By, Outcome, Restriction
from signalbook.web.access import key
from signalbook.web.held import TheDb
from signalbook.web.options import allowed

OPTOUTS: Final = "/rest/optouts"

_Asked = Request[Any, Any, Any]
_SOURCE: Final = "digitaleo"
_SET: Final = ("media", "meanOfContact", "reason", "contactId")


@get(OPTOUTS, access=key("read"), operation=told.LIST_OPTOUTS)
async def index(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """List the opt-outs in force."""
    asked = listing_of(asking.query_of(request), _naming, tuple(OPTOUT))
    return answered(request, await _page(db, caller.account_id, asked))


@post(OPTOUTS, access=key("write"), status_code=200, operation=told.CREATE_OPTOUTS)
async def create(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Put opt-outs in force; all of them or none."""
    asked = await asking.read(request)
    refuse_action(asked, "create", known="create is known")
    records = records_in(asked, "optouts")
    if len(records) > MOST_AT_ONCE:
        raise ListTooLong(most=MOST_AT_ONCE, count=len(records))
    if not records:
        refuse([Problem("media", "Send media and meanOfContact", "optouts_missing")])

    async def work(tx: Tx) -> list[str]:
        wanted = await _wanted(tx, caller, records)
        done = await actions.restrict(tx, caller.account_id, wanted, at=clock.now())
        _settled(done, len(wanted))
        _refuse_nowhere(wanted, done)
        return [key for one, came in zip(wanted, done, strict=True) for key in _keys(one, came)]

    rows = await _held(db, caller.account_id, await db.transact(work))
    return answered(request, {"size": len(rows), "total": len(rows), "list": rows})


@delete(OPTOUTS, access=key("write"), status_code=200, operation=told.DELETE_OPTOUTS)
async def remove(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Lift opt-outs that the account itself has set."""
    asked = await asking.read(request)

    async def work(tx: Tx) -> int:
        wanted = await _meant(tx, caller, asked)
        now = clock.now()
        done = await actions.lift(tx, caller.account_id, wanted, by=By.ACCOUNT, at=now)
        lifted = sum(len(one.written) for one in _settled(done, len(wanted)))
        if not lifted:
            raise RecordNotFound(what="opt-out that the account has set")
        return lifted

    return counted(request, await db.transact(work))


async def _page(db: Database, account_id: int, asked: Listing) -> Row:
    async with db.read() as read:
        predicate = Predicate()
        for node in asked.filters:
            await _demand(read, account_id, predicate, node)
        total = await queries.count(read, account_id, predicate) if asked.counts else None
        descending = _descending(asked)
        held = await queries.page(
            read, account_id, predicate, asked.offset, asked.limit, descending=descending
        )
        given = await numbers.shown(db, read, account_id, [one.id for one in held if one.id])
    rows = [listing.picked(_record(one, given), asked.properties) for one in held]
    return listing.enveloped(asked, rows, total)


def _descending(asked: Listing) -> bool:
    """Read the order, which is that of time; raises ValuesInvalid for another."""
    for one in asked.sorts:
        if one.name != "dateCreated":
            told = "Opt-outs are ordered by dateCreated alone"
            raise ValuesInvalid(problems=[Problem("sort", told, "sort_invalid")])
    return bool(asked.sorts) and asked.sorts[0].descending


async def _held(db: Database, account_id: int, keys: Sequence[str]) -> list[Row]:
    """Show the opt-outs of these keys, in their order."""
    async with db.read() as read:
        predicate = Predicate()
        _among(predicate, keys)
        held = await queries.page(read, account_id, predicate, 0, len(keys), descending=False)
        given = await numbers.shown(db, read, account_id, [one.id for one in held if one.id])
    by_key = {_key(one.channel, one.address, one.reason): one for one in held}
    return [_record(by_key[key], given) for key in dict.fromkeys(keys) if key in by_key]


def _among(predicate: Predicate, keys: Sequence[str]) -> None:
    predicate.add(
        "{c}.channel || ' ' || {c}.reason || ' ' || {c}.address = ANY({keys}::text[])"
        " AND {c}.address = ANY({addresses}::text[])",
        keys=list(keys),
        addresses=[key.split(" ", 2)[2] for key in keys],
    )


def _key(channel: str, address: str, reason: str) -> str:
    return f"{channel} {reason} {address}"


def _keys(wanted: Restriction, came: Outcome) -> list[str]:
    """Name what an order has put in force, or found in force already."""
    if wanted.address:
        return [_key(wanted.channel, reading.address_of(wanted.address), wanted.reason or "user")]
    asked = wanted.reason or "user"
    return [_key(*place, reason) for place, reason in came.left if reason == asked]


def _refuse_nowhere(wanted: Sequence[Restriction], done: Sequence[Outcome]) -> None:
    """Raise ValuesInvalid for contacts that have no address for the medium: nothing is blocked."""
    several = len(wanted) > 1
    refuse(
        [
            Problem(
                f"optouts[{at}].contactId" if several else "contactId",
                f"The contact has no address for {one.channel.upper()}: there is nothing to block",
                "address_missing",
            )
            for at, (one, came) in enumerate(zip(wanted, done, strict=True))
            if one.contact_id is not None and not came.left
        ]
    )


async def _demand(read: Read, account_id: int, predicate: Predicate, node: Node) -> None:
    """Add a filter; a number is looked up in the ledger first."""
    if not (isinstance(node, Condition) and node.name == "id" and node.operator == "in"):
        known = await numbers.meant(read, account_id, filters.numbers_of([node], OPTOUT))
        filters.demand(predicate, account_id, node, known, OPTOUT)
        return
    ids = await numbers.meant(read, account_id, node.values)
    rows = await queries.entries(read, account_id, list(ids.values()))
    _among(predicate, [_key(channel, address, reason) for _, channel, address, reason in rows])


def _record(held: Held, given: Mapping[UUID, str]) -> Row:
    return {
        "id": given.get(held.id) if held.id else None,
        "media": held.channel.upper(),
        "meanOfContact": held.address,
        "reason": held.reason,
        "dateCreated": moment(held.since),
    }


async def _wanted(tx: Tx, caller: Caller, records: Sequence[object]) -> list[Restriction]:
    """Read new opt-outs; raises ValuesInvalid for all that is wrong, RecordNotFound."""
    problems: list[Problem] = []
    found: list[Restriction] = []
    for at, record in enumerate(records):
        place = f"optouts[{at}]." if len(records) > 1 else ""
        members = dict(_named(record, problems, place))
        contact_id = None
        if number := text_of(members.get("contactId")):
            contact_id = (await numbers.meant(tx, caller.account_id, [number])).get(number)
            if contact_id is None:
                raise RecordNotFound(what="contact")
        media = text_of(members.get("media")).upper()
        if media not in MEDIA:
            told = f'media is {", ".join(MEDIA)}, not "{media[:64]}"'
            problems.append(Problem(place + "media", told, "media_unknown"))
        found.append(
            Restriction(
                channel=media.lower(),
                source=_SOURCE,
                address=text_of(members.get("meanOfContact")).strip(),
                contact_id=contact_id,
                reason=text_of(members.get("reason")).strip().lower() or None,
                actor=caller.actor,
            )
        )
    refuse(problems)
    return found


def _named(record: object, problems: list[Problem], place: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in (members_of(record) or {}).items():
        known = spelt(name, _SET)
        if known is None and spelt(name, tuple(OPTOUT)) is None:
            told = f"An opt-out has no property {name[:64]}"
            problems.append(Problem(place + name[:64], told, "property_unknown"))
        elif known is not None:
            found.append((known, value))
    return found


async def _meant(tx: Tx, caller: Caller, asked: Asked) -> list[Restriction]:
    """Read which opt-outs are to be lifted: by their numbers, or by medium and address."""
    texts = texts_of(asked.get("id"))
    if texts:
        ids = await numbers.meant(tx, caller.account_id, texts)
        rows = await queries.entries(tx, caller.account_id, list(ids.values()))
        if not rows:
            raise RecordNotFound(what="opt-out")
        return [_lifted(caller, channel, address, reason) for _, channel, address, reason in rows]
    media = [one.upper() for one in texts_of(asked.get("media"))]
    addresses = texts_of(asked.get("meanOfContact"))
    if not addresses or not media or not set(media) <= set(MEDIA):
        told = f"Say which by id, or by media ({', '.join(MEDIA)}) and meanOfContact"
        raise ValuesInvalid(problems=[Problem("id", told, "id_missing")])
    reason = text_of(asked.get("reason")).lower() or None
    return [_lifted(caller, one.lower(), address, reason) for one in media for address in addresses]


def _lifted(caller: Caller, channel: str, address: str, reason: str | None) -> Restriction:
    return Restriction(
        channel=channel, source=_SOURCE, address=address, reason=reason, actor=caller.actor
    )


def _settled(outcomes: list[Outcome], count: int) -> list[Outcome]:
    """Raise the error of the first that was rejected, so that nothing is written."""
    for at, one in enumerate(outcomes):
        if one.error is not None:
            place = f"optouts[{at}]." if count > 1 else ""
            one.error.problems = tuple(
                Problem(place + _OURS.get(p.field, p.field), p.message, p.code)
                for p in one.error.problems
            )
            raise one.error
    return outcomes


_OURS: Final = {"channel": "media", "address": "meanOfContact"}


def _naming(name: str) -> str | None:
    return spelt(name, tuple(OPTOUT))


ROUTES = [allowed(OPTOUTS), index, create, remove]
