"""Locks between programs on one machine: `flock` on a file, released when a program is killed."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from signalbook.kit.errors import Conflict


class FolderInUse(Conflict):
    """Another server (process {pid}) already runs on {folder}; stop it, or set SIGNALBOOK_DATA_DIR to another folder."""  # noqa: E501  # the sentence is the first line


class FileLock:
    """One lock on one file, which is made when it is missing and never removed.

    The lock belongs to this object's open file, which no child inherits: a killed program lets go
    of it at once, whatever it had started.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is opened yet."""
        self.path = path
        self._descriptor: int | None = None

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock, or change the kind of the one held; without `wait`, False if taken."""
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._descriptor, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def let_go(self) -> None:
        """Release the lock; harmless when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def sign(self, state: str) -> None:
        """Write this process's id and state into the file, for whoever finds the lock taken."""
        assert self._descriptor is not None  # noqa: S101  # sign what you hold
        text = f"{os.getpid()} {state}\n".encode()
        os.pwrite(self._descriptor, text, 0)
        os.ftruncate(self._descriptor, len(text))

    def signature(self) -> tuple[int, str]:
        """Read the process id and the state that were signed last; 0 where nobody did."""
        try:
            pid, _, state = self.path.read_text(encoding="ascii").strip().partition(" ")
            return int(pid), state
        except (OSError, ValueError):
            return 0, ""

    def __enter__(self) -> Self:
        """Wait for the lock and hold it for the block."""
        self.take()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Release the lock."""
        self.let_go()


def only_server_in(folder: Path) -> FileLock:
    """Take the folder for one server; raises FolderInUse naming the one that has it."""
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    lock = server_lock(folder)
    if not lock.take(wait=False):
        lock.let_go()
        raise FolderInUse(pid=lock.signature()[0], folder=folder)
    lock.sign("starting")
    return lock


def server_lock(folder: Path) -> FileLock:
    """The lock that the one server of a folder holds, signed `starting` and then `ready`."""
    return FileLock(folder / "serve.lock")
