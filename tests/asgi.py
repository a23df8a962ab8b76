"""The application in this very process: its lifespan held open, and clients that call it."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from litestar.types import ASGIApp

Message = MutableMapping[str, Any]


@asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[ASGIApp]:
    """Start the application as a server would, and stop it in order."""
    to_app: asyncio.Queue[Any] = asyncio.Queue()
    from_app: asyncio.Queue[Any] = asyncio.Queue()
    scope: Any = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    life = asyncio.create_task(app(scope, to_app.get, from_app.put))  # pyright: ignore[reportArgumentType]

    async def tell(order: str) -> None:
        await to_app.put({"type": f"lifespan.{order}"})
        answer = asyncio.create_task(from_app.get())
        await asyncio.wait({life, answer}, return_when=asyncio.FIRST_COMPLETED)
        if life.done():
            life.result()
        told = await answer
        assert told["type"] == f"lifespan.{order}.complete", told

    await tell("startup")
    yield app
    await tell("shutdown")
    await life


def client(app: ASGIApp, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
    """Make a client that calls the application without a socket in between."""
    transport: Any = httpx.ASGITransport(app, client=("127.0.0.1", 40_000))  # pyright: ignore[reportArgumentType]
    return httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", headers=headers, timeout=30
    )
