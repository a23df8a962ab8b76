"""An account in which everything is odd: in every state, half gone, too long, or never named."""

import itertools
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from signalbook.accounts import key_actions
from signalbook.contacts import actions as contacts
from signalbook.contacts import erasing
from signalbook.contacts.model import ContactChange, Source
from signalbook.fields import actions as fields
from signalbook.fields.model import FieldType
from signalbook.kit import clock
from signalbook.kit.db import Database, Tx
from signalbook.kit.ids import new_id
from signalbook.ledger.model import topic
from signalbook.lists import actions as lists
from signalbook.optouts import actions as optouts
from signalbook.optouts.model import Restriction
from signalbook.ses import queries as ses

SOURCE = Source("test")
MARKUP = '<script>alert(1)</script> & "quotes" {{ 7 * 7 }} %s {0} {x}'
ODD: dict[str, Any] = {
    "plain": MARKUP,
    "right_to_left": "\u202eمرحبا\u202c",
    "emoji": "👩‍👩‍👧‍👦🏴‍☠️" * 30,
    "lengthy": "Supercalifragilistic" * 190,
    "several": "one\nline\r\nand\tanother",
    "amount": 1e300,
    "yes": False,
    "day": "0001-01-01",
    "moment": "9999-12-31T23:59:59Z",
    "words": ["", "a,b;c|d", "<b>", None, ["x"], {"y": 1}],
    "tree": {"<k>": {"deep": [1, None, {"e": ""}]}, "": ""},
    "no_words": [],
    "no_tree": {},
}
TYPES = {
    "amount": FieldType.NUMBER,
    "yes": FieldType.BOOLEAN,
    "day": FieldType.DATE,
    "moment": FieldType.DATETIME,
    "words": FieldType.LIST,
    "no_words": FieldType.LIST,
    "tree": FieldType.OBJECT,
    "no_tree": FieldType.OBJECT,
    "never_given": FieldType.DATE,
}
ADDRESSES = ("full@example.com", "stranger@example.com", "erased@example.com")
CONTACTS: list[dict[str, Any]] = [
    {
        "email": ADDRESSES[0],
        "mobile": "+33612345678",
        "external_id": "<i>7</i>",
        "fields": ODD,
        "metadata": ODD,
        "tags_add": ("<b>tag</b>", "🏴‍☠️", "x" * 100),
    },
    {"external_id": "only/an id?&#"},
    {"mobile": "+4915112345678"},
    {"email": "A.B+c@sub.blocked.example", "fields": {"first_name": "\u202e", "last_name": "?"}},
    {"email": "off@example.com", "is_active": False, "fields": {"full_name": "x" * 300}},
    {"email": "bounced@example.com", "optouts": (("email", "hardbounced"), ("all", "spam"))},
    {"email": "edge@example.com", "fields": {"moment": "0001-01-01T00:00:00Z"}},
    {"email": "one@example.com"},
    {"mobile": "+447911123456"},
    {"email": "deleted@example.com"},
    {"email": ADDRESSES[2], "mobile": "+14155552671"},
]
OPTOUTS = (
    ("all", "@blocked.example", "user", "blocklist", f"user:{new_id()}", None),
    ("push", "id:only/an id?&#", "user", "api", f"key:{new_id()}", {"<k>": "<v>" * 300}),
    ("sms", "+33612345678", "spam", "x" * 60, None, {"tree": {"a": [1]}, "none": None}),
    ("email", ADDRESSES[0], "hardbounced", "", "someone", {}),
    ("all", ADDRESSES[2], "contact", "api", "cli", {"ip": "192.0.2.1"}),
)
IMPORT = ("checking", "checked", "applying", "done", "cancelled", "failed", "undoing", "undone")
BULK = ("queued", "running", "done", "cancelled", "failed", "undoing", "undone")
LIST = ("queued", "running", "done", "cancelled", "failed")
FIELD = ("done", "cancelled", "failed", "queued", "running", "ending")
EXPORT = ("queued", "running", "done", "cancelled", "failed", "expired")
Ids = dict[str, list[Any]]
"""What can be named, by the names that parameters of routes have, or by the route's beginning."""


