"""Every column of an export is read back: into an empty account it makes the same contacts."""

import itertools

import pytest

from signalbook.contacts import actions as contacts
from signalbook.contacts.model import ContactChange, Source
from tests.integration.exports.test_formats import HOSTILE
from tests.integration.exports.working import content_of
from tests.integration.imports.files import Imports
from tests.integration.imports.test_flow import no_drift
from tests.quiet import database, dsn, sweeper

__all__ = ["database", "dsn", "sweeper"]

ODD = [
    *(text for text in HOSTILE if text not in {"NULL", "true"}),
    "12", "1e5", "2026-01-02", "1/2/2026", "['x']", '["x"]', '{"a": 1}', "a;b|c,d", "'", "\u200bx",
    "\ufeffx", "x\ufeff", "x" * 5_000,
]  # fmt: skip
FIELDS = [
    {"n": 1}, {"n": -1.5}, {"n": 0}, {"n": 1e-7}, {"n": 2**40},
    {"yes": True}, {"yes": False},
    {"day": "1990-10-31"}, {"at": "2026-01-02T03:04:05.678Z"}, {"at": "2026-01-02T00:00:00Z"},
    {"l": ["x", 1, None, "a,b", {"k": "=1"}]}, {"l": ["=1"]}, {"l": []},
    {"o": {"k": 1, "é": ["\n", "=1"]}}, {"o": {}},
    {"first_name": "=Ada", "last_name": " Love  lace ", "zipcode": "01234", "country": "FR"},
    {"birth_date": "1815-12-10", "longitude": -0.1276, "phone": "01 23"},
    {"status": "gold"}, {"list": "own"}, {"field:x": "y"}, {"=1": "z"},
    {"joined_at": "x"}, {"'=1": "q"}, {"Email": "w"},
    {"a b": "b"}, {"is_unsubscribed": "v"}, {'a"b,\n'[:4]: "c"}, {"FIRST NAME": "d"},
    {"e\u0301": "f"},
]  # fmt: skip
CHANNELS = ("email", "sms", "voice")
REASONS = ("user", "contact", "hardbounced", "spam")


@pytest.fixture
def imports(db, contoso, tmp_path) -> Imports:
    return Imports(db, contoso.id, tmp_path)


WHO = [
    *({"email": None, "mobile": mobile} for mobile in ("+442071838750", "+33612345678")),
    *(
        {"email": None, "external_id": own}
        for own in ("-1", "=1", "0012", "'x", "''0", "1e5", "a,b", "Z'")
    ),
    *(
        {"email": email, "external_id": f"x{email}"}
        for email in ("=x@example.com", "+x@example.com", "'x@example.com", "X.Y@Example.COM")
    ),
]
TAGS = [("=vip",), ("a b", "=x"), ("'q'",), ("'=x", "z"), ("[x]",), ("x;y", "u|v"), ('"q"',)]
METADATA = [{"k": 1}, {"=": ["é\n", None]}, {"o": {"x": "'"}}]
STANDING = [
    *(
        {"mobile": f"+336000000{number:02}", "optouts": (optout,)}
        for number, optout in enumerate(itertools.product(CHANNELS, REASONS))
    ),
    {"optouts": (("email", "spam"), ("sms", "user")), "is_active": False},
    {"is_active": False},
]
PEOPLE = [
    *({"fields": {"note": text}} for text in ODD),
    *({"fields": values} for values in FIELDS),
    *WHO,
    *({"tags_add": tags} for tags in TAGS),
    *({"metadata": metadata} for metadata in METADATA),
    *STANDING,
]


async def peopled(db, account_id):
    changes = [
        ContactChange(source=Source("test"), **({"email": f"p{number:03}@example.com"} | one))
        for number, one in enumerate(PEOPLE)
    ]
    outcomes = await db.transact(lambda tx: contacts.apply(tx, account_id, changes))
    assert [one.error for one in outcomes if one.error] == []


async def all_of(db, account_id):
    """Everything an export has a column for, by who it is."""
    async with db.read() as read:
        rows = await read.rows(
            """
            SELECT c.email, c.mobile, c.external_id, c.fields, c.metadata, c.is_active,
                   c.email_optout, c.sms_optout, c.voice_optout,
                   ARRAY(SELECT t.name FROM tags AS t WHERE t.id = ANY(s.tags) ORDER BY 1)
              FROM contacts AS c
              JOIN contact_signals AS s
                ON s.account_id = c.account_id AND s.contact_id = c.id
             WHERE c.account_id = %s
            """,
            [account_id],
        )
    return {row[:3]: row[3:] for row in rows}


def differing(before, after):
    return [
        (who, before.get(who), after.get(who))
        for who in sorted(before.keys() | after.keys(), key=repr)
        if before.get(who) != after.get(who)
    ]


@pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx"])
async def test_an_export_into_an_empty_account_makes_the_same_contacts(
    db, northwind, contoso, imports, tmp_path, format
):
    await peopled(db, northwind.id)
    content = await content_of(db, northwind.id, tmp_path / "out", format=format)

    _, shown = await imports.whole(content, name=f"contacts.{format}")

    before, after = await all_of(db, northwind.id), await all_of(db, contoso.id)
    assert shown.counts.rejected == 0
    assert differing(before, after) == []
    assert await no_drift(db, contoso)
