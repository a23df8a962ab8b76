"""A filter finds exactly those whom its words mean: held against plain Python, in every order."""

import random
from datetime import timedelta
from typing import NamedTuple

import pytest

from signalbook.contacts import actions, paging, queries, waterfall
from signalbook.contacts.conditions import OPTOUTS, STAGES
from signalbook.contacts.filters import ContactFilter, FieldCondition
from signalbook.contacts.model import ContactChange, Source
from signalbook.contacts.orders import Sort
from signalbook.contacts.paging import Listing
from signalbook.contacts.waterfall import CHANNELS, Step
from signalbook.kit import clock
from signalbook.kit.ids import new_id
from signalbook.kit.spelling import fold
from signalbook.lists import actions as lists

SOURCE = Source("test")
REASONS = ["contact", "user", "hardbounced", "spam"]
TAGS = ["a", "b", "c", "never"]
NAMES = ["Ada", "Émile", "Jean-Luc", "Zoe", None]
CITIES = ["Paris", "Lyon", "", None]
MANY, FEW, NO_LIST = "many", "few", "no list"


class Known(NamedTuple):
    """What the database has worked out of a contact."""

    standing: waterfall.Standing
    country: str
    source: str


@pytest.fixture
async def people(db, northwind, contoso, monkeypatch):
    """A few hundred contacts of every kind, so that every way to find a page is taken."""
    monkeypatch.setattr(paging, "SHORT_WALK", 20)
    monkeypatch.setattr(paging, "LONG_WALK", 60)
    monkeypatch.setattr(queries, "FEW", 15)
    chance = random.Random(7)
    start = clock.now() - timedelta(days=400)
    changes = [_somebody(number, chance, start) for number in range(300)]
    for account in (contoso.id, northwind.id):
        outcomes = await db.transact(
            lambda tx, account=account: actions.apply(tx, account, changes)
        )
        assert not [outcome.error for outcome in outcomes if outcome.error]
    async with db.read() as read:
        everybody = await queries.page(
            read, northwind.id, await queries.predicate_of(read, northwind.id, ContactFilter()),
            Listing(size=1000),
        )  # fmt: skip
        names = dict(await read.rows("SELECT id, name FROM tags"))
        rows = await read.rows("SELECT id, reach, country, source FROM contacts")
    assert len(everybody) == 300
    known = {id: Known(waterfall.read(code), *more) for id, code, *more in rows}
    return everybody, names, known, await _on_lists(db, northwind.id, everybody, chance)


async def _on_lists(db, account_id, everybody, chance):
    """Put some on a long list and some on a short one; return the ids and who is on each."""
    on = {
        MANY: {contact.id for contact in everybody if chance.random() < 0.4},
        FEW: {contact.id for contact in everybody[-9:]},
    }
    ids = {NO_LIST: new_id()}
    for name, members in on.items():
        async with db.tx() as tx:
            one = await lists.create(tx, account_id, name, actor="test")
            await lists.join(tx, account_id, one.id, list(members), clock.now(), "test")
        ids[name] = one.id
    return ids, {ids[name]: members for name, members in on.items()}


def _somebody(number, chance, start):
    fields = {
        name: value
        for name, value in {
            "first_name": chance.choice(NAMES),
            "last_name": chance.choice(["Lovelace", "Hopper", None]),
            "city": chance.choice(CITIES),
            "phone": chance.choice(["+442071838750", "ask for Ada", None, None]),
        }.items()
        if value is not None
    }
    kinds = chance.sample(["email", "mobile", "external_id"], chance.randint(1, 3))
    whole = {
        "email": f"p{number}@{chance.choice(['example.com', 'Example.org'])}",
        "mobile": f"+4420718{number:05d}",
        "external_id": f"CRM-{number:03d}",
    }
    change = ContactChange(
        source=SOURCE,
        fields=fields,
        tags_add=tuple(tag for tag in TAGS[:3] if chance.random() < {"a": 0.6}.get(tag, 0.05)),
        status="unsubscribe" if chance.random() < 0.1 else None,
        is_active=False if chance.random() < 0.1 else None,
        optouts=tuple(
            (chance.choice([*CHANNELS, "all"]), chance.choice(REASONS))
            for _ in range(chance.choice([0, 0, 1]))
        ),
        at=start + timedelta(days=number),
    )
    for kind in kinds:
        setattr(change, kind, whole[kind])
    return change


