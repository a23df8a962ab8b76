"""What the worker of a server weighs, and the children that read files for it."""

import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from tests.bench.server import Server

_TICK_SECONDS = 0.1


class Weighing:
    """Watch for the length of the block: all figures are MB of 10⁶ bytes, at their highest."""

    def __init__(self, server: Server) -> None:
        self.worker_mb = 0.0
        """The heaviest worker's resident memory, by the kernel's own high-water mark."""
        self.child_mb = 0.0
        """The heaviest child's, likewise."""
        self.together_mb = 0.0
        """Worker and children at one moment; what they share is counted once (PSS)."""
        self._server = server
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        """Begin to watch, with the marks of the living at where they are now."""
        for worker in self._server.workers():
            with suppress(OSError):
                Path(f"/proc/{worker.pid}/clear_refs").write_text("5", encoding="ascii")
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Look a last time."""
        self._leaving.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._leaving.wait(_TICK_SECONDS):
            self._look()

    def _look(self) -> None:
        together = 0.0
        with suppress(psutil.Error):
            for worker in self._server.workers():
                self.worker_mb = max(self.worker_mb, _peak_mb(worker.pid))
                children = worker.children(recursive=True)
                for child in children:
                    self.child_mb = max(self.child_mb, _peak_mb(child.pid))
                together += sum(_shared_mb(one.pid) for one in [worker, *children])
        self.together_mb = max(self.together_mb, together)


def _peak_mb(pid: int) -> float:
    return _kilobytes(Path(f"/proc/{pid}/status"), "VmHWM:") * 1024 / 1e6


def _shared_mb(pid: int) -> float:
    return _kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") * 1024 / 1e6


def _kilobytes(path: Path, name: str) -> int:
    with suppress(OSError, ValueError):
        for line in path.read_text(encoding="ascii").splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return 0
