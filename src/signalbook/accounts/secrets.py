"""Secrets that are shown once: how they are made, recognised and hashed.

Keys, session tokens and invitation tokens carry 256 random bits, so a plain SHA-256 is a safe way
to store them (OWASP ASVS 5.0, 6.5.2 asks for 112 bits). A key ends in a checksum of six characters:
a secret scanner recognises it, and a mistyped key is refused without asking the database.
"""

import hashlib
import secrets
import zlib
from typing import Final

from signalbook.accounts.model import KeyKind

PREFIX: Final[dict[KeyKind, str]] = {"api": "sk_live_", "upload": "cu_", "oauth": "cs_"}
PERMANENT: Final = "AKIA"
TEMPORARY: Final = "ASIA"
"""How the access key ids of ses keys begin, as AWS's do."""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY_CHARACTERS = 43
_CHECK_CHARACTERS = 6
_SHOWN_CHARACTERS = 6
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_ACCESS_BODY = 12
_ACCESS_CHECK = 4
_SECRET_ACCESS_CHARACTERS = 40


def new_key(kind: KeyKind) -> str:
    """Make an API key of this kind."""
    body = _base62(secrets.randbits(256), _BODY_CHARACTERS)
    return PREFIX[kind] + body + _checksum(PREFIX[kind] + body)


def new_access_key(*, temporary: bool = False) -> str:
    """Make an access key id: 20 characters as AWS's, the last four a checksum; it is no secret."""
    body = "".join(secrets.choice(_BASE32) for _ in range(_ACCESS_BODY))
    stem = (TEMPORARY if temporary else PERMANENT) + body
    return stem + _check_of_access_key(stem)


def new_secret_access_key() -> str:
    """Make a secret access key: 40 characters as AWS's, 238 random bits."""
    return "".join(secrets.choice(_DIGITS) for _ in range(_SECRET_ACCESS_CHARACTERS))


def new_session_token() -> str:
    """Make the session token of temporary credentials."""
    return secrets.token_urlsafe(96)


def looks_like_access_key(raw: str) -> bool:
    """Tell whether this was ever made by `new_access_key`, without knowing any key."""
    if len(raw) != len(PERMANENT) + _ACCESS_BODY + _ACCESS_CHECK or not raw.isascii():
        return False
    stem = raw[:-_ACCESS_CHECK]
    return raw.startswith((PERMANENT, TEMPORARY)) and raw.removeprefix(
        stem
    ) == _check_of_access_key(stem)


def looks_like_key(raw: str) -> bool:
    """Tell whether this was ever made by `new_key`, without knowing any key."""
    prefix = next((prefix for prefix in PREFIX.values() if raw.startswith(prefix)), None)
    if prefix is None or not raw.isascii():
        return False
    if len(raw) != len(prefix) + _BODY_CHARACTERS + _CHECK_CHARACTERS:
        return False
    return raw[-_CHECK_CHARACTERS:] == _checksum(raw[:-_CHECK_CHARACTERS])


def shown_prefix(raw: str) -> str:
    """Give the part of a key that may be shown for ever: its prefix and six characters."""
    start = raw.rindex("_") + 1
    return raw[: start + _SHOWN_CHARACTERS]


def new_token() -> str:
    """Make a token for a session or a link: 256 bits, safe in URLs and cookies."""
    return secrets.token_urlsafe(32)


def new_password() -> str:
    """Make a password that can be read aloud: 100 bits in five groups."""
    alphabet = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(5))


def digest(secret: str) -> bytes:
    """Hash a secret of high entropy the way it is stored."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _base62(number: int, width: int) -> str:
    digits: list[str] = []
    for _ in range(width):
        number, rest = divmod(number, 62)
        digits.append(_DIGITS[rest])
    return "".join(reversed(digits))


def _checksum(stem: str) -> str:
    return _base62(zlib.crc32(stem.encode()), _CHECK_CHARACTERS)


def _check_of_access_key(stem: str) -> str:
    number = zlib.crc32(stem.encode())
    return "".join(_BASE32[number >> shift & 31] for shift in (0, 5, 10, 15))
