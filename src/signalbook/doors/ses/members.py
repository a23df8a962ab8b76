"""Members of a request, declared once per operation and read in the order in which AWS checks.

First everything is decoded: a member of another JSON type refuses the request at once, in the words
of AWS's decoder. Then all constraints of the model (required, one of, length, pattern) are looked
at, and every broken one is told: `1 validation error detected: Value at 'topics.1.member.topicName'
failed to satisfy constraint: Member must not be null`. What the service checks beyond that, such as
the form of an address, is its handler's business. Members that nobody declared are passed over.

    TOPIC = Structure(Text("TopicName", required=True), Text("Description"))
    CREATE = Structure(Text("ContactListName", required=True), Items("Topics", TOPIC))
    given = CREATE.read(call.body)    # members that are absent or null are left out

In a query a member is read by `text_in`, `texts_in` and `whole_in`.
"""

import re
from typing import Any, Final, TypeAlias

from signalbook.doors.ses.errors import ConstraintBroken, NotDecoded, ParameterRefused

_MOST_WHOLE: Final = 2**31 - 1
_TOKENS: Final[dict[type, str]] = {
    bool: "TRUE_VALUE",
    int: "NUMBER_VALUE",
    float: "NUMBER_VALUE",
    str: "STRING_VALUE",
}


class Text:
    """A text, perhaps one of a few (`choices`, in the order AWS names them), or of a pattern."""

    def __init__(
        self,
        name: str,
        *,
        required: bool = False,
        choices: tuple[str, ...] = (),
        least: int = 0,
        pattern: str = "",
    ) -> None:
        """Declare a member; `least` is the least length."""
        self.name = name
        self.required = required
        self._least = least
        self._choices = choices
        self._pattern = pattern
        self._matches = re.compile(pattern).search if pattern else None

    def read_at(self, given: object, place: str, broken: list[str]) -> str:
        """Decode one value, and add to `broken` what it breaks."""
        if not isinstance(given, str):
            raise _other_type(given, "a String")
        if "\x00" in given:
            raise ParameterRefused(f"{self.name} holds a character that no text has.")
        broken += [breach(place, constraint) for constraint in self.breaks(given)]
        return given

    def breaks(self, given: str) -> list[str]:
        """List the constraints that a text breaks."""
        broken: list[str] = []
        if self._choices and given not in self._choices:
            broken.append(f"Member must satisfy enum value set: [{', '.join(self._choices)}]")
        if len(given) < self._least:
            broken.append(f"Member must have length greater than or equal to {self._least}")
        if self._matches and not self._matches(given):
            broken.append(f"Member must satisfy regular expression pattern: {self._pattern}")
        return broken


class Flag:
    """True or false; AWS takes any text for true."""

    def __init__(self, name: str, *, required: bool = False) -> None:
        """Declare a member."""
        self.name = name
        self.required = required

    def read_at(self, given: object, place: str, broken: list[str]) -> bool:  # noqa: ARG002  # as others
        """Decode one value."""
        if isinstance(given, bool):
            return given
        if isinstance(given, str):
            return True
        raise _other_type(given, "a Boolean")


class Whole:
    """A whole number of 32 bits."""

    def __init__(self, name: str, *, required: bool = False) -> None:
        """Declare a member."""
        self.name = name
        self.required = required

    def read_at(self, given: object, place: str, broken: list[str]) -> int:  # noqa: ARG002  # as others
        """Decode one value."""
        if isinstance(given, float) and given.is_integer():
            given = int(given)
        if isinstance(given, bool) or not isinstance(given, int) or abs(given) > _MOST_WHOLE:
            raise _other_type(given, "an Integer")
        return given


