"""A file on its way in: out of a request, a piece at a time, onto the disk.

Whatever the size of the file, no more than a few pieces of it are in memory. Litestar would gather
a form before it hands it out, so the form is read here as it comes.
"""

# pyright: reportMissingTypeStubs=false
# (multipart ships none, and annotates itself in part.)

import asyncio
import hashlib
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from signalbook.imports import actions, places, queries, sandbox
from signalbook.imports.errors import (
    FileGone,
    FileMissing,
    ImportNotFound,
    ImportNotReady,
    Unreadable,
    UploadBroken,
    UploadMalformed,
    UploadMisplaced,
)
from signalbook.imports.model import Hints, Import, State
from signalbook.imports.places import Landing
from signalbook.kit import ids
from signalbook.kit.db import Database
from signalbook.kit.errors import DatabaseDown
from signalbook.web.bodies import type_of

FORM: Final = "multipart/form-data"

_MOST_SAID: Final = 1024**2
_MOST_PARTS: Final = 32
_ODD = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_Asked = Request[Any, Any, Any]


class Arrived(msgspec.Struct, kw_only=True):
    """A file that is whole and safe on the disk, and what was said beside it.

    Where nobody sets `is_kept`, the file is removed again.
    """

    import_id: UUID
    path: Path
    name: str
    bytes: int
    digest: str
    said: dict[str, str]
    is_kept: bool = False


@asynccontextmanager
async def arriving(
    request: _Asked, data_dir: Path, account_id: int, name: str = ""
) -> AsyncGenerator[Arrived]:
    """Give the block the file of a request: a part of its form, or its whole body.

    `name` is what it is called where the form does not say. The file is removed when the block
    fails, unless nobody knows whether what it wrote down was committed. Raises FileTooLarge,
    NoRoom, FileMissing, UploadBroken, UploadMalformed.
    """
    stated = length_of(request)
    places.refuse_too_large(stated or 0)
    await asyncio.to_thread(places.refuse_without_room, data_dir, stated or 0)
    import_id = ids.new_id()
    arrived = None
    try:
        path = await asyncio.to_thread(places.make, data_dir, account_id, import_id)
        arrived = await _received(request, path, import_id, name)
        yield arrived
    except DatabaseDown:
        raise
    except BaseException:
        await asyncio.to_thread(places.remove, data_dir, account_id, import_id)
        raise
    if not arrived.is_kept:
        await asyncio.to_thread(places.remove, data_dir, account_id, import_id)


async def append(request: _Asked, db: Database, data_dir: Path, found: Import, offset: int) -> int:
    """Append the body of a request to a file that is sent in pieces; return how much is there.

    What was acknowledged, here or by an earlier piece, survives everything. A piece whose
    connection breaks is kept as far as it came. Raises UploadBusy, UploadMisplaced, UploadBroken,
    UploadMalformed, NoRoom, FileGone.
    """
    account_id, import_id = found.account_id, found.id

    async def acknowledge(bytes: int) -> None:
        async with db.tx() as tx:
            await actions.received(tx, account_id, import_id, bytes)

    left = (found.expected or places.MOST_BYTES) - found.bytes
    await asyncio.to_thread(places.refuse_without_room, data_dir, left)
    path = await asyncio.to_thread(places.make, data_dir, account_id, import_id)
    async with Landing(path, on_settled=acknowledge) as landing:
        now = await _uploading(db, account_id, import_id)  # what another process did is known here
        if offset != now.bytes:
            raise UploadMisplaced(bytes=now.bytes)
        _refuse_beyond(now, offset + (length_of(request) or 0))
        await landing.go_on(offset)
        try:
            async for piece in pieces(request):
                _refuse_beyond(now, landing.bytes + len(piece))
                await landing.write(piece)
        finally:
            if landing.bytes > offset:
                await acknowledge(await landing.settle())
        return landing.bytes


async def finish(
    db: Database,
    data_dir: Path,
    found: Import,
    hints: Hints | None = None,
    *,
    recall_options: bool = True,
) -> None:
    """Find out what a file is that is whole, and guess what it means.

    Options of an earlier file with the same header are recalled for those who are shown them.
    Raises Unreadable, which is then how the import has ended; ImportNotFound, ImportNotReady.
    """
    account_id, import_id = found.account_id, found.id
    path = places.source_path(data_dir, account_id, import_id)
    if not path.exists():
        raise FileGone
    try:
        source = await sandbox.inspect(path, found.name, hints or Hints())
    except Unreadable as refusal:
        if found.state is State.UPLOADING:  # read otherwise before, it stays as it was
            async with db.tx() as tx:
                await actions.unreadable(tx, account_id, import_id, refusal.message)
        raise
    async with db.tx() as tx:
        await actions.inspected(tx, account_id, import_id, source, recall_options=recall_options)


def is_whole(found: Import) -> bool:
    """Tell whether all of a file is here that nobody has looked into yet."""
    return found.state is State.UPLOADING and found.bytes == found.expected


