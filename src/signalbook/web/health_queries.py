"""The statement behind `/readyz`."""

from signalbook.kit.db import Read


async def applied(db: Read) -> list[int]:
    """List the numbers of the migrations this database has."""
    return await db.values("SELECT version FROM schema_migrations WHERE version > 0")
