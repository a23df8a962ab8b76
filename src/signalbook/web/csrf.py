"""Forms come from our own pages: where a request came from, and a token only our pages know.

Two independent checks. The browser says where a request came from (`Sec-Fetch-Site`, or `Origin`
and `Referer` in older ones), and a form carries a token bound to the session. The token is masked
anew on every page, so a compressed answer does not give it away (BREACH).
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_MASK_BYTES = 16
_TOKEN_BYTES = _MASK_BYTES + 32


def token(secret_key: str, session_id: UUID) -> str:
    """Make a token for the forms of one page of this session."""
    mask = secrets.token_bytes(_MASK_BYTES)
    return urlsafe_b64encode(mask + _sign(secret_key, session_id, mask)).decode()


def is_valid(secret_key: str, session_id: UUID, given: str) -> bool:
    """Tell whether a page of this session carried this token."""
    try:
        raw = urlsafe_b64decode(given.encode())
    except ValueError:
        return False
    if len(raw) != _TOKEN_BYTES:
        return False
    return hmac.compare_digest(raw[_MASK_BYTES:], _sign(secret_key, session_id, raw[:_MASK_BYTES]))


def is_foreign(headers: Mapping[str, str], public_url: str) -> bool:
    """Tell whether a browser says that this request was made by another site's page.

    A request that says nothing does not come from a browser, which could be made to send it.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    source = headers.get("origin") or headers.get("referer")
    if source is None:
        return False
    return urlsplit(source).netloc not in {headers.get("host"), urlsplit(public_url).netloc}


def _sign(secret_key: str, session_id: UUID, mask: bytes) -> bytes:
    return hmac.digest(secret_key.encode(), b"csrf:" + session_id.bytes + mask, hashlib.sha256)