async def filled(db: Database, account_id: int, ada: Any) -> Ids:
    people = await _contacts(db, account_id)
    ses_lists, topics = await _topics(db, account_id, ada)
    await _ledger(db, account_id, topics, people)
    for name in ("gone", "again"):
        await ada.post(f"/topics/lists/{ses_lists[0]}/topics/{name}/deletion")
    await ada.post(f"/topics/lists/{ses_lists[0]}", _topic("again", "OPT_OUT"))
    async with db.tx() as tx:
        named = await _lists(tx, account_id, people)
        jobs = await _jobs(tx, account_id, named)
        for kind in ("api", "upload", "oauth"):
            made = await key_actions.create(tx, account_id, kind, name="<b>" * 9, actor="user:x")
            await key_actions.revoke(tx, account_id, made.id, actor="cli")
        await key_actions.create_signer(
            tx, account_id, "a secret", life=timedelta(hours=1), actor="key:x"
        )
    return jobs | {
        "contact_id": [*people, new_id()],
        "list_id": [*named, *ses_lists, *topics],
        "import_id": await _imports(db, ada),
        "name": ["news", "again", "gone", "none"],
    }


async def connected(tx: Tx, account_id: int, mode: str, **how: Any) -> None:
    """Let the account be connected in another way, and nobody work on it."""
    await tx.execute("DELETE FROM ses_connections WHERE account_id = %s", (account_id,))
    known = {"account_id": account_id, "id": new_id(), "mode": mode, "region": "eu-west-1"}
    held = {"lease": new_id(), "leased_until": clock.now() + timedelta(days=1)}
    made = {"list_name": "<b>", "created_at": clock.now(), "created_by": "user:gone"}
    await _insert(tx, "ses_connections", **known, **held, **made, **how)


async def _contacts(db: Database, account_id: int) -> list[UUID]:
    changes = [ContactChange(source=SOURCE, **one) for one in CONTACTS]
    same: dict[str, Any] = {"email": "one@example.com", "mobile": "+447911123456"}
    merging = ContactChange(source=SOURCE, merge=True, **same)
    async with db.tx() as tx:
        for name, kind in TYPES.items():
            await fields.create(tx, account_id, name, type=kind)
    made = await db.transact(lambda tx: contacts.apply(tx, account_id, changes))
    made += await db.transact(lambda tx: contacts.apply(tx, account_id, [merging]))
    assert [one.error for one in made if one.error] == []
    return [one.contact.id for one in made[: len(CONTACTS)] if one.contact]


def _topic(name: str, default: str) -> dict[str, str]:
    shown = {"display_name": f"<b>{name}</b> & more", "description": "d" * 500}
    return {"name": name, "default": default, **shown}


async def _topics(db: Database, account_id: int, ada: Any) -> tuple[list[UUID], list[UUID]]:
    """A contact list with topics, and one without; the first is deleted and made again later."""
    for region, name in (("eu-west-1", "newsletter"), ("us-east-1", "without")):
        await ada.post("/topics/lists", {"region": region, "name": name, "description": MARKUP})
    async with db.read() as read:
        first, second = await ses.page(read, account_id, None, ("", ""), 10)
    for name in ("news", "gone", "again"):
        await ada.post(f"/topics/lists/{first.id}", _topic(name, "OPT_IN"))
    async with db.read() as read:
        first, _ = await ses.page(read, account_id, None, ("", ""), 10)
    return [first.id, second.id], [one.list_id for one in first.topics]


async def _ledger(db: Database, account_id: int, topics: list[UUID], people: list[UUID]) -> None:
    """Opt-outs of every kind; then one of the people is deleted and one erased."""
    asked = [
        Restriction(channel=topic(id), address=one, reason=reason, source="test", actor="cli")
        for id in topics
        for one, reason in zip(ADDRESSES, ("contact", "user", "contact"), strict=True)
    ]
    asked += [
        Restriction(channel=a, address=b, reason=c, source=d, actor=e, evidence=f)
        for a, b, c, d, e, f in OPTOUTS
    ]
    done = await db.transact(lambda tx: optouts.restrict(tx, account_id, asked, at=clock.now()))
    assert [one.error for one in done if one.error] == []
    *_, deleted, erased = people
    going = [ContactChange(source=SOURCE, id=deleted, delete=True)]
    await db.transact(lambda tx: contacts.apply(tx, account_id, going))
    await db.transact(lambda tx: erasing.erase(tx, account_id, erased, SOURCE))


