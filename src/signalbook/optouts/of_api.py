"""`GET /api/v1/contacts/{id}/reachability`: reachable by which channels, and if not, why not."""

from litestar import Response, get

from signalbook.accounts.frames import TheCaller
from signalbook.contacts import reading as contacts
from signalbook.contacts.api import ONE, REF
from signalbook.contacts.api import TAG as CONTACTS
from signalbook.optouts import examples, reachability, wire
from signalbook.optouts.schemas import Reachability
from signalbook.web import answering, idempotency
from signalbook.web.access import key
from signalbook.web.answering import Asked
from signalbook.web.held import TheDb
from signalbook.web.openapi import Answered, Operation
from signalbook.web.params import Params


@get(
    ONE + "/reachability",
    access=key("read"),
    operation=Operation(
        id="getReachability",
        tag=CONTACTS,
        summary="Show whether a contact can be reached, and if not, why not",
        about="Of every channel: reachable, or every reason with its date and source. Codes are"
        " the reasons of opt-outs (`spam`, `hardbounced`, `contact`, `user`), and `domain`,"
        " `inactive`, `list_deactivated` and `no_address`.",
        params=(REF,),
        answers={200: Answered(Reachability, examples.REACHABILITY, "Channel by channel.")},
    ),
)
async def show(request: Asked, caller: TheCaller, db: TheDb, id: str) -> Response[bytes]:
    """Show whether a contact can be reached."""
    Params(request).done()
    async with db.read() as read:
        contact = await contacts.find(read, caller.account_id, id)
        found = await reachability.of(read, caller.account_id, contact)
    return idempotency.respond(answering.answer(wire.reachability_out(contact, found)))


ROUTES = [show]
