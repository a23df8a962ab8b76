"""Every way an import changes: begun, received, mapped, started, paused, cancelled, undone."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from signalbook.fields import queries as fields
from signalbook.imports import claiming, guessing, layouts, queries
from signalbook.imports.errors import (
    ImportNotFound,
    ImportNotReady,
    MappingInvalid,
    NobodyMapped,
    of_mapping,
)
from signalbook.imports.model import (
    WORKING,
    Action,
    ApplyImport,
    CheckImport,
    ColumnMap,
    Import,
    ImportEnded,
    KnownField,
    Options,
    Source,
    State,
    UndoImport,
)
from signalbook.kit import clock, ids
from signalbook.kit.db import Read, Tx
from signalbook.kit.jobs import later

WHO: Final = frozenset({"email", "mobile", "external_id"})
"""The targets by which a row names its contact."""

_ORDERS: Final = {
    State.CHECKING: CheckImport,
    State.APPLYING: ApplyImport,
    State.UNDOING: UndoImport,
}


async def begin(
    tx: Tx,
    account_id: int,
    *,
    name: str,
    expected: int | None = None,
    actor: str,
    import_id: UUID | None = None,
) -> UUID:
    """Make room for a file that is about to be sent; return the import's id.

    A file that was sent before anything was written down has its `import_id` already.
    """
    import_id = import_id or ids.new_id()
    await queries.insert(
        tx,
        account_id,
        import_id,
        name=name[:255] or "file",
        expected=expected,
        actor=actor,
        at=clock.now(),
    )
    return import_id


async def received(tx: Tx, account_id: int, import_id: UUID, bytes: int) -> None:
    """Note how much of the file is safely on disk; raises ImportNotFound, ImportNotReady."""
    await _locked(tx, account_id, import_id, {State.UPLOADING}, "sent to")
    await queries.set_received(tx, account_id, import_id, bytes)


async def inspected(
    tx: Tx, account_id: int, import_id: UUID, source: Source, *, recall_options: bool = True
) -> None:
    """Take in what the file was found to be, and guess what its columns mean.

    A mapping that a person made for the same header before wins over every guess, and so do its
    options where somebody is shown them and `recall_options` is true; but nobody deletes because
    they did before. Raises ImportNotFound, ImportNotReady.
    """
    await _locked(tx, account_id, import_id, {State.UPLOADING, State.READY, State.CHECKED}, "read")
    fingerprint = layouts.fingerprint(source.columns)
    known = await known_fields(tx, account_id)
    layout = layouts.recognise(source.columns)
    columns, options = guessing.guess(source, known), Options()
    remembered = await _remembered(tx, account_id, source, fingerprint)
    if remembered is not None:
        columns = _placed(remembered[0], columns)
    if remembered is not None and recall_options and not needs_confirmation(remembered[1]):
        options = remembered[1]
    await queries.set_source(
        tx,
        account_id,
        import_id,
        source=source,
        fingerprint=fingerprint,
        layout=layout.name if layout is not None else "",
        columns=columns,
        options=options,
    )


async def understood(
    tx: Tx,
    account_id: int,
    import_id: UUID,
    source: Source,
    columns: Sequence[ColumnMap],
    options: Options,
    layout: str,
) -> None:
    """Take in a file whose columns mean what they were agreed to mean: nothing is guessed.

    Nor is the mapping remembered for others. Raises ImportNotFound, ImportNotReady, MappingInvalid,
    NobodyMapped.
    """
    found = await _locked(tx, account_id, import_id, {State.UPLOADING}, "read")
    _refuse_misfits(msgspec.structs.replace(found, source=source), columns)
    await queries.set_source(
        tx,
        account_id,
        import_id,
        source=source,
        fingerprint=None,
        layout=layout,
        columns=columns,
        options=options,
    )


async def unreadable(tx: Tx, account_id: int, import_id: UUID, sentence: str) -> None:
    """End an import whose file cannot be read, with the sentence that says why."""
    await queries.set_ended(tx, account_id, import_id, State.FAILED, clock.now(), sentence)


async def configure(
    tx: Tx, account_id: int, import_id: UUID, columns: Sequence[ColumnMap], options: Options
) -> None:
    """Say what the columns mean and how the rows are meant; what was checked is forgotten.

    Raises ImportNotFound, ImportNotReady, MappingInvalid, NobodyMapped.
    """
    found = await _locked(tx, account_id, import_id, {State.READY, State.CHECKED}, "mapped")
    _refuse_misfits(found, columns)
    await queries.set_mapping(tx, account_id, import_id, columns, options)


async def start(tx: Tx, account_id: int, import_id: UUID, *, dry_run: bool) -> None:
    """Check the rows and, unless this is a dry run, apply them.

    What a dry run has staged is applied as it is, unless its fields were rewritten since. The
    mapping is remembered for the next file with the same header. Raises ImportNotFound,
    ImportNotReady, MappingInvalid, NobodyMapped, FieldBusy.
    """
    begun = await _locked(tx, account_id, import_id, {State.READY, State.CHECKED}, "started")
    found = await claiming.settled(tx, begun, await known_fields(tx, account_id))
    _refuse_misfits(found, found.columns)
    if found.columns != begun.columns:
        await queries.set_mapping(tx, account_id, import_id, found.columns, found.options)
    now = clock.now()
    if found.fingerprint is not None:
        await queries.remember(
            tx,
            account_id,
            found.fingerprint,
            found.columns,
            found.options,
            actor=found.actor,
            at=now,
        )
    if found.state == State.CHECKED and not dry_run:
        await queries.set_applying(tx, account_id, import_id, now)
        await later(tx, ApplyImport(account_id, import_id))
    else:
        await queries.set_checking(tx, account_id, import_id, dry_run=dry_run, at=now)
        await later(tx, CheckImport(account_id, import_id))


async def pause(tx: Tx, account_id: int, import_id: UUID) -> None:
    """Let the job end at its next checkpoint, and stay there until `resume`."""
    found = await _locked(tx, account_id, import_id, WORKING, "paused")
    await queries.set_state(tx, account_id, import_id, State.PAUSED, found.state)


async def resume(tx: Tx, account_id: int, import_id: UUID) -> None:
    """Let a paused import go on where it was, and one at work just go on.

    Raises ImportNotFound, ImportNotReady.
    """
    found = await _locked(tx, account_id, import_id, WORKING | {State.PAUSED}, "resumed")
    if found.is_working:
        return
    assert found.paused_state is not None  # noqa: S101  # written together with the state
    await queries.set_state(tx, account_id, import_id, found.paused_state)
    await later(tx, _ORDERS[found.paused_state](account_id, import_id))


async def cancel(tx: Tx, account_id: int, import_id: UUID) -> None:
    """End an import at its next checkpoint; what is applied stays, and can be undone."""
    open_states = {State.UPLOADING, State.READY, State.CHECKED, State.PAUSED}
    found = await _locked(tx, account_id, import_id, open_states | WORKING, "cancelled")
    await end(tx, found, State.CANCELLED)


async def undo(tx: Tx, account_id: int, import_id: UUID) -> None:
    """Put back what an import changed and remove what it made, unless something newer touched it.

    Raises ImportNotFound, and ImportNotReady where nothing was applied or it is still at work.
    """
    ended = {State.DONE, State.CANCELLED, State.FAILED}
    found = await _locked(tx, account_id, import_id, ended, "undone")
    if found.applying_at is None:
        raise ImportNotReady(state=found.state, verb="undone")
    await queries.set_state(tx, account_id, import_id, State.UNDOING)
    await later(tx, UndoImport(account_id, import_id))


async def give_up(tx: Tx, account_id: int, import_id: UUID, sentence: str) -> None:
    """Say that the job cannot go on, unless the import has ended meanwhile."""
    found = await queries.lock(tx, account_id, import_id)
    if found is not None and found.is_working:
        await end(tx, found, State.FAILED, sentence)


async def end(tx: Tx, found: Import, state: State, failure: str = "") -> None:
    """Note that an import is over, and let those know who had ordered it."""
    await queries.set_ended(tx, found.account_id, found.id, state, clock.now(), failure)
    if found.options.listing is not None:
        await later(tx, ImportEnded(found.account_id, found.id))


async def known_fields(db: Read, account_id: int) -> tuple[KnownField, ...]:
    """List the fields of the registry as mapping and normalising need them."""
    return tuple(
        KnownField(one.name, one.label, tuple(one.aliases), one.type, one.type_is_set)
        for one in await fields.all_of(db, account_id)
        if not one.is_moving
    )


async def _locked(
    tx: Tx, account_id: int, import_id: UUID, states: set[State] | frozenset[State], verb: str
) -> Import:
    found = await queries.lock(tx, account_id, import_id)
    if found is None:
        raise ImportNotFound
    if found.state not in states:
        raise ImportNotReady(state=found.state, verb=verb)
    return found


async def _remembered(
    tx: Tx, account_id: int, source: Source, fingerprint: str
) -> tuple[tuple[ColumnMap, ...], Options] | None:
    """Recall what was made of this header; that of rejected rows has `reason` behind it."""
    found = await queries.remembered(tx, account_id, fingerprint)
    *before, last = source.columns or [""]
    if found is not None or last.strip().casefold() != "reason":
        return found
    found = await queries.remembered(tx, account_id, layouts.fingerprint(before))
    if found is None:
        return None
    columns, options = found
    return (*columns, ColumnMap(column=len(before), target="ignore")), options


def _placed(remembered: Sequence[ColumnMap], guessed: Sequence[ColumnMap]) -> tuple[ColumnMap, ...]:
    """Use a remembered mapping if it speaks of these very columns."""
    if len(remembered) != len(guessed):
        return tuple(guessed)
    return tuple(remembered)


def _refuse_misfits(found: Import, columns: Sequence[ColumnMap]) -> None:
    if found.source is None:
        raise ImportNotReady(state=found.state, verb="mapped")
    problem = guessing.problem(found.source, columns)
    if problem is not None:
        raise of_mapping(MappingInvalid(sentence=problem))
    if WHO.isdisjoint(column.target for column in columns):
        raise of_mapping(NobodyMapped())


def needs_confirmation(options: Options) -> bool:
    """Whether an import takes something away, and a person is asked once more."""
    return options.action is Action.DELETE
