"""Orders of contacts: what each is by, which table's index it reads, and what else is needed.

No I/O. An order by id is read along a list where the filter demands one.
"""

from enum import StrEnum
from typing import Final, LiteralString, NamedTuple

from psycopg import sql

from signalbook.contacts.filters import LISTED, Predicate


class Sort(StrEnum):
    """What contacts may be ordered by."""

    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    EMAIL = "email"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"


class Key(NamedTuple):
    """What contacts are ordered by."""

    column: LiteralString
    on_signals: bool = False
    may_miss: bool = False
    is_unique: bool = False


class Chosen(NamedTuple):
    """The key of an order, with the table that its index belongs to, and all that are needed."""

    column: LiteralString
    id: LiteralString
    account: LiteralString
    table: LiteralString
    tables: LiteralString
    may_miss: bool
    is_unique: bool


BY_WORDS = frozenset({Sort.EMAIL, Sort.NAME, Sort.FIRST_NAME, Sort.LAST_NAME})
"""Orders in which those whom a search means stand together, so that a walk may miss them all."""

_NAME = Key("c.name_key", may_miss=True)
KEYS: Final[dict[Sort, Key]] = {
    Sort.CREATED_AT: Key("c.id", is_unique=True),
    Sort.UPDATED_AT: Key("s.updated_at", on_signals=True),
    Sort.EMAIL: Key("c.email_key", may_miss=True, is_unique=True),
    Sort.NAME: _NAME,
    Sort.FIRST_NAME: _NAME,
    Sort.LAST_NAME: Key("c.last_key", may_miss=True),
}
MOST_HASHED = 15_000
"""So many ids, of those who carry a tag or are on a list, are better looked up one by one."""

CONTACTS: LiteralString = "contacts AS c"
_SIGNALS: LiteralString = "contact_signals AS s"
LIST: LiteralString = "list_members AS m"
_AND_CONTACTS: LiteralString = """
          JOIN contacts AS c
            ON c.account_id = m.account_id AND c.id = m.contact_id"""
_AND_SIGNALS: LiteralString = """
          JOIN contact_signals AS s
            ON s.account_id = m.account_id AND s.contact_id = m.contact_id"""
_WITHIN: LiteralString = """
                  AND {id} >= (SELECT first.contact_id
                                 FROM list_members AS first
                                WHERE first.account_id = %(account_id)s AND first.list_id = {list}
                                ORDER BY first.contact_id
                                LIMIT 1)
                  AND {id} <= (SELECT last.contact_id
                                 FROM list_members AS last
                                WHERE last.account_id = %(account_id)s AND last.list_id = {list}
                                ORDER BY last.contact_id DESC
                                LIMIT 1)"""
_BOTH: LiteralString = """contacts AS c
          JOIN contact_signals AS s
            ON s.account_id = c.account_id AND s.contact_id = c.id"""


def source(predicate: Predicate) -> dict[str, sql.Composable]:
    """Name the tables a predicate needs and no others, their account and id, and write it down."""
    key = chosen(Sort.CREATED_AT, predicate)
    return {
        "tables": sql.SQL(key.tables),
        "account": sql.SQL(key.account),
        "id": sql.SQL(key.id),
        "predicate": over(predicate, key),
    }


def after_id(predicate: Predicate) -> sql.Composed:
    """Demand an id beyond `%(after)s`."""
    return sql.SQL(" AND {id} > %(after)s").format(
        id=sql.SQL(chosen(Sort.CREATED_AT, predicate).id)
    )


def over(predicate: Predicate, key: Chosen) -> sql.Composed:
    """Write a predicate down for these tables."""
    if key.table != LIST:
        return predicate.over("c", "s", key.id)
    return predicate.over("c", "s", key.id, is_along=True) + predicate.on_list()


def within(predicate: Predicate, key: Chosen) -> sql.Composed:
    """Bound the ids of the ordered table by those of the list: lists are often made in one go.

    100,000 such contacts of a million are then read by one stretch of an index and merged: 80 ms,
    and 340 by the hash of everybody that the planner would choose (PostgreSQL 18, 2026-11).
    """
    if key.table != LIST or key.column == LISTED or (predicate.at_most or 0) <= MOST_HASHED:
        return sql.Composed([])
    joined: dict[LiteralString, LiteralString] = {
        "c.id": _AND_CONTACTS,
        "s.contact_id": _AND_SIGNALS,
    }
    return sql.Composed(
        [
            sql.SQL(_WITHIN).format(id=sql.SQL(id), list=predicate.along)
            for id, join in joined.items()
            if join in key.tables
        ]
    )


def chosen(sort: Sort, predicate: Predicate | None, *, is_along: bool = False) -> Chosen:
    """Choose the key of an order; ids are read along a list that all are on, else if `is_along`."""
    key = KEYS[sort]
    on_contact = predicate is not None and predicate.on_contact
    on_signals = predicate is not None and predicate.on_signals
    by_id = sort is Sort.CREATED_AT
    if predicate is not None and predicate.along is not None and (by_id or is_along):
        return _along(key._replace(column=LISTED) if by_id else key, predicate, by_id=by_id)
    if by_id and on_signals and not on_contact:
        key = Key("s.contact_id", on_signals=True, is_unique=True)
    if key.on_signals:
        return Chosen(
            key.column, "s.contact_id", "s.account_id", _SIGNALS,
            _BOTH if on_contact else _SIGNALS, key.may_miss, key.is_unique,
        )  # fmt: skip
    return Chosen(
        key.column, "c.id", "c.account_id", CONTACTS,
        _BOTH if on_signals else CONTACTS, key.may_miss, key.is_unique,
    )  # fmt: skip


def _along(key: Key, predicate: Predicate, *, by_id: bool) -> Chosen:
    tables = LIST
    if predicate.on_contact or not (by_id or key.on_signals):
        tables += _AND_CONTACTS
    if predicate.on_signals or key.on_signals:
        tables += _AND_SIGNALS
    return Chosen(key.column, LISTED, "m.account_id", LIST, tables, key.may_miss, key.is_unique)
