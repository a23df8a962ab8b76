"""Which contacts are meant: a typed filter, and the one predicate that it becomes.

A list, a count, an export and a bulk action take the same `Predicate`, so what a person sees is
what the action touches. Every piece of SQL here is fixed text; what people write is a parameter.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, LiteralString
from uuid import UUID

import msgspec
from psycopg import sql

from signalbook.contacts import conditions, words
from signalbook.contacts.conditions import NOWHERE, Optout, Stage
from signalbook.contacts.standing import Standing
from signalbook.contacts.waterfall import Address, Channel
from signalbook.kit import ids

Condition = Literal["is", "contains", "has", "missing"]
ContactStatus = Literal["active", "inactive", "subscribed", "unsubscribed"]

# A contact made in a batch has the time of the batch and an id of some moments later.
_BATCH_TIME = timedelta(hours=1)
_BEGINS: LiteralString = (
    "({c}.words @@ {query}::tsquery OR {c}.email_key >= {email} AND {c}.email_key < {after_email})"
)
_BEGINS_WITH_NUMBER: LiteralString = (
    "({c}.words @@ {query}::tsquery"
    " OR {c}.email_key >= {email} AND {c}.email_key < {after_email}"
    " OR {c}.mobile >= {mobile} AND {c}.mobile < {after_mobile})"
)
_LAST = "\U0010ffff"
_FIRST_DAY = datetime(1970, 1, 2, tzinfo=UTC)
_LAST_DAY = datetime(9999, 1, 1, tzinfo=UTC)

_STATUS: dict[str, LiteralString] = {
    "active": "{c}.is_active",
    "inactive": "NOT {c}.is_active",
    "subscribed": "{c}.unsubscribed_at IS NULL",
    "unsubscribed": "{c}.unsubscribed_at IS NOT NULL",
}
_STANDING: dict[str, LiteralString] = {
    "inactive": "NOT {c}.is_active",
    "complained": "{c}.is_active AND {c}.email_optout = 'spam'",
    "bounced": "{c}.is_active AND {c}.email_optout = 'hardbounced'",
    "unsubscribed": "{c}.is_active AND {c}.unsubscribed_at IS NOT NULL"
    " AND coalesce({c}.email_optout, '') NOT IN ('spam', 'hardbounced')",
    "subscribed": "{c}.is_active AND {c}.unsubscribed_at IS NULL"
    " AND coalesce({c}.email_optout, '') NOT IN ('spam', 'hardbounced')",
}
# Who is on a list is kept by a feature above contacts. Its one table is named here all the same: a
# filter is only one if pages, counts, exports and jobs take it alike, and a piece handed in from
# above would be this text with a longer way to it.
LISTED: Final = "m.contact_id"
_ON_ALL: LiteralString = (
    "EXISTS (SELECT 1 FROM list_members AS l WHERE l.account_id = {account}"
    " AND l.list_id = {list} AND l.contact_id = {who})"
)
_ON_ANY: LiteralString = (
    "EXISTS (SELECT 1 FROM list_members AS l WHERE l.account_id = {account}"
    " AND l.list_id = ANY({lists}::uuid[]) AND l.contact_id = {who})"
)
_ON_NONE: LiteralString = "NOT " + _ON_ANY
_CONDITIONS: dict[str, LiteralString] = {
    "is": "{c}.fields ->> {name} = {value}",
    "contains": "strpos(lower({c}.fields ->> {name}), lower({value})) > 0",
    "has": "{c}.fields ? {name}",
    "missing": "NOT ({c}.fields ? {name})",
}


class FieldCondition(msgspec.Struct, frozen=True):
    """What a field must be: `is` and `contains` compare its text, `has` wants any value."""

    name: str
    condition: Condition
    value: str = ""


class ContactFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Contacts for which everything given here holds.

    Tags are names: `tags` all, `any_tag` at least one, `none_tag` none; lists are ids, in the same
    three ways, and nobody is on one that does not exist. `…_after` includes the moment, `…_before`
    does not, so neighbouring ranges neither overlap nor leave a gap. `kept` and
    `lost` name a step of a channel's waterfall: those who come past it, and those who do not.
    """

    tags: tuple[str, ...] = ()
    any_tag: tuple[str, ...] = ()
    none_tag: tuple[str, ...] = ()
    lists: tuple[UUID, ...] = ()
    any_list: tuple[UUID, ...] = ()
    none_list: tuple[UUID, ...] = ()
    search: str = ""
    email: str | None = None
    mobile: str | None = None
    external_id: str | None = None
    status: ContactStatus | None = None
    is_active: bool | None = None
    is_unsubscribed: bool | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    reachable: Channel | None = None
    standing: Standing | None = None
    has: tuple[Address, ...] = ()
    optout: Optout | None = None
    list_active: bool | None = None
    kept: Stage | None = None
    lost: Stage | None = None
    country: str | None = None
    source: str | None = None
    fields: tuple[FieldCondition, ...] = ()

    def tag_names(self) -> list[str]:
        """List every tag the filter mentions."""
        return sorted({*self.tags, *self.any_tag, *self.none_tag})

    def list_ids(self) -> list[UUID]:
        """List every list the filter mentions."""
        return sorted({*self.lists, *self.any_list, *self.none_list})


