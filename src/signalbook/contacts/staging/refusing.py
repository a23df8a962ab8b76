"""Why contacts refuse a row: which identifier it is about, and what to do."""

from collections.abc import Sequence
from typing import Final

from signalbook.contacts.staging import odd_queries as queries
from signalbook.contacts.staging.model import Batch, Kind, Refused
from signalbook.contacts.staging.odd_queries import AtFault
from signalbook.kit.db import Tx

CODES: Final = {Kind.CLASH: "conflict", Kind.EXISTS: "exists", Kind.MISSING: "missing"}

_EXISTS: Final = "This contact is already there, and only new ones were asked for"
_MISSING: Final = "There is no such contact, and this import adds none"


async def refused(tx: Tx, batch: Batch, kind: Kind, numbers: Sequence[int]) -> list[Refused]:
    """Say of rows of one kind which identifier is at fault, its value, and what to do."""
    if not numbers:
        return []
    found = await queries.at_fault(tx, batch.account_id, batch.id, numbers)
    return [_refused(kind, one) for one in found]


def _refused(kind: Kind, one: AtFault) -> Refused:
    field = one.fault if kind is Kind.CLASH else one.named
    value = {"external_id": one.external_id, "email": one.email, "mobile": one.mobile}[field]
    sentence = _EXISTS if kind is Kind.EXISTS else _MISSING
    if kind is Kind.CLASH:
        sentence = _conflict(field, one)
    return Refused(one.row_no, field, value or "", CODES[kind], sentence)


def _conflict(field: str, one: AtFault) -> str:
    """Tell a mistake from two contacts that are one person, and from a number that moved on."""
    if one.other is None:
        return (
            f"The contact that this row means, {one.contact}, has another {field}: correct the row,"
            f" or change the {field} of the contact first and send this row again"
        )
    return (
        f"The {field} of this row belongs to another contact, {one.other}: correct the row, or"
        f" merge the two; where the {field} has changed hands, take it from the other contact first"
        " and send this row again"
    )
