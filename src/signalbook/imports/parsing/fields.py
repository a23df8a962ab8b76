"""The columns that are fields, and the one that holds several: values as pieces of JSON; no I/O."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from signalbook.contacts import attributes
from signalbook.contacts.checking import checked
from signalbook.contacts.errors import ContactInvalid
from signalbook.contacts.model import ContactChange, Source
from signalbook.contacts.words import name_keys
from signalbook.fields.model import MAX_FIELDS, RESERVED, STANDARD, FieldType, infer
from signalbook.imports.model import KnownField, Options
from signalbook.imports.parsing.cells import Manner, is_blank, object_of
from signalbook.imports.parsing.copying import escaped, json_text, lexeme
from signalbook.imports.parsing.typed import Reader, Wanted
from signalbook.imports.parsing.verdicts import Cells, Findings, Memo, Odd
from signalbook.kit.errors import Problem
from signalbook.kit.spelling import fold, plain

NAMES: Final = ("full_name", "first_name", "last_name")
"""The fields a contact is found and sorted by, in the order of their words."""

_PLAIN = re.compile(r"[ !#-\[\]-~]+").fullmatch
_WORD = re.compile(r"[^\W_]+")
_MAX_WORD = 60
_FILE: Final = Source("import")


class Named(NamedTuple):
    """A name as it is written: as JSON, as words of the search, as a key of the order."""

    json: str
    words: str
    key: str
    value: object


NAMELESS: Final = Named("", "", "", None)


class FieldColumn:
    """Reads a column into pieces like `"city":"Paris"`; a blank cell is an empty piece."""

    def __init__(self, reader: Reader) -> None:
        """Read the cells with `reader`."""
        self.wanted = reader.wanted
        self._reader = reader
        self._lead = json_text(self.wanted.name) + ":"
        self._memo = Memo[str](self._piece)

    def read(self, cells: Cells, findings: Findings) -> list[str]:
        """Return the pieces."""
        return self._memo.pieces(cells, findings)

    def _piece(self, cell: Any) -> str | Odd[str]:  # noqa: ANN401  # whatever a reader gives
        found = self._reader.value(cell)
        value, problems = found.piece, found.problems
        if value is None:
            return Odd("", problems) if problems else ""
        if isinstance(value, str):
            piece = f'{self._lead}"{value}"' if _PLAIN(value) else self._lead + json_text(value)
        else:
            problems = (*problems, *refusals(self.wanted.name, value))
            piece = "" if problems else self._lead + json_text(value)
        if problems or found.notes or found.widened:
            return Odd(piece, problems, found.notes, found.widened)
        return piece


class NameColumn:
    """Reads a column of names, which are words of the search besides."""

    def __init__(self, reader: Reader, account_id: int) -> None:
        """Read the cells with `reader`; lead the words by the account."""
        self.wanted = reader.wanted
        self._reader = reader
        self._lead = json_text(self.wanted.name) + ":"
        self._account = f"{account_id}:"
        self._memo = Memo[Named](self._named)

    def read(self, cells: Cells, findings: Findings) -> list[Named]:
        """Return the names."""
        return self._memo.pieces(cells, findings)

    def _named(self, cell: Any) -> Named | Odd[Named]:  # noqa: ANN401  # as above
        found = self._reader.value(cell)
        if found.piece is None:
            return Odd(NAMELESS, found.problems) if found.problems else NAMELESS
        named = self.of(found.piece)
        if found.problems or found.notes or found.widened:
            return Odd(named, found.problems, found.notes, found.widened)
        return named

    def of(self, value: object) -> Named:
        """Write a name."""
        if not isinstance(value, str):
            return Named(self._lead + json_text(value), "", "", value)
        words = dict.fromkeys(_WORD.findall(fold(value)))
        return Named(
            self._lead + json_text(value),
            "".join(lexeme(self._account + word[:_MAX_WORD]) for word in words),
            escaped(name_keys({"first_name": value})[0] or ""),
            value,
        )


class Attributes:
    """Reads a column whose cells are JSON objects of fields, as `attributesData` of SES is.

    A key means the field of that name, label or alias, ignoring case, or the standard field that
    people call so, as at the door of AWS SES; else a field of its own.
    """

    def __init__(
        self,
        known: Mapping[str, KnownField],
        options: Options,
    ) -> None:
        """Start with the fields the account has."""
        self.new: dict[str, Wanted] = {}
        self._options = options
        self._room = MAX_FIELDS - len(known)
        self._readers: dict[str, Reader] = {}
        self._names: dict[str, str] = {}
        self._known = known
        for name, standard in STANDARD.items():
            self._names.update({fold(standard.label): name, fold(name): name})
        for one in known.values():
            self._names.update({fold(text): one.name for text in (one.label, one.name)})
        self._aliases = {plain(text): one.name for one in known.values() for text in one.aliases}

    def read(self, cells: Cells, findings: Findings) -> list[dict[str, object]]:
        """Return the values of each row by the name of their field."""
        return [self._values(at, cell, findings) for at, cell in enumerate(cells.all)]

    def _values(self, at: int, cell: Any, findings: Findings) -> dict[str, object]:  # noqa: ANN401  # as above
        if is_blank(cell):
            return {}
        given = object_of(cell)
        if given is None:
            sentence = f"This is no JSON object of fields: {str(cell)[:60]}"
            findings.refuse(at, Problem("attributes", sentence, "json_invalid"), cell)
            return {}
        named = {
            self._name_of(name): value
            for name, value in given.items()
            if value is not None and value != ""
        }
        problems = refusals("", named)
        if problems:
            findings.problems_of(at, problems, cell)
            return {}
        values: dict[str, object] = {}
        for name, value in named.items():
            reader = self._readers.get(name) or self._met(name, value)
            if reader is None:
                sentence = f"An account has at most {MAX_FIELDS:,} fields; {name} would be one more"
                findings.refuse(at, Problem(f"fields.{name}", sentence, "too_many_fields"), cell)
                continue
            fitted = findings.take(at, reader.value(value), value)
            if fitted is not None:
                values[name] = fitted
        return values

    def _name_of(self, key: str) -> str:
        if key in self._known or key in RESERVED:
            return key
        known = self._aliases.get(plain(key)) or self._names.get(fold(key))
        return known or attributes.WORDS.get(plain(key), key)

    def _met(self, name: str, value: object) -> Reader | None:
        """Make the reader of a field that comes up for the first time in this file."""
        wanted = wanted_of(name, self._known, None)
        if wanted.is_new and name not in STANDARD:
            if self._room < 1:
                return None
            self._room -= 1
            wanted = wanted._replace(type=infer(value))
        if wanted.is_new:
            self.new[name] = wanted
        manner = Manner(is_json=True, is_exact=True)
        self._readers[name] = Reader(wanted, manner, self._options)
        return self._readers[name]


def wanted_of(name: str, known: Mapping[str, KnownField], chosen: str | None) -> Wanted:
    """Tell what a field wants; a new one is of the type somebody chose, and holds to it."""
    field = known.get(name)
    if field is not None:
        return Wanted(name, field.type, field.is_set)
    standard = STANDARD.get(name)
    if standard is not None:
        return Wanted(name, standard.type, is_set=True, is_new=True)
    return Wanted(name, chosen or FieldType.TEXT, is_set=chosen is not None, is_new=True)


def refusals(name: str, value: object) -> Sequence[Problem]:
    """Say what the API would refuse of a value: NUL, nesting, names that are taken.

    Without a name, `value` is an object of several fields.
    """
    given = cast("dict[str, Any]", {name: value} if name else value)
    if name and not isinstance(given[name], list | dict):
        return ()
    try:
        checked(ContactChange(source=_FILE, external_id="x", fields=given))
    except ContactInvalid as refused:
        return refused.problems
    return ()


def metadata_refusals(value: dict[str, Any]) -> Sequence[Problem]:
    """Say what the API would refuse of an object of metadata."""
    try:
        checked(ContactChange(source=_FILE, external_id="x", metadata=value))
    except ContactInvalid as refused:
        return refused.problems
    return ()
