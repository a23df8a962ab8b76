"""What stands in the files: every format, every kind of value, hostile ones among them."""

import json

import pytest

from signalbook.contacts import actions as contacts
from signalbook.contacts import queries
from signalbook.contacts.filters import ContactFilter
from signalbook.contacts.model import ContactChange, Source
from signalbook.contacts.standing import standing_of
from signalbook.exports.model import neutral
from signalbook.imports.parsing.cells import Manner, as_shown, restored
from tests.integration.bulk.people import apply
from tests.integration.exports.working import content_of, table_of

HOSTILE = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1x",
    "－1x",
    "＠1",
    "'=1",
    "''=1",
    "'01234",
    "''01234",
    "'+44",
    '="01234"',
    "'",
    "''",
    "'plain",
    "+44",
    "-5",
    "-5,5",
    "+1.25",
    "-1.2.3",
    "+",
    'quote "inside"',
    'comma, and "quote"',
    "two\nlines",
    "carriage\r\nreturn",
    "tab\tbetween",
    "back\\slash",
    "\\N",
    "\\.",
    "\\n",
    " leading and trailing ",
    "<b>&amp;</b>",
    "]]>",
    "_x0041_",
    "_x000D_ _x_",
    "\x01\x07\x0b\x0c\x1f\x7f",
    "100%s %(after)s {v}",
    "日本語 🎈 café",
    "\u202eevil",
    "NULL",
    "true",
    "0012",
]


async def made(db, account_id, *values):
    for number, value in enumerate(values):
        await apply(db, account_id, email=f"p{number:03}@example.com", fields={"note": value})


@pytest.mark.parametrize("format", ["csv", "xlsx"])
async def test_hostile_texts_come_back_as_they_were(db, northwind, tmp_path, format):
    await made(db, northwind.id, *HOSTILE)

    header, *rows = await table_of(
        db, northwind.id, tmp_path, columns=("email", "note"), format=format
    )

    assert header == ["email", "note"]
    cells = [row[1] for row in rows]
    assert cells == [neutral(text) for text in HOSTILE]
    assert [restored(cell) for cell in cells] == HOSTILE
    assert [as_shown(cell, Manner()) for cell in cells] == [(text, "") for text in HOSTILE]


async def test_no_cell_can_be_run_by_a_spreadsheet(db, northwind, tmp_path):
    await made(db, northwind.id, *HOSTILE)

    _, *rows = await table_of(db, northwind.id, tmp_path)

    signs = "=+-@\t\r\n＝＋－＠"
    risky = [cell for row in rows for cell in row if cell and cell[0] in signs]
    assert risky == ["+44", "-5", "-5,5", "+1.25"]


async def test_raw_leaves_everything_as_it_is(db, northwind, tmp_path):
    await made(db, northwind.id, *HOSTILE)

    _, *rows = await table_of(db, northwind.id, tmp_path, columns=("note",), is_raw=True)

    assert [row[0] for row in rows] == HOSTILE


async def test_json_lines_keep_every_type(db, northwind, tmp_path):
    fields = {"a": "=1", "n": -1.5, "yes": True, "day": "1990-10-31", "l": ["x", 1], "o": {"k": 1}}
    await apply(
        db,
        northwind.id,
        email="ada@example.com",
        mobile="+442071838750",
        fields=fields,
        tags_add=("=vip", "new"),
        metadata={"k": [1, None]},
    )
    await apply(db, northwind.id, external_id="-1")

    ada, other = await table_of(db, northwind.id, tmp_path, format="jsonl")

    assert ada | fields == ada
    assert (ada["email"], ada["mobile"]) == ("ada@example.com", "+442071838750")
    assert ada["tags"] == ["=vip", "new"]
    assert ada["metadata"] == {"k": [1, None]}
    assert ada["is_active"] is True
    assert ada["status"] == "subscribed"
    assert list(ada) == list(other)
    assert (other["external_id"], other["email"], other["a"], other["tags"]) == (
        "-1", None, None, None,
    )  # fmt: skip


async def test_every_column_in_csv(db, northwind, tmp_path):
    await apply(
        db,
        northwind.id,
        email="ada@example.com",
        external_id="=1",
        fields={"n": 1.5, "yes": False, "l": ["x"], "o": {"k": 1}, "first_name": "Ada"},
        tags_add=("=vip", "new"),
        metadata={"k": 1},
    )
    contact = await only(db, northwind.id)

    header, row = await table_of(db, northwind.id, tmp_path)

    found = dict(zip(header, row, strict=True))
    assert header == [
        "id", "email", "mobile", "external_id", "first_name", "l", "n", "o", "yes", "tags",
        "status", "is_active", "email_optout", "sms_optout", "voice_optout", "created_at",
        "updated_at", "metadata",
    ]  # fmt: skip
    assert found == {
        "id": str(contact.id),
        "email": "ada@example.com",
        "mobile": "",
        "external_id": "'=1",
        "first_name": "Ada",
        "n": "1.5",
        "yes": "false",
        "l": '["x"]',
        "o": '{"k": 1}',
        "tags": "'=vip,new",
        "status": "subscribed",
        "is_active": "true",
        "email_optout": "",
        "sms_optout": "",
        "voice_optout": "",
        "created_at": moment(contact.created_at),
        "updated_at": moment(contact.updated_at),
        "metadata": '{"k": 1}',
    }


