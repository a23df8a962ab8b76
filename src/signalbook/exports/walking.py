"""Through the contacts in stretches of ids, each small enough for one statement.

A stretch is so many contacts, whether the filter means them or not, so that no statement is longer
than another; where few of them are meant the next one is longer. Where the registries know that few
are meant at all, one stretch holds everybody and an index finds them.
"""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import NamedTuple, Self, TypeAlias
from uuid import UUID

from signalbook.contacts import queries as contacts
from signalbook.contacts.filters import ContactFilter, Predicate
from signalbook.exports import copy_queries
from signalbook.exports.copy_queries import Rows, Stretch
from signalbook.exports.model import LEAST_STRIDE, MOST_STRIDE, STRIDE
from signalbook.kit.db import Database, Read
from signalbook.kit.errors import DatabaseBusy

Write: TypeAlias = Callable[[bytes], Awaitable[object]]


class Done(NamedTuple):
    """A stretch that was written: its last contact, and how many of it were meant."""

    upto: UUID
    rows: int
    is_last: bool


class Walk:
    """A walk through the contacts of an account up to the newest one that is meant."""

    def __init__(
        self, account_id: int, predicate: Predicate, rows: Rows, last: UUID, stride: int = 0
    ) -> None:
        """Prepare; `stride` is how many contacts the next stretch looks at."""
        self._account_id = account_id
        self._predicate = predicate
        self._rows = rows
        self._last = last
        self.stride = stride or STRIDE

    @classmethod
    async def prepared(
        cls,
        db: Database,
        account_id: int,
        wanted: ContactFilter,
        rows: Rows,
        last: UUID,
        stride: int = 0,
    ) -> Self:
        """Look up what the filter mentions."""
        async with db.read() as read:
            predicate = await contacts.predicate_of(read, account_id, wanted)
        return cls(account_id, predicate, rows, last, stride)

    async def next(
        self,
        db: Database,
        after: UUID | None,
        write: Write,
        rewind: Callable[[], object],
    ) -> Done:
        """Write the rows after this contact; `rewind` forgets those of a stretch begun in vain.

        A stretch that takes the database too long is tried again as a shorter one. Raises
        DatabaseBusy where that is of no use.
        """
        while True:
            try:
                return await self._written(db, after, write)
            except DatabaseBusy:
                if self.stride <= LEAST_STRIDE:
                    raise
                self.stride = max(self.stride // 8, LEAST_STRIDE)
                rewind()

    async def _written(self, db: Database, after: UUID | None, write: Write) -> Done:
        counts: list[int] = []
        async with db.read() as read:
            upto = await self._upto(read, after)
            stretch = Stretch(after, upto)
            async with aclosing(
                copy_queries.copied(
                    read, self._account_id, self._predicate, self._rows, stretch, counts.append
                )
            ) as blocks:
                async for block in blocks:
                    await write(block)
        rows = counts[0]
        self._measure(rows)
        return Done(upto, rows, upto == self._last)

    async def _upto(self, read: Read, after: UUID | None) -> UUID:
        most = self._predicate.at_most
        if most is not None and most <= self.stride:
            return self._last
        whole = Stretch(after, self._last)
        found = await copy_queries.next_bound(read, self._account_id, whole, self.stride)
        return found or self._last

    def _measure(self, rows: int) -> None:
        """Look at more contacts next time where few were meant, and at fewer where many were."""
        if rows * 4 < self.stride:
            self.stride = min(self.stride * 4, MOST_STRIDE)
        elif rows > STRIDE:
            self.stride = max(self.stride // 4, STRIDE)
