"""Access tokens: what an oauth key is exchanged for, by OAuth 2 client credentials (RFC 6749 §4.4).

A token names its key and its last moment and is signed, so that giving one out writes nothing: a
client in PHP asks for one with every page. It is worth what its key is worth at that moment, and
nothing once the key is revoked.
"""

import hashlib
import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from signalbook.accounts import key_queries, secrets
from signalbook.accounts.errors import ClientUnknown, TokenStale, TokenUnknown
from signalbook.accounts.model import TOKEN_LIFE, AccessToken, caller_of_key
from signalbook.kit import clock
from signalbook.kit.db import Read

PREFIX: Final = "at_"

_TOLD = struct.Struct(">i16sq")
_MAC_BYTES = 32


class Token(NamedTuple):
    """What a token says."""

    account_id: int
    key_id: UUID


async def issue(db: Read, secret_key: str, client_id: str, client_secret: str) -> AccessToken:
    """Give out a token for these credentials; raises ClientUnknown, whichever of them is wrong.

    The secret is looked for by its hash and the id compared in constant time, so neither can be
    guessed bit by bit.
    """
    known = await key_queries.known_client(db, secrets.digest(client_secret))
    named = client_id.strip().replace("-", "").lower().encode("utf-8", "surrogatepass")
    is_right = hmac.compare_digest(named, (known.id.hex if known else "").encode())
    if known is None or not is_right or known.revoked_at is not None:
        raise ClientUnknown
    text = make(secret_key, known.account_id, known.id, clock.now() + TOKEN_LIFE)
    return AccessToken(text, int(TOKEN_LIFE.total_seconds()), caller_of_key(known))


def make(secret_key: str, account_id: int, key_id: UUID, until: datetime) -> str:
    """Write a token that is good until a moment."""
    told = _TOLD.pack(account_id, key_id.bytes, int(until.timestamp()))
    return PREFIX + urlsafe_b64encode(told + _sign(secret_key, told)).decode()


def looks_like_token(raw: str) -> bool:
    """Tell a token from a key, good or not."""
    return raw.startswith(PREFIX)


def read(secret_key: str, raw: str, at: datetime) -> Token:
    """Return what a token says that was made here; raises TokenUnknown, TokenStale."""
    try:
        signed = urlsafe_b64decode(raw.removeprefix(PREFIX).encode("ascii"))
    except ValueError as odd:
        raise TokenUnknown from odd
    told, mac = signed[:-_MAC_BYTES], signed[-_MAC_BYTES:]
    right = hmac.compare_digest(mac, _sign(secret_key, told))
    if not right or urlsafe_b64encode(signed).decode() != raw.removeprefix(PREFIX):
        raise TokenUnknown
    account_id, key_id, until = _TOLD.unpack(told)
    if at.timestamp() >= until:
        raise TokenStale
    return Token(account_id, UUID(bytes=key_id))


def _sign(secret_key: str, told: bytes) -> bytes:
    return hmac.digest(secret_key.encode(), b"access token:" + told, hashlib.sha256)
