"""The end of a rewriting, with all batches of the account waiting; and what an early end leaves."""

from typing import Final

from signalbook.contacts.rewriting import queries, registry_queries
from signalbook.contacts.rewriting.model import MOST_ROUNDS, FieldJob, State
from signalbook.fields import queries as registry
from signalbook.fields import value_queries
from signalbook.fields.model import FieldType
from signalbook.kit import clock
from signalbook.kit.db import Tx
from signalbook.kit.spelling import plain

_MOVES: Final = frozenset({"rename", "merge"})


async def look(tx: Tx, account_id: int, job: FieldJob) -> bool:
    """End a job unless a contact is left, as one that others were merged into meanwhile.

    Then all are walked along once more, three times at most: what is left then cannot be changed,
    and the job has failed. Tells whether there may be more to do.
    """
    await registry.hold_alone(tx, account_id)
    if job.action == "type" or not await _is_left(tx, account_id, job):
        await _finish(tx, account_id, job)
        await queries.set_ended(tx, account_id, job.id, State.DONE, clock.now())
        return False
    if job.round < MOST_ROUNDS:
        await queries.set_round(tx, account_id, job.id, job.round + 1)
        return True
    await release(tx, account_id, job)
    await queries.set_ended(tx, account_id, job.id, State.FAILED, clock.now())
    return False


async def release(tx: Tx, account_id: int, job: FieldJob) -> None:
    """Let the fields be what they were, with the values that each has by now.

    A field on its way to another type has values of both, and so takes anything.
    """
    if job.action == "type":
        await registry_queries.set_type(tx, account_id, job.name, FieldType.TEXT, is_set=False)
        return
    await registry_queries.set_moving(tx, account_id, job.name, None)
    if job.action in _MOVES:
        await registry_queries.set_taking(tx, account_id, job.target, job.name, takes=False)
        await registry_queries.delete_alias(tx, account_id, job.target, plain(job.name))
        await _take_back(tx, account_id, job)
    await queries.delete_fresh(tx, account_id, job.name)


async def _is_left(tx: Tx, account_id: int, job: FieldJob) -> bool:
    """Tell whether a contact is to be changed yet; the count says at once where none has a value.

    Looking at a million contacts takes a second, for which everybody waits.
    """
    field = await registry.get(tx, account_id, job.name)
    if field is None or field.contacts == 0:
        return False
    return bool(await queries.next_ids(tx, account_id, job.name, None, 1))


async def _take_back(tx: Tx, account_id: int, job: FieldJob) -> None:
    """Let a new name be forgotten again that no contact has come to yet."""
    target = await registry.get(tx, account_id, job.target)
    if job.action == "rename" and target is not None and target.contacts == 0:
        await registry_queries.give_aliases(tx, account_id, job.target, job.name)
        await _forget(tx, account_id, job.target)


async def _finish(tx: Tx, account_id: int, job: FieldJob) -> None:
    if job.action in _MOVES:
        await registry_queries.set_taking(tx, account_id, job.target, job.name, takes=False)
        await _forget(tx, account_id, job.name)
        return
    await registry_queries.set_moving(tx, account_id, job.name, None)
    await queries.delete_fresh(tx, account_id, job.name)
    field = await registry.get(tx, account_id, job.name)
    if job.action == "delete" and field is not None and field.contacts == 0:
        await registry.delete_aliases(tx, account_id, job.name)
        await _forget(tx, account_id, job.name)


async def _forget(tx: Tx, account_id: int, name: str) -> None:
    await registry_queries.delete_lengths(tx, account_id, name)
    await value_queries.delete(tx, account_id, name)
    await registry_queries.delete(tx, account_id, name)
