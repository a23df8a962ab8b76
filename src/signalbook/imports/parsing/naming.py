"""The names of a batch: their JSON, their words and the keys that people sort by; no I/O."""

import re
from collections.abc import Sequence
from typing import Final

from signalbook.fields.model import FieldType
from signalbook.imports.model import Options
from signalbook.imports.parsing.cells import Manner
from signalbook.imports.parsing.copying import NULL
from signalbook.imports.parsing.fields import NAMELESS, NAMES, NameColumn, Named
from signalbook.imports.parsing.typed import Reader, Wanted
from signalbook.imports.parsing.verdicts import Cells, Findings

_LEXEME = re.compile(r"'(?:[^']|'')*' ")
_MOST_WORDS: Final = 24


class Names:
    """Reads the columns of `full_name`, `first_name` and `last_name`, or what stands for them."""

    def __init__(self, columns: Sequence[tuple[int, NameColumn]], account_id: int) -> None:
        """Read these columns, in the order of `NAMES`."""
        self._columns = columns
        plain = Manner(is_json=True, is_exact=True)
        self._written = {
            name: NameColumn(
                Reader(Wanted(name, FieldType.TEXT, is_set=True), plain, Options()), account_id
            )
            for name in NAMES
        }

    def read(
        self,
        cells: Sequence[Cells],
        values: Sequence[dict[str, object]],
        findings: Findings,
    ) -> dict[str, list[Named]]:
        """Return the names of each row by their field; `values` are those of its attributes."""
        found: dict[str, list[Named]] = {}
        for (_, column), own in zip(self._columns, cells, strict=True):
            names = column.read(own, findings)
            name = column.wanted.name
            found[name] = _over(found[name], names) if name in found else names
        for name in NAMES:
            if any(name in row for row in values):
                under = self._named(name, [row.get(name) for row in values])
                found[name] = _over(under, found[name]) if name in found else under
        return found

    def _named(self, name: str, values: Sequence[object]) -> list[Named]:
        of = self._written[name].of
        return [NAMELESS if value is None else of(value) for value in values]


def _over(under: list[Named], names: list[Named]) -> list[Named]:
    return [name if name.json else below for below, name in zip(under, names, strict=True)]


def keys(names: dict[str, list[Named]], count: int) -> tuple[list[str], list[str]]:
    """Return the keys by which names sort, first name first and last name first.

    The same as `contacts.words.name_keys`, of values that are folded already.
    """
    nameless = [NAMELESS] * count if len(names) < len(NAMES) else []
    full, first, last = (names.get(name, nameless) for name in NAMES)
    if not names:
        return [NULL] * count, [NULL] * count
    shown = [
        f"{own.key} {family.key}"
        if own.key and family.key
        else own.key or family.key or whole.key or NULL
        for whole, own, family in zip(full, first, last, strict=True)
    ]
    by_last = [
        f"{family.key} {own.key}" if own.key and family.key else family.key or NULL
        for own, family in zip(first, last, strict=True)
    ]
    return shown, by_last


def capped(words: str) -> str:
    """Keep as many words as a contact is found by."""
    if words.count("' ") <= _MOST_WORDS:
        return words
    return "".join(list(dict.fromkeys(_LEXEME.findall(words)))[:_MOST_WORDS])
