"""Secrets that must be read back: encrypted with the installation's secret key, for one purpose.

AES-256-GCM (NIST SP 800-38D) under a key that is derived for the purpose alone (SP 800-108, HMAC),
with a random nonce. `purpose` names what it is and whose, so that a secret cannot be exchanged for
that of another row. Whoever holds the database without the secret key reads nothing.
"""

import hashlib
import hmac
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from signalbook.kit.errors import Unavailable

_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12


class SecretLocked(Unavailable):
    """A stored secret was encrypted with another secret key; set SIGNALBOOK_SECRET_KEY back to it, or make the secret anew."""  # noqa: E501


def lock(secret_key: str, purpose: str, text: str) -> bytes:
    """Encrypt a text."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + _cipher(secret_key, purpose).encrypt(nonce, text.encode(), None)


def unlock(secret_key: str, purpose: str, locked: bytes) -> str:
    """Decrypt what `lock` made for the same purpose; raises SecretLocked."""
    nonce, sealed = locked[1 : 1 + _NONCE_BYTES], locked[1 + _NONCE_BYTES :]
    try:
        return _cipher(secret_key, purpose).decrypt(nonce, sealed, None).decode()
    except (InvalidTag, ValueError) as other_key:
        raise SecretLocked from other_key


def _cipher(secret_key: str, purpose: str) -> AESGCM:
    if not secret_key:
        raise AssertionError(purpose)  # nothing is encrypted with a key that everybody knows
    context = b"signalbook vault " + purpose.encode()
    return AESGCM(hmac.digest(secret_key.encode(), context, hashlib.sha256))
