"""Contacts as SES holds them become contacts here, whole where Signalbook had written them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from signalbook.connector import absorbing, document
from signalbook.connector import copy_queries as copies
from signalbook.connector.document import Dossier
from signalbook.connector.model import Remote
from signalbook.contacts import actions as contacts
from signalbook.contacts import restricting
from signalbook.contacts.model import ContactChange, Former, Listed, Source
from signalbook.kit import clock
from signalbook.kit.db import Tx
from signalbook.ledger.model import Order
from signalbook.lists import actions as lists
from signalbook.lists import queries as list_queries
from signalbook.lists.model import MOST_AT_ONCE, key_of
from signalbook.ses.model import SesList


class _Joining(NamedTuple):
    """How somebody came onto a list."""

    list_id: UUID
    at: datetime
    by: str


class Restoring:
    """Restores contacts that are not there, within one transaction."""

    def __init__(self, tx: Tx, account_id: int, one: SesList | None, source: Source) -> None:
        """Prepare; `one` is our own list that stands for the one of SES."""
        self._tx = tx
        self._account_id = account_id
        self._list = one
        self._source = source
        self._lists: dict[UUID, str] | None = None
        self._joinings: defaultdict[_Joining, list[UUID]] = defaultdict(list)
        self.restored = 0
        self.refused: list[tuple[str, str]] = []

    async def restore(self, remotes: Sequence[Remote]) -> None:
        """Make the contacts that these are; `end` puts them on their lists."""
        read = [(remote, document.read(remote.attributes)) for remote in remotes]
        known = [(remote, document.dossier_of(remote, one), one) for remote, one in read]
        orders = [order for remote, dossier, _ in known for order in self._orders(remote, dossier)]
        await restricting.obey(self._tx, self._account_id, orders, at=clock.now())  # none is free
        changes = [
            self._foreign(remote, one.whole) if dossier is None else self._known(dossier)
            for remote, dossier, one in known
        ]
        outcomes = await contacts.apply(self._tx, self._account_id, changes)
        for (remote, dossier, _), outcome in zip(known, outcomes, strict=True):
            if outcome.error is not None:
                self.refused.append((remote.address, outcome.error.message))
                continue
            self.restored += 1
            if dossier is not None:
                await self._remember(dossier)
            elif outcome.contact is not None:
                self._remember_topics(remote, outcome.contact.id)

    async def end(self) -> None:
        """Put everybody on their lists, at the time and by whom they came there."""
        for joining, ids in sorted(self._joinings.items()):
            for first in range(0, len(ids), MOST_AT_ONCE):
                await lists.join(
                    self._tx, self._account_id, joining.list_id, ids[first : first + MOST_AT_ONCE],
                    at=joining.at, actor=joining.by,
                )  # fmt: skip

    def _known(self, dossier: Dossier) -> ContactChange:
        """Make a contact again as it was."""
        return ContactChange(
            source=self._source,
            email=dossier.email,
            **{
                name: value
                for name in ("mobile", "external_id")
                if (value := getattr(dossier, name)) is not None
            },
            fields=dict(dossier.fields),
            metadata=dict(dossier.metadata),
            tags_add=dossier.tags,
            is_active=dossier.is_active,
            former=Former(
                id=dossier.id,
                created_at=dossier.created_at,
                unsubscribed_at=dossier.unsubscribed_at,
                source=dossier.source,
            ),
            listed=self._listed(dossier.attributes) if dossier.was_sent else None,
        )

    def _foreign(self, remote: Remote, attributes: str | None) -> ContactChange:
        """Make a contact that another client of AWS has put there."""
        return ContactChange(
            source=self._source, email=remote.address, listed=self._listed(attributes)
        )

    def _listed(self, attributes: str | None) -> Listed | None:
        if self._list is None:
            return None
        return Listed(list_id=self._list.id, attributes=attributes)

    def _orders(self, remote: Remote, dossier: Dossier | None) -> list[Order]:
        """Write down every opt-out that SES knows of; those in force are passed over."""
        if dossier is None:
            at = remote.updated_at or clock.now()
            evidence = {"seen_in": "rebuild"}
            channels = absorbing.channels(remote, self._list)
            key = remote.address.lower()
            return [absorbing.order(key, channel, at, evidence) for channel in channels]
        return [
            Order(
                kind="out",
                channel=one.channel,
                reasons=(one.reason,),
                source=one.source,
                at=one.since,
                address=one.address or dossier.email.lower(),
            )
            for one in dossier.optouts
        ]

    async def _remember(self, dossier: Dossier) -> None:
        for one in dossier.lists:
            list_id = await self._list_of(one.id, one.name)
            joining = _Joining(list_id, one.joined_at, one.joined_by)
            self._joinings[joining].append(dossier.id)

    def _remember_topics(self, remote: Remote, contact_id: UUID) -> None:
        at = remote.updated_at or clock.now()
        for topic in self._list.topics if self._list else ():
            if remote.topics.get(topic.name) == "OPT_IN":
                joining = _Joining(topic.list_id, at, self._source.name)
                self._joinings[joining].append(contact_id)

    async def _list_of(self, id: UUID, name: str) -> UUID:
        """Find a list by its id or its name, or make it as it was."""
        if self._lists is None:
            self._lists = await copies.lists(self._tx, self._account_id)
        if id in self._lists:
            return id
        key = key_of(name)
        for known, known_key in self._lists.items():
            if known_key == key:
                return known
        await list_queries.insert_missing(
            self._tx, self._account_id, [id], [name], [key], at=clock.now(), actor="ses rebuild"
        )
        self._lists[id] = key
        return id
