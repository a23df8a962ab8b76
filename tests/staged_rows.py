"""Rows as the parser stages them, written by hand for tests of what follows."""

import json
from contextlib import suppress
from typing import Any
from uuid import UUID

from signalbook.contacts import words
from signalbook.contacts.model import Source
from signalbook.contacts.staging import applying, odd_queries, registering, sorting
from signalbook.contacts.staging import queries as staging
from signalbook.contacts.staging.model import Applied, Batch, Rule
from signalbook.fields.model import STANDARD, infer
from signalbook.kit import ids
from signalbook.kit.db import Database

TAGS = ("red", "green", "blue")


class Undone(Exception):
    """What was tried is rolled back."""


def line(account_id: int, batch_id: UUID, row_no: int, row: dict[str, Any]) -> str:
    email, mobile, own = (row.get(name) for name in ("email", "mobile", "external_id"))
    email_key = email.lower() if email else None
    key = f"x:{own}" if own else f"e:{email_key}" if email else f"m:{mobile}"
    fields = row.get("fields", {})
    found = words.search_words(account_id, email_key, own, fields).split()
    cleared = row.get("cleared")
    tags = sorted(TAGS.index(tag) for tag in row.get("tags", ()))
    cells = [
        str(account_id),
        str(batch_id),
        str(row_no),
        str(ids.new_id()),
        key,
        email,
        email_key,
        mobile,
        own,
        json.dumps(fields),
        "{" + ",".join(cleared) + "}" if cleared else None,
        "{" + ",".join(map(str, tags)) + "}",
        " ".join("'" + word.replace("'", "''") + "'" for word in found),
        *words.name_keys(fields),
        row.get("optouts"),
        None,
        json.dumps(row["metadata"]) if "metadata" in row else None,
        json.dumps(row["listed"]) if "listed" in row else None,
    ]
    return "\t".join("\\N" if c is None else c.replace("\\", "\\\\") for c in cells) + "\n"


async def stage(
    db: Database, account_id: int, rows: dict[int, dict[str, Any]], rule: str = "upsert"
) -> Batch:
    """Stage and sort rows by their numbers, and register their fields."""
    batch = Batch(
        account_id=account_id,
        id=ids.new_id(),
        rule=Rule(rule),
        tags=TAGS,
        source=Source("import", "test"),
        mark={"import": "test"},
    )
    async with db.tx() as tx:
        async with tx.copy_in(staging.COPY) as copy:
            text = "".join(line(account_id, batch.id, no, row) for no, row in rows.items())
            await copy.write(text.encode())
        await sorting.sort(tx, account_id, batch.id)
        types = {
            name: str(STANDARD[name].type if name in STANDARD else infer(value))
            for row in rows.values()
            for name, value in row.get("fields", {}).items()
        }
        await registering.register(tx, account_id, types)
    return batch


async def applied(db: Database, batch: Batch, size: int = 1_000) -> Applied:
    """Apply everything that is staged, entangled rows last."""

    async def work(tx: Any) -> Applied:
        result = await applying.apply_rows(tx, batch, (1, size))
        numbers = await odd_queries.entangled(tx, batch.account_id, batch.id, 0, size)
        if numbers:
            more = await applying.apply_entangled(tx, batch, numbers)
            result.outcomes |= more.outcomes
            result.refused += more.refused
        return result

    return await db.transact(work)


async def judged(db: Database, batch: Batch, size: int = 1_000) -> Applied:
    """Tell what `applied` would do."""
    told: list[Applied] = []

    async def work(tx: Any) -> None:
        told.clear()
        told.append((await applying.judge_rows(tx, batch, (1, size)))[0])
        numbers = await odd_queries.entangled(tx, batch.account_id, batch.id, 0, size)
        if numbers:
            told.append(await applying.apply_entangled(tx, batch, numbers))
        raise Undone

    with suppress(Undone):
        await db.transact(work)
    result = told[0]
    for more in told[1:]:
        result.outcomes |= more.outcomes
        result.refused += more.refused
    return result
