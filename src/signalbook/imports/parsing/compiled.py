"""A plan made ready: what reads each column of the file; no I/O."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from signalbook.imports import layouts
from signalbook.imports.errors import MappingInvalid
from signalbook.imports.model import Action, ColumnMap, KnownField, Plan
from signalbook.imports.parsing.cells import Manner
from signalbook.imports.parsing.fields import (
    NAMES,
    Attributes,
    FieldColumn,
    NameColumn,
    wanted_of,
)
from signalbook.imports.parsing.identity import Emails, ExternalIds, Mobiles
from signalbook.imports.parsing.listed import Listed
from signalbook.imports.parsing.statuses import Statuses
from signalbook.imports.parsing.tagging import Lists, Splitter, Tagging
from signalbook.imports.parsing.typed import Reader
from signalbook.imports.parsing.verdicts import Cells

_ONCE: Final = frozenset({"email", "mobile", "external_id"})
_STATUSES: Final = ("status", "optout", "bounced", "complained", "is_active")


class Compiled:
    """What reads each column. A column is named by its place in the file, from 0."""

    def __init__(self, plan: Plan) -> None:
        """Make the readers; raises MappingInvalid where two columns are the same identifier."""
        source = plan.source
        self.width = len(source.columns)
        self.is_json = source.kind == "json"
        self.are_texts = source.kind == "csv"
        layout = layouts.recognise(source.columns)
        self._is_own = is_own = layout is not None and layout.is_own
        self.manner = Manner(self.is_json, is_exact=self.is_json or is_own)
        self._plan = plan
        self._known: Mapping[str, KnownField] = {field.name: field for field in plan.fields}
        maps = plan.columns
        if plan.options.action == Action.DELETE:
            maps = tuple(one for one in maps if one.target in _ONCE)
        self._maps = maps
        self._identities()
        self._fields()
        self._tags_and_lists()
        self.status_places = self._places(*_STATUSES)
        self.statuses = [Statuses(self._target(n), self.manner) for n in self.status_places]
        self.metadata_places = self._places("metadata")
        listing = plan.options.listing
        self.listed = Listed(listing, maps) if listing is not None else None

    def cells(self, columns: Sequence[Sequence[Any]], place: int) -> Cells:
        """Return the cells of a column of a batch."""
        return Cells(columns[place], self.are_texts)

    def _identities(self) -> None:
        plan = self._plan
        self.email_place = self._only("email")
        self.mobile_place = self._only("mobile")
        self.external_id_place = self._only("external_id")
        self.emails = Emails(plan.account_id, self.manner)
        try:
            self.mobiles = Mobiles(plan.options.country, self.manner)
        except ValueError as unknown:
            sentence = f"{plan.options.country} is not the code of a country, like IN"
            raise MappingInvalid(sentence=sentence) from unknown
        self.external_ids = ExternalIds(plan.account_id, self.manner)

    def _fields(self) -> None:
        self.field_columns: list[tuple[int, FieldColumn]] = []
        self.name_columns: list[tuple[int, NameColumn]] = []
        for one in self._maps:
            kind, _, name = one.target.partition(":")
            if kind != "field":
                continue
            reader = self._reader(one, name)
            if name in NAMES:
                column = NameColumn(reader, self._plan.account_id)
                self.name_columns.append((one.column, column))
            else:
                self.field_columns.append((one.column, FieldColumn(reader)))
        self.name_columns.sort(key=lambda column: NAMES.index(column[1].wanted.name))
        self.attribute_places = self._places("attributes")
        self.attributes = Attributes(self._known, self._plan.options)

    def _reader(self, one: ColumnMap, name: str) -> Reader:
        chosen = one.type
        wanted = wanted_of(name, self._known, chosen)
        if wanted.is_new and one.confidence < 1:
            standard = wanted_of(name, {}, None).is_set
            wanted = wanted._replace(is_set=standard)
        return Reader(wanted, self.manner, self._plan.options, self._samples(one.column))

    def _tags_and_lists(self) -> None:
        plan = self._plan
        to_all = () if plan.options.action == Action.DELETE else plan.options.tags
        self.tag_places = self._places("tags")
        splitters = [self._splitter(place) for place in self.tag_places]
        self.tagging = Tagging(splitters, plan.tags, to_all)
        self.list_places = self._places("list")
        self.lists = Lists([self._splitter(place) for place in self.list_places])

    def _splitter(self, place: int) -> Splitter:
        separator = next(one.separator for one in self._maps if one.column == place)
        return Splitter(separator, self._samples(place), self.manner, is_own=self._is_own)

    def _samples(self, place: int) -> list[str]:
        samples = self._plan.source.samples
        return samples[place] if place < len(samples) else []

    def _places(self, *kinds: str) -> list[int]:
        return [one.column for one in self._maps if one.target.partition(":")[0] in kinds]

    def _target(self, place: int) -> str:
        return next(one.target for one in self._maps if one.column == place)

    def _only(self, target: str) -> int | None:
        places = self._places(target)
        if len(places) > 1:
            sentence = f"two columns cannot both be the {target}"
            raise MappingInvalid(sentence=sentence)
        return places[0] if places else None
