"""A new key, the only time its secret can be read, in the words of what it is used with."""

import re
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from signalbook.accounts.model import KeyKind

TEMPORARY_MOST: Final = timedelta(days=365)

_LIFE: Final = re.compile(r"([0-9]{1,7})([smhd])")
_LIFE_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Created(msgspec.Struct, frozen=True):
    """A new key, the only time its secret can be read.

    Of a ses key `key` is the secret access key; `session_token` and `expires_at` are there when it
    is temporary.
    """

    id: UUID
    kind: KeyKind
    key: str
    access_key_id: str = ""
    session_token: str = ""
    expires_at: datetime | None = None

    @property
    def client_id(self) -> str:
        """Name an oauth key as OAuth 2 does; `key` is then its client_secret."""
        return self.id.hex


class CreatedKey(msgspec.Struct, frozen=True):
    """A new key that is one text."""

    id: UUID
    kind: KeyKind
    key: str


class CreatedClient(msgspec.Struct, frozen=True):
    """A new oauth key in the words of OAuth 2."""

    id: UUID
    kind: KeyKind
    client_id: str
    client_secret: str


class CreatedSigner(msgspec.Struct, frozen=True, omit_defaults=True):
    """A new ses key in the words of AWS; the last two only of a temporary one."""

    id: UUID
    kind: KeyKind
    access_key_id: str
    secret_access_key: str
    session_token: str = ""
    expires_at: datetime | None = None


def published(made: Created) -> CreatedKey | CreatedClient | CreatedSigner:
    """Say of a new key what its kind is used with."""
    if made.kind == "oauth":
        return CreatedClient(made.id, made.kind, made.client_id, made.key)
    if made.kind == "ses":
        named = made.access_key_id, made.key, made.session_token
        return CreatedSigner(made.id, made.kind, *named, made.expires_at)
    return CreatedKey(made.id, made.kind, made.key)


def life_of(text: str) -> timedelta | None:
    """Read how long something lives, as 90m, 12h or 7d; None where it is none of these."""
    found = _LIFE.fullmatch(text.strip())
    life = timedelta(**{_LIFE_UNITS[found[2]]: int(found[1])}) if found else timedelta(0)
    return life if timedelta(0) < life <= TEMPORARY_MOST else None
