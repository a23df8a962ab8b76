"""Rows of a file into staged rows and rejects, as COPY text, batch by batch; no I/O."""

from collections import Counter
from collections.abc import Sequence
from itertools import compress
from typing import Any, Final

from signalbook.imports.model import Parcel, Plan
from signalbook.imports.parsing import rejects, rows
from signalbook.imports.parsing.cells import is_blank
from signalbook.imports.parsing.compiled import Compiled
from signalbook.imports.parsing.copying import utf8
from signalbook.imports.parsing.tagging import MOST_TAGS, TooManyTags
from signalbook.imports.parsing.verdicts import Findings
from signalbook.imports.reading.batch import Unread
from signalbook.kit.errors import Problem

KEYS_LEFT_OUT: Final = "keys_left_out"

_RECORD: Final = "record"
_TOLD_ALREADY: Final = frozenset({"email", "mobile", "external_id", _RECORD})
_WHO: Final = "Say who: an email, a mobile in E.164 form or an external_id is needed"
_WHO_IN_LIST: Final = "EmailAddress can't be blank."


class Normaliser:
    """Reads, checks and writes the rows of one import; `take` gives what has come together.

    The first `plan.skip` rows with something in them are read over without being looked at.
    `plan.fields` and `plan.tags` are the registry and the tags as they were at that point, so that
    a restart gives the same rows.
    """

    def __init__(self, plan: Plan) -> None:
        """Make the plan ready; raises MappingInvalid where it contradicts itself."""
        self._compiled = Compiled(plan)
        self._writer = rows.Writer(plan, self._compiled)
        self._rejects = rejects.Writer(plan.account_id, plan.import_id)
        self._skip = plan.skip
        self._each_alone = plan.source.each_alone
        self._who = _WHO if plan.options.listing is None else _WHO_IN_LIST
        self._rows: list[str] = []
        self._refused: list[str] = []
        self._notes: Counter[str] = Counter()
        self._widened: dict[str, None] = {}
        self._told_widened: set[str] = set()
        self._failure = ""

    @property
    def waiting(self) -> int:
        """How many rows and rejects have come together."""
        return len(self._rows) + len(self._refused)

    @property
    def has_failed(self) -> bool:
        """Whether the rest of the file is not worth reading."""
        return bool(self._failure)

    def feed(self, numbers: Sequence[int], cells: Sequence[Sequence[Any]]) -> None:
        """Take in some rows, each with its number as a spreadsheet shows it."""
        if self._skip:
            numbers, cells = self._skipped(numbers, cells)
        if not cells or self._failure:
            return
        findings = Findings()
        even = self._even(cells, findings)
        columns = list(zip(*even, strict=True)) if self._compiled.width else []
        try:
            written = self._writer.write(numbers, columns, findings)
        except TooManyTags:
            self._failure = (
                f"There are more than {MOST_TAGS:,} different tags in this file. "
                "Is this column really tags? Map it to a field instead."
            )
            return
        blank = {at for at in written.nobody if self._is_nothing(cells[at])}
        self._refuse_nobody(written.nobody, blank, findings)
        refused = sorted(at for at in findings.problems if at not in blank)
        self._refused += [
            self._rejects.line(numbers[at], findings.problems[at], cells[at]) for at in refused
        ]
        self._count(findings, blank.union(refused))
        self._writer.meet(blank.union(refused))
        self._rows += self._kept(written, blank.union(refused))

    def take(self, *, read_bytes: int = 0, finished: bool = False) -> tuple[Parcel, bytes, bytes]:
        """Give what has come together since the last time, and forget it."""
        staged, refused = utf8(self._rows), utf8(self._refused)
        parcel = Parcel(
            rows=len(self._rows),
            rejected=len(self._refused),
            rows_bytes=len(staged),
            rejects_bytes=len(refused),
            read_bytes=read_bytes,
            tags=self._compiled.tagging.news(),
            fields=self._writer.new_fields(),
            widened=list(self._widened),
            notes=dict(self._notes),
            finished=finished,
            failure=self._failure,
        )
        self._told_widened.update(self._widened)
        self._rows, self._refused, self._widened = [], [], {}
        self._notes.clear()
        return parcel, staged, refused

    def fail(self, sentence: str) -> None:
        """Say why the rest cannot be read."""
        self._failure = sentence

    def note(self, notes: dict[str, int]) -> None:
        """Count what was mended before the rows came here."""
        self._notes.update(notes)

    def _skipped(
        self, numbers: Sequence[int], cells: Sequence[Sequence[Any]]
    ) -> tuple[Sequence[int], Sequence[Sequence[Any]]]:
        at = 0
        while self._skip and at < len(cells):
            if not self._is_nothing(cells[at]):
                self._skip -= 1
            at += 1
        return numbers[at:], cells[at:]

    def _is_nothing(self, row: Sequence[Any]) -> bool:
        return not self._each_alone and all(is_blank(cell) for cell in row)

    def _even(self, cells: Sequence[Sequence[Any]], findings: Findings) -> Sequence[Sequence[Any]]:
        """Make all rows as long as the header; a longer one is refused where it says something."""
        width = self._compiled.width
        odd = [at for at, row in enumerate(cells) if len(row) != width]
        if not odd:
            return cells
        even = list(cells)
        for at in odd:
            row = cells[at]
            even[at] = [*row[:width], *([""] * (width - len(row)))]
            beyond = [cell for cell in row[width:] if not is_blank(cell)]
            if beyond and isinstance(beyond[-1], Unread):
                unread = beyond[-1]
                findings.refuse(at, Problem(_RECORD, unread.why, "json_invalid"), unread)
            elif beyond and self._compiled.is_json:
                findings.notes.append((at, KEYS_LEFT_OUT))
            elif beyond:
                sentence = f"The row has {len(row):,} cells, the header {width:,}"
                findings.refuse(at, Problem("row", sentence, "row_too_long"), beyond[0])
        return even

    def _refuse_nobody(self, nobody: Sequence[int], blank: set[int], findings: Findings) -> None:
        for at in nobody:
            if at in blank:
                continue
            fields = {problem.field for problem, _ in findings.problems.get(at, ())}
            if not fields & _TOLD_ALREADY:
                findings.refuse(at, Problem("email", self._who, "identifier_missing"), "")

    def _count(self, findings: Findings, left_out: set[int]) -> None:
        for at, note in findings.notes:
            if at not in left_out:
                self._notes[note] += 1
        for at, name in findings.widened:
            if at not in left_out and name not in self._told_widened:
                self._widened[name] = None

    def _kept(self, written: rows.Written, left_out: set[int]) -> list[str]:
        """Write the lines of the rows that stay."""
        if not left_out:
            return self._writer.lines(written)
        keep = [at not in left_out for at in range(len(written.numbers))]
        columns = (list(compress(column, keep)) for column in written.columns())
        return self._writer.lines(rows.Written(*columns, nobody=()))
