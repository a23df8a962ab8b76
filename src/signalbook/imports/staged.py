"""An import as a batch of staged contacts; no I/O."""

from typing import Final

from signalbook.contacts.model import Source as ChangeSource
from signalbook.contacts.staging.model import Applied, Batch, Rule
from signalbook.imports.model import Counts, Import, KnownField, Plan

CHUNK: Final = 5_000
"""How many row numbers a chunk spans: some 150 ms, which is how long an API call may wait for a
contact that the import is writing."""
LISTED_CHUNK: Final = 500
"""The same where the verb writes every row, for a contact list: ten times the work for each, much
of it in Python, which keeps the process from everything else meanwhile."""
ENTANGLED: Final = 10_000_000
"""Chunks of entangled rows are numbered from here; a file has at most so many rows."""

_NAMES: Final = {
    "c": "created",
    "u": "updated",
    "=": "unchanged",
    "d": "deleted",
    "r": "rejected",
    "s": "superseded",
}


def batch_of(found: Import) -> Batch:
    """Describe the staged rows of an import to the contacts."""
    return Batch(
        account_id=found.account_id,
        id=found.id,
        rule=Rule(found.options.action),
        tags=tuple(found.tags),
        source=ChangeSource("import", found.actor),
        mark={"import": str(found.id)},
        listing=None if found.options.listing is None else found.options.listing.id,
    )


def plan_of(found: Import, fields: tuple[KnownField, ...]) -> Plan:
    """Say to the child what to do with the file; raises AssertionError for one never inspected."""
    assert found.source is not None  # noqa: S101  # an import is started after its inspection
    return Plan(
        account_id=found.account_id,
        import_id=found.id,
        source=found.source,
        columns=found.columns,
        options=found.options,
        fields=fields,
        tags=tuple(found.tags),
        skip=found.staged + found.rejected,
    )


def chunk_of(found: Import) -> int:
    """Say how many row numbers a chunk of an import spans."""
    return CHUNK if found.options.listing is None else LISTED_CHUNK


def chunk_rows(no: int, size: int) -> tuple[int, int]:
    """Return the first and the last row number of a chunk."""
    return no * size + 1, (no + 1) * size


def chunks_of(last_row: int, size: int) -> range:
    """List the chunks of a file whose last row has this number."""
    return range((last_row + size - 1) // size)


def counts_of(applied: Applied) -> Counts:
    """Count what came of the rows of a chunk."""
    counts = Counts(
        conflicts=applied.conflicts, protected=applied.protected, opted_out=applied.opted_out
    )
    for letter, _ in applied.outcomes.values():
        name = _NAMES[letter]
        setattr(counts, name, getattr(counts, name) + 1)
    return counts
