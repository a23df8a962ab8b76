"""A copy of an SES list beside what is here: listed, and read contact by contact where it must be.

It can be broken off: what was read stays read for as long as SES does not change it.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from signalbook.connector import copy_queries as copies
from signalbook.connector.client import Ses
from signalbook.connector.model import Page, Remote, Seen
from signalbook.kit import ids
from signalbook.kit.db import Database

_AT_ONCE: Final = 500


class Step(NamedTuple):
    """How far some work is, by the name of its part; `total` is 0 while unknown."""

    name: str
    done: int
    total: int


Told = Callable[[Step], None]


class Copy:
    """The copy of one account's list."""

    def __init__(self, db: Database, account_id: int, ses: Ses, told: Told) -> None:
        """Prepare; `told` hears of every step."""
        self._db = db
        self._account_id = account_id
        self._ses = ses
        self._told = told

    async def list(self) -> None:
        """Copy what a full listing says; who is not in it any more goes."""
        listing, token, count = ids.new_id(), None, 0
        while True:
            page = await self._ses.page(token)
            async with self._db.tx() as tx:
                await copies.put(tx, self._account_id, listing, _columns(page))
            count += len(page.contacts)
            self._told(Step("listing", count, 0))
            token = page.token
            if token is None:
                break
        async with self._db.tx() as tx:
            await copies.drop_others(tx, self._account_id, listing)

    async def read(self) -> None:
        """Read each contact that is not copied as it is listed."""
        async with self._db.read() as read:
            total, done = await copies.counts(read, self._account_id)
        after = ""
        while True:
            async with self._db.read() as read:
                addresses = await copies.unread(read, self._account_id, after, _AT_ONCE)
            for address in addresses:
                remote = await self._ses.get(address)
                async with self._db.tx() as tx:
                    if remote is None:
                        await copies.drop(tx, self._account_id, address)
                    else:
                        await copies.set_read(tx, self._account_id, address, remote)
                done += 1
                self._told(Step("reading", done, total))
            if not addresses:
                return
            after = addresses[-1]


def _columns(page: Page) -> dict[str, object]:
    rows = page.contacts
    return {
        "addresses": [one.address for one in rows],
        "updated": [one.updated_at for one in rows],
        "unsubscribed": [one.unsubscribed for one in rows],
        "topics": [msgspec.json.encode(dict(one.topics)).decode() for one in rows],
    }


def remote_of(seen: Seen) -> Remote:
    """Return a contact of the copy as SES has it."""
    return Remote(
        address=seen.address,
        unsubscribed=seen.unsubscribed,
        topics=seen.topics,
        attributes=seen.attributes,
        updated_at=seen.updated_at,
    )
