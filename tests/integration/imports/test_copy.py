"""What the normaliser writes is what a real PostgreSQL reads, whatever is in the cells."""

import random

from signalbook.contacts.staging import queries as staging
from signalbook.contacts.words import search_words
from signalbook.imports import row_queries
from signalbook.imports.parsing.normaliser import Normaliser
from tests.unit.imports.parsing.rows import IMPORT, plan_of

ALPHABET = [*"abc '\"\\\t\n\r\b\f\v{},;|\x01\x1f\x7fé🙂\u2028", "\\N", "\\."]
HEADER = ["email", "first_name", "last_name", "note", "own id", "list", "tags", "metadata"]
TARGETS = [
    "email", "field:first_name", "field:last_name", "field:note", "external_id", "list", "tags",
    "metadata",
]  # fmt: skip


def hostile(chance: random.Random) -> str:
    return "".join(chance.choices(ALPHABET, k=chance.randint(0, 8)))


def seldom_hostile(chance: random.Random) -> str:
    """Mostly a text that any name may be, so that some rows are accepted."""
    return hostile(chance) if chance.random() < 0.2 else chance.choice(["a'b", "c\\d", "é 🙂"])


def rows_of(count: int) -> list[list[object]]:
    chance = random.Random(7)
    return [
        [
            f"p{number}@example.com" if number % 3 else "",
            *(hostile(chance) for _ in range(3)),
            f"{number}{seldom_hostile(chance)}",
            [seldom_hostile(chance), "News"],
            [seldom_hostile(chance), "x"],
            {hostile(chance): hostile(chance)},
        ]
        for number in range(count)
    ]


async def test_staged_rows_come_out_of_copy_as_they_went_in(db):
    rows = rows_of(1_000)
    normaliser = Normaliser(plan_of(HEADER, rows[:20], TARGETS, kind="json"))
    normaliser.feed(range(1, 1_001), rows)
    parcel, staged, refused = normaliser.take(finished=True)

    async with db.tx() as tx:
        async with tx.copy_in(staging.COPY) as copy:
            await copy.write(staged)
        async with tx.copy_in(row_queries.COPY_REJECTS) as copy:
            await copy.write(refused)
    async with db.read() as read:
        stored = await read.rows(
            "SELECT row_no, email_key, external_id, fields, lists, metadata,"
            " tsvector_to_array(words) FROM staged_contacts WHERE batch_id = %s ORDER BY row_no",
            (IMPORT,),
        )
        rejects = await read.rows(
            "SELECT row_no, reason, cells FROM import_rejects ORDER BY row_no"
        )

    assert (len(stored), len(rejects)) == (parcel.rows, parcel.rejected)
    assert parcel.rows + parcel.rejected == 1_000
    assert min(parcel.rows, parcel.rejected) > 100
    for number, key, own, fields, lists, metadata, words in stored:
        row = rows[number - 1]
        given = dict(zip(["first_name", "last_name", "note"], row[1:4], strict=True))
        assert fields == {name: value for name, value in given.items() if value}
        assert own == str(row[4]).strip()
        assert lists == list(dict.fromkeys(name.strip() for name in row[5] if name.strip()))
        assert (metadata or {}) == row[7]
        assert sorted(words) == sorted(search_words(7, key, own, fields).split(" "))
    for number, reason, cells in rejects:
        assert reason
        assert cells[1:5] == rows[number - 1][1:5]
