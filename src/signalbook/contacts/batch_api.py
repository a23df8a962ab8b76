"""`/api/v1/contacts/batch` and `/bulk`: many changes in one call, each with its own outcome."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import msgspec
from litestar import Request, Response, post

from signalbook.accounts.frames import TheCaller
from signalbook.accounts.model import Caller
from signalbook.contacts import batching, examples, reading, wire
from signalbook.contacts.answering import source_of
from signalbook.contacts.api import CONTACTS, TAG
from signalbook.contacts.batching import Batch
from signalbook.contacts.errors import EmailTaken, ExternalIdTaken, MobileTaken
from signalbook.contacts.model import ContactChange, Mode, Outcome, Source, Status
from signalbook.contacts.schemas import (
    BatchChange,
    BatchItem,
    BatchOut,
    BatchSummary,
    BulkError,
    BulkIn,
    BulkOut,
    BulkSkipped,
    BulkSummary,
    ContactIn,
    ContactOut,
    ItemError,
)
from signalbook.kit.db import Database, Read, Tx
from signalbook.kit.errors import AppError, Problem
from signalbook.web import bodies, idempotency
from signalbook.web.access import key
from signalbook.web.bodies import BodyInvalid, JsonMalformed, Shape
from signalbook.web.held import TheDb
from signalbook.web.idempotency import Answer
from signalbook.web.openapi import TRUTH, Answered, Operation, Param, one_of
from signalbook.web.params import Params

MAX_BATCH_BYTES: Final = 16 * 1024 * 1024
NDJSON: Final = ("application/x-ndjson", "application/ndjson", "application/jsonl")

_Asked = Request[Any, Any, Any]
_Answering = Callable[[Read, list[Outcome]], Awaitable[Answer]]
S = TypeVar("S", bound=ContactIn)
_TAKEN = (EmailTaken, MobileTaken, ExternalIdTaken)
_MODES = {
    "upsert": Mode.UPSERT,
    "create": Mode.CREATE,
    "update": Mode.UPDATE,
    "delete": Mode.UPDATE,
}
_change, _contact = Shape(BatchChange), Shape(ContactIn)
_changes = msgspec.json.Decoder(list[BatchChange])
_line = msgspec.json.Decoder(BatchChange)
_raw_items = msgspec.json.Decoder(list[msgspec.Raw])


class _RawBulk(msgspec.Struct, forbid_unknown_fields=True):
    contacts: list[msgspec.Raw]


_raw_bulk = Shape(_RawBulk)
_lines = "\n".join(msgspec.json.encode(change).decode() for change in examples.BATCH)


@post(
    CONTACTS + "/batch",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="changeContacts",
        tag=TAG,
        summary="Change many contacts",
        about="Up to 10,000 changes, as a JSON array or one JSON object a line. Each is an upsert"
        " unless `op` says otherwise, has its own outcome at its own position, and never fails"
        " another. They are written in transactions of 1,000; with an Idempotency-Key or as a dry"
        " run in a single one. An upsert can add an opt-out and never lifts one.",
        params=(
            Param("dry_run", "Report what would happen, and keep nothing.", TRUTH, example=True),
            Param("return", "Show each contact as it is after the batch.", one_of("contact")),
        ),
        body=list[BatchChange],
        examples={"changes": examples.BATCH},
        more_types={NDJSON[0]: {"type": "string"}},
        more_examples={NDJSON[0]: _lines},
        answers={200: Answered(BatchOut, examples.BATCHED, "An outcome for each change.")},
        conflicts=True,
    ),
)
async def change_many(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Apply a batch of changes."""
    params = Params(request)
    dry = params.flag("dry_run") is True
    idempotency.key_of(request)
    wanted = params.text("return")
    if wanted not in {None, "contact"}:
        params.refuse("return", "return can only be contact")
    params.done()
    raw = await bodies.read(request, MAX_BATCH_BYTES, (bodies.JSON_TYPE, *NDJSON))
    batch = _batch_of(raw, source_of(caller), by_line=bodies.type_of(request) in NDJSON)
    if dry:
        outcomes = await batching.dry_run(db, caller.account_id, batch)
        async with db.read() as read:
            return idempotency.respond(await _batched(read, caller, outcomes, wanted, dry=True))

    async def answer(read: Read, outcomes: list[Outcome]) -> Answer:
        return await _batched(read, caller, outcomes, wanted, dry=False)

    return await _apply(request, caller, db, raw, batch, answer)


