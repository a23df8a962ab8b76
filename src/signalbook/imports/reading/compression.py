"""Opening a file, packed or not, as a stream of bytes that is bounded in every direction."""

import gzip
import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, NamedTuple, cast

from signalbook.imports.errors import Unreadable
from signalbook.imports.model import Source

MAX_UNPACKED: Final = 16 << 30
"""Bytes that a packed file may unpack to: a list of 2 GB, packed, and then some."""
MAX_LINE: Final = 16 << 20
"""Bytes without a line end in a table; the longest row is far below this."""
MAX_ENTRIES: Final = 10_000
BUFFER: Final = 1 << 18

_END_OF_DIRECTORY = b"PK\x05\x06"
_ZIP64 = 0xFFFF
_ENCRYPTED = 0x1
_DAMAGE = (EOFError, zlib.error, lzma.LZMAError, OSError, zipfile.BadZipFile, ValueError)


class Stream(NamedTuple):
    """The bytes of a table, and how far in the file itself they have been read."""

    unpacked: io.BufferedReader
    file: IO[bytes]

    def allow_long_lines(self) -> None:
        """Let a line be as long as the file: JSON may have but one."""
        cast("_Bounded", self.unpacked.raw).max_line = MAX_UNPACKED

    def position(self) -> int:
        """Tell how many bytes of the file itself were taken so far."""
        return self.file.tell()


class _Bounded(io.RawIOBase):
    """Passes bytes on; turns what breaks into sentences, and stops what never ends."""

    def __init__(self, inner: IO[bytes], max_line: int) -> None:
        super().__init__()
        self._inner = inner
        self.max_line = max_line
        self._read = 0
        self._since_line_end = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # pyright: ignore[reportIncompatibleMethodOverride]  # any writable buffer
        piece = piece_of(self._inner, len(buffer))
        self._bound(piece)
        buffer[: len(piece)] = piece
        return len(piece)

    def _bound(self, piece: bytes) -> None:
        self._read += len(piece)
        if self._read > MAX_UNPACKED:
            raise Unreadable(
                "too_large_unpacked",
                f"The file unpacks to more than {MAX_UNPACKED >> 30} GB: split it and upload the"
                " parts one by one.",
            )
        last = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        self._since_line_end = len(piece) - last if last >= 0 else self._since_line_end + len(piece)
        if self._since_line_end > self.max_line:
            raise Unreadable(
                "line_too_long",
                f"There is a line of more than {MAX_LINE >> 20} MB: this is no table of contacts,"
                " or its line ends are lost.",
            )


@contextmanager
def opened(path: Path, source: Source, max_line: int = MAX_LINE) -> Generator[Stream]:
    """Open the table that the source names; raises Unreadable here and while it is read."""
    with path.open("rb", buffering=BUFFER) as file:
        if source.compression == "gzip":
            with gzip.GzipFile(fileobj=file) as inner:
                unpacked = _Bounded(cast("IO[bytes]", inner), max_line)
                yield Stream(io.BufferedReader(unpacked, BUFFER), file)
        elif source.compression == "zip":
            with directory(file) as archive, member(archive, source.member) as inner:
                yield Stream(io.BufferedReader(_Bounded(inner, max_line), BUFFER), file)
        else:
            yield Stream(io.BufferedReader(_Bounded(file, max_line), BUFFER), file)


@contextmanager
def directory(file: IO[bytes]) -> Generator[zipfile.ZipFile]:
    """Read the directory of a zip archive, and refuse one that is too large, locked or broken."""
    _refuse_crowds(file)
    try:
        archive = zipfile.ZipFile(file)
    except (*_DAMAGE, NotImplementedError, RuntimeError, OverflowError) as damage:
        raise Unreadable(
            "damaged", "The zip archive is damaged or was cut off: upload it again."
        ) from damage
    with archive:
        if any(entry.flag_bits & _ENCRYPTED for entry in archive.infolist()):
            raise Unreadable(
                "encrypted",
                "The archive is protected by a password: save it without one and upload it again.",
            )
        yield archive


def members(archive: zipfile.ZipFile) -> list[str]:
    """Name the files in an archive, in its order and without what systems add on their own.

    A name is only ever shown and compared; nothing is written to disk by it.
    """
    names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    return list(dict.fromkeys(name for name in names if not _is_litter(name)))


def _is_litter(name: str) -> bool:
    base = name.replace("\\", "/").rpartition("/")[2]
    return name.startswith("__MACOSX/") or base.startswith(".") or base == "Thumbs.db"


def member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """Open a file of an archive; raises Unreadable if it is not there or packed strangely."""
    try:
        return archive.open(name)
    except KeyError as missing:
        raise Unreadable(
            "member_missing", f"There is no file {name[:100]!r} in the archive: choose another one."
        ) from missing
    except (NotImplementedError, RuntimeError) as unknown:
        raise _cannot_unpack() from unknown
    except _DAMAGE as damage:
        raise Unreadable(
            "damaged", "The zip archive is damaged: pack the file again and upload it."
        ) from damage


def piece_of(inner: IO[bytes], size: int) -> bytes:
    """Read from what is packed; raises Unreadable where it is damaged."""
    try:
        return inner.read(size)
    except (NotImplementedError, RuntimeError) as unknown:
        raise _cannot_unpack() from unknown
    except _DAMAGE as damage:
        raise Unreadable(
            "damaged",
            "The archive is damaged or was cut off: the rest of it cannot be unpacked.",
        ) from damage


def _cannot_unpack() -> Unreadable:
    return Unreadable(
        "packed_unknown",
        "The archive is packed in a way that is not known here: pack it as an ordinary zip or"
        " gzip.",
    )


def _refuse_crowds(file: IO[bytes]) -> None:
    """Look at the number of entries before the library makes an object of each (PKWARE §4.3.16)."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(_END_OF_DIRECTORY)
    entries = int.from_bytes(tail[at + 10 : at + 12], "little") if at >= 0 else 0
    if MAX_ENTRIES < entries < _ZIP64 or entries == _ZIP64:
        raise Unreadable(
            "too_many_members",
            f"There are more than {MAX_ENTRIES:,} files in the archive: pack only the list itself.",
        )
