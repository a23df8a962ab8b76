"""An import from its file to its end, as the faces and the worker do it."""

import asyncio
from pathlib import Path
from typing import Any

from signalbook.contacts.jobs import HANDLERS as CONTACT_HANDLERS
from signalbook.imports import actions, outcomes, places, progress, sandbox
from signalbook.imports.jobs import handlers
from signalbook.imports.model import WORKING, ColumnMap, Hints, Options
from signalbook.kit.jobs import Worker


class Imports:
    """The imports of one account, on a data folder of the test."""

    def __init__(self, db, account_id: int, data_dir: Path) -> None:
        self.db = db
        self.account_id = account_id
        self.data_dir = data_dir

    async def upload(self, text: str | bytes, name: str = "people.csv", hints: Hints = Hints()):  # noqa: B008  # immutable
        """Send a file and have it inspected; return the import's id."""
        data = text.encode() if isinstance(text, str) else text
        async with self.db.tx() as tx:
            import_id = await actions.begin(tx, self.account_id, name=name, actor="test")
        path = places.source_path(self.data_dir, self.account_id, import_id)
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        async with self.db.tx() as tx:
            await actions.received(tx, self.account_id, import_id, len(data))
        source = await sandbox.inspect(path, name, hints)
        async with self.db.tx() as tx:
            await actions.inspected(tx, self.account_id, import_id, source)
        return import_id

    async def configure(self, import_id, mapping: dict[str, str] | None = None, **options: Any):
        """Change the guessed mapping by the names of columns, and the options."""
        shown = await self.show(import_id)
        columns = [
            ColumnMap(column=one.column, target=mapping[name])
            if mapping and (name := shown.of.source.columns[one.column]) in mapping
            else one
            for one in shown.of.columns
        ]
        async with self.db.tx() as tx:
            await actions.configure(tx, self.account_id, import_id, columns, Options(**options))

    async def start(self, import_id, *, dry_run: bool = False):
        """Start it, and work until it rests."""
        async with self.db.tx() as tx:
            await actions.start(tx, self.account_id, import_id, dry_run=dry_run)
        return await self.work(import_id)

    async def work(self, import_id):
        """Let a worker work until the import rests; return its progress."""
        orders = {**CONTACT_HANDLERS, **handlers(self.data_dir)}
        worker = Worker(self.db, orders, beat_seconds=0.2, dead_seconds=2.0)
        async with worker.running(), asyncio.timeout(60):
            while (shown := await self.show(import_id)).of.state in WORKING:
                worker.nudge()
                await asyncio.sleep(0.02)
        return shown

    async def undo(self, import_id):
        """Take it back."""
        async with self.db.tx() as tx:
            await actions.undo(tx, self.account_id, import_id)
        return await self.work(import_id)

    async def show(self, import_id):
        async with self.db.read() as read:
            return await progress.show(read, self.account_id, import_id)

    async def rows(self, import_id, outcome=None):
        async with self.db.read() as read:
            return await outcomes.page(read, self.account_id, import_id, outcome)

    async def whole(
        self, text: str | bytes, mapping=None, name: str = "people.csv", **options: Any
    ):
        """Upload, configure, start, work; return the id and the progress at its end."""
        import_id = await self.upload(text, name)
        if mapping or options:
            await self.configure(import_id, mapping, **options)
        return import_id, await self.start(import_id)

    async def people(self) -> dict[str, dict[str, Any]]:
        """All contacts by e-mail, else by mobile, else by own id."""
        async with self.db.read() as read:
            rows = await read.rows(
                """
                SELECT coalesce(c.email, c.mobile, c.external_id), c.id, c.mobile, c.fields,
                       c.email_optout,
                       ARRAY(SELECT t.name FROM tags AS t WHERE t.id = ANY(s.tags) ORDER BY 1),
                       (SELECT array_agg(e.kind ORDER BY e.at, e.id) FROM events AS e
                         WHERE e.account_id = c.account_id AND e.contact_id = c.id)
                  FROM contacts AS c
                  JOIN contact_signals AS s
                    ON s.account_id = c.account_id AND s.contact_id = c.id
                 WHERE c.account_id = %s
                """,
                [self.account_id],
            )
        names = ("id", "mobile", "fields", "optout", "tags", "kinds")
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
