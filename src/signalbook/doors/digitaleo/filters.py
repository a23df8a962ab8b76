"""From filters in Digitaleo's words to the predicate over contacts that every face takes.

Every piece of SQL here is fixed text; what was asked is a parameter.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, LiteralString
from uuid import UUID

from signalbook.contacts.filters import Predicate
from signalbook.doors.digitaleo import numbers
from signalbook.doors.digitaleo.conditions import Condition, Node
from signalbook.doors.digitaleo.errors import ValuesInvalid
from signalbook.doors.digitaleo.model import CONTACT, REASONS, Property
from signalbook.kit.errors import Problem

Known = Mapping[str, UUID]
"""What the numbers in a filter stand for."""

_SLOT_NAMES: Final[LiteralString] = (
    "{a0} {a1} {a2} {a3} {a4} {a5} {a6} {a7} {a8} {a9}"
    " {b0} {b1} {b2} {b3} {b4} {b5} {b6} {b7} {b8} {b9}"
    " {c0} {c1} {c2} {c3} {c4} {c5} {c6} {c7} {c8} {c9}"
    " {d0} {d1} {d2} {d3} {d4} {d5} {d6} {d7} {d8} {d9}"
    " {e0} {e1} {e2} {e3} {e4} {e5} {e6} {e7} {e8} {e9}"
)
_SLOTS: Final[list[LiteralString]] = _SLOT_NAMES.split()
_COMPARED: Final[dict[str, LiteralString]] = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_COLUMNS: Final[dict[str, LiteralString]] = {
    "email": "{c}.email_key",
    "mobile": "{c}.mobile",
    "created": "{c}.created_at",
    "updated": "{s}.updated_at",
    "media": "{c}.channel",
    "address": "{c}.address",
    "reason": "{c}.reason",
    "since": "{c}.since",
}
_OPTOUTS: Final[dict[str, LiteralString]] = {
    "email": "{c}.email_optout",
    "sms": "{c}.sms_optout",
    "voice": "{c}.voice_optout",
}
_LOWER: Final = frozenset({"email", "media", "address", "reason"})
_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)
_DAY_LENGTH: Final = len("2026-01-31")
_FAR: Final = datetime(9999, 1, 1, tzinfo=UTC)


def demand(
    predicate: Predicate,
    account_id: int,
    node: Node,
    known: Known,
    properties: Mapping[str, Property] = CONTACT,
) -> None:
    """Add a filter to a predicate; raises ValuesInvalid for values that cannot be of a property.

    With the properties of opt-outs the predicate is about their states, as its `{c}`.
    """
    writing = _Writing(account_id, known, properties)
    piece = writing.node(node)
    predicate.add(piece, **writing.values)
    if properties is CONTACT and isinstance(node, Condition) and node.operator == "in":
        if CONTACT[node.name].kind in {"email", "mobile"}:
            predicate.narrow(len(node.values))
        elif node.name == "id":
            predicate.narrow(sum(value in known for value in node.values))


def numbers_of(nodes: Sequence[Node], properties: Mapping[str, Property] = CONTACT) -> list[str]:
    """List the numbers that filters name whole, of contacts and of lists, or of opt-outs."""
    found = (number for node in nodes for number in _numbers_in(node, properties))
    return list(dict.fromkeys(found))


class _Writing:
    """Writes one filter as a piece of SQL and gathers its values."""

    def __init__(self, account_id: int, known: Known, properties: Mapping[str, Property]) -> None:
        self.values: dict[str, object] = {}
        self._account_id = account_id
        self._known = known
        self._properties = properties
        self._is_nested = False

    def node(self, node: Node) -> LiteralString:
        if isinstance(node, Condition):
            return self._test(node)
        self._is_nested = True
        parts: list[LiteralString] = [self.node(part) for part in node.parts]
        if node.joiner == "not":
            return "NOT coalesce(" + parts[0] + ", FALSE)"
        if not parts:
            return "TRUE" if node.joiner == "and" else "FALSE"
        joined: LiteralString = " AND " if node.joiner == "and" else " OR "
        return "(" + joined.join(parts) + ")"

    def _test(self, test: Condition) -> LiteralString:
        of = self._properties[test.name]
        if test.operator == "ne":
            anyway = self._test(test._replace(operator="in"))
            return "NOT coalesce(" + anyway + ", FALSE)"
        if of.kind in {"id", "lists"}:
            return self._id(test) if of.kind == "id" else self._lists(test)
        if of.kind == "optout":
            return self._optout(test, of.of)
        if of.kind == "updated" and self._is_nested:
            return self._active(test)
        if of.kind in {"created", "updated", "since"}:
            return self._moment(test, _COLUMNS[of.kind])
        return self._value(test, _COLUMNS.get(of.kind) or self._field(of.of))

    def _field(self, name: str) -> LiteralString:
        return "({c}.fields ->> " + self._put(name) + "::text)"

    def _value(self, test: Condition, column: LiteralString) -> LiteralString:
        kind = self._properties[test.name].kind
        values = list(test.values)
        if kind in _LOWER:
            values = [one.lower() for one in values]
        if kind == "mobile":
            values = ["+" + one.lstrip("+ ") for one in values]
        if kind == "day":
            values = [one[:_DAY_LENGTH] for one in values]
        if test.operator == "null":
            return self._null(test, column)
        if test.operator == "in":
            return column + " = ANY(" + self._put(values) + "::text[])"
        if test.operator == "like":
            return column + " ILIKE " + self._put(test.values[0]) + " ESCAPE ''"
        compared = _COMPARED[test.operator]
        if kind == "number":
            number = self._put(_number(test))
            return "(" + column + ")::double precision " + compared + " " + number
        return column + " " + compared + " " + self._put(values[0])

    def _null(self, test: Condition, column: LiteralString) -> LiteralString:
        return column + (" IS NULL" if test.wants_nothing else " IS NOT NULL")

    def _id(self, test: Condition) -> LiteralString:
        if test.operator == "null":
            return "FALSE" if test.wants_nothing else "TRUE"
        if self._properties is not CONTACT:
            return self._entry(test)
        return "{c}.id" + self._among_ids(test)

    def _entry(self, test: Condition) -> LiteralString:
        """Look for the entries of the ledger: a state has no id but that of what put it there."""
        return (
            "EXISTS (SELECT 1 FROM optouts AS o WHERE o.account_id = " + self._put(self._account_id)
            + " AND o.address = {c}.address AND o.channel = {c}.channel"
            " AND o.reason = {c}.reason AND o.kind = 'out' AND o.id" + self._among_ids(test) + ")"
        )  # fmt: skip

    def _among_ids(self, test: Condition) -> LiteralString:
        if test.operator == "in":
            ids = [self._known[value] for value in test.values if value in self._known]
            return " = ANY(" + self._put(ids) + "::uuid[])"
        compared = _COMPARED.get(test.operator)
        if compared is None:
            raise _unfit(test, "compares numbers only")
        number = self._put(numbers.number_of(test.values[0]))
        return (
            " IN (SELECT d.id FROM digitaleo_numbers AS d WHERE d.account_id = "
            + self._put(self._account_id) + " AND d.number " + compared + " " + number + ")"
        )  # fmt: skip

    def _lists(self, test: Condition) -> LiteralString:
        among: LiteralString = ""
        if test.operator == "in":
            ids = [self._known[value] for value in test.values if value in self._known]
            among = " AND m.list_id = ANY(" + self._put(ids) + "::uuid[])"
        elif test.operator != "null":
            raise _unfit(test, "takes eq, in, ne and null")
        on_any = (
            "EXISTS (SELECT 1 FROM list_members AS m WHERE m.account_id = "
            + self._put(self._account_id) + " AND m.contact_id = {c}.id" + among + ")"
        )  # fmt: skip
        return "NOT " + on_any if test.operator == "null" and test.wants_nothing else on_any

    def _optout(self, test: Condition, channel: str) -> LiteralString:
        if test.operator not in {"in", "null"}:
            raise _unfit(test, "takes eq, in, ne and null")
        wanted = [value.lower() for value in test.values]
        if test.operator == "null":
            wanted = ["null"] if test.wants_nothing else list(REASONS["email"])
        wrong = [one for one in wanted if one not in {"null", *REASONS["email"]}]
        if wrong:
            raise _unfit(test, f"is null, {', '.join(REASONS[channel])}, not {wrong[0]}")
        reasons = self._put([one for one in wanted if one != "null"])
        if channel == "voicemail":
            held = self._blocked(channel, reasons)
            free = "NOT " + self._blocked(channel, self._put(list(REASONS["email"])))
        else:
            held = _OPTOUTS[channel] + " = ANY(" + reasons + "::text[])"
            free = _OPTOUTS[channel] + " IS NULL"
        return "(" + held + " OR " + free + ")" if "null" in wanted else held

    def _blocked(self, channel: str, reasons: LiteralString) -> LiteralString:
        """Look into the ledger, for a channel of which a contact's row says nothing."""
        return (
            "EXISTS (SELECT 1 FROM optout_states AS o WHERE o.account_id = "
            + self._put(self._account_id) + " AND o.channel = " + self._put(channel)
            + " AND o.address IN ({c}.mobile, {c}.fields ->> 'phone')"
            + " AND o.reason = ANY(" + reasons + "::text[]))"
        )  # fmt: skip

    def _active(self, test: Condition) -> LiteralString:
        """Ask the signals by themselves: a piece of a predicate is about one table."""
        return (
            "{c}.id IN (SELECT g.contact_id FROM contact_signals AS g WHERE g.account_id = "
            + self._put(self._account_id) + " AND " + self._moment(test, "g.updated_at") + ")"
        )  # fmt: skip

    def _moment(self, test: Condition, column: LiteralString) -> LiteralString:
        if test.operator == "null":
            return self._null(test, column)
        if test.operator == "like":
            raise _unfit(test, "is a time; compare it with gte and lt")
        spans = [_span(test, value) for value in test.values]
        if test.operator == "in":
            within: list[LiteralString] = [
                "(" + column + " >= " + self._put(first) + " AND "
                + column + " < " + self._put(after) + ")"
                for first, after in spans
            ]  # fmt: skip
            return "(" + " OR ".join(within) + ")"
        first, after = spans[0]
        edge = after if test.operator in {"gt", "lte"} else first
        compared: LiteralString = ">=" if test.operator in {"gt", "gte"} else "<"
        return column + " " + compared + " " + self._put(edge)

    def _put(self, value: object) -> LiteralString:
        """Take a value in and return where it stands; raises ValuesInvalid for too many."""
        if len(self.values) == len(_SLOTS):
            told = "This filter asks for too much at once"
            raise ValuesInvalid(problems=[Problem("complex", told, "too_long")])
        slot = _SLOTS[len(self.values)]
        self.values[slot.strip("{}")] = value
        return slot


def _span(test: Condition, text: str) -> tuple[datetime, datetime]:
    """Read a time as the second it means, and a date as its day; both in UTC."""
    try:
        first = datetime.fromisoformat(text)
        first = min(first.replace(tzinfo=first.tzinfo or UTC).astimezone(UTC), _FAR)
    except (ValueError, OverflowError):
        raise _unfit(test, "is a time like 2026-01-31 14:30:00") from None
    return first, first + (_DAY if len(text) == _DAY_LENGTH else _SECOND)


def _number(test: Condition) -> float:
    try:
        return float(test.values[0])
    except ValueError:
        raise _unfit(test, "compares numbers only") from None


def _unfit(test: Condition, what: str) -> ValuesInvalid:
    told = f"{test.name} {what}"
    return ValuesInvalid(problems=[Problem(test.name, told, "value_wrong")])


def _numbers_in(node: Node, properties: Mapping[str, Property]) -> list[str]:
    if not isinstance(node, Condition):
        return [number for part in node.parts for number in _numbers_in(part, properties)]
    if properties[node.name].kind in {"id", "lists"} and node.operator in {"in", "ne"}:
        return list(node.values)
    return []
