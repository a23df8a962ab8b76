"""What reading a cell comes to besides its value: problems, and what was mended; no I/O."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast

from signalbook.imports.model import Cell
from signalbook.kit.errors import Problem

Piece = TypeVar("Piece")

_REMEMBERED: Final = 10_000
_TOO_LONG_TO_REMEMBER: Final = 200


class Cells(NamedTuple):
    """The cells of one column in a batch."""

    all: Sequence[Cell]
    are_texts: bool

    @property
    def texts(self) -> Sequence[str]:
        """The cells, where all of them are known to be texts."""
        return cast("Sequence[str]", self.all)


class Refused(Exception):  # a verdict that `Memo` turns into an Odd
    """The cell cannot be what its column says."""

    def __init__(self, field: str, sentence: str, code: str) -> None:
        """Say which field, why and under which code."""
        super().__init__(sentence)
        self.problem = Problem(field, sentence, code)


class Odd(NamedTuple, Generic[Piece]):
    """A value and what has to be told of it."""

    piece: Piece
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    widened: tuple[str, ...] = ()


class Findings:
    """What a batch turned up, by the place of the row in it."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.problems: defaultdict[int, list[tuple[Problem, object]]] = defaultdict(list)
        self.notes: list[tuple[int, str]] = []
        self.widened: list[tuple[int, str]] = []

    def refuse(self, at: int, problem: Problem, cell: object) -> None:
        """Note what is wrong with a row, and the cell that is."""
        self.problems[at].append((problem, cell))

    def take(self, at: int, odd: Odd[Piece], cell: object) -> Piece:
        """Note what is odd, and return the value it comes with."""
        self.problems_of(at, odd.problems, cell)
        self.notes.extend((at, note) for note in odd.notes)
        self.widened.extend((at, name) for name in odd.widened)
        return odd.piece

    def problems_of(self, at: int, problems: Iterable[Problem], cell: object) -> None:
        """Note several problems of a cell."""
        for problem in problems:
            self.refuse(at, problem, cell)


class Memo(dict[str, Piece]):
    """The texts of a column that came before, each with its value as it is written.

    `read` turns a cell into its value, or into an Odd, which is not remembered. When it is full it
    starts anew, so that a column of a million different values costs no memory.
    """

    def __init__(self, read: Callable[[Any], Piece | Odd[Piece]]) -> None:
        """Remember what `read` says of texts."""
        super().__init__()
        self._read = read
        self._odd = False

    def __missing__(self, cell: str) -> Piece:
        """Read a text that is new."""
        found = self._read(cell)
        if isinstance(found, Odd):
            self._odd = True
            return cast("Piece", found)  # `pieces` takes the value out of it
        if len(cell) <= _TOO_LONG_TO_REMEMBER:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[cell] = found
        return found

    def fresh(self, cell: object) -> Piece:
        """Read a cell that is no text: `1`, `1.0` and `True` would be one key."""
        found = self._read(cell)
        if isinstance(found, Odd):
            self._odd = True
        return cast("Piece", found)

    def pieces(self, cells: Cells, findings: Findings) -> list[Piece]:
        """Read the cells of a column."""
        if cells.are_texts:
            pieces = [self[cell] for cell in cells.texts]
        else:
            pieces = [self[cell] if type(cell) is str else self.fresh(cell) for cell in cells.all]
        if self._odd:
            self._odd = False
            for at, piece in enumerate(pieces):
                if isinstance(piece, Odd):
                    odd = cast("Odd[Piece]", piece)
                    pieces[at] = findings.take(at, odd, cells.all[at])
        return pieces
