"""The rows of a file as they come out of it, about a thousand at a time."""

from typing import Final, NamedTuple, Self

from signalbook.imports.model import Cell

SIZE: Final = 1_000
"""Rows in a batch; a measure of memory and not a promise."""

MAX_ROWS: Final = 20_000_000

MAX_COLUMNS: Final = 2_000
MAX_CELL: Final = 1_000_000
"""Characters of one cell."""


class Unread(str):
    """The text of a record that could not be read; it stands behind the cells of its row."""

    __slots__ = ("why",)
    why: str

    def __new__(cls, text: str, why: str) -> Self:
        """Keep the sentence that says why beside the text."""
        made = super().__new__(cls, text)
        made.why = why
        return made


class Batch(NamedTuple):
    """Some rows in the order of the file; rows without anything in them are left out."""

    numbers: list[int]
    """Of each row its number as a spreadsheet shows it; of a JSON object its place, from 1."""
    cells: list[list[Cell]]
    """Of each row its cells, in the order of the columns; possibly fewer or more than those."""
    read_bytes: int
    """How far in the file this is: bytes of the file itself, packed where it is packed."""
    columns: list[str]
    """The names of the columns. Those of the source, and for JSON behind them the keys that were
    met for the first time since: a later cell than the source knows of stands under such a name."""
    mended: dict[str, int]
    """What was mended since the batch before: {"bytes_replaced": 2}."""
