"""Reads a file of the corpus and says what is not as expected."""

from pathlib import Path

import msgspec

from signalbook.imports.errors import Unreadable
from signalbook.imports.model import Hints
from signalbook.imports.reading import batches, inspecting
from tests.corpus.case import Case


def differences(case: Case, path: Path) -> list[str]:
    """Read a file to its end; return what came out otherwise than expected."""
    numbers: list[int] = []
    ragged: list[int] = []
    cells: dict[tuple[int, int], object] = {}
    try:
        source = inspecting.inspect(path, case.file, msgspec.convert(case.hints, Hints))
        for batch in batches.rows(path, source):
            numbers += batch.numbers
            for number, row in zip(batch.numbers, batch.cells, strict=True):
                if len(row) != len(source.columns):
                    ragged.append(number)
                cells |= {
                    at: row[at[1]] for at in case.cells if at[0] == number and at[1] < len(row)
                }
    except Unreadable as failure:
        return _of_failure(case, failure)
    if case.failure:
        return [f"{case.failure} was expected, and {len(numbers)} rows came"]
    columns = source.columns if isinstance(case.columns, list) else len(source.columns)
    rows = numbers if isinstance(case.rows, list) else len(numbers)
    found = [("columns", columns, case.columns), ("rows", rows, case.rows)]
    found += [("cells", cells, case.cells)]
    found += [("ragged rows", ragged, case.ragged)] if case.kind != "json" else []
    for what in ("encoding", "delimiter", "kind", "header_row"):
        if (expected := getattr(case, what)) is not None:
            found.append((what, getattr(source, what), expected))
    wrong = [f"{what}: {got!r} and not {want!r}" for what, got, want in found if got != want]
    if case.note and not any(case.note in note for note in source.notes):
        wrong.append(f"no note says {case.note!r}: {source.notes!r}")
    return wrong


def _of_failure(case: Case, failure: Unreadable) -> list[str]:
    wrong: list[str] = []
    if failure.reason not in case.failure.split("|"):
        wrong.append(f"it failed with {failure.reason}: {failure.message}")
    if case.failed_row and f"ow {case.failed_row:,} " not in failure.message:
        wrong.append(f"row {case.failed_row} is not named: {failure.message}")
    if not failure.message.endswith(".") or len(failure.message) > 400:
        wrong.append(f"no sentence: {failure.message}")
    return wrong
