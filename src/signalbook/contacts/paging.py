"""Orders of contacts and pages of them by keyset: the parts of statements; no I/O.

Every order ends in the id, so no two contacts stand at the same place and a page begins exactly
where the last one ended. Contacts without the value that is ordered by come last both ways.
"""

from collections.abc import Sequence
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import sql

from signalbook.contacts import orders, words
from signalbook.contacts.filters import Predicate
from signalbook.contacts.model import Contact
from signalbook.contacts.orders import CONTACTS, KEYS, LIST, Chosen, Sort
from signalbook.kit.db import Row

SHORT_WALK = 2_000
LONG_WALK = 30_000
"""How far an index is walked in search of a page: 3 ms, and 40 ms (2 cores, 2026-11)."""


class Place(NamedTuple):
    """Where a contact stands: the value it is ordered by, None where it has none, and its id."""

    key: Any
    id: UUID


class Listing(NamedTuple):
    """An order, how many contacts of it, and after which place."""

    sort: Sort = Sort.CREATED_AT
    descending: bool = True
    size: int = 10
    after: Place | None = None
    missing: bool = False


_CONTACT: LiteralString = """, c.email_key, c.mobile, c.external_id, c.words, c.fields,
               c.is_active, c.email_optout, c.sms_optout, c.voice_optout, c.unsubscribed_at,
               c.created_at, c.list_active, c.reach, c.country, c.source"""
_SIGNALS: LiteralString = ", s.tags, s.updated_at"


def place_of(contact: Contact, sort: Sort) -> Place:
    """Tell where a contact stands in an order."""
    if sort is Sort.CREATED_AT:
        return Place(contact.id, contact.id)
    if sort is Sort.UPDATED_AT:
        return Place(contact.updated_at, contact.id)
    if sort is Sort.EMAIL:
        return Place(contact.email.lower() if contact.email else None, contact.id)
    keys = words.name_keys(contact.fields)
    return Place(keys[1 if sort is Sort.LAST_NAME else 0], contact.id)


def place_params(listing: Listing) -> dict[str, object]:
    """Return the parameters that say where a page begins."""
    place = listing.after
    return {
        "after_key": place.key if place else None,
        "after_id": place.id if place else None,
    }


def parts(listing: Listing) -> list[Listing]:
    """Split an order into contacts that have the value, then those that have not."""
    if not KEYS[listing.sort].may_miss:
        return [listing]
    without = listing._replace(missing=True, after=None)
    if listing.after is None:
        return [listing, without]
    if listing.after.key is None:
        return [listing._replace(missing=True)]
    return [listing, without]


def straight(listing: Listing) -> sql.Composed:
    """Choose a page of all contacts."""
    key = orders.chosen(listing.sort, None)
    nothing = sql.Composed([])
    return _stretch(listing, key, sql.SQL(key.table), sql.SQL(""), nothing, sql.SQL("%(size)s"))


def walked(predicate: Predicate, listing: Listing) -> sql.Composed:
    """Choose a page of those among the next `%(walk)s` contacts of the order that match."""
    listing = parts(listing)[0]
    key = orders.chosen(listing.sort, predicate)
    few_enough = predicate.at_most is not None and predicate.at_most <= orders.MOST_HASHED
    if few_enough and predicate.on_signals and key.table == CONTACTS:
        return _walked_with_hash(predicate, listing, key)
    looked_at: LiteralString = ""
    if predicate.on_contact:
        looked_at += _CONTACT
    if predicate.on_signals:
        looked_at += _SIGNALS
    is_along = key.table == LIST
    bounds = _bounds(predicate, listing, key)
    if is_along:
        bounds += predicate.on_list()
    tables = sql.SQL(key.tables)
    stretch = _stretch(listing, key, tables, sql.SQL(looked_at), bounds, sql.SQL("%(walk)s"))
    return sql.SQL(
        """
        SELECT w.key, w.id
          FROM ({stretch}) AS w
         WHERE TRUE {predicate}
         ORDER BY {order}
         LIMIT %(size)s
        """
    ).format(
        stretch=stretch,
        predicate=predicate.over("w", "w", "w.id", is_along=is_along),
        order=_order(listing, key, "w"),
    )


