"""The credentials of a connection: encrypted where they are stored, open where they are used."""

import msgspec

from signalbook.connector.model import Access, Connection, Target
from signalbook.kit import vault


def locked(secret_key: str, account_id: int, access: Access) -> bytes:
    """Encrypt credentials for one account."""
    text = msgspec.json.encode(access).decode()
    return vault.lock(secret_key, _purpose(account_id), text)


def target_of(secret_key: str, connection: Connection) -> Target:
    """Return how the list of a connection is reached; raises vault.SecretLocked."""
    access = None
    if connection.credentials is not None:
        text = vault.unlock(secret_key, _purpose(connection.account_id), connection.credentials)
        access = msgspec.json.decode(text, type=Access)
    return Target(
        region=connection.region,
        list_name=connection.list_name,
        endpoint=connection.endpoint,
        access=access,
        role=connection.role,
        requests_per_second=connection.requests_per_second,
    )


def _purpose(account_id: int) -> str:
    return f"ses connection of {account_id}"
