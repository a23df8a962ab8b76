"""All that Signalbook holds of contacts, gathered for SES, some at a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from signalbook.connector import dossier_queries as queries
from signalbook.connector.document import Dossier, Membership, Optout
from signalbook.connector.dossier_queries import Held
from signalbook.connector.model import Status, Topic
from signalbook.contacts import attributes
from signalbook.contacts.attributes import Names
from signalbook.fields.model import Field
from signalbook.kit.db import Read, Row
from signalbook.ledger.model import OWN_ID, Reason, domain_of
from signalbook.ses import queries as ses
from signalbook.ses.model import KeptTopic, SesList, channel_of

AT_ONCE: Final = 500

_OUT: Final = frozenset({Reason.CONTACT.value, Reason.USER.value})


async def here(db: Read, account_id: int, region: str, name: str) -> SesList | None:
    """Return our own list that stands for the one of SES."""
    return await ses.get(db, account_id, region, name)


async def gather(
    db: Read, account_id: int, one: SesList | None, addresses: Iterable[str]
) -> dict[str, Dossier]:
    """Return the contacts with these e-mails, by e-mail in lower case; who is not there is not."""
    keys = sorted({address.lower() for address in addresses})
    held = await queries.contacts(db, account_id, one.id if one else None, keys)
    if not held:
        return {}
    lists: dict[UUID, list[Row]] = {}
    for row in await queries.memberships(db, account_id, [contact.id for contact in held]):
        lists.setdefault(row[0], []).append(row)
    everywhere = {address for contact in held for address in _addresses(contact)}
    rows = await queries.optouts(db, account_id, sorted(everywhere))
    names = await names_of(db, account_id)
    topics = one.topics if one else ()
    return {
        contact.email_key: _dossier(contact, lists.get(contact.id, []), rows, names, topics)
        for contact in held
    }


async def names_of(db: Read, account_id: int) -> Names:
    """Return the fields of an account as the keys of AttributesData may mean them."""
    known = [Field(*row) for row in await queries.fields(db, account_id)]
    aliases = dict(await queries.aliases(db, account_id))
    return Names(known, aliases, gone=await queries.fields_gone(db, account_id))


async def lifted(
    db: Read, account_id: int, addresses: Iterable[str]
) -> dict[tuple[str, str], datetime]:
    """Return when an opt-out was lifted last here, by address and channel."""
    rows = await queries.lifted(db, account_id, [address.lower() for address in addresses])
    return {(row[0], row[1]): row[2] for row in rows}


async def in_force(db: Read, account_id: int, addresses: Iterable[str]) -> set[tuple[str, str]]:
    """Return (address, channel) where the person or the account has opted out, domains included."""
    keys = {address.lower() for address in addresses}
    domains = {key: domain_of(key) for key in keys}
    asked = keys | {domain for domain in domains.values() if domain}
    rows = await queries.optouts(db, account_id, sorted(asked))
    found = {(row[0], row[1]) for row in rows if row[2] in _OUT}
    by_domain = {(key, c) for key, d in domains.items() for at, c in found if at == d}
    return found | by_domain


def topics_of(one: SesList | None) -> tuple[Topic, ...]:
    """Return the topics of our own list as SES shall have them."""
    return tuple(
        Topic(topic.name, topic.display_name, topic.default_status, topic.description)
        for topic in (one.topics if one else ())
    )


def _addresses(contact: Held) -> list[str]:
    own = [contact.email_key, contact.mobile, contact.landline, domain_of(contact.email_key)]
    if contact.external_id is not None:
        own.append(OWN_ID + contact.external_id)
    return [address for address in own if address]


def _dossier(
    contact: Held,
    lists: Sequence[Row],
    optouts: Sequence[Row],
    names: Names,
    topics: Sequence[KeptTopic],
) -> Dossier:
    addresses = set(_addresses(contact))
    theirs = [row for row in optouts if row[0] in addresses]
    out = {row[1] for row in theirs if row[0] == contact.email_key and row[2] in _OUT}
    return Dossier(
        id=contact.id,
        email=contact.email,
        mobile=contact.mobile,
        external_id=contact.external_id,
        fields=contact.fields,
        metadata=contact.metadata,
        tags=tuple(contact.tags),
        lists=tuple(Membership(*row[1:]) for row in lists),
        optouts=tuple(
            Optout(channel, "" if address == contact.email_key else address, *rest)
            for address, channel, *rest in theirs
        ),
        is_active=contact.is_active,
        unsubscribed_at=contact.unsubscribed_at,
        created_at=contact.created_at,
        source=contact.source or "",
        attributes=attributes.shown(contact.attributes, contact.fields, names),
        was_sent=contact.attributes is not None,
        topics=_chosen(topics, {row[1] for row in lists}, out),
    )


def _chosen(topics: Sequence[KeptTopic], joined: set[UUID], out: set[str]) -> Mapping[str, Status]:
    found: dict[str, Status] = {}
    for topic in topics:
        if channel_of(topic.list_id) in out:
            found[topic.name] = "OPT_OUT"
        elif topic.list_id in joined:
            found[topic.name] = "OPT_IN"
    return found
