"""A batch, column by column, into the columns of a staged row, and these into lines; no I/O."""

from collections.abc import Container, Mapping, Sequence
from typing import Any, Final, NamedTuple

from signalbook.contacts.errors import ContactTooLarge
from signalbook.contacts.model import MAX_CONTACT_BYTES
from signalbook.imports.model import Action, Plan
from signalbook.imports.parsing.cells import is_blank, object_of
from signalbook.imports.parsing.compiled import Compiled
from signalbook.imports.parsing.copying import NULL, array, json_text
from signalbook.imports.parsing.fields import NAMES, Named, metadata_refusals
from signalbook.imports.parsing.naming import Names, capped, keys
from signalbook.imports.parsing.statuses import together
from signalbook.imports.parsing.typed import Wanted
from signalbook.imports.parsing.verdicts import Findings
from signalbook.kit import ids
from signalbook.kit.errors import Problem

_SURELY_SMALL: Final = MAX_CONTACT_BYTES // 4
"""Characters that make no more bytes than a contact may have, in whatever language."""

_SURELY_FEW: Final = 149
"""Characters that hold no more words than a contact is found by; 25 take 150 at least."""


class Written(NamedTuple):
    """The columns of staged rows, each value as it is written; all of one length."""

    numbers: Sequence[int]
    keys: Sequence[str]
    emails: Sequence[str]
    email_keys: Sequence[str]
    mobiles: Sequence[str]
    external_ids: Sequence[str]
    fields: Sequence[str]
    cleared: Sequence[str]
    tags: Sequence[str]
    words: Sequence[str]
    name_keys: Sequence[str]
    last_keys: Sequence[str]
    optouts: Sequence[str]
    lists: Sequence[str]
    metadata: Sequence[str]
    listed: Sequence[str]
    nobody: Sequence[int] = ()
    """The places of rows that name nobody."""

    def columns(self) -> Sequence[Sequence[Any]]:
        """List all but `nobody`."""
        return self[:-1]


