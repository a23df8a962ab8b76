"""Addresses of erased people: a keyed hash blocks an address without telling it; no I/O.

A seal is `erased:` and the HMAC-SHA-256 of the address, under a key that is derived from the
installation's secret key for one account alone (RFC 2104; NIST SP 800-108 for the derivation with
the pseudo-random function HMAC). Without the secret key nobody can try addresses against it.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache
from typing import Final

PREFIX: Final = "erased:"
"""How a seal begins; no e-mail and no number does."""

_kept: list[bytes] = []


def keep(secret_key: str) -> None:
    """Take the installation's secret key in; `app.py` and `cli.py` hand it over when they start."""
    _kept[:] = [secret_key.encode()]
    _key_of.cache_clear()


def seal(account_id: int, address: str) -> str:
    """Return the seal of an address in the form of the ledger."""
    digest = hmac.digest(_key_of(account_id), address.encode(), hashlib.sha256)
    return PREFIX + urlsafe_b64encode(digest).decode().rstrip("=")


@lru_cache(maxsize=1_000)
def _key_of(account_id: int) -> bytes:
    (secret,) = _kept
    return hmac.digest(secret, b"signalbook erased %d" % account_id, hashlib.sha256)
