"""An export's files on disk: a part that grows, is cut to its checkpoint, and ends as the file.

`<data_dir>/exports/<account>/<export>/rows.<n>` holds the rows that try `n` wrote. A try that goes
on begins with a copy of what was committed, so one that only seemed dead spoils nothing. The parts
of a workbook are packed into `book.<n>` at the end; every other file is ready as it is.
"""

import os
import shutil
import zlib
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Protocol, Self
from uuid import UUID

from signalbook.exports.model import Compression, Export, Format

_GZIP: Final = 31  # zlib's way to say: with the header and trailer of gzip
_LEVEL: Final = 4
_COPIED: Final = 1024 * 1024
_ANEW: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def home(data_dir: Path, account_id: int, export_id: UUID) -> Path:
    """Say where an export keeps its files."""
    return data_dir / "exports" / str(account_id) / str(export_id)


def file_of(folder: Path, export: Export) -> Path:
    """Say where the finished file of an export is."""
    kind = "book" if export.format == Format.XLSX else "rows"
    return folder / f"{kind}.{export.part}"


def remove(folder: Path) -> None:
    """Remove all files of an export; it is no matter when there are none."""
    shutil.rmtree(folder, ignore_errors=True)


def keep_only(folder: Path, kept: Path) -> None:
    """Remove what was needed until the file was whole."""
    for path in folder.iterdir():
        if path != kept:
            path.unlink(missing_ok=True)


def kept(data_dir: Path) -> list[tuple[int, UUID]]:
    """List the exports that have files here."""
    found: list[tuple[int, UUID]] = []
    for path in (data_dir / "exports").glob("*/*"):
        try:
            found.append((int(path.parent.name), UUID(path.name)))
        except ValueError:
            continue
    return found


class _Member(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class Part:
    """The file that is being written; each checkpoint is the end of a member of gzip, if that."""

    def __init__(self, path: Path, compression: Compression = "") -> None:
        """Write to `path`, which nobody else does."""
        self.path = path
        self.length = 0
        self._file: IO[bytes] = os.fdopen(os.open(path, _ANEW, 0o600), "wb")
        self._compression = compression
        self._member = self._begun()

    @classmethod
    def taken_up(cls, folder: Path, export: Export, number: int) -> Self:
        """Begin try `number` with what was committed; with nothing where that is not all here."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = cls(folder / f"rows.{number}", export.compression)
        before = folder / f"rows.{export.part}"
        if export.bytes and export.part != number and before.exists():
            if before.stat().st_size >= export.bytes:
                part._begin_with(before, export.bytes)
            before.unlink()
        return part

    def write(self, block: bytes) -> None:
        """Add rows."""
        self._file.write(self._member.compress(block) if self._member else block)

    def commit(self) -> int:
        """Bring everything to the disk; return how long the file is, for the checkpoint."""
        if self._member:
            self._file.write(self._member.flush())
            self._member = self._begun()
        self._file.flush()
        os.fsync(self._file.fileno())
        self.length = self._file.tell()
        return self.length

    def rewind(self) -> None:
        """Forget what was added since the last checkpoint."""
        self._file.seek(self.length)
        self._file.truncate()
        self._member = self._begun()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> Self:
        """Use it for a block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the file."""
        self.close()

    def _begun(self) -> "_Member | None":
        return zlib.compressobj(_LEVEL, wbits=_GZIP) if self._compression else None

    def _begin_with(self, before: Path, length: int) -> None:
        with before.open("rb") as source:
            left = length
            while left and (block := source.read(min(left, _COPIED))):
                self._file.write(block)
                left -= len(block)
        self.length = self._file.tell()
