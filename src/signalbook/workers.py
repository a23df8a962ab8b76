"""The workers: processes that serve requests, started, replaced and stopped by their supervisor."""

# pyright: reportUnknownMemberType=false, reportUnknownParameterType=false
# pyright: reportUnknownArgumentType=false
# (Granian annotates its servers in part.)

import importlib
import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer, WorkerProcess

from signalbook.kit import log
from signalbook.kit.config import PREFIX, Settings
from signalbook.kit.errors import Unavailable
from signalbook.kit.lifeline import end_with_parent, gentle, ignore_the_terminal
from signalbook.kit.lock import server_lock
from signalbook.kit.postgres import Embedded

_YOUNG_SECONDS = 2.0
_YOUNG_DEATHS = 10
_STILLBIRTHS = 3
_IMPATIENT_SECONDS = 0.5
_FAREWELL_SECONDS = 1.0
_COME_UP_SECONDS = 60.0


class WorkersFailed(Unavailable):
    """The workers end as soon as they are started; the log above says why."""


class Workers(MPServer):
    """Granian's server, with our answer to a worker that dies and to a second Ctrl-C."""

    def __init__(self, settings: Settings, target: str, prepare: Callable[[], None]) -> None:
        super().__init__(
            target,
            address=_number_of(settings.host),
            port=settings.port,
            interface=Interfaces.ASGI,
            workers=settings.workers,
            loop=Loops.uvloop,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=15_000),
            websockets=False,
            backlog=2048,
            runtime_blocking_threads=4,
            respawn_failed_workers=True,
            respawn_interval=3.0,
            workers_kill_timeout=settings.stop_seconds,
            log_level=LogLevels.warning,
            log_dictconfig=_QUIET,
        )
        self.has_answered = threading.Event()
        self._prepare = prepare
        self._data_dir = settings.data_dir
        self._young_deaths = 0
        self._told_at = 0.0

    def run(self) -> None:
        """Serve until told to stop; raises what `prepare` raises, and WorkersFailed."""
        multiprocessing.set_start_method("spawn", force=True)
        try:
            self.serve(target_loader=load_app)
        except SystemExit as gave_up:
            if gave_up.code and not self.interrupt_signal:
                raise WorkersFailed from None
        except BaseException:
            for worker in self.wrks:
                worker.kill()
            raise

    def _spawn_workers(
        self, spawn_target: Callable[..., None], target_loader: Callable[..., object]
    ) -> None:
        """Start the workers, and prepare what they need while they load."""
        super()._spawn_workers(spawn_target, target_loader)
        self._prepare()

    def signal_handler_interrupt(self, *_: object) -> None:
        """Stop in order; told again half a second later or more, stop at once."""
        if not self._told_at:
            self._told_at = time.monotonic()
            log.supervisor("stopping")
            for worker in self.wrks:
                self._bid_farewell(worker.inner.pid)
        elif time.monotonic() - self._told_at > _IMPATIENT_SECONDS:
            for worker in self.wrks:
                worker.kill()
        super().signal_handler_interrupt()

    def _bid_farewell(self, pid: int | None) -> None:
        """Tell a worker that it will end, so that its answers without an end come to one."""
        if pid and _ready_file(self._data_dir, pid).exists():  # before, the signal would kill it
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGUSR1)

    def _respawn_workers(
        self,
        workers: list[int],
        spawn_target: Callable[..., None],
        target_loader: Callable[..., object],
        delay: float = 0,
    ) -> None:
        """Replace workers; those that die young are replaced ever more slowly, and at last not."""
        if delay:
            for index in workers:
                self._relieve(index, spawn_target, target_loader)
            return
        self._count_deaths(workers)
        super()._respawn_workers(workers, spawn_target, target_loader)
        if self._young_deaths < (_YOUNG_DEATHS if self.has_answered.is_set() else _STILLBIRTHS):
            self.respawned_wrks.clear()  # or Granian gives up when one dies twice in 5.5 s

    def _relieve(
        self,
        index: int,
        spawn_target: Callable[..., None],
        target_loader: Callable[..., object],
    ) -> None:
        """Put a new worker in an old one's place, without a moment in which neither answers.

        The old one stays when the new one does not come up: code that cannot start is no reason to
        stop serving.
        """
        old = self.wrks[index]
        new = self._spawn_worker(index, spawn_target, target_loader)
        new.interrupt_by_parent = True  # if it dies now, it dies as an attempt
        new.start()
        if not self._comes_up(new):
            log.supervisor("the new worker does not start, keeping the old", logging.ERROR)
            new.kill()
            return
        self.wrks[index] = new
        new.interrupt_by_parent = False
        with suppress(ProcessLookupError):
            os.kill(old.inner.pid, signal.SIGUSR1)
        time.sleep(_FAREWELL_SECONDS)
        old.terminate()
        old.join(self.workers_kill_timeout)
        old.kill()
        log.supervisor("replaced a worker", worker=index + 1)

    def _comes_up(self, worker: WorkerProcess) -> bool:
        ready = _ready_file(self._data_dir, worker.inner.pid)
        end = time.monotonic() + _COME_UP_SECONDS
        while worker.is_alive() and time.monotonic() < end:
            if ready.exists():
                return True
            time.sleep(0.02)
        return False

    def _count_deaths(self, workers: list[int]) -> None:
        log.supervisor("a worker died, starting another", logging.ERROR, workers=len(workers))
        youngest = min(time.monotonic() - self.wrks[index].birth for index in workers)
        self._young_deaths = self._young_deaths + 1 if youngest < _YOUNG_SECONDS else 0
        if self._young_deaths:
            time.sleep(min(0.05 * 2**self._young_deaths, 2.0))


_QUIET: dict[str, Any] = {
    "handlers": {},
    "loggers": {
        "_granian": {"handlers": [], "propagate": True},
        "granian.access": {"handlers": [], "propagate": True},
    },
}


def _number_of(host: str) -> str:
    """Give the number of a host's name; Granian listens on numbers only."""
    return host if ":" in host else socket.gethostbyname(host)


def load_app(target: str) -> Any:  # noqa: ANN401  # any ASGI application
    """Load the code of a new worker, wait until the database is ready, and make the application."""
    end_with_parent()
    ignore_the_terminal()
    settings = Settings.from_env(os.environ)
    log.configure_worker(settings)
    module, _, factory = target.partition(":")
    create = getattr(importlib.import_module(module), factory)
    _wait_for_database(settings)
    return gentle(create(), _ready_file(settings.data_dir, os.getpid()).touch)


def _ready_file(data_dir: Path, pid: int) -> Path:
    """The file by which a worker tells its supervisor that it takes requests."""
    return data_dir / "run" / f"ready.{pid}"


def _wait_for_database(settings: Settings) -> None:
    """Wait until the supervisor has signed as ready; put the embedded database's address in place.

    The application reads it from the environment as if somebody had set it.
    """
    lock = server_lock(settings.data_dir)
    while lock.signature() != (os.getppid(), "ready"):
        time.sleep(0.01)
    if settings.database_url is None:
        os.environ[f"{PREFIX}DATABASE_URL"] = Embedded(settings.data_dir).dsn
        os.environ[f"{PREFIX}EMBEDDED"] = "1"
