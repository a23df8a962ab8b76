"""What a contact list shows of contacts: one by its address, or page after page by address."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from signalbook.contacts import attributes as texts
from signalbook.contacts import identifiers
from signalbook.fields.model import Field
from signalbook.kit.db import Read, Row
from signalbook.kit.spelling import plain
from signalbook.ledger.model import Channel, domain_of
from signalbook.ses import contact_queries as queries
from signalbook.ses.errors import NotInList, TopicUnknown
from signalbook.ses.model import (
    Choices,
    Filter,
    KeptTopic,
    Page,
    Seen,
    SesList,
    Shown,
    Standing,
)

MAX_PAGE: Final = 1_000
_MOST_LOOKS: Final = 10
"""How often a page looks further, where contacts are other lists' alone."""
_LEAST_LOOK: Final = 200

_Who = tuple[UUID, str]


async def contact(db: Read, account_id: int, one: SesList, email: str) -> Shown:
    """Return a contact by its address, ignoring case; raises NotInList."""
    row = await queries.one(db, account_id, one.id, key_of(email))
    if row is None or not row[-1]:
        raise NotInList(email=email)
    id, address, mobile, external_id, fields, raw, is_held, created_at, updated_at, _ = row
    (standing,) = await standings(db, account_id, one.topics, [(id, address)])
    return Shown(
        id=id,
        email=address,
        mobile=mobile,
        external_id=external_id,
        fields=fields,
        raw=raw,
        is_held=is_held,
        created_at=created_at,
        updated_at=updated_at,
        standing=standing,
    )


def key_of(email: str) -> str:
    """Write an address as addresses are compared; one that nobody can have stays as it is."""
    try:
        return identifiers.email_key(identifiers.email(email))
    except identifiers.Refused:
        return identifiers.email_key(email)


async def page(
    db: Read, account_id: int, one: SesList, wanted: Filter, *, after: str, size: int
) -> Page:
    """Return a page of the contacts of a list; `after` is the key of an address, or nothing.

    The page is cut first and filtered then, as AWS does: it may hold fewer than `size`, even none,
    while there is more. Raises TopicUnknown.
    """
    topic = None if wanted.topic is None else topic_of(one, wanted.topic)
    rows, last_key = await _cut(db, account_id, one, after, size)
    standing = await standings(db, account_id, one.topics, [(row[0], row[1]) for row in rows])
    return Page(
        [
            Seen(row[0], row[1], row[3], stands)
            for row, stands in zip(rows, standing, strict=True)
            if stands.means(wanted, topic)
        ],
        last_key,
    )


async def standings(
    db: Read, account_id: int, topics: Sequence[KeptTopic], who: Sequence[_Who]
) -> list[Standing]:
    """Return what contacts, given as (id, e-mail), have chosen of all mail and of topics."""
    if not who:
        return []
    keys = [email.lower() for _, email in who]
    domains = [domain_of(key) or key for key in keys]
    out: dict[str, set[str]] = {}
    for address, channel in await queries.optouts(db, account_id, {*keys, *domains}):
        out.setdefault(address, set()).add(channel)
    joined: dict[UUID, set[UUID]] = {}
    if topics:
        lists = [topic.list_id for topic in topics]
        for contact_id, list_id in await queries.members(
            db, account_id, lists, [id for id, _ in who]
        ):
            joined.setdefault(contact_id, set()).add(list_id)
    choices = Choices(topics)
    return [
        _standing(choices, joined.get(id, _NOWHERE), out.get(key, _NOTHING), out.get(domain))
        for (id, _), key, domain in zip(who, keys, domains, strict=True)
    ]


async def attributes(db: Read, account_id: int, shown: Shown) -> str | None:
    """Return AttributesData of a contact as it is now, None where it has nothing to say.

    As it was sent, while its fields are as it says (`contacts/attributes.py`).
    """
    sent = None if shown.raw is None else texts.parsed(shown.raw)
    if not sent:
        return texts.shown(shown.raw, shown.fields, texts.Names())
    rows = await queries.fields_meant(
        db,
        account_id,
        {name for key in sent if (name := texts.field_of(key)) is not None},
        {plain(key) for key in sent},
    )
    known = [Field(name, kind, is_set) for _, name, kind, is_set in rows]
    aliases = {alias: name for alias, name, *_ in rows if alias is not None}
    names = texts.Names(known, aliases)
    meant = {name for key in sent if (name := names.name_of(key)) is not None}
    unknown = meant - names.fields.keys() - shown.fields.keys()
    if unknown:
        names.gone = await queries.fields_gone(db, account_id, unknown)
    return texts.shown(shown.raw, shown.fields, names)


def topic_of(one: SesList, name: str) -> KeptTopic:
    """Return the topic of a name; raises TopicUnknown."""
    found = one.topic(name)
    if found is None:
        raise TopicUnknown(list=one.name, topic=name)
    return found


_NOWHERE: Final = frozenset[UUID]()
_NOTHING: Final = frozenset[str]()


def _standing(
    choices: Choices,
    joined: "set[UUID] | frozenset[UUID]",
    left: "set[str] | frozenset[str]",
    domain_left: set[str] | None,
) -> Standing:
    is_out = Channel.EMAIL in left or (domain_left is not None and Channel.EMAIL in domain_left)
    return Standing(is_out, choices.of(joined, left) if joined or left else {})


async def _cut(
    db: Read, account_id: int, one: SesList, after: str, size: int
) -> tuple[list[Row], str | None]:
    """Return up to `size` contacts that a list shows, and the key after which there may be more."""
    found: list[Row] = []
    ask, looked = size, 0
    while looked < _MOST_LOOKS:
        rows = await queries.page(db, account_id, one.id, after, ask + 1)
        for at, row in enumerate(rows[:ask], 1):
            after = row[2]
            if row[4]:
                found.append(row)
            if len(found) == size:
                return found, after if at < len(rows) else None
        if len(rows) <= ask:
            return found, None
        ask, looked = max(size, _LEAST_LOOK), looked + 1
    return found, after
