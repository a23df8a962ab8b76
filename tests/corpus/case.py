"""What a file of the corpus is, and what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One file. Either it can be read, and then these are its columns and rows, or it cannot."""

    name: str
    content: bytes | Callable[[], bytes]
    columns: list[str] | int | None = None
    """The names of the columns, or how many there are."""
    rows: list[int] | int = 0
    """The numbers of the rows that come out, as a spreadsheet shows them, or how many."""
    ragged: list[int] = field(default_factory=list)
    """The rows among them that have more or fewer cells than there are columns."""
    cells: dict[tuple[int, int], object] = field(default_factory=dict)
    """By row number and column from 0, what is there."""
    failure: str = ""
    """The code of the Unreadable that ends it."""
    failed_row: int | None = None
    """The row its sentence names."""
    encoding: str | None = None
    delimiter: str | None = None
    kind: str | None = None
    header_row: int | None = None
    note: str = ""
    """Words that one of the notes has."""
    file: str = "contacts.csv"
    hints: dict[str, object] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Make the file."""
        path = folder / "source"
        path.write_bytes(self.content if isinstance(self.content, bytes) else self.content())
        return path


def odd(name: str, content: str | bytes, columns: list[str] | int, rows: list[int] | int, **more):
    """A file that can be read."""
    text = content.encode() if isinstance(content, str) else content
    return Case(name, text, columns, rows, **more)


def bad(name: str, content, failure: str, **more):
    """A file that cannot be read."""
    text = content.encode() if isinstance(content, str) else content
    return Case(name, text, failure=failure, **more)
