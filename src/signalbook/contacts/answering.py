"""One change through the API: written by the writer, or once only where a key asks for that."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from litestar import Request, Response
from litestar.di import NamedDependency

from signalbook.accounts.model import Caller
from signalbook.contacts import actions, reading, wire
from signalbook.contacts.model import Contact, ContactChange, Outcome, Source, Status
from signalbook.contacts.writer import Writer
from signalbook.kit.db import Database, Read, Tx
from signalbook.web import idempotency
from signalbook.web.idempotency import Answer

TheWriter: TypeAlias = NamedDependency[Writer]
Change = Callable[[Read], Awaitable[ContactChange]]
_CREATED = 201


def source_of(caller: Caller) -> Source:
    """Say where a change came from."""
    return Source("api", caller.actor)


async def write(  # the parts of one call
    request: Request[Any, Any, Any],
    caller: Caller,
    db: Database,
    writer: Writer,
    raw: bytes,
    change: Change,
    status: int = 200,
) -> Response[bytes]:
    """Write one change and answer with the contact; `change` may look up whom it means.

    A created contact answers 201 whatever `status` says. Raises what the change was refused for.
    """
    if request.method != "POST" or idempotency.key_of(request) is None:
        async with db.read() as read:
            wanted = await change(read)
        outcome = await writer.submit(caller.account_id, wanted, len(raw) + 1024)
        contact = _contact(outcome)
        async with db.read() as read:
            return idempotency.respond(await _answer(read, caller, outcome, contact, status))

    async def work(tx: Tx) -> Answer:
        [outcome] = await actions.apply(tx, caller.account_id, [await change(tx)])
        return await _answer(tx, caller, outcome, _contact(outcome), status)

    return await idempotency.once(request, db, caller.account_id, raw, work)


def _contact(outcome: Outcome) -> Contact:
    contact = wire.accepted(outcome)
    if contact is None:
        raise LookupError(outcome.status)
    return contact


async def _answer(
    read: Read, caller: Caller, outcome: Outcome, contact: Contact, status: int
) -> Answer:
    names = await reading.tag_names(read, caller.account_id, [contact])
    body = wire.encode(wire.out(contact, names, outcome.notes))
    return Answer(_CREATED if outcome.status is Status.CREATED else status, body)