def _filters(chance, ids):
    """Every part of a filter alone, then random pairs and triples of them."""
    now = clock.now()
    parts = [
        *({"tags": (tag,)} for tag in TAGS),
        {"tags": ("a", "b")},
        {"any_tag": ("b", "c")},
        {"any_tag": ("never",)},
        {"none_tag": ("a",)},
        *({"lists": (id,)} for id in ids.values()),
        {"lists": (ids[MANY], ids[FEW])},
        {"lists": (ids[MANY], ids[NO_LIST])},
        {"any_list": (ids[FEW], ids[NO_LIST])},
        {"any_list": (ids[NO_LIST],)},
        {"any_list": (ids[FEW], ids[MANY])},
        {"none_list": (ids[MANY], ids[NO_LIST])},
        {"none_list": (ids[FEW], ids[MANY])},
        {"search": "ada"},
        {"search": "emile"},
        {"search": "jean-luc"},
        {"search": "crm-1"},
        {"search": "example"},
        {"email": "p17@example.com"},
        {"email": "example.org"},
        {"mobile": "442071800017"},
        {"external_id": "CRM-020"},
        {"status": "inactive"},
        {"status": "subscribed"},
        {"is_active": True},
        {"is_unsubscribed": True},
        {"reachable": "email"},
        {"reachable": "sms"},
        {"reachable": "voice"},
        {"has": ("mobile",)},
        {"has": ("email", "landline")},
        *({"optout": optout} for optout in OPTOUTS),
        *({"kept": stage} for stage in STAGES),
        *({"lost": stage} for stage in STAGES),
        {"list_active": True},
        {"list_active": False},
        {"country": "gb"},
        {"country": "none"},
        {"source": "test"},
        {"source": "none"},
        {"created_after": now - timedelta(days=200, hours=1)},
        {"created_before": now - timedelta(days=350, hours=1)},
        {"updated_after": now - timedelta(days=150, hours=1)},
        {"updated_before": now - timedelta(days=300, hours=1)},
        {"fields": (FieldCondition("city", "is", "Paris"),)},
        {"fields": (FieldCondition("first_name", "contains", "EAN"),)},
        {"fields": (FieldCondition("city", "has"),)},
        {"fields": (FieldCondition("city", "missing"),)},
    ]
    yield from parts
    for _ in range(40):
        chosen: dict = {}
        for part in chance.sample(parts, chance.randint(2, 3)):
            chosen |= part
        yield chosen


def _means(wanted: ContactFilter, contact, names, known: Known, on) -> bool:
    """Say in plain Python whether a filter means a contact."""
    tags = {names[tag] for tag in contact.tags}
    fields = contact.fields
    email = (contact.email or "").lower()
    first = {
        word
        for name in ("first_name", "last_name")
        for word in fold(fields.get(name, "")).replace("-", " ").split()
    }
    found = first | {email, email.rpartition("@")[2], (contact.mobile or "")[1:]}
    found.add((contact.external_id or "").lower())
    asked = fold(wanted.search)
    pieces = asked.replace("-", " ").split() if not any(c.isdigit() for c in asked) else [asked]
    checks = [
        set(wanted.tags) <= tags,
        not wanted.any_tag or bool(set(wanted.any_tag) & tags),
        not set(wanted.none_tag) & tags,
        all(contact.id in on.get(one, ()) for one in wanted.lists),
        not wanted.any_list or any(contact.id in on.get(one, ()) for one in wanted.any_list),
        not any(contact.id in on.get(one, ()) for one in wanted.none_list),
        all(any(word.startswith(piece) for word in found) for piece in pieces),
        wanted.email is None or (email == wanted.email if "@" in wanted.email
                                 else wanted.email in email),
        wanted.mobile is None or contact.mobile == f"+{wanted.mobile}",
        wanted.external_id is None or contact.external_id == wanted.external_id,
        wanted.status != "inactive" or not contact.is_active,
        wanted.status != "subscribed" or contact.unsubscribed_at is None,
        not wanted.is_active or contact.is_active,
        not wanted.is_unsubscribed or contact.unsubscribed_at is not None,
        _stands(wanted, known.standing),
        wanted.country is None or known.country == {"gb": "GB", "none": ""}[wanted.country],
        wanted.source is None or known.source == {"test": "test", "none": ""}[wanted.source],
        wanted.created_after is None or contact.created_at >= wanted.created_after,
        wanted.created_before is None or contact.created_at < wanted.created_before,
        wanted.updated_after is None or contact.updated_at >= wanted.updated_after,
        wanted.updated_before is None or contact.updated_at < wanted.updated_before,
        all(_holds(condition, fields) for condition in wanted.fields),
    ]  # fmt: skip
    return all(checks)