def _walked_with_hash(predicate: Predicate, listing: Listing, key: Chosen) -> sql.Composed:
    """Walk an index of contacts past those whose signals do not match, without looking them up.

    `IS TRUE` keeps the planner from turning the hash into a join: 20,000 entries cost 6 ms and
    not 60 (PostgreSQL 18, 2026-11).
    """
    looked_at = sql.SQL(_CONTACT if predicate.on_contact else "")
    bounds = _bounds(predicate, listing, key)
    limit = sql.SQL("%(walk)s")
    return sql.SQL(
        """
          WITH matched AS MATERIALIZED (
               SELECT s.contact_id
                 FROM contact_signals AS s
                WHERE s.account_id = %(account_id)s {on_signals})
        SELECT w.key, w.id
          FROM ({stretch}) AS w
         WHERE (w.id IN (SELECT matched.contact_id FROM matched)) IS TRUE {on_contact}
         ORDER BY {order}
         LIMIT %(size)s
        """
    ).format(
        on_signals=predicate.over(signals="s", id=""),
        stretch=_stretch(listing, key, sql.SQL(key.table), looked_at, bounds, limit),
        on_contact=predicate.over(contact="w", id="w.id"),
        order=_order(listing, key, "w"),
    )


def longest_walk(predicate: Predicate, listing: Listing) -> int:
    """Say how far an index is worth being walked before all that match are collected.

    Those on a list are collected by the list, so a walk that costs a tenth of that is enough; past
    lists that nobody may be on it goes as far as those could reach.
    """
    if predicate.along is None or listing.sort is Sort.CREATED_AT:
        return LONG_WALK + predicate.besides
    return min(LONG_WALK, max(LONG_WALK // 3, (predicate.at_most or 0) // 10))


def gathered(predicate: Predicate, listing: Listing) -> sql.Composed:
    """Return (key, id) of those beyond the place that match, in no order, at most `%(cap)s`."""
    key = orders.chosen(listing.sort, predicate, is_along=True)
    return sql.SQL(
        """
        SELECT {key}, {id}
          FROM {tables}
         WHERE {account} = %(account_id)s {after} {predicate}
         LIMIT %(cap)s
        """
    ).format(
        key=sql.SQL(key.column),
        id=sql.SQL(key.id),
        tables=sql.SQL(key.tables),
        account=sql.SQL(key.account),
        after=_after_or_missing(listing, key),
        predicate=orders.over(predicate, key),
    )


def arranged(rows: Sequence[Row], listing: Listing) -> list[UUID]:
    """Return the ids of a page from what `gathered` returned."""
    there = sorted(
        ((row[0], row[1]) for row in rows if row[0] is not None), reverse=listing.descending
    )
    missing = sorted((row[1] for row in rows if row[0] is None), reverse=listing.descending)
    return [*(id for _, id in there), *missing][: listing.size]


def collected(predicate: Predicate, listing: Listing) -> sql.Composed:
    """Choose a page of all that match, collected by the best index of the filter."""
    key = orders.chosen(listing.sort, predicate, is_along=True)
    direction = sql.SQL("DESC NULLS LAST" if listing.descending else "ASC NULLS LAST")
    return sql.SQL(
        """
          WITH matched AS MATERIALIZED (
               SELECT {key} AS key, {id} AS id
                 FROM {tables}
                WHERE {account} = %(account_id)s {after} {within} {predicate})
        SELECT matched.key, matched.id
          FROM matched
         ORDER BY matched.key {direction}, matched.id {direction}
         LIMIT %(size)s
        """
    ).format(
        key=sql.SQL(key.column),
        id=sql.SQL(key.id),
        tables=sql.SQL(key.tables),
        account=sql.SQL(key.account),
        after=_after_or_missing(listing, key),
        within=orders.within(predicate, key),
        predicate=orders.over(predicate, key),
        direction=direction,
    )


def ranked(predicate: Predicate, listing: Listing) -> sql.Composed:
    """Choose the contact of a rank, or the last where there are fewer; its rank comes third."""
    key = orders.chosen(listing.sort, predicate)
    order = _order(listing, key)
    return sql.SQL(
        """
        SELECT r.id, r.key, r.rank
          FROM (SELECT {key} AS key, {id} AS id, row_number() OVER (ORDER BY {order}) AS rank
                  FROM {tables}
                 WHERE {account} = %(account_id)s {part} {predicate}
                 ORDER BY {order}
                 LIMIT %(size)s) AS r
         ORDER BY r.rank DESC
         LIMIT 1
        """
    ).format(
        key=sql.SQL(key.column),
        id=sql.SQL(key.id),
        order=order,
        tables=sql.SQL(key.tables),
        account=sql.SQL(key.account),
        part=_part(listing, key),
        predicate=orders.over(predicate, key),
    )


def _stretch(
    listing: Listing,
    key: Chosen,
    from_tables: sql.SQL,
    looked_at: sql.SQL,
    bounds: sql.Composed,
    limit: sql.SQL,
) -> sql.Composed:
    """Read on from a place, in order, along one index."""
    return sql.SQL(
        """
        SELECT {key} AS key, {id} AS id {looked_at}
          FROM {tables}
         WHERE {account} = %(account_id)s {part} {bounds} {after}
         ORDER BY {order}
         LIMIT {limit}
        """
    ).format(
        key=sql.SQL(key.column),
        id=sql.SQL(key.id),
        looked_at=looked_at,
        tables=from_tables,
        account=sql.SQL(key.account),
        part=_part(listing, key),
        bounds=bounds,
        after=_after(listing, key),
        order=_order(listing, key),
        limit=limit,
    )


def _bounds(predicate: Predicate, listing: Listing, key: Chosen) -> sql.Composed:
    """Begin and end where the filter bounds the very value of the order."""
    bounds = predicate.ranges.get(listing.sort, [])
    return sql.Composed(
        [sql.SQL(" AND {key}{bound}").format(key=sql.SQL(key.column), bound=one) for one in bounds]
    )


def _part(listing: Listing, key: Chosen) -> sql.Composed:
    if not key.may_miss:
        return sql.Composed([])
    is_there = sql.SQL("IS NULL" if listing.missing else "IS NOT NULL")
    return sql.SQL(" AND {key} {is_there}").format(key=sql.SQL(key.column), is_there=is_there)


def _after(listing: Listing, key: Chosen) -> sql.Composed:
    if listing.after is None:
        return sql.Composed([])
    beyond = sql.SQL("<" if listing.descending else ">")
    places = {"key": sql.SQL(key.column), "id": sql.SQL(key.id), "beyond": beyond}
    if listing.missing:
        return sql.SQL(" AND {id} {beyond} %(after_id)s").format(**places)
    if key.is_unique:
        return sql.SQL(" AND {key} {beyond} %(after_key)s").format(**places)
    return sql.SQL(" AND ({key}, {id}) {beyond} (%(after_key)s, %(after_id)s)").format(**places)


def _after_or_missing(listing: Listing, key: Chosen) -> sql.Composed:
    """Say the same without regard to parts: those without the value come after all others."""
    if listing.after is None:
        return sql.Composed([])
    if not key.may_miss:
        return _after(listing, key)
    column = sql.SQL(key.column)
    if listing.after.key is None:
        missing = _after(listing._replace(missing=True), key)
        return sql.SQL(" AND {column} IS NULL {missing}").format(column=column, missing=missing)
    later = _after(listing, key)
    return sql.SQL(" AND ({column} IS NULL OR (TRUE {later}))").format(column=column, later=later)


def _order(listing: Listing, key: Chosen, alias: LiteralString = "") -> sql.Composed:
    """Order as the index does, so that nothing needs sorting."""
    direction = sql.SQL("DESC" if listing.descending else "ASC")
    column = sql.SQL(alias + ".key" if alias else key.column)
    id_column = sql.SQL(alias + ".id" if alias else key.id)
    if key.is_unique and not listing.missing:
        return sql.SQL("{column} {direction}").format(column=column, direction=direction)
    if key.is_unique:
        return sql.SQL("{id} {direction}").format(id=id_column, direction=direction)
    return sql.SQL("{column} {direction}, {id} {direction}").format(
        column=column, id=id_column, direction=direction
    )
