"""Whose key is this? Answered from memory in the ordinary case, from the database twice a second.

A key in steady use is read anew in the background before its answer grows old, so that no call
waits for it; a key that was revoked counts for half a second more, in every process.
"""

import asyncio
from time import monotonic
from typing import Final

from signalbook.accounts import key_queries, secrets, tokens
from signalbook.accounts.errors import (
    KeyMissing,
    KeyRevoked,
    KeyUnknown,
    ScopeMissing,
    TokenUnknown,
)
from signalbook.accounts.model import Caller, KnownKey, caller_of_key
from signalbook.accounts.recent import RENEW_AFTER_SECONDS, Recent
from signalbook.kit import clock
from signalbook.kit.db import Database, Read
from signalbook.kit.errors import AppError

KNOWN_MOST: Final = 10_000
REFUSED_MOST: Final = 1_000


class Keys:
    """Turns raw keys into callers."""

    def __init__(self, db: Database, secret_key: str | None = None) -> None:
        """Read keys from `db`; without `secret_key` no access token is one."""
        self._db = db
        self._secret_key = secret_key
        self._known: Recent[str, Caller] = Recent(KNOWN_MOST)
        self._refused: Recent[str, Caller] = Recent(REFUSED_MOST)
        self._reading: dict[str, asyncio.Task[Caller | AppError]] = {}

    def cached(self, raw: str) -> Caller | None:
        """Return the caller if the answer is fresh: a look into a dictionary, 0.3 µs."""
        kept = self._known.get(raw)
        if kept is None:
            return None
        age, caller = kept
        if age > RENEW_AFTER_SECONDS and raw not in self._reading:
            self._start_reading(raw)
        return caller if isinstance(caller, Caller) else None

    async def identify(self, raw: str | None) -> Caller:
        """Return who calls with this key, whatever they may do with it.

        Raises KeyMissing, KeyUnknown, KeyRevoked, TokenUnknown, TokenStale; DatabaseDown when it
        cannot know.
        """
        if not raw:
            raise KeyMissing
        return self.cached(raw) or await self._look_up(raw)

    async def authenticate(self, raw: str | None, scope: str) -> Caller:
        """Return who calls with this key, for this scope; raises ScopeMissing as well."""
        caller = await self.identify(raw)
        if scope not in caller.scopes:
            raise ScopeMissing(scope=scope)
        return caller

    def forget(self, raw: str) -> None:
        """Ask the database again at the next call."""
        self._known.forget(raw)
        self._refused.forget(raw)

    async def _look_up(self, raw: str) -> Caller:
        if tokens.looks_like_token(raw):
            self._token(raw)
        elif not secrets.looks_like_key(raw):
            raise KeyUnknown
        refused = self._refused.get(raw)
        if refused is not None:
            answer = refused[1]
        else:
            answer = await asyncio.shield(self._reading.get(raw) or self._start_reading(raw))
        if isinstance(answer, AppError):
            raise type(answer)
        return answer

    def _start_reading(self, raw: str) -> "asyncio.Task[Caller | AppError]":
        """Read once for all who wait for the same key."""
        task = asyncio.create_task(self._read(raw))
        self._reading[raw] = task
        task.add_done_callback(lambda done: self._forget_reading(raw, done))
        return task

    def _forget_reading(self, raw: str, done: "asyncio.Task[Caller | AppError]") -> None:
        self._reading.pop(raw, None)
        if not done.cancelled():
            done.exception()  # a renewal that failed is tried again by whoever comes next

    async def _read(self, raw: str) -> Caller | AppError:
        read_at = monotonic()
        async with self._db.read() as read:
            known = await self._known_by(read, raw)
        if known is None or known.revoked_at is not None:
            answer = KeyUnknown() if known is None else KeyRevoked()
            self._known.forget(raw)
            self._refused.put(raw, read_at, answer)
            return answer
        caller = caller_of_key(known)
        self._known.put(raw, read_at, caller)
        return caller

    async def _known_by(self, read: Read, raw: str) -> KnownKey | None:
        if tokens.looks_like_token(raw):
            token = self._token(raw)
            return await key_queries.known_by_id(read, token.account_id, token.key_id)
        return await key_queries.known(read, secrets.digest(raw))

    def _token(self, raw: str) -> tokens.Token:
        if self._secret_key is None:
            raise TokenUnknown
        return tokens.read(self._secret_key, raw, clock.now())
