"""What people call who put a contact on a list."""

from collections.abc import Iterable

from signalbook.accounts import key_queries, people_queries
from signalbook.kit.db import Read

_KNOWN = {"cli": "the command line", "import": "an import"}


async def names(db: Read, account_id: int, actors: Iterable[str]) -> dict[str, str]:
    """Name these actors, in at most two statements: Ada, key Website, the command line."""
    wanted = set(actors)
    kinds = {actor.partition(":")[0] for actor in wanted}
    known = dict(_KNOWN)
    if "user" in kinds:
        members = await people_queries.members(db, account_id)
        known |= {f"user:{one.id}": one.name or one.email for one in members}
    if "key" in kinds:
        keys = await key_queries.list_all(db, account_id)
        known |= {f"key:{one.id}": f"key {one.name or one.prefix + '…'}" for one in keys}
    return {actor: known.get(actor, _fallback(actor)) for actor in wanted}


def _fallback(actor: str) -> str:
    kind = actor.partition(":")[0]
    return "someone who left" if kind in {"user", "key"} else _KNOWN.get(kind, kind)