def moment(at):
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def only(db, account_id):
    async with db.read() as read:
        predicate = await queries.predicate_of(read, account_id, ContactFilter())
        ids = await queries.matching_ids(read, account_id, predicate, None, 2)
        return await queries.get(read, account_id, ids[0])


async def test_the_status_is_the_one_of_the_table(db, northwind, tmp_path):
    await made(db, northwind.id, *"abcdef")
    async with db.tx() as tx:
        for number, (reason, active) in enumerate(
            [(None, True), (None, False), ("spam", True), ("hardbounced", True), ("user", True)]
        ):
            await tx.execute(
                "UPDATE contacts SET email_optout = %s, is_active = %s, unsubscribed_at ="
                " CASE WHEN %s IN ('user', 'spam') THEN created_at END WHERE email = %s",
                (reason, active, reason, f"p{number:03}@example.com"),
            )

    _, *rows = await table_of(db, northwind.id, tmp_path, columns=("id", "status"))

    async with db.read() as read:
        for id, status in rows:
            contact = await queries.get(read, northwind.id, id)
            assert contact is not None
            assert standing_of(contact) == status
    assert [status for _, status in rows] == [
        "subscribed", "inactive", "complained", "bounced", "unsubscribed", "subscribed",
    ]  # fmt: skip


async def test_the_layout_of_ses(db, northwind, tmp_path):
    await apply(db, northwind.id, email="ada@example.com", fields={"city": "Paris", "n": 1})
    await apply(db, northwind.id, mobile="+442071838750")
    await apply(db, northwind.id, email="=x@example.com", status="unsubscribe")

    header, *rows = await table_of(db, northwind.id, tmp_path, format="ses")
    _, *some = await table_of(
        db, northwind.id, tmp_path, format="ses", columns=("email", "city"), is_raw=True
    )

    assert header == ["emailAddress", "unsubscribeAll", "attributesData"]
    assert [(a, b, json.loads(c)) for a, b, c in rows] == [
        ("ada@example.com", "false", {"city": "Paris", "n": 1}),
        ("'=x@example.com", "true", {}),
    ]
    assert [(a, json.loads(c)) for a, _, c in some] == [
        ("ada@example.com", {"city": "Paris"}),
        ("=x@example.com", {}),
    ]


async def test_a_field_called_like_a_column_has_a_name_of_its_own(db, northwind, tmp_path):
    await apply(db, northwind.id, email="ada@example.com", fields={"status": "gold", "%s": "x"})

    header, row = await table_of(
        db, northwind.id, tmp_path, columns=("status", "field:status", "%s", "field:%s")
    )

    assert header == ["status", "field:status", "%s"]
    assert row == ["subscribed", "gold", "x"]


async def test_a_name_of_a_column_is_no_formula_either(db, northwind, tmp_path):
    await apply(db, northwind.id, email="a@example.com", fields={"=cmd()": "x", 'a"b,\n'[:4]: "y"})

    header, _ = await table_of(db, northwind.id, tmp_path)
    book, _ = await table_of(db, northwind.id, tmp_path, format="xlsx")

    assert {"'=cmd()", 'a"b,'} <= set(header)
    assert header == book


@pytest.mark.parametrize("format", ["csv", "jsonl", "ses"])
async def test_a_compressed_file_holds_the_same(db, northwind, tmp_path, format):
    await made(db, northwind.id, *HOSTILE)

    plain = await table_of(db, northwind.id, tmp_path, format=format)

    assert await table_of(db, northwind.id, tmp_path, format=format, compression="gzip") == plain


async def test_nobody_is_a_header_alone(db, northwind, tmp_path):
    nobody = ContactFilter(tags=("none-such",))

    assert await content_of(db, northwind.id, tmp_path, columns=("email",)) == b"email\n"
    assert await content_of(db, northwind.id, tmp_path, format="jsonl") == b""
    assert await table_of(db, northwind.id, tmp_path, format="xlsx", columns=("email",)) == [
        ["email"]
    ]
    await apply(db, northwind.id, email="ada@example.com")
    assert (
        await content_of(db, northwind.id, tmp_path, wanted=nobody, columns=("email",))
        == b"email\n"
    )


async def test_more_columns_than_a_function_takes(db, northwind, tmp_path):
    fields = {f"field {number}": number for number in range(300)}
    change = ContactChange(source=Source("test"), email="ada@example.com", fields=fields)
    await db.transact(lambda tx: contacts.apply(tx, northwind.id, [change]))

    (line,) = await table_of(db, northwind.id, tmp_path, format="jsonl")
    header, row = await table_of(db, northwind.id, tmp_path)

    assert line | fields == line
    assert len(header) == len(row) == 313


async def test_a_cell_longer_than_a_workbook_holds_is_cut_and_says_so(db, northwind, tmp_path):
    await made(db, northwind.id, "=" + "é" * 30_000, "x" * 40_000)

    _, *rows = await table_of(db, northwind.id, tmp_path, columns=("note",), format="xlsx")

    assert [len(row[0]) for row in rows] == [30_002, 32_767]
    assert rows[1][0].endswith("x…")
