"""Whose key is this? Answered from memory in the ordinary case, from the database twice a second.

A key that was revoked counts for half a second more, in every process; see `renewing`.
"""

from signalbook.accounts import key_queries, secrets, tokens
from signalbook.accounts.errors import (
    KeyMissing,
    KeyRevoked,
    KeyUnknown,
    ScopeMissing,
    TokenUnknown,
)
from signalbook.accounts.model import Caller, KnownKey, caller_of_key
from signalbook.accounts.renewing import Renewed
from signalbook.kit import clock
from signalbook.kit.db import Database, Read
from signalbook.kit.errors import AppError


class Keys:
    """Turns raw keys into callers."""

    def __init__(self, db: Database, secret_key: str | None = None) -> None:
        """Read keys from `db`; without `secret_key` no access token is one."""
        self._db = db
        self._secret_key = secret_key
        self._callers: Renewed[Caller] = Renewed(self._read)
        self.cached = self._callers.cached
        self.forget = self._callers.forget

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

    async def _look_up(self, raw: str) -> Caller:
        if tokens.looks_like_token(raw):
            self._token(raw)
        elif not secrets.looks_like_key(raw):
            raise KeyUnknown
        return await self._callers.look_up(raw)

    async def _read(self, raw: str) -> Caller | AppError:
        async with self._db.read() as read:
            known = await self._known_by(read, raw)
        if known is None:
            return KeyUnknown()
        return caller_of_key(known) if known.revoked_at is None else KeyRevoked()

    async def _known_by(self, read: Read, raw: str) -> KnownKey | None:
        if tokens.looks_like_token(raw):
            token = self._token(raw)
            return await key_queries.known_by_id(read, token.account_id, token.key_id)
        return await key_queries.known(read, secrets.digest(raw))

    def _token(self, raw: str) -> tokens.Token:
        if self._secret_key is None:
            raise TokenUnknown
        return tokens.read(self._secret_key, raw, clock.now())