async def pieces(request: _Asked) -> AsyncGenerator[bytes]:
    """Give the body of a request as it comes; raises UploadBroken where it ends too early."""
    stated, came = length_of(request), 0
    more = True
    while more:
        message = await request.receive()
        if message["type"] != "http.request":
            raise UploadBroken(bytes=came)
        piece, more = message.get("body", b""), message.get("more_body", False)
        came += len(piece)
        if piece:
            yield piece
    if stated is not None and came < stated:
        raise UploadBroken(bytes=came)


def length_of(request: _Asked) -> int | None:
    """Return how long the body says it is."""
    stated = request.headers.get("content-length", "")
    return int(stated) if stated.isascii() and stated.isdigit() else None


def name_of(given: str) -> str:
    """Make of a file's name what may be shown: no folders, nothing unprinted, nothing turned round.

    U+202E before `gnp.csv` would have it read `vsc.png` (Unicode TR 36 §3.4).
    """
    last = given.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return _ODD.sub("", last).strip().lstrip(".")[:255] or "upload"


async def _received(request: _Asked, path: Path, import_id: UUID, name: str) -> Arrived:
    form = _Form(request) if type_of(request) == FORM else None
    async with Landing(path) as landing:
        await landing.go_on(0)
        async for piece in pieces(request):
            if form is None:
                await landing.write(piece)
            else:
                await form.take(piece, landing)
        if form is not None:
            form.end()
        if not landing.bytes:
            raise FileMissing
        bytes = await landing.settle()
        digest = landing.digest
    said = form.said if form is not None else {}
    named = form.name if form is not None else ""
    return Arrived(
        import_id=import_id,
        path=path,
        name=name_of(said.get("name") or named or name),
        bytes=bytes,
        digest=_digest(digest, said),
        said=said,
    )


class _Form:
    """A multipart form while it comes: one file, first or last, and short texts beside it."""

    def __init__(self, request: _Asked) -> None:
        boundary = request.content_type[1].get("boundary", "")
        if not boundary:
            raise UploadMalformed(reason="the Content-Type names no boundary")
        try:
            self._parser = PushMultipartParser(boundary, max_segment_count=_MOST_PARTS)
        except MultipartError as fault:
            raise UploadMalformed(reason=_spoken(fault)) from fault
        self.said: dict[str, str] = {}
        self.name = ""
        self._has_file = False
        self._part: MultipartSegment | None = None
        self._text = bytearray()
        self._room = _MOST_SAID

    async def take(self, piece: bytes, landing: Landing) -> None:
        try:
            for event in self._parser.parse(piece):
                if isinstance(event, MultipartSegment):
                    self._begin(event)
                elif event is None:
                    self._end_part()
                elif self._is_file:
                    await landing.write(bytes(event))
                else:
                    self._add(bytes(event))
        except MultipartError as fault:
            raise UploadMalformed(reason=_spoken(fault)) from fault

    def end(self) -> None:
        try:
            self._parser.close()
        except MultipartError as fault:
            raise UploadMalformed(reason=_spoken(fault)) from fault
        if not self._has_file:
            raise FileMissing

    @property
    def _is_file(self) -> bool:
        part = self._part
        return part is not None and (part.filename is not None or part.name == "file")

    def _begin(self, part: MultipartSegment) -> None:
        self._part = part
        self._text.clear()
        if self._is_file:
            if self._has_file:
                raise UploadMalformed(reason="it holds two files; send each by itself")
            self._has_file, self.name = True, part.filename or ""

    def _add(self, text: bytes) -> None:
        self._room -= len(text)
        if self._room < 0:
            raise UploadMalformed(reason="what stands beside the file is longer than 1 MB")
        self._text += text

    def _end_part(self) -> None:
        if self._part is not None and not self._is_file:
            name = self._part.name or ""
            try:
                self.said[name] = self._text.decode()
            except UnicodeDecodeError:
                reason = f"its part {name[:64]} is not UTF-8 text"
                raise UploadMalformed(reason=reason) from None
        self._part = None


def _digest(file: str, said: dict[str, str]) -> str:
    """Tell uploads apart by what they say, and not by how it was wrapped up."""
    told = msgspec.json.encode([file, sorted(said.items())])
    return hashlib.sha256(told).hexdigest()


def _spoken(fault: MultipartError) -> str:
    told = str(fault.args[0]) if fault.args else "it is no form"
    return told[:1].lower() + told[1:]


async def _uploading(db: Database, account_id: int, import_id: UUID) -> Import:
    async with db.read() as read:
        found = await queries.get(read, account_id, import_id)
    if found is None:
        raise ImportNotFound
    if found.state is not State.UPLOADING:
        raise ImportNotReady(state=found.state, verb="sent to")
    return found


def _refuse_beyond(found: Import, bytes: int) -> None:
    if found.expected is not None and bytes > found.expected:
        reason = f"the file was announced with {found.expected:,} bytes, and this goes beyond them"
        raise UploadMalformed(reason=reason)
    places.refuse_too_large(bytes)
