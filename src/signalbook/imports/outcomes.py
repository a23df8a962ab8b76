"""What came of each row of a file, page by page."""

from collections.abc import AsyncGenerator
from typing import Final
from uuid import UUID

from signalbook.imports import queries, row_queries
from signalbook.imports.errors import ImportNotFound
from signalbook.imports.model import Outcome, RowOutcome
from signalbook.kit.db import Database, Read

_BY_LETTER: Final = {
    "c": Outcome.CREATED,
    "u": Outcome.UPDATED,
    "=": Outcome.UNCHANGED,
    "d": Outcome.DELETED,
    "r": Outcome.REJECTED,
    "s": Outcome.DUPLICATE,
}
_LETTERS: Final = {outcome: letter for letter, outcome in _BY_LETTER.items()}
_AT_ONCE: Final = 1_000


async def page(  # the filters of one page
    db: Read,
    account_id: int,
    import_id: UUID,
    outcome: Outcome | None = None,
    after_row: int = 0,
    limit: int = 100,
    code: str | None = None,
) -> list[RowOutcome]:
    """List the outcomes of rows after one, in the order of the file; raises ImportNotFound.

    Rejected rows carry field, value and reason; `code` picks those rejected for one reason. A
    file that is not applied yet has only its rejected rows.
    """
    if await queries.get(db, account_id, import_id) is None:
        raise ImportNotFound
    listed: dict[int, RowOutcome] = {}
    if outcome is None or outcome is not Outcome.REJECTED:
        letter = None if outcome is None else _LETTERS[outcome]
        for row_no, found, contact_id in await row_queries.chunk_page(
            db, account_id, import_id, letter, after_row, limit
        ):
            listed[row_no] = RowOutcome(
                row_no=row_no, outcome=_BY_LETTER[found], contact_id=contact_id
            )
    if outcome is None or outcome is Outcome.REJECTED:
        for row_no, field, value, why, reason, _ in await row_queries.rejects(
            db, account_id, import_id, after_row, limit, code
        ):
            listed[row_no] = RowOutcome(
                row_no=row_no,
                outcome=Outcome.REJECTED,
                field=field,
                value=value,
                code=why,
                reason=reason,
            )
    return [listed[row_no] for row_no in sorted(listed)[:limit]]


async def rejected_rows(
    db: Database, account_id: int, import_id: UUID
) -> AsyncGenerator[list[tuple[int, list[str], str]]]:
    """Go through the rejected rows with their cells as they were in the file, and the reason."""
    after = 0
    while True:
        async with db.read() as read:
            rows = await row_queries.rejects(read, account_id, import_id, after, _AT_ONCE)
        if not rows:
            return
        yield [(row[0], row[5] or [], row[4]) for row in rows]
        after = rows[-1][0]
