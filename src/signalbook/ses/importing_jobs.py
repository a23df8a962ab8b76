"""What the queue brings to import jobs."""

from signalbook.imports.model import ImportEnded
from signalbook.kit.config import Settings
from signalbook.kit.db import Database
from signalbook.kit.jobs import Handler, Handlers, Lease
from signalbook.ses import importing
from signalbook.ses.importing_model import RunImportJob
from signalbook.ses.sources import Stores

_GAVE_UP = "It could not go on after eight tries: {what}; the server's log says why"


def handlers(settings: Settings) -> Handlers:
    """Say what is done with import jobs, whose sources lie where the settings say."""
    data_dir, stores = settings.data_dir, Stores(settings.ses_s3_endpoint, settings.ses_files)

    async def run(db: Database, lease: Lease, message: RunImportJob) -> None:
        await importing.run(db, lease, data_dir, stores, message)

    async def finish(db: Database, lease: Lease, message: ImportEnded) -> None:
        await importing.finish(db, lease, data_dir, stores, message)

    return {RunImportJob: Handler(run, _give_up), ImportEnded: Handler(finish, _leave)}


async def _give_up(db: Database, message: RunImportJob) -> None:
    sentence = _GAVE_UP.format(what="the source cannot be fetched")
    await importing.give_up(db, message.account_id, message.job_id, sentence)


async def _leave(db: Database, message: ImportEnded) -> None:
    sentence = _GAVE_UP.format(what="its failed records cannot be written beside the source")
    await importing.give_up(db, message.account_id, message.import_id, sentence)
