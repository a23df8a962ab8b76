"""The address to which AWS SNS sends notices: nobody who was not given it knows it; no I/O.

It names the connection and a digest under the installation's secret key, so another connection has
another, and nothing of it is stored.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Final
from uuid import UUID

from signalbook.connector.model import Connection
from signalbook.contacts.reading import as_id
from signalbook.kit.config import Settings

PATH: Final = "/ses/notices/"


def url(settings: Settings, connection: Connection) -> str:
    """Return the address for notices of a connection."""
    return f"{settings.public_url.rstrip('/')}{PATH}{token(settings.secret_key, connection.id)}"


def token(secret_key: str, connection_id: UUID) -> str:
    """Return the part of the address that is secret."""
    return f"{connection_id}.{_digest(secret_key, connection_id)}"


def opened(secret_key: str, raw: str) -> UUID | None:
    """Return the connection whose address this is, None where it is nobody's."""
    named, _, digest = raw.partition(".")
    found = as_id(named)
    if found is None or not digest.isascii():
        return None
    return found if hmac.compare_digest(digest, _digest(secret_key, found)) else None


def _digest(secret_key: str, connection_id: UUID) -> str:
    message = b"signalbook ses notices " + connection_id.bytes
    digest = hmac.digest(secret_key.encode(), message, hashlib.sha256)
    return urlsafe_b64encode(digest).decode().rstrip("=")
