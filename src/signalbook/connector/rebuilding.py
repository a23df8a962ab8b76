"""The local copy is thrown away and made anew from SES: `signalbook ses rebuild`.

First SES is copied beside what is here: listed, a thousand contacts a call, and each contact read
by itself, which takes a second each at AWS's pace. That can be broken off and goes on where it was.
Then, in one transaction, every contact of the account is deleted here and made anew from the copy,
so nobody ever sees half of it. What happened here meanwhile is looked for and copied again first.

From what Signalbook has written (`document`) a contact comes back whole: identifiers, fields, tags,
lists, metadata and opt-outs with their reasons. Its timeline is not in SES and does not come back.
The ledger of opt-outs is not thrown away: what is missing in it is added, and nothing is lifted.
"""

from datetime import datetime
from typing import Final

import msgspec

from signalbook.connector import access, actions, dossiers, outbox_queries, restoring
from signalbook.connector import copy_queries as copies
from signalbook.connector.client import Ses
from signalbook.connector.copying import Copy, Step, Told, remote_of
from signalbook.connector.errors import ChangesWaiting, NotRebuildable, RebuildOvertaken
from signalbook.connector.model import Connection, Mode
from signalbook.contacts import actions as contacts
from signalbook.contacts import restricting_queries
from signalbook.contacts.model import ContactChange, Source
from signalbook.contacts.model import Mode as Presence
from signalbook.kit import clock
from signalbook.kit.db import Database, Tx

SOURCE: Final = Source("ses rebuild")
_AT_ONCE: Final = 500
_PASSES: Final = 5


class Rebuilt(msgspec.Struct, frozen=True):
    """What came of a rebuild: contacts deleted and made, and who could not be made and why."""

    deleted: int
    restored: int
    refused: list[tuple[str, str]]


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
    copy = Copy(db, account_id, Ses(db, access.target_of(secret_key, connection)), told)
    work = _Rebuild(connection, told)
    for _ in range(_PASSES):
        began = clock.now()
        await copy.list()
        await copy.read()
        done = await db.transact(lambda tx, since=began: work.replace(tx, since))
        if done is not None:
            return done
    raise RebuildOvertaken


class _Rebuild:
    """What is done in the one transaction of a rebuild."""

    def __init__(self, connection: Connection, told: Told) -> None:
        self._connection = connection
        self._account_id = connection.account_id
        self._told = told

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
            await work.restore([remote_of(seen) for seen in page])
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
