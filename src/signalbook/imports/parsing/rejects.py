"""A refused row as COPY text for `import_rejects`; no I/O."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from signalbook.imports.parsing.cells import text_of
from signalbook.imports.parsing.copying import array, escaped
from signalbook.kit.errors import Problem

MAX_VALUE: Final = 200
MAX_CELL: Final = 10_000
MAX_REASON: Final = 4_000


class Writer:
    """Writes one line for each refused row: the first problem names it, the reason tells all."""

    def __init__(self, account_id: int, import_id: UUID) -> None:
        """Lead every line by the account and the import."""
        self._lead = f"{account_id}\t{import_id.hex}\t"

    def line(
        self, number: int, problems: Sequence[tuple[Problem, object]], cells: Sequence[Any]
    ) -> str:
        """Write the line of one row, with its cells as they were in the file."""
        first, cell = problems[0]
        reason = "; ".join(dict.fromkeys(problem.message for problem, _ in problems))
        return "\t".join(
            [
                f"{self._lead}{number}",
                escaped(first.field),
                escaped(text_of(cell)[:MAX_VALUE]),
                escaped(first.code),
                escaped(reason[:MAX_REASON]),
                array(text_of(one)[:MAX_CELL] for one in cells) + "\n",
            ]
        )
