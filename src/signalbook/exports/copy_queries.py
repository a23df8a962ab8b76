"""What the database copies into a file: the rows of a stretch of contacts, written out as it is.

Everything that is done to a cell is done by the database: no row is looked at in Python. The rows
of a stretch are those that the filter means, by the predicate that list and count take as well.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Final, LiteralString, NamedTuple
from uuid import UUID

import msgspec
from psycopg import sql

from signalbook.contacts.filters import Predicate
from signalbook.exports.columns import MEMBERSHIP, Column
from signalbook.exports.model import Format
from signalbook.kit.db import Read

_CSV: Final = sql.SQL("FORMAT csv")
_TEXT: Final = sql.SQL("FORMAT text, NULL ''")
# JSON has no control characters, so nothing is ever quoted.
_LINES: Final = sql.SQL("FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01'")

# The first letter decides in almost every case, and costs a fifth of a regular expression.
_NEUTRAL: Final = sql.SQL(
    "CASE WHEN ascii({v}) IN (9, 10, 13, 39, 43, 45, 61, 64, 65291, 65293, 65309, 65312)"
    " AND {v} ~ E'^(''*[=+\\\\-@\\\\t\\\\r\\\\n＝＋－＠]|''+[0-9])'"
    " AND {v} !~ '^[+-]?[0-9]+([.,][0-9]+)?$'"
    " THEN '''' || {v} ELSE {v} END"
)
_JOINED: Final = sql.SQL(
    """
                        LEFT JOIN list_members AS j
                          ON j.account_id = c.account_id AND j.list_id = {list}
                         AND j.contact_id = c.id"""
)
_MOMENT: Final = sql.SQL("""to_char({v} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')""")
_STATUS: LiteralString = """CASE WHEN NOT c.is_active THEN 'inactive'
                 WHEN c.email_optout = 'spam' THEN 'complained'
                 WHEN c.email_optout = 'hardbounced' THEN 'bounced'
                 WHEN c.unsubscribed_at IS NOT NULL THEN 'unsubscribed'
                 ELSE 'subscribed' END"""
# The names of tags are looked up in one object: as a join a row costs 15 µs, so it costs 10
# (15 columns, 7 tags a contact, 200 tags; 2026-11).
_TAGS: LiteralString = "(SELECT string_agg(m.names ->> t::text, ',') FROM unnest(s.tags) AS t)"
_TAG_LIST: LiteralString = "(SELECT jsonb_agg(m.names -> t::text) FROM unnest(s.tags) AS t)"
_INNER: Final[dict[str, LiteralString]] = {
    "id": "c.id",
    "email": "c.email",
    "mobile": "c.mobile",
    "external_id": "c.external_id",
    "status": _STATUS,
    "is_active": "c.is_active",
    "email_optout": "c.email_optout",
    "sms_optout": "c.sms_optout",
    "voice_optout": "c.voice_optout",
    "created_at": "c.created_at",
    "updated_at": "s.updated_at",
    "metadata": "c.metadata",
    "joined_at": "j.joined_at",
    "joined_by": "j.joined_by",
}
_MOMENTS: Final = frozenset({"created_at", "updated_at", "joined_at"})
_TYPED: Final = frozenset(
    {"id", "mobile", "status", "is_active", "email_optout", "sms_optout", "voice_optout"}
)
"""Columns in which no text can begin like a formula."""
_JSON: Final = frozenset({"metadata", "tags"})
_WIDEST_CELL: Final = 32_767
"""So many characters a cell of a workbook holds; what is longer is cut and ends in an ellipsis."""


class Stretch(NamedTuple):
    """Contacts after one id, up to and with another; after None are all from the first."""

    after: UUID | None
    upto: UUID


class Rows(NamedTuple):
    """How contacts become rows."""

    format: Format
    columns: Sequence[Column]
    is_raw: bool = False
    has_all_fields: bool = False


class _Values:
    """The parameters of a statement that is put together."""

    def __init__(self, account_id: int, predicate: Predicate, stretch: Stretch) -> None:
        self.given: dict[str, object] = {
            **predicate.params,
            "account_id": account_id,
            "after": stretch.after,
            "upto": stretch.upto,
        }

    def bind(self, value: object) -> sql.Placeholder:
        name = f"v{len(self.given)}"
        self.given[name] = value
        return sql.Placeholder(name)


async def next_bound(db: Read, account_id: int, stretch: Stretch, stride: int) -> UUID | None:
    """Return the id that ends the next `stride` contacts, None where nobody is left."""
    found: UUID | None = await db.value(
        """
        SELECT id
          FROM (SELECT id
                  FROM contacts
                 WHERE account_id = %(account_id)s AND id <= %(upto)s
                   AND (%(after)s::uuid IS NULL OR id > %(after)s)
                 ORDER BY id
                 LIMIT %(stride)s) AS walked
         ORDER BY id DESC
         LIMIT 1
        """,
        {
            "account_id": account_id,
            "after": stretch.after,
            "upto": stretch.upto,
            "stride": stride,
        },
    )
    return found


def copied(
    db: Read,
    account_id: int,
    predicate: Predicate,
    rows: Rows,
    stretch: Stretch,
    counted: Callable[[int], None],
) -> AsyncGenerator[bytes]:
    """Stream the rows of a stretch, in whole rows; `counted` is told how many they were.

    CSV and the SES layout come as they are in the file, JSON lines too; a workbook's rows come as
    COPY text, a tab between cells.
    """
    values = _Values(account_id, predicate, stretch)
    inner, outer = _cells(rows, values)
    on_signals = predicate.on_signals or any(c.name in {"tags", "updated_at"} for c in rows.columns)
    has_tags = any(column.name == "tags" for column in rows.columns)
    joins = any(column.name in MEMBERSHIP and not column.field for column in rows.columns)
    # It stays a table of its own because of its order, so each cell is worked out once.
    statement = sql.SQL(
        """
        COPY (SELECT {outer}
                FROM (SELECT {inner}
                        FROM {tables}
                       WHERE c.account_id = %(account_id)s AND c.id <= %(upto)s {after} {only}
                             {predicate}
                       ORDER BY c.id) AS p
             ) TO STDOUT ({options})
        """
    ).format(
        outer=sql.SQL(", ").join(outer) if outer else sql.SQL("NULL"),
        inner=sql.SQL(", ").join(inner) if inner else sql.SQL("NULL"),
        tables=_tables(on_signals=on_signals, has_tags=has_tags)
        + (_JOINED.format(list=predicate.along or sql.SQL("NULL::uuid")) if joins else sql.SQL("")),
        after=sql.SQL("AND c.id > %(after)s" if stretch.after else ""),
        only=sql.SQL("AND c.email IS NOT NULL" if rows.format == Format.SES else ""),
        predicate=predicate.over("c", "s"),
        options={Format.XLSX: _TEXT, Format.JSONL: _LINES}.get(rows.format, _CSV),
    )
    return db.copy_out(statement, values.given, counted=counted)


def _tables(*, on_signals: bool, has_tags: bool) -> sql.Composed:
    signals = sql.SQL(
        """
                        JOIN contact_signals AS s
                          ON s.account_id = c.account_id AND s.contact_id = c.id"""
    )
    names = sql.SQL(
        """
                       CROSS JOIN (SELECT coalesce(jsonb_object_agg(id::text, name), '{}') AS names
                                     FROM tags
                                    WHERE account_id = %(account_id)s) AS m"""
    )
    nothing = sql.SQL("")
    return sql.SQL("contacts AS c{signals}{names}").format(
        signals=signals if on_signals else nothing, names=names if has_tags else nothing
    )


def _cells(rows: Rows, values: _Values) -> tuple[list[sql.Composable], list[sql.Composable]]:
    """Write down what is read of a contact, and what becomes of it."""
    if rows.format == Format.SES:
        return _ses(rows, values)
    names = [sql.Identifier(f"c{number}") for number in range(len(rows.columns))]
    is_json = rows.format == Format.JSONL
    inner = [
        sql.SQL("{value} AS {name}").format(value=_read(column, values, is_json=is_json), name=name)
        for column, name in zip(rows.columns, names, strict=True)
    ]
    pairs = list(zip(rows.columns, names, strict=True))
    if is_json:
        members = [_member(column, name, values) for column, name in pairs]
        line = sql.SQL("'{{' || array_to_string(ARRAY[{members}], ', ') || '}}'")
        return list(inner), [line.format(members=sql.SQL(", ").join(members))]
    cells = [_cell(column, name, is_raw=rows.is_raw) for column, name in pairs]
    if rows.format == Format.XLSX:
        cells = [_fitting(cell, column) for cell, column in zip(cells, rows.columns, strict=True)]
    return list(inner), list(cells)


def _read(column: Column, values: _Values, *, is_json: bool) -> sql.Composable:
    if column.field:
        as_text = sql.SQL("c.fields -> {name}" if is_json else "c.fields ->> {name}")
        return as_text.format(name=values.bind(column.field))
    if column.name == "tags":
        return sql.SQL(_TAG_LIST if is_json else _TAGS)
    return sql.SQL(_INNER[column.name])


def _cell(column: Column, name: sql.Identifier, *, is_raw: bool) -> sql.Composable:
    if column.field:
        return name if is_raw else _NEUTRAL.format(v=name)
    if column.name in _MOMENTS:
        return _MOMENT.format(v=name)
    if column.name == "metadata":
        return sql.SQL("nullif({v}, '{{}}')::text").format(v=name)
    if column.name in _TYPED:
        return sql.SQL("{v}::text").format(v=name)
    return name if is_raw else _NEUTRAL.format(v=name)


def _fitting(cell: sql.Composable, column: Column) -> sql.Composable:
    """Keep a cell within what a workbook can hold."""
    if not column.field and column.name not in {"tags", "metadata"}:
        return cell
    return sql.SQL(
        "CASE WHEN length({cell}) > {most} THEN left({cell}, {most} - 1) || '…' ELSE {cell} END"
    ).format(cell=cell, most=sql.Literal(_WIDEST_CELL))


def _member(column: Column, name: sql.Identifier, values: _Values) -> sql.Composed:
    key = values.bind(msgspec.json.encode(column.name).decode() + ": ")
    value: sql.Composable = name
    if column.name in _MOMENTS and not column.field:
        value = _MOMENT.format(v=name)
    written = sql.SQL("{v}::text" if column.field or column.name in _JSON else "to_json({v})::text")
    return sql.SQL("{key} || coalesce({value}, 'null')").format(
        key=key, value=written.format(v=value)
    )


def _ses(rows: Rows, values: _Values) -> tuple[list[sql.Composable], list[sql.Composable]]:
    """Write the layout of a contact list of Amazon SES; who must not be mailed is unsubscribed."""
    attributes: sql.Composable = sql.SQL("c.fields")
    if not rows.has_all_fields:
        attributes = sql.SQL(
            "(SELECT coalesce(jsonb_object_agg(f.key, f.value), '{{}}') FROM jsonb_each(c.fields)"
            " AS f WHERE f.key = ANY({names}::text[]))"
        ).format(names=values.bind([column.field for column in rows.columns]))
    inner = [
        sql.SQL("c.email AS c0"),
        sql.SQL("(c.email_optout IS NOT NULL)::text AS c1"),
        sql.SQL("({attributes})::text AS c2").format(attributes=attributes),
    ]
    email = sql.Identifier("c0")
    address = email if rows.is_raw else _NEUTRAL.format(v=email)
    return list(inner), [address, sql.SQL("c1"), sql.SQL("c2")]