class TagFound(msgspec.Struct, frozen=True):
    """A tag as a filter needs it: its id, and how many contacts carry it."""

    id: int
    contacts: int


class Predicate:
    """A filter as SQL over a contact `c` and its signals `s`, with its parameters."""

    def __init__(self) -> None:
        """Hold for every contact; `compile_filter` adds the pieces.

        `at_most` is how many contacts it can mean where the registries know it, `besides` how many
        it excludes; `ranges` are bounds on what a list may be ordered by, by the name of the order.
        `along` is a list all of them are on, so that its members (`m`) can be read in place of
        everybody.
        """
        self.params: dict[str, Any] = {}
        self.on_contact = False
        self.on_signals = False
        self.at_most: int | None = None
        self.besides = 0
        self.along: sql.Placeholder | None = None
        self.searches = False
        self.ranges: dict[str, list[sql.Composed]] = {}
        self._pieces: list[tuple[LiteralString, dict[str, sql.Placeholder]]] = []

    def __bool__(self) -> bool:
        """Tell whether it excludes anybody."""
        return bool(self._pieces)

    def add(self, piece: LiteralString, **values: object) -> dict[str, sql.Placeholder]:
        """Demand one more thing; `{c}` and `{s}` stand for the tables, other names for values.

        `{who}` is the id of the contact, in whichever table is at hand.
        """
        placed: dict[str, sql.Placeholder] = {}
        for name, value in values.items():
            key = f"p{len(self.params)}"
            self.params[key] = value
            placed[name] = sql.Placeholder(key)
        self.on_contact = self.on_contact or "{c}" in piece
        self.on_signals = self.on_signals or "{s}" in piece
        self._pieces.append((piece, placed))
        return placed

    def avoid(self, account_id: int, lists: Sequence[UUID]) -> None:
        """Leave out who is on any of these lists."""
        if lists:
            self.add(_ON_NONE, account=account_id, lists=list(lists))

    def bound(self, key: str, operator: LiteralString, value: object) -> None:
        """Note a bound on what a list may be ordered by, where an index can begin or end there."""
        name = f"p{len(self.params)}"
        self.params[name] = value
        bound = sql.SQL(" {operator} {value}").format(
            operator=sql.SQL(operator), value=sql.Placeholder(name)
        )
        self.ranges.setdefault(key, []).append(bound)

    def narrow(self, count: int) -> None:
        """Note that no more than `count` contacts can fulfil it."""
        self.at_most = count if self.at_most is None else min(self.at_most, count)

    def over(
        self,
        contact: LiteralString = "",
        signals: LiteralString = "",
        id: LiteralString = "c.id",
        *,
        is_along: bool = False,
    ) -> sql.Composed:
        """Write it down for these table aliases, each piece led by AND; no alias, no such piece.

        `id` is the column that holds the id, empty for no piece on it. With `is_along` the demand
        of that list is left out: `on_list` makes it.
        """
        tables = {"c": sql.Identifier(contact or "c"), "s": sql.Identifier(signals or "s")}
        pieces = [
            sql.SQL(" AND " + piece).format(**tables, who=sql.SQL(id), **at)
            for piece, at in self._pieces
            if (signals if "{s}" in piece else id if "{who}" in piece else contact)
            and not (is_along and self.along in at.values())
        ]
        return sql.Composed(pieces)

    def on_list(self) -> sql.Composed:
        """Demand that a member `m` is of the list along which it goes."""
        return sql.SQL(" AND m.list_id = {list}").format(list=self.along)


