"""Every way an API key comes, changes and goes."""

from typing import Literal, cast, get_args
from uuid import UUID

from signalbook.accounts import key_queries, secrets
from signalbook.accounts.errors import KeyNotFound, KindUnknown, NameInvalid
from signalbook.accounts.model import (
    NAME_MAX_CHARACTERS,
    Created,
    KeyKind,
    scopes_of,
)
from signalbook.kit import clock, ids
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
    """Make a key and return it, the only time it can be read; raises KindUnknown, NameInvalid."""
    if kind not in get_args(KeyKind):
        raise KindUnknown(kind=kind)
    of_kind = cast("KeyKind", kind)
    raw, key_id = secrets.new_key(of_kind), ids.new_id()
    await key_queries.insert(
        tx,
        account_id,
        key_id,
        of_kind,
        _checked_name(name) or f"{kind} key",
        prefix=secrets.shown_prefix(raw),
        digest=secrets.digest(raw),
        scopes=scopes_of(of_kind, scope),
        actor=actor,
        at=clock.now(),
    )
    return Created(id=key_id, kind=of_kind, key=raw)


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
