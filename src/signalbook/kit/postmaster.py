"""What can be seen of a PostgreSQL server from outside: its pid file, its programs, its socket."""

import hashlib
import os
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from signalbook.kit.errors import Unavailable
from signalbook.kit.system_user import SystemUser

_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_BYTES = 107
_STATUS_LINE = 8


class SocketFolderTaken(Unavailable):
    """The folder {folder} for the database's socket belongs to somebody else; remove it, or set SIGNALBOOK_DATA_DIR to a shorter path."""  # noqa: E501  # the sentence is the first line


class Postmaster(NamedTuple):
    """What a running server says of itself in `postmaster.pid`."""

    pid: int
    socket_folder: Path
    status: str


def read_postmaster(cluster: Path) -> Postmaster | None:
    """Read the pid file of the cluster; None where there is none, or not yet a whole one."""
    try:
        lines = (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        if len(lines) >= _STATUS_LINE:
            return Postmaster(int(lines[0]), Path(lines[4]), lines[7].strip())
        return Postmaster(int(lines[0]), cluster, "starting")
    except (FileNotFoundError, ValueError, IndexError):
        return None


def works_in(pid: int, cluster: Path) -> bool:
    """Tell whether this process is a living PostgreSQL of that cluster, and not a reused number."""
    import psutil  # noqa: PLC0415  # 50 ms that most starts do without

    try:
        one = psutil.Process(pid)
        at_home = one.name() == "postgres" and one.cwd() == str(cluster.resolve())
        return at_home and one.status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def remove_leftovers(cluster: Path) -> None:
    """Remove what a killed server left behind, so that the next one can start at once.

    A session that is busy does not notice that its server is gone, and a new server refuses to
    start beside it: it is killed, which loses nothing, since what it had committed is on disk. The
    files that name the dead server go too: its number may be somebody else's by now, or still
    stand in the table of processes because nobody has asked how it ended.
    """
    _kill_sessions(cluster)
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    for folder in (cluster, _short_folder(cluster)):
        for stale in folder.glob(f"{_SOCKET}*"):
            stale.unlink(missing_ok=True)


def socket_folder(cluster: Path, user: SystemUser | None) -> Path:
    """Choose where the socket lies: in the cluster, unless its path would pass 107 bytes.

    Then it is a private folder with a short name among the temporary files.
    """
    if len(os.fsencode(cluster / _SOCKET)) <= _SOCKET_PATH_BYTES:
        return cluster
    folder = _short_folder(cluster)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        own(folder, user)
    status = folder.lstat()
    mine = user.uid if user is not None else os.geteuid()
    if status.st_uid != mine or not folder.is_dir() or status.st_mode & 0o077:
        raise SocketFolderTaken(folder=folder)
    return folder


def _short_folder(cluster: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"signalbook-{digest}"


def own(path: Path, user: SystemUser | None) -> None:
    """Give the path to the server's user, where that is not us."""
    if user is not None:
        os.chown(path, user.uid, user.gid, follow_symlinks=False)


def _kill_sessions(cluster: Path) -> None:
    import psutil  # noqa: PLC0415  # as above

    end = time.monotonic() + 5
    while time.monotonic() < end:
        found = [pid for pid in psutil.pids() if works_in(pid, cluster)]
        if not found:
            return
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
