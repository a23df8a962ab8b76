"""`POST /api/v1/optouts/import`: a file of opt-outs goes in, and none is ever lifted by one."""

from typing import Final

from litestar import Response, post

from signalbook.accounts.frames import TheCaller
from signalbook.ledger.model import ALL, Channel, Reason
from signalbook.optouts import filing, listed, reading
from signalbook.optouts.api import OPTOUTS, TAG
from signalbook.optouts.errors import ListUnreadable
from signalbook.optouts.filing import Filed
from signalbook.optouts.schemas import ANY_CHANNEL
from signalbook.web import answering, bodies, idempotency
from signalbook.web.access import key
from signalbook.web.answering import Asked
from signalbook.web.held import TheDb
from signalbook.web.openapi import TEXT, TRUTH, Answered, Operation, Param, one_of
from signalbook.web.params import Params

MOST_BYTES: Final = 16 * 1024 * 1024
_FILE = "address,channel,reason\ncustomer@example.com,email,contact\n+442071838750,sms,\n"
_NO_CHANNEL: Final = f"channel must be one of {ALL}, {', '.join(Channel)}, or topic:LIST_ID"
_FILED = {
    "restricted": 2,
    "unchanged": 0,
    "rejected": 1,
    "first_rejected": ["Row 4: fax is no channel"],
}


@post(
    OPTOUTS + "/import",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="importOptouts",
        tag=TAG,
        summary="Import a file of opt-outs",
        about="A CSV with the columns `address`, `channel` and `reason`; what a row leaves out is"
        " taken from the parameters, or `all` and `user`. Every thousand rows commit together; the"
        " same file again is harmless, and no file lifts. The name and the row are kept.",
        params=(
            Param("channel", "Where a row names none.", ANY_CHANNEL, "email"),
            Param("reason", "Where a row names none.", one_of(*Reason), "contact"),
            Param("name", "What the file is called, kept as evidence.", TEXT, "left.csv"),
            Param("dry_run", "True to change nothing.", TRUTH, example=True),
        ),
        more_types={"text/csv": {"type": "string", "pattern": r"\S"}},
        more_examples={"text/csv": _FILE},
        answers={200: Answered(Filed, _FILED, "What came of the rows.")},
    ),
)
async def take_in(request: Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Take a file of opt-outs in."""
    idempotency.key_of(request)
    params = Params(request)
    asked = params.read("channel", _channel_of, _NO_CHANNEL) or ""
    reason = params.choice("reason", Reason)
    name, dry_run = params.text("name") or "", params.flag("dry_run") or False
    params.done()
    raw = await bodies.read(request, MOST_BYTES, ("text/csv",))
    if not raw.strip():
        raise ListUnreadable(reason="it is empty")
    filed = await filing.add(
        db,
        caller.account_id,
        listed.rows(raw, asked, reason or ""),
        name=name,
        actor=caller.actor,
        dry_run=dry_run,
    )
    return idempotency.respond(answering.answer(filed))


def _channel_of(text: str) -> str | None:
    return ALL if text.strip().lower() == ALL else reading.channel_of(text)


ROUTES = [take_in]
