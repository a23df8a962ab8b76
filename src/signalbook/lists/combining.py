"""New lists of those on others: copied, united, intersected, subtracted; each by a job."""

from typing import NamedTuple
from uuid import UUID

from signalbook.contacts.filters import ContactFilter
from signalbook.kit.db import Read, Tx
from signalbook.lists import actions, job_actions, queries
from signalbook.lists.errors import ListNotFound, NothingCombined
from signalbook.lists.model import MOST_COMBINED, Combination, ContactList, Kind


class Begun(NamedTuple):
    """The list that is made, empty still, and the job that fills it."""

    one: ContactList
    job_id: UUID


async def combine(
    tx: Tx,
    account_id: int,
    name: str,
    description: str = "",
    *,
    of: Combination,
    kind: Kind = "static",
    actor: str,
) -> Begun:
    """Make a list and let a job add those whom `of` means.

    Raises ListInvalid, ListNameTaken, TooManyLists, ListNotFound, NothingCombined.
    """
    wanted = await filter_of(tx, account_id, of)
    one = await actions.create(tx, account_id, name, description, kind=kind, actor=actor)
    job_id = await job_actions.start(
        tx, account_id, one.id, "add", wanted=wanted, named=None, actor=actor
    )
    return Begun(one, job_id)


async def filter_of(db: Read, account_id: int, of: Combination) -> ContactFilter:
    """Make the filter of a combination; raises ListNotFound, NothingCombined."""
    asked = of.ids()
    if not (of.all or of.any) or len(asked) > MOST_COMBINED:
        raise NothingCombined
    if len(await queries.with_ids(db, account_id, asked)) < len(asked):
        raise ListNotFound
    return ContactFilter(lists=of.all, any_list=of.any, none_list=of.none)
