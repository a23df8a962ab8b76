"""Passwords: which are accepted, and how they are hashed without starving the server.

Argon2id with 19 MiB, two passes and one lane is OWASP's floor (31 ms a hash here). Two threads hash
at most, and past a short queue the rest is refused at once: a flood of sign-ins then costs a 503
and not the API.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from signalbook.accounts.errors import (
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    SignInBusy,
)
from signalbook.accounts.model import PASSWORD_MAX_BYTES, PASSWORD_MIN_CHARACTERS

R = TypeVar("R")

# A hash of a random password nobody knows: verifying against it takes as long as the real thing.
DECOY_HASH: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$c2lnbmFsYm9va2RlY295$"
    "u5vQ1cTzv9cI1l0XW2m7cS4wqkP1m9pGJp1z3WZr0Ak"
)

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_QUEUE_LONGEST = 32
_REPEATED_MOST = 3
_COMMON = frozenset(
    {
        "123456789012", "1234567890123", "12345678901234", "123456789012345", "1234567890123456",
        "012345678901", "112233445566", "123123123123", "111111111111", "000000000000",
        "121212121212", "123456123456", "1q2w3e4r5t6y", "1qaz2wsx3edc", "1qazxsw23edc",
        "abcdefghijkl", "abcdefghijklm", "abcd12345678", "abc123abc123", "administrator",
        "adminadminadmin", "admin1234567", "admin12345678", "changemechangeme", "changeme1234",
        "correcthorsebatterystaple", "iloveyou1234", "iloveyouforever", "letmeinletmein",
        "letmein12345", "liverpoolfc1", "manchesterunited", "passwordpassword", "password1234",
        "password12345", "password123456", "password12345678", "passw0rd1234", "p@ssword1234",
        "p@ssw0rd1234", "p@ssw0rd12345", "qazwsxedcrfv", "qwerty123456", "qwerty1234567",
        "qwertyqwerty", "qwertyuiop12", "qwertyuiop123", "qwertyuiopas", "qwertyuiopasdf",
        "qwertyuiop[]", "q1w2e3r4t5y6", "secretsecret", "signalbook12", "signalbook123",
        "signalbook1234", "signalbooksignalbook", "supersecret1", "supersecretpassword",
        "trustno1trustno1", "welcome12345", "welcome123456", "welcomewelcome", "whateverwhatever",
        "zaq12wsxcde3", "zxcvbnm12345", "zxcvbnmasdfghjkl", "asdfghjkl123", "asdfghjklqwertyuiop",
    }
)  # fmt: skip


def check(password: str, *, own_words: tuple[str, ...] = ()) -> None:
    """Refuse a password that is too short, too long or easily guessed.

    `own_words` are what a guesser knows of the person, such as the e-mail. Nothing is trimmed and
    no composition is asked for (NIST SP 800-63B-4).
    """
    if len(password) < PASSWORD_MIN_CHARACTERS:
        raise PasswordTooShort
    if len(password.encode("utf-8", "surrogatepass")) > PASSWORD_MAX_BYTES:
        raise PasswordTooLong
    folded = password.casefold()
    own = {word.casefold() for word in own_words if word}
    if folded in _COMMON or folded in own or len(set(folded)) <= _REPEATED_MOST:
        raise PasswordTooCommon


class Passwords:
    """Hashing in two threads behind a bounded queue."""

    def __init__(self) -> None:
        """Prepare the threads; they start at first use."""
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
        self._waiting = 0

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def hash(self, password: str) -> str:
        """Hash a password; raises SignInBusy when too many wait."""
        return await self._in_turn(lambda: hash_now(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Compare in the same time whether or not there is a stored hash."""
        return await self._in_turn(lambda: _verify(stored, password))

    async def _in_turn(self, work: Callable[[], R]) -> R:
        if self._waiting >= _QUEUE_LONGEST:
            raise SignInBusy(retry_after_seconds=3)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1


def hash_now(password: str) -> str:
    """Hash in this very thread, for the command line and the first start."""
    return _HASHER.hash(password)


def outdated(stored: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def _verify(stored: str | None, password: str) -> bool:
    if len(password.encode("utf-8", "surrogatepass")) > PASSWORD_MAX_BYTES:
        return False
    try:
        return _HASHER.verify(stored or DECOY_HASH, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
