"""What follows, in the same transaction, when contacts change, go or are made one; no I/O.

A feature above contacts that keeps rows of them (a list its members) says here which statements
count, move or remove its rows. Contacts know none of those features: `app.py` and `cli.py`, which
see everything, hand the statements in when they are loaded.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from signalbook.contacts.count_queries import Was
from signalbook.kit.together import Bound


class Follower(NamedTuple):
    """The statements of one feature; they run last, when contacts and counts are locked.

    `moved(account_id, day, befores)` counts known contacts as what they are now, or as gone, and
    comes first. `joined(account_id, gone, kept)` moves rows to the contact that stays;
    `gone(account_id, ids)` removes the rows of contacts that are no more, merged ones included.
    """

    moved: Callable[[int, date, Sequence[Was]], Iterable[Bound]]
    joined: Callable[[int, UUID, UUID], Iterable[Bound]]
    gone: Callable[[int, Sequence[UUID]], Iterable[Bound]]


_followers: dict[str, Follower] = {}


def follow(feature: str, follower: Follower) -> None:
    """Let a feature's statements follow from now on; to say it again changes nothing."""
    _followers[feature] = follower


def followed(
    account_id: int,
    day: date,
    moved: Sequence[Was],
    joined: Iterable[tuple[UUID, UUID]],
    gone: Sequence[UUID],
) -> Iterator[Bound]:
    """List what follows; `joined` are (kept, gone) in the order in which they became one."""
    pairs = list(joined)
    for follower in _followers.values():
        if moved:
            yield from follower.moved(account_id, day, moved)
        if not gone:
            continue
        for kept, lost in pairs:
            yield from follower.joined(account_id, lost, kept)
        yield from follower.gone(account_id, gone)
