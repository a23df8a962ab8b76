"""What the queue brings to imports."""

from pathlib import Path

from signalbook.imports import actions, checking, running, undoing
from signalbook.imports.model import ApplyImport, CheckImport, SweepImport, UndoImport
from signalbook.kit.db import Database
from signalbook.kit.jobs import Handler, Handlers, Lease

_GAVE_UP = "It could not go on after eight tries; the server's log says why. What was applied stays"


def handlers(data_dir: Path) -> Handlers:
    """Say what is done with the orders of imports, whose files lie in this data folder."""

    async def check(db: Database, lease: Lease, message: CheckImport) -> None:
        await checking.run(db, lease, data_dir, message)

    async def apply(db: Database, lease: Lease, message: ApplyImport) -> None:
        await running.run(db, lease, data_dir, message)

    return {
        CheckImport: Handler(check, _give_up),
        ApplyImport: Handler(apply, _give_up),
        UndoImport: Handler(undoing.run, _give_up),
        SweepImport: Handler(running.sweep, _leave),
    }


async def _give_up(db: Database, message: CheckImport | ApplyImport | UndoImport) -> None:
    async with db.tx() as tx:
        await actions.give_up(tx, message.account_id, message.import_id, _GAVE_UP)


async def _leave(db: Database, message: SweepImport) -> None:
    """Leave the rows of an import that could not be swept; they are swept with the next."""
