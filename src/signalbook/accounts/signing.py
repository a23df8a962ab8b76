"""Who signs with this access key id, and with which secret; kept in memory as keys are."""

from datetime import datetime

import msgspec

from signalbook.accounts import key_queries, secrets
from signalbook.accounts.errors import KeyRevoked, KeyUnknown
from signalbook.accounts.model import Caller, caller_of_key
from signalbook.accounts.renewing import Renewed
from signalbook.kit import vault
from signalbook.kit.db import Database
from signalbook.kit.errors import AppError


class Signer(msgspec.Struct, frozen=True):
    """A ses key: its caller and its secret, and what a temporary one has besides."""

    caller: Caller
    secret: str
    session: bytes | None
    expires_at: datetime | None

    def has_session(self, token: str | None) -> bool:
        """Tell whether this is the key's session token, or rightly none."""
        if self.session is None or token is None:
            return self.session is None and token is None
        return self.session == secrets.digest(token)  # of hashes nothing is learned by time


class Signers:
    """Turns access key ids into signers."""

    def __init__(self, db: Database, secret_key: str) -> None:
        """Read keys from `db` and decrypt their secrets with `secret_key`."""
        self._db = db
        self._secret_key = secret_key
        self._signers: Renewed[Signer] = Renewed(self._read)

    async def identify(self, access_key: str) -> Signer:
        """Return who signs by this id, expired or not.

        Raises KeyUnknown, KeyRevoked; DatabaseDown, SecretLocked when it cannot know.
        """
        cached = self._signers.cached(access_key)
        if cached is not None:
            return cached
        if not secrets.looks_like_access_key(access_key):
            raise KeyUnknown
        return await self._signers.look_up(access_key)

    async def _read(self, access_key: str) -> Signer | AppError:
        async with self._db.read() as read:
            known = await key_queries.known_signer(read, secrets.digest(access_key))
        if known is None:
            return KeyUnknown()
        if known.revoked_at is not None:
            return KeyRevoked()
        secret = vault.unlock(self._secret_key, purpose_of(access_key), known.secret)
        return Signer(caller_of_key(known), secret, known.session, known.expires_at)


def purpose_of(access_key: str) -> str:
    """Name what the secret of this key is encrypted for."""
    return f"ses key {access_key}"
