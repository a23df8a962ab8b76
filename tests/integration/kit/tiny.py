"""The smallest application that `serve` can run, for tests of the serving itself."""

import asyncio
import os
import time

import psycopg


def create():
    return app


def create_broken():
    raise RuntimeError("this application cannot start")


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            event = (await receive())["type"]
            await send({"type": f"{event}.complete"})
            if event == "lifespan.shutdown":
                return
    body = await ANSWERS[scope["path"]]()
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


async def pid():
    return str(os.getpid()).encode()


async def slow():
    await asyncio.sleep(1)
    return b"done"


async def stuck():
    time.sleep(30)  # noqa: ASYNC251  # it is what is tested
    return b"late"


async def database():
    connect = psycopg.AsyncConnection.connect
    async with await connect(os.environ["SIGNALBOOK_DATABASE_URL"]) as conn:
        row = await (await conn.execute("SELECT pg_backend_pid()")).fetchone()
        return str(row).encode()


ANSWERS = {"/": pid, "/slow": slow, "/stuck": stuck, "/database": database}
