"""What machines ask a server: is it there, may it get traffic, what does it count.

- `/healthz`: this process answers. Nothing else is looked at: a supervisor restarts what fails it,
  and restarting us does not repair a database.
- `/readyz`: the database answers within two seconds and has every migration.
- `/metrics`: Prometheus text, over all workers of this host. It tells numbers and no names, but
  keep it off the public side of the proxy.
"""

import asyncio
import os
from functools import cache
from typing import Final

from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from signalbook.kit import migrate
from signalbook.kit.db import Database
from signalbook.kit.errors import DatabaseDown
from signalbook.web import health_queries as queries
from signalbook.web.access import PUBLIC

READY_WITHIN_SECONDS: Final = 2.0
MULTIPROCESS: Final = "PROMETHEUS_MULTIPROC_DIR"

_OK: Final = "ok\n"
_NO_STORE: Final = {"Cache-Control": "no-store"}


@get("/healthz", access=PUBLIC, media_type=MediaType.TEXT, sync_to_thread=False)
def alive() -> Response[str]:
    """Answer, which is all that is asked."""
    return Response(_OK, headers=_NO_STORE)


@get("/readyz", access=PUBLIC, media_type=MediaType.TEXT)
async def ready(db: Database) -> Response[str]:
    """Say whether this server may get traffic, and if not, the one reason."""
    reason = await not_ready_because(db)
    return Response(
        f"{reason}\n" if reason else _OK, status_code=503 if reason else 200, headers=_NO_STORE
    )


@get("/metrics", access=PUBLIC)
async def metrics() -> Response[bytes]:
    """Give the counts of every worker of this host in Prometheus' text format."""
    text = await asyncio.to_thread(generate_latest, _registry())
    return Response(text, headers=_NO_STORE, media_type=CONTENT_TYPE_LATEST)


ROUTES: Final[list[HTTPRouteHandler]] = [alive, ready, metrics]


async def not_ready_because(db: Database) -> str | None:
    """Return the reason why the server cannot work just now, or None when it can."""
    try:
        async with asyncio.timeout(READY_WITHIN_SECONDS), db.read() as read:
            applied = set(await queries.applied(read))
    except TimeoutError:
        return f"the database does not answer within {READY_WITHIN_SECONDS:g} seconds"
    except DatabaseDown:
        return "the database is down"
    missing = [step.file_name for step in _shipped() if step.version not in applied]
    return f"migrations are pending, first {missing[0]}" if missing else None


@cache
def _shipped() -> list[migrate.Migration]:
    return migrate.load()


def _registry() -> CollectorRegistry:
    """Give what is counted: this process alone, or all workers through their shared folder."""
    folder = os.environ.get(MULTIPROCESS)
    if folder is None:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)
    return registry
