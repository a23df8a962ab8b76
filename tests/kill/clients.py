"""The load: clients that write through both doors, and never stop because a server died.

`/add-contact` has no request id, so a write without an answer stays unknown and is not repeated.
The items of a batch carry a `message_id`, so a batch without an answer is sent again until it has
one; its items must count once all the same.
"""

import asyncio
import json
import random
import time
from collections import deque
from contextlib import suppress

from tests.bench.bodies import request
from tests.bench.server import Door
from tests.kill.journal import Journal, Write

KNOWN = 200
PER_BATCH = 20
_PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.02
_UNKNOWN_CODES = ("database_down",)  # the commit may have happened


class Unsent(Exception):
    """Nobody listens: the request never left."""


class Load:
    """Clients of both doors, and when each last got an acknowledgement."""

    def __init__(self, door: Door, port: int, journal: Journal, run: str) -> None:
        self.door = door
        self.port = port
        self.journal = journal
        self.run = run
        self.acknowledged: deque[tuple[float, float]] = deque(maxlen=100)  # sent, answered
        self.stopping = False
        self._count = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def make_known(self) -> None:
        """Add the contacts that later writes are about."""
        known = [{"email": _known(self.run, number)} for number in range(KNOWN)]
        headers = {"x-api-key": self.door.api_key}
        whole = request("/api/v1/contacts/batch", headers, json.dumps(known).encode())
        await self._until_answered(Connection(self.port), whole)

    def start(self, adders: int, batchers: int) -> None:
        """Let clients write until `stop`."""
        self._tasks = [
            *(asyncio.create_task(self._add()) for _ in range(adders)),
            *(asyncio.create_task(self._batch()) for _ in range(batchers)),
        ]

    async def stop(self) -> None:
        """Let every client finish what it has begun."""
        self.stopping = True
        await asyncio.gather(*self._tasks)

    async def recovered(self, since: float, seconds: float = 60) -> float:
        """Wait for the acknowledgement of a write sent after `since`; return when it came."""
        while time.monotonic() - since < seconds:
            for sent, answered in self.acknowledged:
                if sent > since:
                    return answered
            await asyncio.sleep(0.005)
        raise TimeoutError(f"no write was acknowledged within {seconds:g} s")

    def _next(self, door: str) -> Write:
        self._count += 1
        marker = f"{self.run}-{self._count}"
        is_new = random.random() < 0.5
        email = f"{marker}@new.example.com" if is_new else _known(self.run, random.randrange(KNOWN))
        return Write(marker, email, is_new, "add" if door == "add" else "batch")

    async def _add(self) -> None:
        connection = Connection(self.port)
        headers = {"template-key": self.door.upload_key}
        while not self.stopping:
            write = self._next("add")
            body = {"email": write.email, "marker": write.marker, "add_tags": "signal"}
            sent = time.monotonic()
            try:
                status, answer = await connection.ask(
                    request("/add-contact", headers, json.dumps(body).encode())
                )
            except Unsent:
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            except (OSError, EOFError, TimeoutError):
                self.journal.note(write)
                continue
            if status == 200:
                write.fate = "ok"
                self.acknowledged.append((sent, time.monotonic()))
            elif not any(code.encode() in answer for code in _UNKNOWN_CODES):
                write.fate = "fail"
            self.journal.note(write)
            if write.fate != "ok":
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _batch(self) -> None:
        connection = Connection(self.port)
        headers = {"x-api-key": self.door.api_key}
        while not self.stopping:
            writes = [self._next("batch") for _ in range(PER_BATCH)]
            body = json.dumps([_item(write) for write in writes]).encode()
            whole = request("/api/v1/contacts/batch", headers, body)
            was_answered = await self._until_answered(connection, whole)
            for write in writes:
                write.fate = "ok" if was_answered else "unknown"
                self.journal.note(write)

    async def _until_answered(self, connection: "Connection", whole: bytes) -> bool:
        """Send a request again and again; give up only some time after the end was called."""
        left = _PATIENCE_SECONDS
        while left > 0:
            began = time.monotonic()
            with suppress(Unsent, OSError, EOFError, TimeoutError):
                status, answer = await connection.ask(whole)
                if status == 200 and not json.loads(answer)["summary"]["rejected"]:
                    return True
            await asyncio.sleep(_PAUSE_SECONDS)
            if self.stopping:
                left -= time.monotonic() - began
        return False


class Connection:
    """One kept-alive connection, opened anew when it broke."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, whole: bytes) -> tuple[int, bytes]:
        """Send a request and return status and body; raises Unsent, OSError, EOFError, Timeout."""
        if self._streams is None:
            try:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError as error:
                raise Unsent from error
        try:
            return await asyncio.wait_for(self._exchange(whole, *self._streams), _PATIENCE_SECONDS)
        except BaseException:
            self._streams[1].close()
            self._streams = None
            raise

    async def _exchange(
        self, whole: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[int, bytes]:
        writer.write(whole)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        size = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        return int(head[9:12]), await reader.readexactly(size)


def _known(run: str, number: int) -> str:
    return f"{run}-known-{number}@known.example.com"


def _item(write: Write) -> dict[str, object]:
    return {
        "email": write.email,
        "message_id": write.marker,
        "custom_fields": {"marker": write.marker},
        "add_tags": ["signal"],
    }