class Items:
    """A list of texts or structures."""

    def __init__(self, name: str, item: "Text | Structure", *, required: bool = False) -> None:
        """Declare a member; the name of `item` is of no matter."""
        self.name = name
        self.required = required
        self._item = item

    def read_at(self, given: object, place: str, broken: list[str]) -> list[Any]:
        """Decode each item; where one is null its constraint is broken."""
        if isinstance(given, dict):
            raise NotDecoded("Start of structure or map found where not expected.")
        if not isinstance(given, list):
            raise NotDecoded("Expected list or null")
        items: list[object] = given  # pyright: ignore[reportUnknownVariableType]  # JSON
        if isinstance(self._item, Text):
            return self._texts(self._item, items, place, broken)
        read: list[Any] = []
        for at, one in enumerate(items, 1):
            where = f"{place}.{at}.member"
            if one is None:
                broken.append(breach(where, _MISSING))
            else:
                read.append(self._item.read_at(one, where, broken))
        return read

    def _texts(self, item: Text, items: list[object], place: str, broken: list[str]) -> list[Any]:
        """Decode texts; AWS tells of all of them at once, at the place of the list."""
        read = [item.read_at(one, place, []) for one in items if one is not None]
        breaks = [told for one in read for told in item.breaks(one)]
        breaks += [_MISSING] * (len(items) - len(read))
        if breaks:
            told = ", ".join(dict.fromkeys(breaks))
            broken.append(breach(place, f"Member must satisfy constraint: [{told}]"))
        return read


class Nested:
    """A structure as a member of another."""

    def __init__(self, name: str, structure: "Structure", *, required: bool = False) -> None:
        """Declare a member."""
        self.name = name
        self.required = required
        self._structure = structure

    def read_at(self, given: object, place: str, broken: list[str]) -> dict[str, Any]:
        """Decode its members."""
        return self._structure.read_at(given, place, broken)


Member: TypeAlias = Text | Flag | Whole | Items | Nested


class Structure:
    """Members in the order in which AWS's model names them."""

    def __init__(self, *members: Member) -> None:
        """Declare what there may be."""
        self._members = [(one, _placed(one.name)) for one in members]

    def read(self, body: dict[str, Any], **path: str) -> dict[str, Any]:
        """Read a body, and parameters of the path with it; raises NotDecoded, ConstraintBroken."""
        broken: list[str] = []
        read = self.read_at(body | path if path else body, "", broken)
        if broken:
            raise ConstraintBroken(broken)
        return read

    def read_at(self, given: object, place: str, broken: list[str]) -> dict[str, Any]:
        """Decode the members of a structure at this place within the request."""
        if isinstance(given, list):
            raise NotDecoded("Start of list found where not expected")
        if not isinstance(given, dict):
            raise NotDecoded("Expected null")
        read: dict[str, Any] = {}
        for member, placed in self._members:
            where = f"{place}.{placed}" if place else placed
            value: object = given.get(member.name)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            if value is not None:
                read[member.name] = member.read_at(value, where, broken)  # pyright: ignore[reportUnknownArgumentType]
            elif member.required:
                broken.append(breach(where, _MISSING))
            elif isinstance(member, Flag) and member.name in given:
                raise NotDecoded("NULL_VALUE can not be converted to a Boolean")
        return read


_MISSING: Final = "Member must not be null"


def breach(place: str, constraint: str) -> str:
    """Say which constraint the value at a place breaks."""
    return f"Value at '{place}' failed to satisfy constraint: {constraint}"


def text_in(query: dict[str, list[str]], name: str, *, required: bool = False) -> str | None:
    """Read a text of the query, the last where there are several; raises ConstraintBroken."""
    found = query.get(name)
    if found is None and required:
        raise ConstraintBroken([breach(_placed(name), _MISSING)])
    return found[-1] if found else None


def texts_in(query: dict[str, list[str]], name: str) -> list[str]:
    """Read all texts of this name: `TagKeys=a&TagKeys=b`."""
    return query.get(name, [])


def whole_in(query: dict[str, list[str]], name: str) -> int | None:
    """Read a whole number of the query, None where it is empty; raises NotDecoded."""
    given = text_in(query, name)
    if not given:
        return None
    digits = given.removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdigit()) or abs(number := int(given[:16])) > _MOST_WHOLE:
        raise NotDecoded(f"'{given[:64]}' can not be converted to Integer")
    return number


def _placed(name: str) -> str:
    return name[:1].lower() + name[1:]


def _other_type(given: object, wanted: str) -> NotDecoded:
    if isinstance(given, list):
        return NotDecoded("Start of list found where not expected")
    if isinstance(given, dict):
        return NotDecoded("Start of structure or map found where not expected.")
    token = "FALSE_VALUE" if given is False else _TOKENS[type(given)]
    return NotDecoded(f"{token} can not be converted to {wanted}")
