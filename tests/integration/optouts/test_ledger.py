"""What is restricted and lifted by address: the ledger, what is in force, and the contacts."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from signalbook.contacts import actions as contacts
from signalbook.contacts.model import ContactChange, Source
from signalbook.doctor import actions as doctor
from signalbook.kit.errors import NotFound
from signalbook.kit.ids import new_id
from signalbook.optouts import actions, domains
from signalbook.optouts.errors import (
    LiftNeedsPerson,
    LiftReasonMissing,
    OptoutInvalid,
    OptoutNotTheirs,
    OptoutsNotYours,
)
from signalbook.optouts.model import AlignDomain, By, Restriction

API = Source("api")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
STOP = Restriction(channel="sms", address="+442071838750", reason="contact", source="sms")


async def applied(db, account_id, *changes):
    return await db.transact(lambda tx: contacts.apply(tx, account_id, changes))


async def restricted(db, account_id, *wanted, at=NOON):
    return await db.transact(lambda tx: actions.restrict(tx, account_id, wanted, at=at))


async def lifted(db, account_id, *wanted, by=By.ACCOUNT, at=NOON):
    return await db.transact(lambda tx: actions.lift(tx, account_id, wanted, by=by, at=at))


def change(**what):
    return ContactChange(source=API, **what)


async def in_force(db, account_id):
    async with db.read() as read:
        rows = await read.rows(
            "SELECT address, channel, reason FROM optout_states WHERE account_id = %s"
            " ORDER BY address, channel, reason",
            [account_id],
        )
    return [" ".join(row) for row in rows]


async def test_a_restriction_is_written_shown_on_the_contact_and_told_in_its_timeline(
    db, northwind
):
    (ada,) = await applied(db, northwind.id, change(email="ada@x.example", mobile="+442071838750"))

    (outcome,) = await restricted(
        db, northwind.id, replace(STOP, evidence={"message_id": "m-1"}, actor="key:1")
    )

    assert outcome.status == "restricted"
    assert outcome.contacts == [ada.contact.id]
    async with db.read() as read:
        (line,) = await read.rows(
            "SELECT address, channel, kind, reason, source, actor, evidence, at FROM optouts"
        )
        (stored,) = await read.rows(
            "SELECT email_optout, sms_optout, voice_optout, unsubscribed_at FROM contacts"
        )
        told = await read.rows("SELECT kind, source, actor, payload FROM events ORDER BY id")
    assert line == (
        "+442071838750", "sms", "out", "contact", "sms", "key:1", {"message_id": "m-1"}, NOON,
    )  # fmt: skip
    assert stored == (None, "contact", None, None)
    assert told[-1] == (
        "unsubscribed", "sms", "key:1", {"reason": "contact", "channels": "sms"},
    )  # fmt: skip


async def test_an_address_that_nobody_has_blocks_whoever_comes_with_it(db, northwind, contoso):
    await restricted(
        db,
        northwind.id,
        Restriction(channel="all", address="Bounced@X.example", reason="hardbounced", source="ses"),
    )

    (here,) = await applied(db, northwind.id, change(email="bounced@x.example"))
    (there,) = await applied(db, contoso.id, change(email="bounced@x.example"))

    assert here.contact.email_optout == "hardbounced"
    assert here.contact.unsubscribed_at is None
    assert there.contact.email_optout is None


async def test_what_holds_already_is_unchanged_and_written_once(db, northwind):
    (first,) = await restricted(db, northwind.id, STOP)
    (second,) = await restricted(db, northwind.id, STOP)

    assert (first.status, second.status) == ("restricted", "unchanged")
    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM optouts") == 1


async def test_all_of_a_contact_means_every_channel_it_has_addresses_for(db, northwind):
    (ada,) = await applied(
        db,
        northwind.id,
        change(
            email="ada@x.example",
            mobile="+442071838750",
            external_id="CRM-1",
            fields={"phone": "+33142685300"},
        ),
    )

    await restricted(
        db,
        northwind.id,
        Restriction(channel="all", contact_id=ada.contact.id, reason="contact", source="page"),
    )

    assert await in_force(db, northwind.id) == [
        "+33142685300 voice contact",
        "+33142685300 voicemail contact",
        "+442071838750 sms contact",
        "+442071838750 voice contact",
        "+442071838750 voicemail contact",
        "+442071838750 whatsapp contact",
        "ada@x.example email contact",
        "id:CRM-1 push contact",
    ]


async def test_a_landline_that_is_restricted_restricts_voice(db, northwind):
    (ada,) = await applied(
        db, northwind.id, change(email="ada@x.example", fields={"phone": "+33142685300"})
    )

    (outcome,) = await restricted(
        db, northwind.id, Restriction(channel="voice", address="+33142685300", source="api")
    )
    (moved,) = await applied(
        db, northwind.id, change(email="ada@x.example", fields={"phone": "+33142685301"})
    )
    (gone,) = await applied(db, northwind.id, change(email="ada@x.example", fields={"phone": None}))
    (again,) = await applied(
        db, northwind.id, change(email="ada@x.example", fields={"phone": "+33142685300"})
    )

    assert outcome.contacts == [ada.contact.id]
    assert moved.contact.voice_optout == "user", "what the account decided follows the person"
    assert gone.contact.voice_optout is None
    assert again.contact.voice_optout == "user"


@pytest.mark.parametrize(
    ("reason", "by", "evidence", "error"),
    [
        ("user", By.ACCOUNT, {}, None),
        ("contact", By.ACCOUNT, {}, OptoutsNotYours),
        ("hardbounced", By.ACCOUNT, {"note": "sure"}, LiftNeedsPerson),
        ("spam", By.ACCOUNT, {"note": "sure"}, LiftNeedsPerson),
        ("contact", By.PERSON, {}, None),
        ("user", By.PERSON, {}, OptoutNotTheirs),
        ("spam", By.PERSON, {"note": "please"}, OptoutNotTheirs),
        ("contact", By.OPERATOR, {"note": "she said so"}, OptoutsNotYours),
        ("hardbounced", By.OPERATOR, {}, LiftReasonMissing),
        ("hardbounced", By.OPERATOR, {"note": "  "}, LiftReasonMissing),
        ("hardbounced", By.OPERATOR, {"note": "the mailbox is back"}, None),
        ("spam", By.OPERATOR, {"note": "a slip, she wrote to us"}, None),
        ("user", By.OPERATOR, {}, None),
    ],
)
async def test_who_may_lift_what(db, northwind, reason, by, evidence, error):
    asked = Restriction(channel="email", address="ada@x.example", reason=reason, source="test")
    await restricted(db, northwind.id, asked)

    (outcome,) = await lifted(db, northwind.id, replace(asked, evidence=evidence), by=by)

    assert outcome.status == ("rejected" if error else "lifted")
    assert isinstance(outcome.error, error or type(None))
    assert len(await in_force(db, northwind.id)) == (1 if error else 0)
    async with db.read() as read:
        kinds = await read.rows("SELECT kind, evidence FROM optouts ORDER BY id")
    assert kinds[0] == ("out", None)
    assert kinds[1:] == ([] if error else [("in", evidence or None)])


async def test_without_a_reason_all_that_may_be_lifted_is_and_the_rest_is_told(db, northwind):
    everything = [
        Restriction(channel="email", address="ada@x.example", reason=reason, source="test")
        for reason in ("user", "contact", "spam")
    ]
    await applied(db, northwind.id, change(email="ada@x.example"))
    await restricted(db, northwind.id, *everything)

    (outcome,) = await lifted(db, northwind.id, replace(everything[0], reason=None))

    assert outcome.status == "lifted"
    assert [reason for _, reason in outcome.left] == ["contact", "spam"]
    async with db.read() as read:
        assert await read.value("SELECT email_optout FROM contacts") == "spam"


async def test_a_bad_one_is_rejected_alone_with_its_sentence(db, northwind):
    bad = [
        Restriction(channel="fax", address="ada@x.example", source="test"),
        Restriction(channel="sms", address="ada@x.example", source="test"),
        Restriction(channel="email", address="no address", source="test"),
        Restriction(channel="email", source="test"),
        Restriction(channel="email", address="@x.example", reason="contact", source="test"),
        Restriction(channel="email", address="a@x.example", reason="mood", source="test"),
    ]

    outcomes = await restricted(
        db,
        northwind.id,
        *bad,
        Restriction(channel="email", contact_id=new_id(), source="test"),
        Restriction(channel="email", address="ada@x.example", source="test"),
    )

    assert all(isinstance(one.error, OptoutInvalid) for one in outcomes[: len(bad)])
    assert isinstance(outcomes[-2].error, NotFound)
    assert outcomes[-1].status == "restricted"


async def test_an_optout_survives_deletion_another_spelling_and_a_new_import(db, northwind):
    await applied(db, northwind.id, change(email="Ada@X.example", mobile="+442071838750"))
    await restricted(
        db,
        northwind.id,
        STOP,
        Restriction(channel="email", address="ADA@x.EXAMPLE", reason="spam", source="ses"),
    )
    await applied(db, northwind.id, change(email="ada@x.example", delete=True))

    (again,) = await applied(
        db, northwind.id, change(email="aDa@x.example", mobile="+442071838750")
    )

    assert (again.contact.email_optout, again.contact.sms_optout) == ("spam", "contact")


async def test_an_optout_survives_a_merge(db, northwind):
    await applied(
        db,
        northwind.id,
        change(email="ada@x.example"),
        change(mobile="+442071838750"),
    )
    await restricted(db, northwind.id, STOP)

    (merged,) = await applied(
        db,
        northwind.id,
        change(email="ada@x.example", mobile="+442071838750", merge=True),
    )

    assert merged.contact.sms_optout == "contact"
    assert merged.contact.email_optout is None


async def test_a_domain_is_blocked_for_those_who_are_there_and_those_who_come(db, northwind):
    first = await applied(
        db,
        northwind.id,
        change(email="ada@blocked.example"),
        change(email="grace@sub.blocked.example"),
        change(email="kay@x.example"),
    )
    block = Restriction(channel="email", address="@Blocked.example", source="console")

    (outcome,) = await restricted(db, northwind.id, block)
    (later,) = await applied(db, northwind.id, change(email="new@BLOCKED.example"))
    (moved,) = await applied(
        db, northwind.id, change(id=first[2].contact.id, email="kay@blocked.example")
    )
    (kept,) = await applied(
        db, northwind.id, change(email="new@blocked.example", status="resubscribe")
    )

    assert outcome.status == "restricted"
    assert later.contact.email_optout == moved.contact.email_optout == "user"
    assert kept.notes == (
        "The e-mail stays blocked: your account blocks the whole domain of its address.",
    )
    async with db.read() as read:
        stored = await read.rows("SELECT email_key, email_optout FROM contacts ORDER BY email_key")
        told = await read.rows("SELECT kind, source FROM events WHERE kind = 'unsubscribed'")
    assert stored == [
        ("ada@blocked.example", "user"),
        ("grace@sub.blocked.example", None),
        ("kay@blocked.example", "user"),
        ("new@blocked.example", "user"),
    ]
    assert told == [("unsubscribed", "console")]

    await lifted(db, northwind.id, block)

    async with db.read() as read:
        assert await read.values("SELECT DISTINCT email_optout FROM contacts") == [None]


async def test_a_domain_of_many_is_brought_in_line_by_a_job(db, northwind, monkeypatch):
    monkeypatch.setattr(domains, "AT_ONCE", 2)
    people = [change(email=f"p{n}@big.example") for n in range(5)]
    await applied(db, northwind.id, *people)

    await restricted(
        db, northwind.id, Restriction(channel="all", address="@big.example", source="api")
    )

    async with db.read() as read:
        waiting = await read.values("SELECT args FROM procrastinate_jobs WHERE status = 'todo'")
        assert await read.value("SELECT count(email_optout) FROM contacts") in {2, 5}
    assert [one["domain"] for one in waiting] in ([], ["@big.example"])
    message = AlignDomain(northwind.id, "@big.example", "api", None)
    after = None
    while after := await db.transact(lambda tx, a=after: domains.align(tx, message, a)):
        pass
    async with db.read() as read:
        assert await read.value("SELECT count(email_optout) FROM contacts") == 5
    findings = await doctor.recount(db, northwind.id, "Northwind")
    assert [one for one in findings if one.level != "ok"] == []


async def test_a_dry_run_tells_and_writes_nothing(db, northwind):
    await applied(db, northwind.id, change(mobile="+442071838750"))

    (outcome,) = await db.transact(
        lambda tx: actions.restrict(tx, northwind.id, [STOP], at=NOON, dry_run=True)
    )

    assert outcome.status == "restricted"
    assert await in_force(db, northwind.id) == []
