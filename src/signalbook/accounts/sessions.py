"""Who is signed in with this cookie? From memory for half a second, then from the database."""

from datetime import timedelta
from time import monotonic
from typing import Final

from signalbook.accounts import secrets, session_queries
from signalbook.accounts.errors import SignInNeeded
from signalbook.accounts.model import SESSION_IDLE, Caller, caller_of_person
from signalbook.accounts.recent import Recent
from signalbook.kit import clock
from signalbook.kit.db import Database

REMEMBERED_MOST: Final = 2_000
SEEN_EVERY: Final = timedelta(minutes=1)

_TOKEN_LONGEST = 64


class Sessions:
    """Turns the tokens of cookies into callers."""

    def __init__(self, db: Database) -> None:
        """Read sessions from `db`."""
        self._db = db
        self._recent: Recent[str, Caller] = Recent(REMEMBERED_MOST)

    async def authenticate(self, token: str | None) -> Caller:
        """Return who is signed in with this token; raises SignInNeeded."""
        if not token or len(token) > _TOKEN_LONGEST or not token.isascii():
            raise SignInNeeded
        kept = self._recent.get(token)
        answer = kept[1] if kept else await self._read(token)
        if not isinstance(answer, Caller):
            raise SignInNeeded
        return answer

    def forget(self, token: str) -> None:
        """Ask the database again at the next request, because this process changed something."""
        self._recent.forget(token)

    async def _read(self, token: str) -> Caller | SignInNeeded:
        read_at, at = monotonic(), clock.now()
        async with self._db.read() as read:
            known = await session_queries.signed_in(
                read, secrets.digest(token), at=at, seen_since=at - SESSION_IDLE
            )
        answer = caller_of_person(known) if known else SignInNeeded()
        self._recent.put(token, read_at, answer)
        if known and at - known.last_seen_at > SEEN_EVERY:
            async with self._db.tx() as tx:
                await session_queries.set_seen(tx, known.session_id, at)
        return answer