def compile_filter(
    account_id: int,
    wanted: ContactFilter,
    tags: Mapping[str, TagFound],
    lists: Mapping[UUID, int],
) -> Predicate:
    """Make the predicate of a filter.

    `tags` and `lists` hold those it mentions that exist; of lists how many contacts are on each.
    """
    predicate = Predicate()
    _compile_tags(predicate, wanted, tags)
    _compile_lists(account_id, predicate, wanted, lists)
    _compile_identity(account_id, predicate, wanted)
    _compile_times(predicate, wanted)
    if wanted.status is not None:
        predicate.add(_STATUS[wanted.status])
    if wanted.is_active is not None:
        predicate.add(_STATUS["active" if wanted.is_active else "inactive"])
    if wanted.is_unsubscribed is not None:
        predicate.add(_STATUS["unsubscribed" if wanted.is_unsubscribed else "subscribed"])
    _compile_reach(predicate, wanted)
    if wanted.standing is not None:
        predicate.add(_STANDING[wanted.standing])
    for asked in wanted.fields:
        piece = _CONDITIONS[asked.condition]
        if "{value}" in piece:
            predicate.add(piece, name=asked.name, value=asked.value)
        else:
            predicate.add(piece, name=asked.name)
    return predicate


def _compile_tags(
    predicate: Predicate, wanted: ContactFilter, tags: Mapping[str, TagFound]
) -> None:
    carried = [tags[name] for name in wanted.tags if name in tags]
    if len(carried) < len(wanted.tags):
        predicate.add("FALSE")
        predicate.narrow(0)
    elif carried:
        predicate.add("{s}.tags @> {ids}::integer[]", ids=[tag.id for tag in carried])
        predicate.narrow(min(tag.contacts for tag in carried))
    if wanted.any_tag:
        some = [tags[name] for name in wanted.any_tag if name in tags]
        predicate.add("{s}.tags && {ids}::integer[]", ids=[tag.id for tag in some])
        predicate.narrow(sum(tag.contacts for tag in some))
    excluded = [tags[name].id for name in wanted.none_tag if name in tags]
    if excluded:
        predicate.add("NOT ({s}.tags && {ids}::integer[])", ids=excluded)


def _compile_lists(
    account_id: int, predicate: Predicate, wanted: ContactFilter, lists: Mapping[UUID, int]
) -> None:
    for one in sorted(wanted.lists, key=lambda one: lists.get(one, 0)):
        placed = predicate.add(_ON_ALL, account=account_id, list=one)
        predicate.along = predicate.along or placed["list"]
        predicate.narrow(lists.get(one, 0))
    if wanted.any_list:
        some = [one for one in wanted.any_list if one in lists]
        predicate.add(_ON_ANY, account=account_id, lists=some)
        predicate.narrow(sum(lists[one] for one in some))
    excluded = [one for one in wanted.none_list if one in lists]
    if excluded:
        predicate.avoid(account_id, excluded)
        predicate.besides += sum(lists[one] for one in excluded)


