"""Every way an API key comes, changes and goes."""

from datetime import timedelta
from typing import Literal
from uuid import UUID

from signalbook.accounts import key_queries, secrets, signing
from signalbook.accounts.errors import KeyNotFound, KindUnknown, NameInvalid
from signalbook.accounts.made import Created
from signalbook.accounts.model import NAME_MAX_CHARACTERS, scopes_of
from signalbook.kit import clock, ids, vault
from signalbook.kit.db import Tx


async def create(
    tx: Tx,
    account_id: int,
    kind: str,
    *,
    name: str = "",
    scope: Literal["read", "write"] = "write",
    actor: str,
) -> Created:
    """Make a key and return it, the only time it can be read; raises KindUnknown, NameInvalid.

    A ses key is made by `create_signer`.
    """
    if kind not in secrets.PREFIX:
        raise KindUnknown(kind=kind)
    raw, key_id = secrets.new_key(kind), ids.new_id()
    await key_queries.insert(
        tx,
        account_id,
        key_id,
        kind,
        _checked_name(name) or f"{kind} key",
        prefix=secrets.shown_prefix(raw),
        digest=secrets.digest(raw),
        scopes=scopes_of(kind, scope),
        actor=actor,
        at=clock.now(),
    )
    return Created(id=key_id, kind=kind, key=raw)


async def create_signer(
    tx: Tx,
    account_id: int,
    secret_key: str,
    *,
    name: str = "",
    scope: Literal["read", "write"] = "write",
    life: timedelta | None = None,
    actor: str,
) -> Created:
    """Make a ses key, a temporary one where it has a `life`; raises NameInvalid.

    Its secret is kept encrypted with `secret_key`, because a signature cannot be checked by a hash.
    """
    at, key_id = clock.now(), ids.new_id()
    made = Created(
        id=key_id,
        kind="ses",
        key=secrets.new_secret_access_key(),
        access_key_id=secrets.new_access_key(temporary=life is not None),
        session_token=secrets.new_session_token() if life is not None else "",
        expires_at=None if life is None else at + life,
    )
    await key_queries.insert(
        tx,
        account_id,
        key_id,
        "ses",
        _checked_name(name) or ("ses key" if life is None else "temporary ses key"),
        prefix=made.access_key_id,
        digest=secrets.digest(made.access_key_id),
        scopes=scopes_of("ses", scope),
        actor=actor,
        at=at,
        secret=vault.lock(secret_key, signing.purpose_of(made.access_key_id), made.key),
        session=secrets.digest(made.session_token) if made.session_token else None,
        expires_at=made.expires_at,
    )
    return made


async def rename(tx: Tx, account_id: int, key_id: UUID, name: str) -> None:
    """Give a key another name; raises KeyNotFound, NameInvalid."""
    if not (wanted := _checked_name(name)):
        raise NameInvalid
    if not await key_queries.set_name(tx, account_id, key_id, wanted):
        raise KeyNotFound


async def revoke(tx: Tx, account_id: int, key_id: UUID, *, actor: str) -> None:
    """Make a key worthless within one second, for good; raises KeyNotFound."""
    if not await key_queries.set_revoked(tx, account_id, key_id, actor=actor, at=clock.now()):
        raise KeyNotFound


def _checked_name(name: str) -> str:
    trimmed = name.strip()
    if len(trimmed) > NAME_MAX_CHARACTERS or (trimmed and not trimmed.isprintable()):
        raise NameInvalid
    return trimmed
