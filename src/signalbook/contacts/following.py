"""What follows, in the same transaction, when contacts change, go or are made one; no I/O.

A feature above contacts that keeps rows of them (a list its members) says here which statements
count, move or remove its rows. Contacts know none of those features: `app.py` and `cli.py`, which
see everything, hand the statements in when they are loaded.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from signalbook.contacts.count_queries import Was
from signalbook.kit.together import Bound


class Follower(NamedTuple):
    """The statements of one feature; they run last, when contacts and counts are locked.

    `moved(account_id, day, befores)` counts known contacts as what they are now, or as gone, and
    comes first. `joined(account_id, gone, kept)` moves rows to the contact that stays;
    `gone(account_id, ids)` removes the rows of contacts that are no more, merged ones included.

    Where changes name lists, `read(account_id, ids, lists)` tells (list, whether it is active, a
    member or None) of those lists and of each that is not active and holds one of the contacts.
    `came(account_id, list, members, at)` and `went(account_id, list, ids, at)` put contacts on a
    list, with who says so, and take them off; ids are hexadecimal.
    """

    moved: Callable[[int, date, Sequence[Was]], Iterable[Bound]]
    joined: Callable[[int, UUID, UUID], Iterable[Bound]]
    gone: Callable[[int, Sequence[UUID]], Iterable[Bound]]
    read: Callable[[int, Iterable[UUID], Iterable[UUID]], Bound]
    came: Callable[[int, UUID, Mapping[str, str], datetime], Iterable[Bound]]
    went: Callable[[int, UUID, Iterable[str], datetime], Iterable[Bound]]


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


def read(account_id: int, ids: Iterable[UUID], lists: Iterable[UUID]) -> list[Bound]:
    """List what must be read where changes name lists."""
    return [follower.read(account_id, ids, lists) for follower in _followers.values()]


def placed(
    account_id: int,
    joined: Mapping[UUID, Mapping[str, str]],
    left: Mapping[UUID, Iterable[str]],
    at: datetime,
) -> Iterator[Bound]:
    """List what puts contacts on lists and takes them off, list by list in order."""
    for follower in _followers.values():
        for list_id in sorted(joined.keys() | left.keys()):
            if left.get(list_id):
                yield from follower.went(account_id, list_id, left[list_id], at)
            if joined.get(list_id):
                yield from follower.came(account_id, list_id, joined[list_id], at)