def _compile_reach(predicate: Predicate, wanted: ContactFilter) -> None:
    if wanted.reachable is not None:
        predicate.add(conditions.reachable(wanted.reachable))
    for address in wanted.has:
        predicate.add(conditions.HAS[address])
    if wanted.optout is not None:
        piece, reason = conditions.opted_out(wanted.optout)
        predicate.add(piece, **({"reason": reason} if reason else {}))
    if wanted.list_active is not None:
        predicate.add("{c}.list_active" if wanted.list_active else "NOT {c}.list_active")
    if wanted.kept is not None:
        predicate.add(conditions.kept(wanted.kept))
    if wanted.lost is not None:
        predicate.add(conditions.lost(wanted.lost))
    if wanted.country is not None:
        named = wanted.country.strip()
        country = "" if named.lower() == NOWHERE else named.upper()
        predicate.add("{c}.country = {country}", country=country)
    if wanted.source is not None:
        named = wanted.source.strip()
        predicate.add("{c}.source = {source}", source="" if named == NOWHERE else named)


def _compile_identity(account_id: int, predicate: Predicate, wanted: ContactFilter) -> None:
    if wanted.search.strip():
        _search(account_id, predicate, wanted.search)
    if wanted.email is not None:
        _email(account_id, predicate, wanted.email.strip().lower())
    if wanted.mobile is not None:
        number = "+" + wanted.mobile.strip().lstrip("+")
        predicate.add("{c}.mobile = {mobile}", mobile=number)
        predicate.narrow(1)
    if wanted.external_id is not None:
        predicate.add("{c}.external_id = {own}", own=wanted.external_id.strip())
        predicate.narrow(1)


def _search(account_id: int, predicate: Predicate, text: str) -> None:
    """Every word must begin a word, the e-mail or the number of the contact; none finds nobody."""
    asked = words.asked_words(account_id, text.replace("\x00", ""))
    for word in asked:
        begins: dict[str, str] = {"email": word.email, "after_email": word.email + _LAST}
        if word.mobile:
            begins |= {"mobile": word.mobile, "after_mobile": word.mobile + _LAST}
        predicate.add(_BEGINS_WITH_NUMBER if word.mobile else _BEGINS, query=word.query, **begins)
    predicate.searches = True
    if not asked:
        predicate.add("FALSE")
        predicate.narrow(0)


def _email(account_id: int, predicate: Predicate, address: str) -> None:
    """A whole address means that contact; less means addresses or domains that begin so."""
    if "." in address.rpartition("@")[2] and "@" in address:
        predicate.add("{c}.email_key = {email}", email=address)
        predicate.narrow(1)
    else:
        _search(account_id, predicate, address)
        predicate.add("strpos({c}.email_key, {email}) > 0", email=address)


def _compile_times(predicate: Predicate, wanted: ContactFilter) -> None:
    if wanted.created_after is not None:
        at = _within_ids(wanted.created_after)
        predicate.add("{c}.id >= {id} AND {c}.created_at >= {at}", id=ids.first_id_of(at), at=at)
        predicate.bound("created_at", ">=", ids.first_id_of(at))
    if wanted.created_before is not None:
        at = _within_ids(wanted.created_before)
        last = ids.first_id_of(at + _BATCH_TIME)
        predicate.add("{c}.id < {id} AND {c}.created_at < {at}", id=last, at=at)
        predicate.bound("created_at", "<", last)
    if wanted.updated_after is not None:
        at = _within_ids(wanted.updated_after)
        predicate.add("{s}.updated_at >= {at}", at=at)
        predicate.bound("updated_at", ">=", at)
    if wanted.updated_before is not None:
        at = _within_ids(wanted.updated_before)
        predicate.add("{s}.updated_at < {at}", at=at)
        predicate.bound("updated_at", "<", at)


def _within_ids(moment: datetime) -> datetime:
    """Keep a moment within what an id can say, in the only zone that the database surely reads."""
    return min(max(moment, _FIRST_DAY), _LAST_DAY).astimezone(UTC)
