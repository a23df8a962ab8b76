"""What every face does with whom it is given: a few at once, many as a job."""

from typing import NamedTuple
from uuid import UUID

from signalbook.contacts.filters import ContactFilter
from signalbook.kit import clock
from signalbook.kit.db import Tx
from signalbook.lists import actions, job_actions, naming, queries
from signalbook.lists.errors import ListNotFound, NobodyNamed, TooManyNamed
from signalbook.lists.model import MOST_AT_ONCE, MOST_NAMED, Action, ContactList
from signalbook.lists.naming import Named


class Gathered(NamedTuple):
    """What came of it: numbers where it is done, else the job that does it; the list after it."""

    one: ContactList
    job_id: UUID | None
    changed: int
    unchanged: int
    not_found: list[str]


async def change(
    tx: Tx,
    account_id: int,
    list_id: UUID,
    action: Action,
    *,
    named: Named,
    wanted: ContactFilter | None,
    actor: str,
) -> Gathered:
    """Add or remove whom the names or the filter mean: up to 5,000 names now, else by a job.

    Raises ListNotFound, NobodyNamed, TooManyNamed.
    """
    if len(named) > MOST_NAMED:
        raise TooManyNamed(count=len(named))
    if (not len(named)) == (wanted is None):
        raise NobodyNamed
    before = await _existing(tx, account_id, list_id)
    found = await naming.found(tx, account_id, named)
    if wanted is not None or len(found.ids) > MOST_AT_ONCE:
        job_id = await job_actions.start(
            tx,
            account_id,
            list_id,
            action,
            wanted=wanted or ContactFilter(),
            named=found.ids if wanted is None else None,
            actor=actor,
        )
        return Gathered(before, job_id, 0, 0, found.missing)
    if action == "add":
        changed = await actions.join(tx, account_id, list_id, found.ids, clock.now(), actor)
    else:
        changed = await actions.leave(tx, account_id, list_id, found.ids)
    after = await _existing(tx, account_id, list_id)
    return Gathered(after, None, changed, len(found.ids) - changed, found.missing)


async def _existing(tx: Tx, account_id: int, list_id: UUID) -> ContactList:
    found = await queries.get(tx, account_id, list_id)
    if found is None:
        raise ListNotFound
    return found
