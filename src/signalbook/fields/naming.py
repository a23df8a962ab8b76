"""What the names in a batch mean: a field of that name, or one that is also called so; no I/O.

A field's own name counts more than an alias. Where the values of a field are on their way into
another, its name means the other one already, and whoever writes the other takes the old value
away: so no contact gets back what was there before.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from signalbook.fields.model import Field
from signalbook.kit.spelling import plain


class Meaning:
    """The fields that a batch names, as the registry knows them."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        """Start with the rows of `naming_queries.named`."""
        self.fields: dict[str, Field] = {}
        self.leaving: set[str] = set()
        """Fields whose values are being taken away; what is given now is kept."""
        self._elsewhere: dict[str, str] = {}
        self._takes_from: dict[str, list[str]] = {}
        self._aliases: dict[str, str] = {}
        for row in rows:
            self._add(*row)

    def unknown(self, names: Iterable[str]) -> list[str]:
        """Pick the names that are no fields: new ones, or aliases."""
        return [name for name in names if name not in self.fields and name not in self._elsewhere]

    @property
    def further(self) -> list[str]:
        """Name the fields that have to be known as well, since others are on their way there."""
        return sorted({name for name in self._elsewhere.values() if name not in self.fields})

    @property
    def is_moving(self) -> bool:
        """Whether the values of a field are on their way into another."""
        return bool(self._elsewhere or self._takes_from)

    def learn(self, rows: Iterable[Sequence[Any]]) -> None:
        """Take in rows of `naming_queries.meant`."""
        for key, *field in rows:
            self._add(*field)
            if key is not None:
                self._aliases[key] = field[0]

    def resolved(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return values by the names of the fields they are meant for."""
        if not (self._aliases or self._elsewhere or self._takes_from):
            return values
        meant: dict[str, Any] = {}
        for asked, value in values.items():
            name = self.field_of(asked)
            if name == asked or name not in values:
                meant[name] = value
        for name in list(meant):
            for source in self._takes_from.get(name, ()):
                meant.setdefault(source, None)
        return meant

    def _add(
        self,
        name: str,
        type: str,
        is_set: bool,  # noqa: FBT001  # a column of the row
        moving_to: str | None,
        takes_from: list[str],
    ) -> None:
        if moving_to:
            self._elsewhere[name] = moving_to
            return
        self.fields[name] = Field(name, type, is_set)
        if moving_to is not None:
            self.leaving.add(name)
        if takes_from:
            self._takes_from[name] = takes_from

    def field_of(self, name: str) -> str:
        """Name the field that a name means."""
        if name not in self.fields and name not in self._elsewhere and self._aliases:
            name = self._aliases.get(plain(name), name)
        return self._elsewhere.get(name, name)
