"""Who works with a field just now, so that it must not be rewritten; no I/O of its own.

A feature above contacts that writes values with names it has learned earlier (an import its rows)
says here how to ask it. Contacts know none of those features: `app.py` and `cli.py` hand the
question in when they are loaded.
"""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from signalbook.contacts.rewriting.errors import FieldInImport
from signalbook.kit.db import Read

Claim: TypeAlias = Callable[[Read, int, frozenset[str]], Awaitable[str | None]]
"""Return what works with one of these fields of an account, as people call it, or None."""

_claims: dict[str, Claim] = {}


def ask(feature: str, claim: Claim) -> None:
    """Ask a feature from now on; to say it again changes nothing."""
    _claims[feature] = claim


async def refuse_claimed(db: Read, account_id: int, names: frozenset[str]) -> None:
    """Raise FieldInImport where somebody works with one of the fields."""
    for claim in _claims.values():
        name = await claim(db, account_id, names)
        if name is not None:
            raise FieldInImport(name=name)
