"""What a rewriting would come to, counted over every value, without changing any."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from signalbook.contacts.rewriting import queries
from signalbook.contacts.rewriting.judging import Judge
from signalbook.contacts.rewriting.model import MOST_SHOWN, Misfit, Preview, Wish
from signalbook.contacts.rewriting.queries import Scan
from signalbook.fields import values
from signalbook.fields.model import Registered, Unfit, unfit_problem
from signalbook.kit.db import Read


class _Sum:
    """Adds up what the stretches hold."""

    def __init__(self, wish: Wish, after: Registered) -> None:
        self._wish = wish
        self._after = after
        self._judge = Judge(wish, after)
        self.contacts = self.converted = self.unfit = self.both = self.equal = 0
        self.misfits: dict[str, tuple[UUID, Any, int]] = {}

    def add(self, value: Any, count: int, first: UUID, *, has_other: bool, equal: int) -> None:  # noqa: ANN401  # any JSON value
        self.contacts += count
        if has_other and self._wish.action == "merge":
            self.both += count
            self.equal += equal
            if self._wish.winner == "target":
                return
        try:
            fitted = self._judge.fitted(value)
        except Unfit:
            self.unfit += count
            self._note(value, count, first)
            return
        if fitted != value or type(fitted) is not type(value):
            self.converted += count

    def _note(self, value: Any, count: int, first: UUID) -> None:  # noqa: ANN401  # as above
        key = msgspec.json.encode(value).decode()
        known = self.misfits.get(key)
        if known is not None:
            self.misfits[key] = (known[0], value, known[2] + count)
        elif len(self.misfits) < MOST_SHOWN:
            self.misfits[key] = (first, value, count)


async def preview(
    db: Read, account_id: int, wish: Wish, after: Registered, since: datetime | None = None
) -> Preview:
    """Look at the values of a field for `after`, the field they will be in, all or those since.

    Of values that do not fit up to 20 different ones are told, each with a contact that has it.
    """
    found = _Sum(wish, after)
    other = wish.target if wish.action in {"rename", "merge"} else ""
    scan = Scan(since=since)
    while True:
        rows = await queries.stretch(db, account_id, wish.name, other, scan)
        for value, count, first, has_other, equal, _ in rows:
            found.add(value, count, first, has_other=has_other, equal=equal)
        if sum(row[1] for row in rows) < scan.size:
            break
        scan = scan._replace(after=rows[0][5])
    names = dict(
        await queries.called(db, account_id, [first for first, _, _ in found.misfits.values()])
    )
    return Preview(
        contacts=found.contacts,
        converted=found.converted,
        unfit=found.unfit,
        both=found.both,
        equal=found.equal,
        misfits=[
            Misfit(
                first,
                names.get(first) or "",
                values.shortened(value),
                count,
                unfit_problem(after.name, after.type, value).message,
            )
            for first, value, count in found.misfits.values()
        ],
    )
