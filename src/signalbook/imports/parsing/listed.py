"""What a row says of a contact list and its topics, beside the contact itself; no I/O.

The text of attributes is kept as it was sent; what it means for fields is told when it is applied
(`contacts/attributes.py`). A file opts out and never in again: who left stays out.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

import msgspec

from signalbook.contacts.model import MAX_CONTACT_BYTES
from signalbook.imports.model import ColumnMap, Listing
from signalbook.imports.parsing.cells import is_blank, object_of, unstorable
from signalbook.imports.parsing.copying import NULL, json_text
from signalbook.imports.parsing.verdicts import Findings
from signalbook.kit.errors import Problem

ATTRIBUTES: Final = "listed:attributes"
OUT: Final = "listed:out"
TOPICS: Final = "listed:topics"
TOPIC: Final = "topic:"

_STATUSES: Final = frozenset({"OPT_IN", "OPT_OUT"})
_TRUTH: Final = {"true": True, "false": False}


class Said(NamedTuple):
    """What rows say: `email:user topic:<list>:user` or "", and the staged column `listed`."""

    optouts: list[str]
    listed: list[str]


class Listed:
    """Reads the columns about the list."""

    def __init__(self, listing: Listing, columns: Sequence[ColumnMap]) -> None:
        """Read the columns of these targets, with the topics of this list."""
        self._listing = listing
        self._attributes = [one.column for one in columns if one.target == ATTRIBUTES]
        self._outs = [one.column for one in columns if one.target == OUT]
        self._topics = [one.column for one in columns if one.target == TOPICS]
        self._by_topic = [
            (one.column, one.target.removeprefix(TOPIC))
            for one in columns
            if one.target.startswith(TOPIC)
        ]

    def read(self, columns: Sequence[Sequence[Any]], count: int, findings: Findings) -> Said:
        """Read the rows of a batch, given by column."""
        said = Said([], [])
        for at in range(count):
            optouts, listed = self._row(at, columns, findings)
            said.optouts.append(optouts)
            said.listed.append(listed)
        return said

    def _row(
        self, at: int, columns: Sequence[Sequence[Any]], findings: Findings
    ) -> tuple[str, str]:
        attributes: str | None = None
        for place in self._attributes:
            attributes = self._text(at, columns[place][at], findings) or attributes
        outs = [self._is_out(at, columns[place][at], findings) for place in self._outs]
        optouts = ["email:user"] if any(outs) else []
        joins: list[UUID] = []
        for name, status in self._statuses(at, columns, findings):
            topic = self._listing.topics.get(name)
            if topic is None:
                told = f"List: {self._listing.name} doesn't contain Topic: {name[:80]}"
                findings.refuse(at, Problem("topicPreferences", told, "topic_unknown"), name)
            elif status == "OPT_OUT":
                optouts.append(f"topic:{topic}:user")
            else:
                joins.append(topic)
        if attributes is None and not joins:
            return " ".join(optouts), NULL
        said: dict[str, object] = {}
        if attributes is not None:
            said["attributes"] = attributes
        if joins:
            said["joins"] = joins
        return " ".join(optouts), json_text(said)

    def _text(self, at: int, cell: Any, findings: Findings) -> str | None:  # noqa: ANN401  # whatever a reader gives
        """Return AttributesData as it stands there; refuses what is no JSON object."""
        if is_blank(cell):
            return None
        if isinstance(cell, dict):
            cell = msgspec.json.encode(cell).decode()
        problem: Problem | None = None
        if not isinstance(cell, str) or object_of(cell) is None:
            told = f"AttributesData must be a valid JSON object, and this is none: {str(cell)[:60]}"
            problem = Problem("attributesData", told, "json_invalid")
        elif len(cell) > MAX_CONTACT_BYTES // 4 and len(cell.encode()) > MAX_CONTACT_BYTES:
            told = f"AttributesData has at most {MAX_CONTACT_BYTES:,} bytes"
            problem = Problem("attributesData", told, "too_large")
        problem = problem or unstorable("attributesData", cell)
        if problem is not None:
            findings.refuse(at, problem, cell)
            return None
        return cast("str", cell)

    def _is_out(self, at: int, cell: Any, findings: Findings) -> bool:  # noqa: ANN401  # as above
        if isinstance(cell, bool) or is_blank(cell):
            return bool(cell) and not isinstance(cell, str)
        word = _TRUTH.get(str(cell).strip().lower())
        if word is None:
            told = f"UnsubscribeAll is true or false, and not {str(cell)[:40]}"
            findings.refuse(at, Problem("unsubscribeAll", told, "boolean_invalid"), cell)
        return word is True

    def _statuses(
        self, at: int, columns: Sequence[Sequence[Any]], findings: Findings
    ) -> list[tuple[str, str]]:
        """List the topics a row speaks of, each with OPT_IN or OPT_OUT; the last word counts."""
        said = [
            (name, columns[place][at])
            for place, name in self._by_topic
            if not is_blank(columns[place][at])
        ]
        for place in self._topics:
            cell = columns[place][at]
            if is_blank(cell):
                continue
            ones = cast("list[Any]", cell) if isinstance(cell, list) else [None]
            for one in ones:
                choice = cast("dict[str, Any]", one) if isinstance(one, dict) else {}
                said.append((str(choice.get("topicName", "")), choice.get("subscriptionStatus")))
        found: dict[str, str] = {}
        for name, status in said:
            word = status.strip() if isinstance(status, str) else ""
            if word in _STATUSES:
                found[name] = word
            else:
                told = f"The status of a topic is OPT_IN or OPT_OUT, and not {str(status)[:40]}"
                findings.refuse(at, Problem("topicPreferences", told, "status_invalid"), status)
        return list(found.items())
