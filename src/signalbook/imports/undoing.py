"""An import is taken back: what it made goes, what it changed is restored, what is newer stays."""

from datetime import datetime

from signalbook.contacts.staging import undoing
from signalbook.imports import queries, row_queries
from signalbook.imports.lanes import Ended
from signalbook.imports.model import Import, State, SweepImport, UndoImport
from signalbook.imports.staged import batch_of
from signalbook.kit import clock
from signalbook.kit.db import Database, Tx
from signalbook.kit.jobs import Lease, later
from signalbook.lists import actions as lists

_MADE_AT_ONCE = 1_000


async def run(db: Database, lease: Lease, message: UndoImport) -> None:
    """Go on taking an import back: what it made first, in chunks; then what it changed."""
    account_id, import_id = message.account_id, message.import_id
    try:
        async with db.read() as read:
            chunks = await row_queries.chunks_to_undo(read, account_id, import_id)
        for no, at in chunks:

            async def remove(tx: Tx, no: int = no, at: datetime = at) -> None:
                found = await _undoing(tx, lease, message)
                made = await row_queries.made_by(tx, account_id, import_id, no)
                for start in range(0, len(made), _MADE_AT_ONCE):
                    part = made[start : start + _MADE_AT_ONCE]
                    await undoing.remove(tx, batch_of(found), part, at)
                await row_queries.set_undone(tx, account_id, import_id, no)
                await row_queries.add_undone(tx, account_id, import_id, len(made))

            await db.transact(remove)

        async def restore(tx: Tx) -> int:
            found = await _undoing(tx, lease, message)
            done = (await undoing.restore(tx, batch_of(found))).done
            await row_queries.add_undone(tx, account_id, import_id, done)
            return done

        while await db.transact(restore):
            pass
        async with db.tx() as tx:
            await _undoing(tx, lease, message)
            await lists.leave_joined_by(tx, account_id, f"import:{import_id}")
            await queries.set_ended(tx, account_id, import_id, State.UNDONE, clock.now())
            await later(tx, SweepImport(account_id, import_id))
    except Ended:
        return


async def _undoing(tx: Tx, lease: Lease, message: UndoImport) -> Import:
    await lease.advance(tx)
    found = await queries.lock(tx, message.account_id, message.import_id)
    if found is None or found.state != State.UNDOING:
        raise Ended
    return found
