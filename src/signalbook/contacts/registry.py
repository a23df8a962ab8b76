"""The registries as a batch sees them: ids of its tags, types of its fields; no I/O."""

from collections.abc import Container, Iterable
from typing import Any

from signalbook.contacts.errors import ContactInvalid, TooManyFields
from signalbook.fields import model as fields
from signalbook.fields.model import STANDARD, Field, FieldType
from signalbook.kit.errors import Problem


class Registry:
    """What is known of the tags and fields a batch names, and what the batch adds to it."""

    def __init__(self, tag_ids: dict[str, int], known: Iterable[Field], room: int) -> None:
        """Start with what was read; `room` is how many fields the account may still add."""
        self.tag_ids = tag_ids
        self.fields = {field.name: field for field in known}
        self.room = room
        self.added: dict[str, Field] = {}
        self.widened: set[str] = set()

    def fit(self, values: dict[str, Any], lenient: Container[str] = frozenset()) -> dict[str, Any]:
        """Return the values in the form their fields store; raises ContactInvalid, TooManyFields.

        A type that somebody has set is held to. A type that was only inferred gives way: the
        field becomes text and the value stays as it was sent. Of a field that is `lenient` a value
        that does not fit is left out.
        """
        fitted: dict[str, Any] = {}
        problems: list[Problem] = []
        fresh = len(self.added)
        for name, value in values.items():
            field = self.fields.get(name) or self.added.get(name)
            if value is not None and field is None:
                if fresh >= self.room:
                    if name in lenient:
                        continue
                    raise TooManyFields(name=name)
                fresh += 1
                standard = STANDARD.get(name)
                field = Field(name, standard.type, is_set=True) if standard else None
            if field is None or value is None or _is_fitting(field, value):
                fitted[name] = value
                continue
            told = list[Problem]() if name in lenient else problems
            stored = _fit(field, value, told)
            if told is problems or not told:
                fitted[name] = stored
        if problems:
            raise ContactInvalid(problems=problems)
        return fitted

    def use(self, values: dict[str, Any]) -> None:
        """Take note that these values are being stored."""
        for name, value in values.items():
            if value is None:
                continue
            field = self.fields.get(name)
            if field is None:
                field = self._adopt(name, value)
            if not field.is_set and field.type != FieldType.TEXT:
                self._widen_unless_fitting(field, value)

    def _adopt(self, name: str, value: object) -> Field:
        standard = STANDARD.get(name)
        field = (
            Field(name, standard.type, is_set=True)
            if standard
            else Field(name, fields.infer(value), is_set=False)
        )
        self.fields[name] = self.added[name] = field
        return field

    def _widen_unless_fitting(self, field: Field, value: object) -> None:
        if not fields.agrees(field.type, value):
            self.fields[field.name] = field._replace(type=FieldType.TEXT)
            self.widened.add(field.name)
            if field.name in self.added:
                self.added[field.name] = self.fields[field.name]


def _is_fitting(field: Field, value: object) -> bool:
    """Tell whether a value is stored as it is, without a look at it."""
    return not field.is_set or (field.type == FieldType.TEXT and type(value) is str)


def _fit(field: Field, value: object, problems: list[Problem]) -> object:
    try:
        return fields.fit(field.name, field.type, value)
    except fields.Unfit:
        problems.append(fields.unfit_problem(field.name, field.type, value))
        return None
