"""`PUT /api/v1/optouts/blocklist`: a complete list, kept in step with somewhere else's."""

from typing import Final

from litestar import Response, put

from signalbook.accounts.frames import TheCaller
from signalbook.ledger.model import Channel
from signalbook.optouts import blocklist, examples, listed
from signalbook.optouts.api import OPTOUTS, TAG
from signalbook.optouts.blocklist import SHOWN
from signalbook.optouts.schemas import Difference
from signalbook.web import answering, bodies, idempotency
from signalbook.web.access import key
from signalbook.web.answering import Asked
from signalbook.web.bodies import BodyMissing
from signalbook.web.held import TheDb
from signalbook.web.openapi import TRUTH, Answered, Operation, Param, one_of
from signalbook.web.params import Params

MOST_BYTES: Final = 16 * 1024 * 1024
_TEXT = {"type": "string", "description": "An address a line, or a CSV with a column `address`."}


@put(
    OPTOUTS + "/blocklist",
    access=key("write"),
    operation=Operation(
        id="putBlocklist",
        tag=TAG,
        summary="Synchronise a blocklist",
        about="Send the complete list of what you block on a channel: what is new on it is added,"
        " what an earlier list had added and this one leaves out is lifted. It manages only reason"
        " `user` from source `blocklist`; nothing else is touched. `dry_run` shows the difference.",
        params=(
            Param("channel", "Of which channel.", one_of(*Channel), "email", is_required=True),
            Param("dry_run", "True to change nothing.", TRUTH, example=True),
        ),
        body={
            "type": "array",
            "items": {"type": "string", "maxLength": 320},
            "maxItems": blocklist.MOST,
        },
        examples={"list": ["new@example.com", "@blocked.example"]},
        more_types={"text/plain": _TEXT, "text/csv": _TEXT},
        more_examples={
            "text/plain": "new@example.com\n@blocked.example\n",
            "text/csv": "address\nnew@example.com\n",
        },
        answers={200: Answered(Difference, examples.DIFFERENCE, "The difference.")},
    ),
)
async def synchronise(request: Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Keep in step with a complete list."""
    params = Params(request)
    channel = params.choice("channel", Channel)
    dry_run = params.flag("dry_run") or False
    if channel is None and not params.problems:
        params.refuse("channel", "Say of which channel the list is", "missing")
    params.done()
    raw = await bodies.read(request, MOST_BYTES, ("application/json", "text/plain", "text/csv"))
    if not raw and not bodies.type_of(request):
        raise BodyMissing  # an empty list says what it is; what was lost on its way lifts nobody
    channel = channel or Channel.EMAIL
    addresses = listed.addresses(raw)
    found = await blocklist.difference(db, caller.account_id, channel, addresses)
    if not dry_run:
        await blocklist.apply(db, caller.account_id, channel, found, actor=caller.actor)
    body = Difference(
        channel=channel.value,
        dry_run=dry_run,
        added=len(found.add),
        lifted=len(found.lift),
        unchanged=found.unchanged,
        rejected=len(found.rejected),
        first_added=list(found.add[:SHOWN]),
        first_lifted=list(found.lift[:SHOWN]),
        first_rejected=list(found.rejected[:SHOWN]),
    )
    return idempotency.respond(answering.answer(body))


ROUTES = [synchronise]
