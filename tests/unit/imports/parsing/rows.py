"""What becomes of rows: a plan from a header, COPY text read back into dictionaries."""

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from signalbook.imports import guessing
from signalbook.imports.model import ColumnMap, KnownField, Options, Parcel, Plan, Source
from signalbook.imports.parsing.normaliser import Normaliser

STAGED = [
    "account_id",
    "import_id",
    "row_no",
    "contact_id",
    "key",
    "email",
    "email_key",
    "mobile",
    "external_id",
    "fields",
    "cleared",
    "tags",
    "words",
    "name_key",
    "last_key",
    "optouts",
    "lists",
    "metadata",
    "listed",
]
REJECTS = ["account_id", "import_id", "row_no", "field", "value", "code", "reason", "cells"]
IMPORT = UUID("01912400-1111-7222-9333-a45642661417")
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Came(NamedTuple):
    """What came of rows."""

    parcel: Parcel
    rows: list[dict[str, Any]]
    rejects: list[dict[str, Any]]


def plan_of(  # a plan has many parts
    header: Sequence[str],
    rows: Sequence[Sequence[Any]] = (),
    targets: Sequence[str] | None = None,
    *,
    kind: Any = "csv",
    fields: Sequence[KnownField] = (),
    types: dict[str, str] | None = None,
    separator: str = "",
    **options: Any,
) -> Plan:
    columns = list(zip(*rows, strict=False)) if rows else [() for _ in header]
    samples = [[str(cell) for cell in column if cell not in ("", None)] for column in columns]
    source = Source(kind=kind, columns=list(header), samples=samples)
    maps = guessing.guess(source, fields)
    if targets is not None:
        maps = tuple(
            ColumnMap(column=at, target=target, type=(types or {}).get(target), separator=separator)
            for at, target in enumerate(targets)
        )
    skip, tags = options.pop("skip", 0), options.pop("numbered", ())
    return Plan(
        account_id=7, import_id=IMPORT, source=source, columns=maps, options=Options(**options),
        fields=tuple(fields), tags=tags, skip=skip,
    )  # fmt: skip


def came_of(header: Sequence[str], rows: Sequence[Sequence[Any]], *args: Any, **more: Any) -> Came:
    """Feed rows to a normaliser, the first of them as row 2."""
    return fed(plan_of(header, rows, *args, **more), rows)


def fed(plan: Plan, rows: Sequence[Sequence[Any]]) -> Came:
    normaliser = Normaliser(plan)
    normaliser.feed(range(2, len(rows) + 2), [list(row) for row in rows])
    parcel, staged, refused = normaliser.take(finished=True)
    assert (len(staged), len(refused)) == (parcel.rows_bytes, parcel.rejects_bytes)
    return Came(parcel, _read(staged, STAGED), _read(refused, REJECTS))


def one(header: Sequence[str], row: Sequence[Any], *args: Any, **more: Any) -> dict[str, Any]:
    """Return the one row that was staged."""
    came = came_of(header, [row], *args, **more)
    assert not came.rejects, came.rejects
    [staged] = came.rows
    return staged


def refused(header: Sequence[str], row: Sequence[Any], *args: Any, **more: Any) -> dict[str, Any]:
    """Return the one row that was refused."""
    came = came_of(header, [row], *args, **more)
    assert not came.rows, came.rows
    [reject] = came.rejects
    return reject


def _read(text: bytes, names: Sequence[str]) -> list[dict[str, Any]]:
    return [
        _typed(dict(zip(names, map(_value, line.split("\t")), strict=True)))
        for line in text.decode().split("\n")[:-1]
    ]


def _value(text: str) -> str | None:
    if text == r"\N":
        return None
    return re.sub(r"\\(.)", lambda found: _ESCAPED.get(found[1], found[1]), text)


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    row["row_no"] = int(row["row_no"])
    for name in ("fields", "metadata"):
        if row.get(name):
            row[name] = json.loads(row[name])
    if "tags" in row:
        row["tags"] = [int(number) for number in row["tags"].strip("{}").split(",") if number]
    return row
