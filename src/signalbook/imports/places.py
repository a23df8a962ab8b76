"""Where the files of imports lie, and how one arrives there without a byte being lost.

A file lies in `<data_dir>/imports/<account_id>/<import_id>/source`: a path of ids, and of nothing
that anybody chose. Folders are 0700 and files 0600. What `Landing.settle` has returned survives the
power cord.
"""

import asyncio
import errno
import hashlib
import os
import shutil
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Self
from uuid import UUID

from signalbook.imports.errors import FileGone, FileTooLarge, NoRoom, UploadBusy
from signalbook.kit.lock import FileLock

MOST_BYTES: Final = 2 * 1024**3
"""How large a file may be."""
RESERVE_BYTES: Final = 1024**3
"""How much of the disk is left to the database, whatever somebody uploads."""
SETTLE_BYTES: Final = 64 * 1024**2
"""How often a long upload is made safe on its way: a disk takes in 2 GB at once only slowly, and
everything else would wait for it."""

_BLOCK_BYTES: Final = 1024**2
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def home(data_dir: Path) -> Path:
    """Return the folder of all files of imports."""
    return data_dir / "imports"


def folder(data_dir: Path, account_id: int, import_id: UUID) -> Path:
    """Return the folder of one import."""
    return home(data_dir) / str(int(account_id)) / str(import_id)


def source_path(data_dir: Path, account_id: int, import_id: UUID) -> Path:
    """Return where the file of an import lies."""
    return folder(data_dir, account_id, import_id) / "source"


def refuse_without_room(data_dir: Path, bytes: int = 0) -> None:
    """Raise NoRoom where a file of this size would leave less than the reserve."""
    existing = next(one for one in (home(data_dir), data_dir, *data_dir.parents) if one.exists())
    if shutil.disk_usage(existing).free - bytes < RESERVE_BYTES:
        raise NoRoom


def refuse_too_large(bytes: int) -> None:
    """Raise FileTooLarge where a file is larger than is taken."""
    if bytes > MOST_BYTES:
        raise FileTooLarge(most=f"{MOST_BYTES:,}")


def make(data_dir: Path, account_id: int, import_id: UUID) -> Path:
    """Make the folder of an import, with those above it, and return where its file shall lie."""
    data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
    path = source_path(data_dir, account_id, import_id)
    missing = [one for one in path.parents if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
        _hand_on(one)
        _fsync_folder(one.parent)
    return path


def remove(data_dir: Path, account_id: int, import_id: UUID) -> None:
    """Remove the file of an import, and its folder; harmless where there is none."""
    shutil.rmtree(folder(data_dir, account_id, import_id), ignore_errors=True)


def kept(data_dir: Path) -> Iterator[tuple[int, UUID]]:
    """List the accounts and imports that have a folder."""
    for path in home(data_dir).glob("*/*"):
        with suppress(ValueError):
            yield int(path.parent.name), UUID(path.name)


class Landing:
    """A file while it arrives; nobody else writes to it meanwhile.

    `on_settled` hears, during a long upload, how many bytes are safe on the disk.
    """

    def __init__(
        self,
        path: Path,
        *,
        on_settled: Callable[[int], Awaitable[None]] | None = None,
    ) -> None:
        """Name the file; it is opened for the length of an `async with`."""
        self.path = path
        self.bytes = 0
        self._on_settled = on_settled
        self._settled = 0
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._hash = hashlib.sha256()
        self._lock = FileLock(path.with_name("lock"))
        self._file = -1
        self._at_work = threading.Lock()  # a cancelled request leaves its thread writing

    @property
    def digest(self) -> str:
        """SHA-256 of what was written since the landing began."""
        return self._hash.hexdigest()

    async def __aenter__(self) -> Self:
        """Open the file; raises UploadBusy while another process writes to it, and NoRoom."""
        await asyncio.to_thread(_told(self._open))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the file; what was not settled may be lost."""
        await asyncio.to_thread(self._close)

    async def go_on(self, offset: int) -> None:
        """Write behind the first `offset` bytes; what lies after them is cut off.

        Raises FileGone where they are not there.
        """
        await asyncio.to_thread(self._cut, offset)
        self.bytes = self._settled = offset

    async def write(self, piece: bytes) -> None:
        """Take in a piece; raises FileTooLarge, NoRoom."""
        self.bytes += len(piece)
        refuse_too_large(self.bytes)
        self._waiting.append(piece)
        self._waiting_bytes += len(piece)
        if self._waiting_bytes >= _BLOCK_BYTES:
            await asyncio.to_thread(_told(self._write_out))
            if self.bytes - self._settled >= SETTLE_BYTES:
                await self._settle_midway()

    async def settle(self) -> int:
        """Return how many bytes the file has, when all of them are safe on the disk."""
        await asyncio.to_thread(_told(self._sync))
        return self.bytes

    async def _settle_midway(self) -> None:
        await self.settle()
        await asyncio.to_thread(refuse_without_room, self.path.parent)
        if self._on_settled is not None:
            await self._on_settled(self.bytes)

    def _open(self) -> None:
        if not self._lock.take(wait=False):
            self._lock.let_go()
            raise UploadBusy
        flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
        self._file = os.open(self.path, flags, 0o600)
        _hand_on(self.path)
        _fsync_folder(self.path.parent)

    def _cut(self, offset: int) -> None:
        if os.fstat(self._file).st_size < offset:
            raise FileGone
        os.ftruncate(self._file, offset)
        os.lseek(self._file, offset, os.SEEK_SET)

    def _write_out(self) -> None:
        with self._at_work:
            block = memoryview(b"".join(self._waiting))
            self._waiting, self._waiting_bytes = [], 0
            self._hash.update(block)
            while block and self._file >= 0:
                block = block[os.write(self._file, block) :]

    def _sync(self) -> None:
        self._write_out()
        with self._at_work:
            os.fsync(self._file)
        self._settled = self.bytes

    def _close(self) -> None:
        with self._at_work:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1
            self._lock.let_go()


def _told(work: Callable[[], None]) -> Callable[[], None]:
    """Tell a full disk as what it is."""

    def told() -> None:
        try:
            work()
        except OSError as error:
            if error.errno in _FULL:
                raise NoRoom from error
            raise

    return told


def _hand_on(path: Path) -> None:
    """Let what root makes beside a server of another user belong to that user."""
    above = path.parent.stat()
    if os.geteuid() == 0 and above.st_uid != 0:
        os.chown(path, above.st_uid, above.st_gid)


def _fsync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
