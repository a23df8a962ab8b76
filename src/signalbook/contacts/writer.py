"""The group-commit writer: single changes that arrive together are committed together.

Requests that come in while a transaction runs are gathered and become the next one, so a durable
write costs a share of a commit and not a commit. Each caller is answered after its own commit.
One connection: a row a transaction does 1,900 durable upserts a second, 50 rows 22,000.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from itertools import groupby, islice
from typing import TypeAlias

import psycopg
from prometheus_client import Counter, Gauge, Histogram

from signalbook.contacts import actions, checking
from signalbook.contacts.errors import ContactInvalid
from signalbook.contacts.model import Contact, ContactChange, Outcome, Status
from signalbook.kit.db import Again, Database, Touched, Tx
from signalbook.kit.errors import AppError, DatabaseDown, Unavailable

MAX_WAITING = 5_000
MAX_WAITING_BYTES = 64 * 1024 * 1024
MAX_BATCH = 500
MIN_SECOND = 16
"""Fewer waiting changes than this do not set out beside a batch that is under way."""

_Whom: TypeAlias = tuple[int, object]
"""An account and an identifier of one of its contacts."""

_BATCH = Histogram(
    "signalbook_writer_batch_changes",
    "Changes in one transaction of the group-commit writer",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
)
_COMMIT = Histogram(
    "signalbook_writer_batch_seconds",
    "Seconds one transaction of the writer took, commit included",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5),
)
_WAIT = Histogram(
    "signalbook_writer_wait_seconds",
    "Seconds the longest-waiting change of a batch waited before its transaction began",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5),
)
_DEPTH = Gauge(
    "signalbook_writer_waiting_changes",
    "Changes waiting for the writer",
    multiprocess_mode="livesum",
)
_REFUSED = Counter("signalbook_writer_refused_total", "Changes refused because the queue was full")
_RETRIED = Counter("signalbook_writer_retried_total", "Batches retried change by change")


class QueueFull(Unavailable):
    """More changes wait than can be written soon; nothing was changed, try again in a moment."""


class Stopping(Unavailable):
    """The server is stopping; nothing was changed, try again in a moment."""


class ChangeFailed(Unavailable):
    """This change could not be written; nothing was changed, try again in a moment."""


class _Waiting:
    """One change with its caller."""

    __slots__ = ("account_id", "answer", "change", "since", "size", "touched")

    def __init__(
        self, account_id: int, change: ContactChange, size: int, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.account_id = account_id
        self.change = change
        self.size = size
        self.since = loop.time()
        self.answer: asyncio.Future[Outcome] = loop.create_future()
        self.touched: Touched = {}

    def whom(self) -> list[_Whom]:
        """List by what the change names its contact."""
        change = self.change
        named = (change.email and change.email.lower(), change.mobile, change.external_id)
        return [(self.account_id, one) for one in (*named, change.id) if one]


class _Batch:
    """Changes that are written together, and everybody they may concern until they are."""

    def __init__(self, changes: list[_Waiting]) -> None:
        self.changes = sorted(changes, key=_account)
        self.whom = {one for change in changes for one in change.whom()}
        self.is_locked = asyncio.Event()

    def groups(self) -> list[tuple[int, list[_Waiting]]]:
        """Return the changes of each account, in the order of the accounts."""
        return [(account, list(group)) for account, group in groupby(self.changes, key=_account)]

    def concerns(self, account_id: int, contacts: Sequence[Contact]) -> None:
        """Take note of every name of contacts that are locked now."""
        for contact in contacts:
            named = (contact.email and contact.email.lower(), contact.mobile, contact.external_id)
            self.whom.update((account_id, one) for one in (*named, contact.id) if one)


class Writer:
    """Writes single changes in groups; those of one contact in the order they arrive.

    Two groups may be on their way at once: one is worked out here while the database writes the
    other. The second sets out when the first holds its locks, and without any change of a contact
    that the first concerns.
    """

    def __init__(self, db: Database, *, max_waiting: int = MAX_WAITING) -> None:
        """Prepare; `start` begins the loop that writes."""
        self._db = db
        self._max_waiting = max_waiting
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._under_way: dict[asyncio.Task[None], _Batch] = {}
        self._moved = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="writer")

    async def stop(self) -> None:
        """Take no more changes, write all that wait, and end."""
        self._stopping = True
        self._moved.set()
        if self._task is not None:
            await self._task

    async def submit(self, account_id: int, change: ContactChange, size: int = 1024) -> Outcome:
        """Return what came of a change, after its commit.

        `size` is what the change weighs in memory, in bytes, for the bound of the queue. A refused
        change is an outcome with its error; raises QueueFull, Stopping, DatabaseDown, ChangeFailed.
        """
        if self._stopping:
            raise Stopping
        if (
            len(self._waiting) >= self._max_waiting
            or self._waiting_bytes + size > MAX_WAITING_BYTES
        ):
            _REFUSED.inc()
            raise QueueFull
        try:
            checking.checked(change)
        except ContactInvalid as refusal:
            return Outcome(Status.REJECTED, error=refusal)
        waiting = _Waiting(account_id, change, size, asyncio.get_running_loop())
        self._waiting.append(waiting)
        self._waiting_bytes += size
        self._moved.set()
        outcome = await waiting.answer
        await self._db.settle(waiting.touched)
        return outcome

    async def _run(self) -> None:
        """Send one batch after another on its way, until told to stop and all is written."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            while self._may_start():
                await self._start(_Batch(self._gathered()))
            if self._stopping and not self._waiting and not self._under_way:
                return

    def _may_start(self) -> bool:
        if len(self._under_way) == 1:
            return len(self._waiting) >= MIN_SECOND and self._gatherable()
        return bool(self._waiting) and not self._under_way

    async def _start(self, batch: _Batch) -> None:
        """Send a batch on its way; return when it holds its locks, or is done already."""
        task = asyncio.create_task(self._write(batch), name="writer-batch")
        self._under_way[task] = batch
        task.add_done_callback(self._arrived)
        await batch.is_locked.wait()

    def _arrived(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self._moved.set()

    def _gatherable(self) -> bool:
        """Tell whether the first that wait are free to go beside what is under way."""
        (busy,) = self._under_way.values()
        first = islice(self._waiting, MIN_SECOND)
        return any(busy.whom.isdisjoint(waiting.whom()) for waiting in first)

    def _gathered(self) -> list[_Waiting]:
        """Take what waits, the longest-waiting first, and leave whom an earlier change concerns."""
        busy = {one for batch in self._under_way.values() for one in batch.whom}
        taken: list[_Waiting] = []
        left: list[_Waiting] = []
        while self._waiting and len(taken) < MAX_BATCH:
            waiting = self._waiting.popleft()
            if busy and not busy.isdisjoint(waiting.whom()):
                busy.update(waiting.whom())
                left.append(waiting)
            else:
                self._waiting_bytes -= waiting.size
                taken.append(waiting)
        self._waiting.extendleft(reversed(left))
        _DEPTH.set(len(self._waiting))
        return taken

    async def _write(self, batch: _Batch) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        _WAIT.observe(began - min(one.since for one in batch.changes))
        _BATCH.observe(len(batch.changes))
        try:
            await self._commit(batch)
        except DatabaseDown as down:
            _fail(batch.changes, down)
        except (AppError, Again, psycopg.Error):
            await self._one_by_one(batch)
        except Exception as bug:  # noqa: BLE001  # the writer outlives whatever a batch does
            _fail(batch.changes, bug)
        finally:
            batch.is_locked.set()
        _COMMIT.observe(loop.time() - began)

    async def _one_by_one(self, batch: _Batch) -> None:
        """Write each change of a failed batch alone, so that only the guilty one fails."""
        _RETRIED.inc()
        batch.is_locked.set()
        for waiting in batch.changes:
            try:
                await self._commit(_Batch([waiting]))
            except AppError as refusal:
                _fail([waiting], refusal)
            except (Again, psycopg.Error) as failure:
                _fail([waiting], ChangeFailed(), failure)

    async def _commit(self, batch: _Batch) -> None:
        """Write a batch in one transaction, account by account, and answer after the commit."""
        groups = batch.groups()
        last = groups[-1][0]

        async def work(tx: Tx) -> list[list[Outcome]]:
            done: list[list[Outcome]] = []
            for account, group in groups:
                changes = [one.change for one in group]

                def locked(contacts: Sequence[Contact], account: int = account) -> None:
                    batch.concerns(account, contacts)
                    if account == last:
                        batch.is_locked.set()

                besides = actions.Besides(locked, and_commit=account == last)
                nothing: list[Outcome | None] = [None] * len(group)
                done.append(await actions.apply_checked(tx, account, changes, nothing, besides))
            return done

        touched: Touched = {}
        done = await self._db.transact(work, touched)
        for (account, group), outcomes in zip(groups, done, strict=True):
            if account in touched:
                _share_out(account, touched[account], group, outcomes)
            for waiting, outcome in zip(group, outcomes, strict=True):
                if not waiting.answer.done():
                    waiting.answer.set_result(outcome)


def _account(waiting: _Waiting) -> int:
    return waiting.account_id


def _share_out(
    account_id: int, touched: set[str], group: list[_Waiting], outcomes: list[Outcome]
) -> None:
    """Say whose change touched what; a former address, by which none is named, is everybody's."""
    theirs: list[set[str]] = []
    for waiting, outcome in zip(group, outcomes, strict=True):
        named = (waiting.change.email, outcome.contact and outcome.contact.email)
        theirs.append({one.lower() for one in named if one})
    left = touched.difference(*theirs)
    for waiting, own in zip(group, theirs, strict=True):
        if mine := (own & touched) | left:
            waiting.touched = {account_id: mine}


def _fail(batch: Sequence[_Waiting], error: Exception, cause: BaseException | None = None) -> None:
    error.__cause__ = cause or error.__cause__
    for waiting in batch:
        if not waiting.answer.done():
            waiting.answer.set_exception(error)