class Writer:
    """Works a batch column by column."""

    def __init__(self, plan: Plan, compiled: Compiled) -> None:
        """Write for the account and the import of the plan."""
        self._compiled = compiled
        self._lead = f"{plan.account_id}\t{plan.import_id.hex}\t"
        self._account = plan.account_id
        self._names = Names(compiled.name_columns, plan.account_id)
        is_deletion = plan.options.action == Action.DELETE
        self._clears = plan.options.blank == "clear" and not is_deletion
        columns = [column for _, column in (*compiled.field_columns, *compiled.name_columns)]
        self._unmet: dict[str, Wanted] = {
            column.wanted.name: column.wanted for column in columns if column.wanted.is_new
        }
        self._met: dict[str, str] = {}
        self._told: set[str] = set()
        self._values: Sequence[dict[str, object]] = ()
        self._pieces: list[tuple[str, Sequence[str]]] = []

    def write(
        self, numbers: Sequence[int], columns: Sequence[Sequence[Any]], findings: Findings
    ) -> Written:
        """Read the cells of a batch, given by column; raises TooManyTags."""
        compiled, count = self._compiled, len(numbers)
        emails, email_keys, email_words = self._emails(columns, count, findings)
        mobiles = self._mobiles(columns, count, findings)
        own_ids, own_words = self._external_ids(columns, count, findings)
        self._values = self._attributes(columns, findings)
        name_cells = [compiled.cells(columns, place) for place, _ in compiled.name_columns]
        names = self._names.read(name_cells, self._values, findings)
        fields, cleared = self._fields(columns, names, findings)
        metadata = self._metadata(columns, count, findings)
        self._refuse_large(fields, metadata, findings)
        name_keys, last_keys = keys(names, count)
        optouts, listed = self._listed(columns, count, findings)
        lists = self._lists(columns, count, findings)
        identities = _identities(own_ids, email_keys, mobiles)
        tag_cells = [compiled.cells(columns, place) for place in compiled.tag_places]
        return Written(
            numbers=numbers,
            keys=identities,
            emails=emails,
            email_keys=email_keys,
            mobiles=mobiles,
            external_ids=own_ids,
            fields=fields,
            cleared=cleared,
            tags=compiled.tagging.read(tag_cells, count, findings),
            words=self._words(email_words, own_words, names),
            name_keys=name_keys,
            last_keys=last_keys,
            optouts=optouts,
            lists=lists,
            metadata=metadata,
            listed=listed,
            nobody=[at for at, key in enumerate(identities) if not key] if "" in identities else (),
        )

    def lines(self, written: Written) -> list[str]:
        """Write rows as COPY text, each with a fresh id."""
        lead = self._lead
        numbers, *columns = written.columns()
        fresh = ids.new_hexes(len(numbers))
        rows = map("\t".join, zip(fresh, *columns, strict=True))
        return [f"{lead}{number}\t{row}\n" for number, row in zip(numbers, rows, strict=True)]

    def meet(self, left_out: Container[int]) -> None:
        """Take note of the fields that rows of the last batch have values for."""
        for name, pieces in self._pieces:
            if name in self._unmet and any(
                piece and at not in left_out for at, piece in enumerate(pieces)
            ):
                self._met[name] = self._unmet.pop(name).type
        new = self._compiled.attributes.new
        if new:
            for at, values in enumerate(self._values):
                for name in values.keys() & new.keys() if at not in left_out else ():
                    self._met.setdefault(name, new.pop(name).type)
                    self._unmet.pop(name, None)

    def new_fields(self) -> dict[str, str]:
        """Return the fields that got their first value since it was asked last, with types."""
        new = {name: kind for name, kind in self._met.items() if name not in self._told}
        self._told.update(new)
        self._met.clear()
        return new

    def _emails(
        self, columns: Sequence[Sequence[Any]], count: int, findings: Findings
    ) -> tuple[list[str], list[str], list[str]]:
        compiled = self._compiled
        if compiled.email_place is None:
            return [NULL] * count, [NULL] * count, [""] * count
        return compiled.emails.read(compiled.cells(columns, compiled.email_place), findings)

    def _mobiles(
        self, columns: Sequence[Sequence[Any]], count: int, findings: Findings
    ) -> list[str]:
        compiled = self._compiled
        if compiled.mobile_place is None:
            return [NULL] * count
        return compiled.mobiles.read(compiled.cells(columns, compiled.mobile_place), findings)

    def _external_ids(
        self, columns: Sequence[Sequence[Any]], count: int, findings: Findings
    ) -> tuple[list[str], list[str]]:
        compiled = self._compiled
        if compiled.external_id_place is None:
            return [NULL] * count, []
        cells = compiled.cells(columns, compiled.external_id_place)
        return compiled.external_ids.read(cells, findings)

    def _attributes(
        self, columns: Sequence[Sequence[Any]], findings: Findings
    ) -> list[dict[str, object]]:
        compiled = self._compiled
        read = [
            compiled.attributes.read(compiled.cells(columns, place), findings)
            for place in compiled.attribute_places
        ]
        if len(read) < 2:  # noqa: PLR2004  # one is the ordinary case
            return read[0] if read else []
        return [
            {name: one for row in rows for name, one in row.items()}
            for rows in zip(*read, strict=True)
        ]

    def _fields(
        self,
        columns: Sequence[Sequence[Any]],
        names: Mapping[str, list[Named]],
        findings: Findings,
    ) -> tuple[list[str], list[str]]:
        """Write the fields of each row as JSON, and the names of those it clears.

        Where two columns are one field the later stands behind, and wins (`jsonb` keeps the last).
        """
        compiled = self._compiled
        pieces: list[tuple[str, Sequence[str]]]
        pieces = [(name, [one.json for one in named]) for name, named in names.items()]
        pieces += [
            (column.wanted.name, column.read(compiled.cells(columns, place), findings))
            for place, column in compiled.field_columns
        ]
        self._pieces = pieces
        texts = [texts for _, texts in pieces]
        if self._values:
            texts = [[_inner(values) for values in self._values], *texts]
        count = len(columns[0]) if columns else 0
        return _objects(texts, count), self._cleared(pieces, count)

    def _cleared(self, pieces: Sequence[tuple[str, Sequence[str]]], count: int) -> list[str]:
        if not self._clears or not pieces:
            return [NULL] * count
        names = [name for name, _ in pieces]
        cleared: list[str] = []
        for at, row in enumerate(zip(*(texts for _, texts in pieces), strict=True)):
            given = {name for name, text in zip(names, row, strict=True) if text}
            given.update(self._values[at] if self._values else ())
            blank = [name for name in dict.fromkeys(names) if name not in given]
            cleared.append(array(blank) if blank else NULL)
        return cleared

    def _metadata(
        self, columns: Sequence[Sequence[Any]], count: int, findings: Findings
    ) -> list[str]:
        compiled = self._compiled
        if not compiled.metadata_places:
            return [NULL] * count
        merged: list[dict[str, Any]] = [{} for _ in range(count)]
        for place in compiled.metadata_places:
            for at, cell in enumerate(columns[place]):
                if is_blank(cell):
                    continue
                given = object_of(cell)
                if given is None:
                    sentence = f"This is no JSON object: {str(cell)[:60]}"
                    findings.refuse(at, Problem("metadata", sentence, "json_invalid"), cell)
                    continue
                findings.problems_of(at, metadata_refusals(given), cell)
                merged[at].update(given)
        return [
            json_text(one) if one and at not in findings.problems else NULL
            for at, one in enumerate(merged)
        ]

    def _refuse_large(
        self, fields: Sequence[str], metadata: Sequence[str], findings: Findings
    ) -> None:
        most = max(map(len, fields), default=0) + max(map(len, metadata), default=0)
        if most <= _SURELY_SMALL:
            return
        for at, (one, other) in enumerate(zip(fields, metadata, strict=True)):
            if len(one) + len(other) > _SURELY_SMALL:
                size = sum(len(text.replace("\\\\", "\\").encode()) for text in (one, other))
                if size > MAX_CONTACT_BYTES:
                    error = ContactTooLarge(size=size)
                    findings.refuse(at, Problem("row", error.message, error.code()), "")

    def _optouts(
        self, columns: Sequence[Sequence[Any]], count: int, findings: Findings
    ) -> list[str]:
        compiled = self._compiled
        if not compiled.statuses:
            return [NULL] * count
        read = [
            statuses.read(compiled.cells(columns, place), findings)
            for place, statuses in zip(compiled.status_places, compiled.statuses, strict=True)
        ]
        return [optouts or NULL for optouts in together(read)]

    def _listed(
        self, columns: Sequence[Sequence[Any]], count: int, findings: Findings
    ) -> tuple[list[str], list[str]]:
        """Return the opt-outs of rows and what they say of the contact list, if there is one."""
        optouts = self._optouts(columns, count, findings)
        if self._compiled.listed is None:
            return optouts, [NULL] * count
        said = self._compiled.listed.read(columns, count, findings)
        return [one or NULL for one in said.optouts], said.listed

    def _lists(self, columns: Sequence[Sequence[Any]], count: int, findings: Findings) -> list[str]:
        compiled = self._compiled
        if not compiled.list_places:
            return [NULL] * count
        cells = [compiled.cells(columns, place) for place in compiled.list_places]
        return [lists or NULL for lists in compiled.lists.read(cells, findings)]

    def _words(
        self,
        emails: Sequence[str],
        own: Sequence[str],
        names: Mapping[str, list[Named]],
    ) -> list[str]:
        pieces: list[Sequence[str]] = [emails]
        if own:
            pieces.append(own)
        pieces += [[one.words for one in names[name]] for name in NAMES if name in names]
        words = list(map("".join, zip(*pieces, strict=True)))
        if max(map(len, words), default=0) > _SURELY_FEW:
            words = list(map(capped, words))
        return words


def _identities(own: Sequence[str], emails: Sequence[str], mobiles: Sequence[str]) -> list[str]:
    """Tell which contact each row names; "" for nobody."""
    if NULL not in emails and all(x is NULL for x in own):
        return [f"e:{e}" for e in emails]
    return [
        f"x:{x}" if x != NULL else f"e:{e}" if e != NULL else f"m:{m}" if m != NULL else ""
        for x, e, m in zip(own, emails, mobiles, strict=True)
    ]


def _inner(values: Mapping[str, object]) -> str:
    """Write values as the inside of a JSON object, without names, which are written elsewhere."""
    own = {name: value for name, value in values.items() if name not in NAMES}
    return json_text(own)[1:-1] if own else ""


def _objects(pieces: Sequence[Sequence[str]], count: int) -> list[str]:
    if not pieces:
        return ["{}"] * count
    rows = zip(*pieces, strict=True)
    if any("" in texts for texts in pieces):
        return ["{" + ",".join(filter(None, row)) + "}" for row in rows]
    return ["{" + ",".join(row) + "}" for row in rows]
