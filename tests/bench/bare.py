"""What the database alone can do: the same rows by `COPY` and `INSERT … ON CONFLICT`.

The rows are those an import has written, taken from its account with every column as it filled it:
contacts, contact_signals and events. They go in as a program would put them in that has nothing to
decide: copied into a table without indexes, and from there into the real one, in one transaction.
"""

import time
from pathlib import Path
from typing import LiteralString

import msgspec
import psycopg
from psycopg import sql


class _Table(msgspec.Struct):
    name: str
    columns: tuple[str, ...]
    key: LiteralString
    order: str


TABLES = (
    _Table(
        "contacts",
        ("id", "email", "email_key", "mobile", "external_id", "fields", "metadata", "words",
         "name_key", "last_key", "is_active", "email_optout", "sms_optout", "voice_optout",
         "unsubscribed_at", "created_at"),
        "(account_id, email_key)",
        "id",
    ),
    _Table(
        "contact_signals", ("contact_id", "tags", "updated_at"), "(account_id, contact_id)",
        "contact_id",
    ),
    _Table(
        "events",
        ("contact_id", "at", "id", "kind", "tag_id", "source", "actor", "payload"),
        "",
        "contact_id",
    ),
)  # fmt: skip


def dump(dsn: str, account_id: int, folder: Path) -> None:
    """Write an account's rows, in the order of their coming, to files that `fill` reads."""
    folder.mkdir(exist_ok=True)
    with psycopg.connect(dsn) as conn, conn.cursor() as cursor:
        for table in TABLES:
            query = sql.SQL(
                "COPY (SELECT {columns} FROM {table} WHERE account_id = {account} ORDER BY {order})"
                " TO STDOUT"
            ).format(
                columns=_columns(table),
                table=sql.Identifier(table.name),
                account=account_id,
                order=sql.Identifier(table.order),
            )
            with (folder / table.name).open("wb") as file, cursor.copy(query) as copy:
                for piece in copy:
                    file.write(piece)


def fill(dsn: str, account_id: int, folder: Path) -> float:
    """Put the dumped rows into an account; return the seconds to the end of the commit."""
    with psycopg.connect(dsn) as conn:
        conn.execute("SELECT 1")
        began = time.monotonic()
        with conn.cursor() as cursor:
            for table in TABLES:
                _fill_table(cursor, table, account_id, folder)
        conn.commit()
        return time.monotonic() - began


def _fill_table(
    cursor: psycopg.Cursor[tuple[object, ...]], table: _Table, account_id: int, folder: Path
) -> None:
    names = {
        "name": sql.Identifier(table.name),
        "staged": sql.Identifier(f"staged_{table.name}"),
        "columns": _columns(table),
        "account": sql.Literal(account_id),
        "key": sql.SQL(table.key),
        "first": sql.Identifier(table.columns[1]),
    }
    cursor.execute(
        sql.SQL(
            "CREATE TEMP TABLE {staged} ON COMMIT DROP AS SELECT {columns} FROM {name} LIMIT 0"
        ).format(**names)
    )
    copying = sql.SQL("COPY {staged} ({columns}) FROM STDIN").format(**names)
    with (folder / table.name).open("rb") as file, cursor.copy(copying) as copy:
        while piece := file.read(1 << 18):
            copy.write(piece)
    conflict = " ON CONFLICT {key} DO UPDATE SET {first} = excluded.{first}" if table.key else ""
    cursor.execute(
        sql.SQL(
            "INSERT INTO {name} (account_id, {columns}) SELECT {account}, {columns} FROM {staged}"
            + conflict
        ).format(**names)
    )


def _columns(table: _Table) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, table.columns))
