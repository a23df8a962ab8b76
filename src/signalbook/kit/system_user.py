"""The system user that PostgreSQL runs as when Signalbook itself runs as root.

PostgreSQL refuses to run as root. What it needs from the file system is the narrowest thing that
works: for each folder above its own that it could not pass, an access-control entry that lets this
one user pass (not list, not read); where the file system knows no such entries, the folder's
execute bit for all.
"""

import errno
import os
import pwd
import shutil
import stat
import struct
import subprocess
from pathlib import Path
from typing import NamedTuple

from signalbook.kit.errors import Unavailable

NAME = "signalbook"

_ACL = "system.posix_acl_access"
_ACL_VERSION = struct.pack("<I", 2)
_ENTRY = struct.Struct("<HHI")
_OWNER, _USER, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
_NOBODY = 0xFFFFFFFF
_EXECUTE = 1


class NoSystemUser(Unavailable):
    """PostgreSQL cannot run as root and no user could be made for it; run Signalbook as an ordinary user."""  # noqa: E501  # the sentence is the first line


class SystemUser(NamedTuple):
    """Who runs the database."""

    name: str
    uid: int
    gid: int


def server_user() -> SystemUser | None:
    """Choose who runs the database: None for whoever we are, unless that is root.

    As root it is the user `signalbook`, made if missing.
    """
    if os.geteuid() != 0:
        return None
    entry = _existing() or _made() or _spare()
    return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def hand_over(user: SystemUser, tree: Path) -> None:
    """Make the user the owner of a whole tree, as after a restore or a move between machines."""
    if not tree.exists() or tree.stat().st_uid == user.uid:
        return
    for root, folders, files in os.walk(tree, topdown=False):
        for name in [*folders, *files]:
            os.chown(Path(root, name), user.uid, user.gid, follow_symlinks=False)
    os.chown(tree, user.uid, user.gid)  # last, so that an interrupted walk is done again


def let_pass(user: SystemUser, target: Path) -> list[Path]:
    """Let the user reach `target` through the folders above it; return those that were changed."""
    above = reversed(target.resolve().parents)
    return [folder for folder in above if not _passes(user, folder) and _admit(user, folder)]


def let_read(tree: Path) -> None:
    """Make a tree of programs readable for all, as an installation under umask 077 is not."""
    for root, folders, files in os.walk(tree):
        for path in [Path(root), *(Path(root, name) for name in [*folders, *files])]:
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def _existing() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _made() -> pwd.struct_passwd | None:
    program = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if program is None:
        return None
    quiet = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    subprocess.run([program, *quiet, NAME], check=False, capture_output=True)  # noqa: S603
    return _existing()


def _spare() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoSystemUser


def _passes(user: SystemUser, folder: Path) -> bool:
    status = folder.stat()
    if status.st_uid == user.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == user.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    entries = _entries(folder)
    mask = next((rights for tag, rights, _ in entries if tag == _MASK), 0)
    for tag, rights, who in entries:
        if tag == _USER and who == user.uid:
            return bool(rights & mask & _EXECUTE)  # a later chmod may have emptied the mask
    return bool(status.st_mode & stat.S_IXOTH)


def _admit(user: SystemUser, folder: Path) -> bool:
    status = folder.stat()
    mode = status.st_mode
    entries = _entries(folder) or [
        (_OWNER, mode >> 6 & 7, _NOBODY),
        (_GROUP, mode >> 3 & 7, _NOBODY),
        (_OTHER, mode & 7, _NOBODY),
    ]
    mask = next((rights for tag, rights, _ in entries if tag == _MASK), mode >> 3 & 7)
    kept = [e for e in entries if e[0] != _MASK and (e[0], e[2]) != (_USER, user.uid)]
    kept += [(_USER, _EXECUTE, user.uid), (_MASK, mask | _EXECUTE, _NOBODY)]
    packed = b"".join(_ENTRY.pack(*e) for e in sorted(kept, key=lambda e: (e[0], e[2])))
    try:
        os.setxattr(folder, _ACL, _ACL_VERSION + packed)
    except (AttributeError, OSError):
        folder.chmod(mode | stat.S_IXOTH)
    return True


def _entries(folder: Path) -> list[tuple[int, int, int]]:
    try:
        packed = os.getxattr(folder, _ACL)
    except AttributeError:  # not Linux
        return []
    except OSError as error:
        if error.errno in {errno.ENODATA, errno.ENOTSUP}:
            return []
        raise
    return [(tag, rights, who) for tag, rights, who in _ENTRY.iter_unpack(packed[4:])]
