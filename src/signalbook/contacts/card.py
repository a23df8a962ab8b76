"""All that a contact's page shows beside its timeline: identity, reachability, facts, tags."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from signalbook.contacts import list_queries, page_queries, queries, reach, shown, values
from signalbook.contacts.errors import ContactNotFound
from signalbook.contacts.model import Contact
from signalbook.contacts.standing import Standing, standing_of
from signalbook.contacts.values import Known, known_fields
from signalbook.kit.db import Read, Row
from signalbook.ledger.model import STRENGTH, Channel, Reason
from signalbook.tags import queries as tag_queries

ALWAYS: Final = ("first_name", "last_name")
DAYS: Final = 90

_WHY: Final = {
    Reason.SPAM: "Complained",
    Reason.HARDBOUNCED: "Bounced",
    Reason.CONTACT: "Opted out",
    Reason.USER: "Unsubscribed by you",
}
SOURCES: Final = {
    "add-contact": "Send With SES",
    "api": "API",
    "console": "Console",
    "bulk": "Console",
    "bulk-undo": "Undone in the console",
    "cli": "Command line",
    "fields": "Fields",
    "import": "Import",
    "blocklist": "Blocklist",
    "ses": "AWS SES",
    "ses import": "AWS SES import job",
    "reply": "Reply",
    "erasure": "Erasure",
    "file": "File",
    "preferences": "Preference page",
    "carried over": "Carried over",
    "erased before": "Erased before",
}


class Fact(NamedTuple):
    """A field with its value, or without one."""

    field: Known
    value: str
    is_nested: bool = False


class Reached(NamedTuple):
    """Whether a contact may be reached on a channel; None where there is no address for it."""

    channel: str
    ok: bool | None
    says: str
    since: datetime | None = None
    href: str = ""


class Card(NamedTuple):
    """A contact as its page shows it."""

    contact: Contact
    name: str
    standing: Standing
    identifiers: list[tuple[str, str, str | None]]
    facts: list[Fact]
    unused: list[Known]
    tags: list[str]
    reached: list[Reached]
    may_lift: bool


async def read(db: Read, account_id: int, contact_id: UUID) -> Card:
    """Read a contact for its page, in five statements; raises ContactNotFound."""
    contact = await queries.get(db, account_id, contact_id)
    if contact is None:
        raise ContactNotFound
    names = {row[0]: row[1] for row in await tag_queries.names(db, account_id, contact.tags)}
    known = known_fields(await page_queries.fields(db, account_id))
    places = reach.places(contact)
    rows = await page_queries.restrictions(db, account_id, sorted({at for _, at in places}))
    facts = facts_of(contact, known)
    has = {fact.field.name for fact in facts}
    return Card(
        contact=contact,
        name=shown.name_of(contact),
        standing=standing_of(contact),
        identifiers=[(n, label, getattr(contact, n)) for n, label in values.IDENTIFIERS.items()],
        facts=facts,
        unused=[one for one in known.values() if one.name not in has and not one.is_hidden],
        tags=[names[tag] for tag in reversed(contact.tags) if tag in names],
        reached=_reached(contact, rows, await list_queries.holding(db, account_id, [contact.id])),
        may_lift=any(row[1] == Reason.USER for row in rows),
    )


def facts_of(contact: Contact, known: dict[str, Known]) -> list[Fact]:
    """List what is known of a contact, the standard fields first and in their own order."""
    named = [n for n in known if n in ALWAYS or n in contact.fields]
    named += [n for n in contact.fields if n not in known]
    return [fact_of(contact, known.get(n, Known(n, n, "text"))) for n in named]


def fact_of(contact: Contact, field: Known) -> Fact:
    """Return a field with the value a contact has in it."""
    value = contact.fields.get(field.name)
    return Fact(field, shown.text_of(value, field.type), isinstance(value, dict))


async def strip(db: Read, account_id: int, contact_id: UUID, today: date) -> list[tuple[str, int]]:
    """Count a contact's signals on each of the last ninety days, oldest first."""
    first = today - timedelta(days=DAYS - 1)
    counts = {
        row[0]: int(row[1])
        for row in await page_queries.active_days(db, account_id, contact_id, first)
    }
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return [(f"{day.day} {day:%b}", counts.get(day, 0)) for day in days]


def _reached(contact: Contact, rows: Sequence[Row], holding: Sequence[Row]) -> list[Reached]:
    """Say for each channel whether it is open, and if not why, since when and from where."""
    voice = contact.mobile or contact.fields.get("phone")
    addresses = {Channel.EMAIL: contact.email, Channel.SMS: contact.mobile, Channel.VOICE: voice}
    optouts = {
        Channel.EMAIL: contact.email_optout,
        Channel.SMS: contact.sms_optout,
        Channel.VOICE: contact.voice_optout,
    }
    found: list[Reached] = []
    for channel, address in addresses.items():
        against = sorted(
            (row for row in rows if row[0] == channel), key=lambda row: STRENGTH[Reason(row[1])]
        )
        if not address:
            missing = "No e-mail" if channel is Channel.EMAIL else "No number"
            found.append(Reached(channel, ok=None, says=missing))
        elif optouts[channel] is not None:
            why = _WHY[Reason(optouts[channel])]
            source = SOURCES.get(against[0][3], against[0][3]) if against else ""
            says = f"{why}, from {source}" if source else why
            since = against[0][2] if against else None
            found.append(Reached(channel, ok=False, says=says, since=since))
        elif not contact.is_active:
            found.append(Reached(channel, ok=False, says="The contact is inactive"))
        elif holding:
            _, id, name, _ = holding[0]
            said = f"List {name} is deactivated"
            found.append(Reached(channel, ok=False, says=said, href=f"/lists/{id}"))
        else:
            found.append(Reached(channel, ok=True, says="Reachable"))
    return found
