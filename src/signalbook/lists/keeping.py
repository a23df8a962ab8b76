"""Which lists belong to something else: they are not deleted here, and stay of their kind; no I/O.

A feature above lists that keeps its own there (a topic of a contact list) says here how to ask it
what a list is. Lists know none of those features: `app.py` and `cli.py`, which see everything, hand
the question in when they are loaded.
"""

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

from signalbook.kit.db import Read
from signalbook.lists.errors import ListKept

Question: TypeAlias = Callable[[Read, int, UUID], Awaitable[str | None]]
"""Given an account and a list: what it is to the feature, as `the topic …`, or None."""

_questions: dict[str, Question] = {}


def keep(feature: str, question: Question) -> None:
    """Let a feature keep lists from now on; to say it again changes nothing."""
    _questions[feature] = question


async def kept_as(db: Read, account_id: int, list_id: UUID) -> str | None:
    """Return what a list is to the feature that keeps it, or None."""
    for question in _questions.values():
        what = await question(db, account_id, list_id)
        if what is not None:
            return what
    return None


async def refuse_kept(db: Read, account_id: int, list_id: UUID) -> None:
    """Raise ListKept where a list belongs to something else."""
    what = await kept_as(db, account_id, list_id)
    if what is not None:
        raise ListKept(what=what)
