"""What is written by statements and what goes through the verb come to the same."""

import random
from datetime import UTC, datetime

import pytest

from signalbook.contacts import actions, erasing, restricting
from signalbook.contacts.model import ContactChange, Mode, Source
from signalbook.contacts.staging import odd_queries
from signalbook.doctor import actions as doctor
from signalbook.ledger.model import Order
from tests.staged_rows import TAGS, applied, judged, stage

NAMES = ["Ada", "Grace", "Zoë", ""]
FIELDS = {
    "first_name": ["Ada", "Zoë", "Grace"],
    "last_name": ["Lovelace", "Hopper"],
    "city": ["Lyon", "Paris"],
    "phone": ["0102030405", "+33142685300", "+33142685301"],
    "age": [36, 37],
}


NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
RESTRICTED = ["+33142685301", "id:crm-3", "p2@example.com", "+33612345604", "@example.com"]


def rows_of(chance: random.Random) -> dict[int, dict]:
    rows = {}
    for number in range(2, 2 + chance.randrange(1, 12)):
        row = {}
        who = chance.randrange(8)
        kinds = chance.choice(
            [
                ("email",),
                ("mobile",),
                ("email", "mobile"),
                ("email", "external_id"),
                ("external_id",),
            ]
        )
        if "email" in kinds:
            row["email"] = chance.choice([f"p{who}@example.com", f"P{who}@example.com"])
        if "mobile" in kinds:
            row["mobile"] = f"+3361234560{chance.choice([who, who, who, chance.randrange(8)])}"
        if "external_id" in kinds:
            row["external_id"] = f"crm-{who}"
        picked = chance.sample(sorted(FIELDS), chance.randrange(4))
        row["fields"] = {name: chance.choice(FIELDS[name]) for name in picked}
        if chance.random() < 0.2:
            row["cleared"] = [
                name for name in chance.sample(sorted(FIELDS), 2) if name not in picked
            ]
        row["tags"] = chance.sample(TAGS, chance.randrange(3))
        if chance.random() < 0.15:
            row["optouts"] = chance.choice(
                ["all:user", "email:hardbounced", "sms:user", "voice:contact"]
            )
        if chance.random() < 0.15:
            row["metadata"] = {"source": chance.choice(["a", "b"])}
        rows[number] = row
    return rows


def changes_of(rows: dict[int, dict], entangled: list[int], mode: Mode) -> list[ContactChange]:
    """The same rows as the verb takes them: none that a later one replaces, entangled ones last."""
    last = {}
    for number, row in rows.items():
        key = row.get("external_id") or row.get("email", "").lower() or row["mobile"]
        earlier = last.pop(key, None)
        if earlier is not None and earlier[1].get("optouts"):
            both = " ".join(filter(None, [row.get("optouts"), earlier[1]["optouts"]]))
            last[key] = (number, row | {"optouts": both})
        else:
            last[key] = (number, row)
    ordered = sorted(last.values(), key=lambda one: (one[0] in entangled, one[0]))
    return [change_of(row, number, mode) for number, row in ordered]


def change_of(row: dict, number: int, mode: Mode) -> ContactChange:
    change = ContactChange(
        source=Source("import", "test"),
        careful=True,
        mode=mode,
        fields={**dict.fromkeys(row.get("cleared", ())), **row["fields"]},
        tags_add=tuple(sorted(row["tags"], key=TAGS.index)),
        metadata=row.get("metadata", {}),
        news={"import": "test", "row": number},
        optouts=tuple(tuple(one.split(":")) for one in row.get("optouts", "").split()),
    )
    for name in ("email", "mobile", "external_id"):
        if name in row:
            setattr(change, name, row[name])
    return change


async def erased(db, account_id, email, mobile, own, phone):
    """Somebody was here and had to be forgotten."""
    change = ContactChange(
        source=Source("t"), email=email, mobile=mobile, external_id=own, fields={"phone": phone}
    )
    (made,) = await db.transact(lambda tx: actions.apply(tx, account_id, [change]))
    await db.transact(lambda tx: erasing.erase(tx, account_id, made.contact.id, Source("t")))


async def in_force(db, account_id):
    async with db.read() as read:
        return await read.rows(
            "SELECT CASE WHEN address LIKE 'erased:%%' THEN 'erased:' ELSE address END, channel,"
            " reason FROM optout_states WHERE account_id = %s"
            " ORDER BY 1, 2, 3",
            [account_id],
        )


async def contents(db, account_id):
    async with db.read() as read:
        return await read.rows(
            """
            SELECT c.email, c.mobile, c.external_id, c.fields, c.metadata, c.words::text,
                   c.name_key, c.last_key, c.email_optout, c.sms_optout, c.voice_optout,
                   c.unsubscribed_at IS NOT NULL,
                   ARRAY(SELECT t.name FROM tags AS t WHERE t.id = ANY(s.tags) ORDER BY t.name),
                   (SELECT array_agg(e.payload - 'row' ORDER BY e.payload->'row', e.id)
                      FROM events AS e
                     WHERE e.account_id = c.account_id AND e.contact_id = c.id
                       AND e.kind <> 'unsubscribed') -- who shares a landline is told in turn
              FROM contacts AS c
              JOIN contact_signals AS s ON s.account_id = c.account_id AND s.contact_id = c.id
             WHERE c.account_id = %s
             ORDER BY c.email_key, c.mobile, c.external_id
            """,
            [account_id],
        )


def without_account(rows):
    """Words begin with the number of their account."""
    return [
        tuple(
            v if i != 5 else sorted(w.strip("'").split(":", 1)[1] for w in v.split())
            for i, v in enumerate(row)
        )
        for row in rows
    ]


@pytest.mark.parametrize("seed", range(60))
async def test_staged_rows_come_to_what_the_verb_makes_of_them(db, northwind, contoso, seed):
    chance = random.Random(seed)
    for address in chance.sample(RESTRICTED, chance.randrange(3)):
        order = Order(
            kind="out", channel="all", address=address, reasons=("user",), source="t", at=NOON
        )
        for one in (northwind.id, contoso.id):
            await db.transact(lambda tx, a=one, o=order: restricting.obey(tx, a, [o], at=NOON))
    if chance.random() < 0.4:
        for one in (northwind.id, contoso.id):
            await erased(db, one, "p1@example.com", "+33612345605", "crm-6", "+33142685300")
    for _ in range(3):
        rows = rows_of(chance)
        rule = chance.choice(["upsert", "upsert", "upsert", "create", "update"])

        batch = await stage(db, northwind.id, rows, rule)
        expected = await judged(db, batch)
        result = await applied(db, batch)
        async with db.read() as read:
            late = await odd_queries.entangled(read, northwind.id, batch.id, 0, 100)
        changes = changes_of(rows, late, Mode(rule))
        await db.transact(lambda tx, changes=changes: one_by_one(tx, contoso.id, changes))

        assert expected.outcomes.keys() == result.outcomes.keys() == rows.keys()
        judged_letters = {row: letter for row, (letter, _) in expected.outcomes.items()}
        assert judged_letters == {row: letter for row, (letter, _) in result.outcomes.items()}
        ours, theirs = await contents(db, northwind.id), await contents(db, contoso.id)
        assert without_account(ours) == without_account(theirs)
        assert await in_force(db, northwind.id) == await in_force(db, contoso.id)
    for place in (northwind, contoso):
        findings = await doctor.recount(db, place.id, place.account.name)
        assert [one for one in findings if one.level != "ok"] == []


async def one_by_one(tx, account_id, changes):
    for change in changes:
        await actions.apply(tx, account_id, [change])
