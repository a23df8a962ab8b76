"""The local copy is thrown away and made anew from SES: `signalbook ses rebuild`.

First SES is copied beside what is here: listed, a thousand contacts a call, and each contact read
by itself, which takes a second each at AWS's pace. That can be broken off and goes on where it was.
Then, in one transaction, every contact of the account is deleted here and made anew from the copy,
so nobody ever sees half of it. What happened here meanwhile is looked for and copied again first.

From what Signalbook has written (`document`) a contact comes back whole: identifiers, fields, tags,
lists, metadata and opt-outs with their reasons. Its timeline is not in SES and does not come back.
The ledger of opt-outs is not thrown away: what is missing in it is added, and nothing is lifted.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from signalbook.connector import access, actions, dossiers, outbox_queries, restoring
from signalbook.connector import copy_queries as copies
from signalbook.connector.client import Ses
from signalbook.connector.errors import ChangesWaiting, NotRebuildable, RebuildOvertaken
from signalbook.connector.model import Connection, Mode, Page, Remote, Seen
from signalbook.contacts import actions as contacts
from signalbook.contacts import restricting_queries
from signalbook.contacts.model import ContactChange, Source
from signalbook.contacts.model import Mode as Presence
from signalbook.kit import clock, ids
from signalbook.kit.db import Database, Tx

SOURCE: Final = Source("ses rebuild")
_AT_ONCE: Final = 500
_PASSES: Final = 5


class Step(NamedTuple):
    """How far a rebuild is: `listing`, `reading`, `restoring`; `total` is 0 while unknown."""

    name: str
    done: int
    total: int


class Rebuilt(msgspec.Struct, frozen=True):
    """What came of a rebuild: contacts deleted and made, and who could not be made and why."""

    deleted: int
    restored: int
    refused: list[tuple[str, str]]


Told = Callable[[Step], None]


async def rebuild(db: Database, secret_key: str, account_id: int, told: Told) -> Rebuilt:
    """Throw the contacts of an account away and restore them from SES.

    Raises NotConnected, NotRebuildable where Signalbook leads, ChangesWaiting where SES has yet to
    hear of something, RebuildOvertaken where contacts change faster than they are copied, and what
    SES answers.
    """
    async with db.read() as read:
        connection = await actions.existing(read, account_id)
        waiting = await outbox_queries.oldest(read, account_id, 1)
    if connection.mode is Mode.MIRROR:
        raise NotRebuildable
    if waiting:
        raise ChangesWaiting
    work = _Rebuild(db, connection, Ses(db, access.target_of(secret_key, connection)), told)
    for _ in range(_PASSES):
        began = clock.now()
        await work.list()
        await work.read()
        done = await db.transact(lambda tx, since=began: work.replace(tx, since))
        if done is not None:
            return done
    raise RebuildOvertaken


class _Rebuild:
    """The steps of one rebuild."""

    def __init__(self, db: Database, connection: Connection, ses: Ses, told: Told) -> None:
        self._db = db
        self._connection = connection
        self._account_id = connection.account_id
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

    async def replace(self, tx: Tx, since: datetime) -> Rebuilt | None:
        """Put the copy in the place of what is here; None where something has changed since."""
        await restricting_queries.stop_batches(tx, self._account_id)
        if await outbox_queries.oldest(tx, self._account_id, 1) or await copies.happened_since(
            tx, self._account_id, since
        ):
            return None
        total, _ = await copies.counts(tx, self._account_id)
        deleted = await self._delete_all(tx)
        one = await dossiers.here(
            tx, self._account_id, self._connection.region, self._connection.list_name
        )
        work = restoring.Restoring(tx, self._account_id, one, SOURCE)
        after = ""
        while page := await copies.page(tx, self._account_id, after, _AT_ONCE):
            await work.restore([_remote(seen) for seen in page])
            after = page[-1].address
            self._told(Step("restoring", work.restored, total))
        await work.end()
        await outbox_queries.empty(tx, self._account_id)
        await copies.empty(tx, self._account_id)
        tx.touched.clear()  # SES is where all of this is from
        return Rebuilt(deleted, work.restored, work.refused)

    async def _delete_all(self, tx: Tx) -> int:
        deleted, after = 0, None
        while found := await copies.contacts(tx, self._account_id, after, _AT_ONCE):
            changes = [
                ContactChange(source=SOURCE, id=id, mode=Presence.UPDATE, delete=True)
                for id in found
            ]
            await contacts.apply(tx, self._account_id, changes)
            deleted, after = deleted + len(found), found[-1]
        return deleted


def _columns(page: Page) -> dict[str, object]:
    rows = page.contacts
    return {
        "addresses": [one.address for one in rows],
        "updated": [one.updated_at for one in rows],
        "unsubscribed": [one.unsubscribed for one in rows],
        "topics": [msgspec.json.encode(dict(one.topics)).decode() for one in rows],
    }


def _remote(seen: Seen) -> Remote:
    return Remote(
        address=seen.address,
        unsubscribed=seen.unsubscribed,
        topics=seen.topics,
        attributes=seen.attributes,
        updated_at=seen.updated_at,
    )
