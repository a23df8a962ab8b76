"""What the clients know: for every write, whether it was acknowledged, refused, or never answered.

The journal is the clients' own and lies on disk (fsync) before anything is checked against it.
"""

import os
from pathlib import Path
from typing import IO, Literal

import msgspec

Fate = Literal["ok", "fail", "unknown"]


class Write(msgspec.Struct):
    """One write: `marker` is unique to it; `email` is new with it, or one of the known contacts."""

    marker: str
    email: str
    is_new: bool
    door: Literal["add", "batch"]
    fate: Fate = "unknown"


class Journal:
    """All writes of a run, and a file of them."""

    def __init__(self, path: Path) -> None:
        """Begin an empty file."""
        self.writes: list[Write] = []
        self._file: IO[bytes] = path.open("ab")
        self._flushed = 0

    def note(self, write: Write) -> None:
        """Note the fate of a write, once it is known or known to be unknown."""
        self.writes.append(write)

    def flush(self) -> list[Write]:
        """Put what is new on disk and return it."""
        fresh = self.writes[self._flushed :]
        self._flushed = len(self.writes)
        for write in fresh:
            self._file.write(msgspec.json.encode(write) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        return fresh

    def count(self, fate: Fate) -> int:
        """Count the writes of one fate."""
        return sum(write.fate == fate for write in self.writes)