def _stands(wanted: ContactFilter, standing: waterfall.Standing) -> bool:
    """Hold the demands on how somebody can be reached against what their code says."""
    lost: dict[str, Step | None] = dict(zip(CHANNELS, standing.lost_at, strict=True))
    optouts: dict[str, str] = dict(zip(CHANNELS, standing.optouts, strict=True))
    steps = [*Step, None]
    kept_by, _, kept = (wanted.kept or "").partition(":")
    lost_by, _, lost_at = (wanted.lost or "").partition(":")
    channel, _, reason = (wanted.optout or "").partition(":")
    return (
        (wanted.reachable is None or lost[wanted.reachable] is None)
        and set(wanted.has) <= standing.has
        and (not channel or bool(optouts[channel]))
        and (not reason or optouts[channel] == reason)
        and (not kept or steps.index(lost[kept_by]) > steps.index(Step(kept)))
        and (not lost_at or lost[lost_by] == lost_at)
        and (wanted.list_active is not False)
    )


def _holds(condition, fields):
    value = fields.get(condition.name)
    return {
        "is": value == condition.value,
        "contains": value is not None and condition.value.lower() in value.lower(),
        "has": condition.name in fields,
        "missing": condition.name not in fields,
    }[condition.condition]


async def test_a_filter_means_the_same_in_lists_counts_and_jobs(db, northwind, people):
    everybody, names, known, (ids, on) = people
    chance = random.Random(11)
    async with db.read() as read:
        for asked in _filters(chance, ids):
            wanted = ContactFilter(**asked)
            expected = [c for c in everybody if _means(wanted, c, names, known[c.id], on)]
            predicate = await queries.predicate_of(read, northwind.id, wanted)

            assert await queries.count(read, northwind.id, predicate) == len(expected), asked
            ids = await queries.matching_ids(read, northwind.id, predicate, None, 1000)
            assert ids == sorted(contact.id for contact in expected), asked

            if len(asked) == 1 and asked.keys() & {"optout", "kept", "lost"}:
                continue  # they are many; the pairs below page through some of them
            sort, descending = chance.choice(list(Sort)), chance.random() < 0.5
            ordered = _ordered(expected, sort, descending)
            listing, seen = Listing(sort, descending, 10), []
            while True:
                page = await queries.page(read, northwind.id, predicate, listing)
                seen += [contact.id for contact in page]
                if len(page) < listing.size:
                    break
                listing = listing._replace(after=paging.place_of(page[-1], sort))
            assert seen == [contact.id for contact in ordered], (asked, sort, descending)


def _ordered(contacts, sort, descending):
    placed = [(paging.place_of(contact, sort), contact) for contact in contacts]
    there = [pair for pair in placed if pair[0].key is not None]
    without = [pair for pair in placed if pair[0].key is None]
    there.sort(key=lambda pair: pair[0], reverse=descending)
    without.sort(key=lambda pair: pair[0].id, reverse=descending)
    return [contact for _, contact in (*there, *without)]