async def _lists(tx: Tx, account_id: int, people: list[UUID]) -> list[UUID]:
    """A list, one that is deactivated, and one that is gone."""
    named: list[UUID] = []
    for name in ("<b>Static</b>", "O" * 100, "Gone"):
        one = await lists.create(tx, account_id, name, actor="test")
        await lists.join(tx, account_id, one.id, people[:4], clock.now(), "test")
        named.append(one.id)
    await tx.execute("UPDATE lists SET is_active = false, is_settled = false WHERE name LIKE 'O%'")
    await lists.delete(tx, account_id, named[-1])
    return named


async def _jobs(tx: Tx, account_id: int, named: list[UUID]) -> Ids:
    """Every kind of long work in every state; nobody works on it."""
    ids: Ids = {"/contacts/bulk": [], "/lists/jobs": [], "/fields/jobs": [], "export_id": []}

    async def add(key: str, table: str, state: str, **values: Any) -> None:
        ids[key].append(new_id())
        known = {"account_id": account_id, "id": ids[key][-1], "state": state, "actor": "user:x"}
        await _insert(tx, table, **known, created_at=clock.now(), done=1, **values)

    nobody: dict[str, Any] = {"last_id": new_id(), "total": None}
    of_many = ("tag", "delete")
    for state, action in itertools.product(BULK, of_many):
        what = {"action": action, "argument": MARKUP, **nobody}
        await add("/contacts/bulk", "bulk_jobs", state, **what)
    of_lists = ("add", "deactivate")
    for state, action, one in itertools.product(LIST, of_lists, (named[0], named[-1])):
        await add("/lists/jobs", "list_jobs", state, action=action, list_id=one, **nobody)
    for state, action in itertools.product(FIELD, ("rename", "type")):
        what = {"action": action, "name": "gone", "target": "number", "total": 0, "refused": 2}
        await add("/fields/jobs", "field_jobs", state, **what)
    for state, kind in itertools.product(EXPORT, ("csv", "jsonl", "xlsx", "ses")):
        what = {"format": kind, "columns": ["email", "field:gone"], "query": "tag=%00&tag=<b>"}
        await add("export_id", "exports", state, **what)
    return ids


async def _imports(db: Database, ada: Any) -> list[UUID]:
    """One that is done, one that was checked, both in every other state, and one only uploaded."""
    text = (
        "E-mail,First name,Town,List,Status\r\n"
        "i1@example.com,Ada,<b>London</b>,L1,\r\n"
        "i2@example.com,=1+1,,L1,Unsubscribed\r\n"
        "i2@example.com,twice,,L2,Bounced\r\n"
        "nobody at all,Kenji,Kyoto,,\r\n,,,,\r\n"
    )
    done, _ = await ada.imported(text)
    checked, _ = await ada.checked(text.replace("i1@", "j1@"))
    ready = (await ada.upload(text)).headers["location"].removesuffix("/mapping")
    found = [UUID(place.rpartition("/")[2]) for place in (done, checked, ready)]
    async with db.tx() as tx:
        copies = [
            await _copy(tx, "imports", one, state=state, name="", failure=MARKUP)
            for one in found[:2]
            for state in ("uploading", "ready", *IMPORT)
        ]
        copies += [
            await _copy(tx, "imports", found[0], state="paused", paused_state=was)
            for was in ("checking", "applying", "undoing")
        ]
    return found + copies


async def _insert(tx: Tx, table: str, **values: Any) -> None:
    query = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(map(sql.Placeholder, values)),
    )
    kept = {name: Jsonb(one) if isinstance(one, dict) else one for name, one in values.items()}
    await tx.execute(query, kept)


async def _copy(tx: Tx, table: str, id: UUID, **changed: Any) -> UUID:
    """Copy a row with another id and these changes; return the id."""
    columns = await tx.values(
        "SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0",
        (table,),
    )
    changed["id"] = new_id()
    query = sql.SQL("INSERT INTO {0} ({1}) SELECT {2} FROM {0} WHERE id = %(_id)s").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(
            sql.Placeholder(one) if one in changed else sql.Identifier(one) for one in columns
        ),
    )
    await tx.execute(query, {**changed, "_id": id})
    return changed["id"]