@post(
    CONTACTS + "/bulk",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="createContacts",
        tag=TAG,
        summary="Add many contacts",
        about="Those that are there already are skipped, those that are wrong are told, and the"
        " others are created. At most 10,000.",
        body=BulkIn,
        examples={"contacts": examples.BULK},
        answers={200: Answered(BulkOut, examples.BULKED, "What came of each.")},
        conflicts=True,
    ),
)
async def create_many(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Create contacts in bulk, as Sendmator's SDK does."""
    Params(request).done()
    raw = await bodies.read(request, MAX_BATCH_BYTES)
    body = _raw_bulk.accepted(raw)
    batching.refuse_too_long(len(body.contacts))
    batch = Batch()
    source = source_of(caller)
    for item in body.contacts:
        _take(batch, _contact, bytes(item), source, lambda sent: _created(sent, source))

    async def answer(read: Read, outcomes: list[Outcome]) -> Answer:
        return await _bulked(read, caller, body.contacts, outcomes)

    return await _apply(request, caller, db, raw, batch, answer)


def _batch_of(raw: bytes, source: Source, *, by_line: bool) -> Batch:
    """Read a batch: at one go where all of it is sound, else change by change."""
    batch = Batch()
    try:
        sent = _line.decode_lines(raw) if by_line else _changes.decode(raw)
    except (ValueError, RecursionError):
        items = _items(raw, by_line=by_line)
        batching.refuse_too_long(len(items))
        for item in items:
            _take(batch, _change, item, source, lambda one: _change_of(one, source))
        return batch
    batching.refuse_too_long(len(sent))
    for one in sent:
        change = _change_of(one, source)
        if one.preferences:
            batch.reject(change, _refused(wire.unsupported(one)))
        else:
            batch.add(change)
    return batch


def _items(raw: bytes, *, by_line: bool) -> list[bytes]:
    """Split a batch that is not sound as a whole; raises JsonMalformed where that cannot be."""
    if by_line:
        return [line for line in raw.splitlines() if line.strip()]
    if not raw.strip():
        raise bodies.BodyMissing
    try:
        return [bytes(item) for item in _raw_items.decode(raw)]
    except (ValueError, RecursionError):
        value = bodies.json_of(raw)
        if isinstance(value, list):  # something in it is wrong that only a full reading finds
            raise JsonMalformed(reason="an item of the list cannot be read") from None
        told = Problem("", "The body must be a list of changes", "type_wrong")
        raise BodyInvalid(problems=[told]) from None


def _take(
    batch: Batch, shape: Shape[S], raw: bytes, source: Source, make: Callable[[S], ContactChange]
) -> None:
    """Take in one change of a batch with everything that is wrong with it."""
    try:
        sent, problems = shape.read(raw)
        change = make(sent)
        wire.refuse_problems(problems, sent, change)
    except AppError as refusal:
        batch.reject(ContactChange(source=source), _refused(refusal))
    else:
        batch.add(change)


def _refused(refusal: AppError) -> Outcome:
    return Outcome(Status.REJECTED, error=refusal)


def _created(sent: ContactIn, source: Source) -> ContactChange:
    return wire.change_of(sent, source, Mode.CREATE)


def _change_of(sent: BatchChange, source: Source) -> ContactChange:
    change = wire.change_of(sent, source, _MODES[sent.op], id=sent.id)
    if sent.op == "delete":
        return ContactChange(
            source=source,
            id=sent.id,
            email=change.email,
            mobile=change.mobile,
            external_id=change.external_id,
            delete=True,
            mode=Mode.UPDATE,
            message_id=sent.message_id,
        )
    change.tags_add = tuple(sent.add_tags)
    change.tags_remove = tuple(sent.remove_tags)
    change.message_id = sent.message_id
    change.merge = sent.merge
    return change


async def _apply(  # the parts of one call
    request: _Asked, caller: Caller, db: Database, raw: bytes, batch: Batch, answer: _Answering
) -> Response[bytes]:
    """Apply a batch, in one transaction where a key asks for that, and answer."""
    account = caller.account_id
    if idempotency.key_of(request) is None:
        outcomes = await batching.apply(db, account, batch)
        async with db.read() as read:
            return idempotency.respond(await answer(read, outcomes))

    async def work(tx: Tx) -> Answer:
        return await answer(tx, await batching.apply_in(tx, account, batch))

    return await idempotency.once(request, db, account, raw, work)


async def _batched(
    read: Read, caller: Caller, outcomes: list[Outcome], wanted: str | None, *, dry: bool
) -> Answer:
    counts = Counter(outcome.status for outcome in outcomes)
    shown: list[ContactOut | None] = [None] * len(outcomes)
    if wanted == "contact":
        contacts = [outcome.contact for outcome in outcomes]
        names = await reading.tag_names(read, caller.account_id, [c for c in contacts if c])
        shown = [wire.out(contact, names) if contact else None for contact in contacts]
    out = BatchOut(
        dry_run=dry,
        summary=BatchSummary(**{str(status): counts[status] for status in Status}),
        results=[
            _item(outcome, contact, dry=dry)
            for outcome, contact in zip(outcomes, shown, strict=True)
        ],
    )
    return Answer(200, wire.encode(out))


def _item(outcome: Outcome, shown: ContactOut | None, *, dry: bool) -> BatchItem:
    """Tell one outcome; a contact that is not kept has no id."""
    contact, error = outcome.contact, outcome.error
    is_kept = not (dry and outcome.status is Status.CREATED)
    return BatchItem(
        outcome.status.value,
        contact.id if contact is not None and is_kept else None,
        _item_error(error) if error is not None else None,
        list(outcome.notes) if outcome.notes else [],
        shown,
    )


def _item_error(error: AppError) -> ItemError:
    told = wire.told(error)
    return ItemError(told.code(), told.message, [msgspec.structs.asdict(p) for p in told.problems])


async def _bulked(
    read: Read, caller: Caller, sent: list[msgspec.Raw], outcomes: list[Outcome]
) -> Answer:
    made = [o.contact for o in outcomes if o.contact is not None and o.error is None]
    names = await reading.tag_names(read, caller.account_id, made)
    skipped: list[BulkSkipped] = []
    errors: list[BulkError] = []
    for at, (raw, outcome) in enumerate(zip(sent, outcomes, strict=True)):
        if outcome.error is None:
            continue
        if isinstance(outcome.error, _TAKEN):
            skipped.append(
                BulkSkipped(_sent(raw, "email"), _sent(raw, "external_id"), outcome.error.message)
            )
        else:
            errors.append(BulkError(_sent(raw, "email"), outcome.error.message, at))
    out = BulkOut(
        created=[wire.out(contact, names) for contact in made],
        skipped=skipped,
        errors=errors,
        user_id=str(caller.account_id),
        total_processed=len(outcomes),
        summary=BulkSummary(len(made), len(skipped), len(errors)),
    )
    return Answer(200, wire.encode(out))


def _sent(raw: msgspec.Raw, name: str) -> str | None:
    """Return a text as it was sent, whatever else is wrong with the contact."""
    try:
        sent = msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        return None
    value = sent.get(name) if isinstance(sent, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return value if isinstance(value, str) else None


ROUTES = [change_many, create_many]
