"""The checks that look at the installation: settings, database, disk, clock."""

import shutil
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from signalbook.doctor import queries
from signalbook.doctor.model import Finding
from signalbook.kit import clock, migrate
from signalbook.kit.config import Settings
from signalbook.kit.db import Database
from signalbook.kit.errors import Conflict

MAX_SKEW_SECONDS = 2.0
MIN_FREE_GB = 1.0
_GB = 1e9
_LOCAL = {"127.0.0.1", "::1", "localhost"}

# What an acknowledged write rests on.
_FLOOR = {"fsync": "on", "full_page_writes": "on"}
_DURABLE = {"on", "remote_write", "remote_apply", "local"}
# Minor releases before these let row data leak through planner statistics (CVE-2025-8713).
_SAFE_MINORS = {15: 14, 16: 10, 17: 6}


def settings(given: Settings) -> list[Finding]:
    """Look for settings that work and should not be used."""
    findings: list[Finding] = []
    url = urlsplit(given.public_url)
    if url.scheme != "https" and url.hostname not in _LOCAL:
        message = f"people reach {given.public_url} without TLS; put a proxy with https in front"
        findings.append(Finding("public_url", "warning", message))
    if given.host not in _LOCAL and not given.proxies and url.scheme == "https":
        message = "behind a proxy SIGNALBOOK_PROXIES must name it, or every caller looks like it"
        findings.append(Finding("proxies", "warning", message))
    return findings or [Finding("settings", "ok", "sane")]


def disk(folder: Path) -> Finding:
    """Look at the room left where the data is."""
    free = shutil.disk_usage(folder).free / _GB
    if free < MIN_FREE_GB:
        return Finding("disk", "fault", f"only {free:.1f} GB are free in {folder}")
    return Finding("disk", "ok", f"{free:,.0f} GB are free")


def migrations(dsn: str) -> Finding:
    """Look for migrations that the database does not have yet, or has in another form."""
    try:
        migrate.check(dsn)
    except Conflict as behind:
        return Finding("migrations", "fault", behind.message)
    return Finding("migrations", "ok", "none pending")


async def database(db: Database) -> list[Finding]:
    """Look at the server's version, at the settings durability rests on, and at its clock."""
    names = [*_FLOOR, "synchronous_commit", "data_checksums", "server_version_num"]
    async with db.read() as read:
        found = await queries.settings(read, names)
        before = clock.now()
        its_time = await queries.time(read)
        after = clock.now()
    return [
        _version(int(found["server_version_num"])),
        *_durability(found),
        _skew(before, its_time, after),
    ]


def _version(number: int) -> Finding:
    major, minor = divmod(number, 10_000)
    message = f"PostgreSQL {major}.{minor}"
    if minor < _SAFE_MINORS.get(major, 0):
        message += f" has known holes; {major}.{_SAFE_MINORS[major]} or newer closes them"
        return Finding("version", "warning", message)
    return Finding("version", "ok", message)


def _durability(found: dict[str, str]) -> list[Finding]:
    findings = [
        Finding(name, "fault", f"{name} is {found[name]}: a crash can lose acknowledged writes")
        for name, safe in _FLOOR.items()
        if found[name] != safe
    ]
    if found["synchronous_commit"] not in _DURABLE:
        message = "synchronous_commit is off: a crash loses writes that were acknowledged"
        findings.append(Finding("synchronous_commit", "fault", message))
    if found["data_checksums"] != "on":
        message = "without data checksums a failing disk goes unnoticed; see pg_checksums"
        findings.append(Finding("data_checksums", "warning", message))
    return findings or [Finding("durability", "ok", "an acknowledged write is on disk")]


def _skew(before: datetime, its_time: datetime, after: datetime) -> Finding:
    middle = before + (after - before) / 2
    seconds = abs((its_time - middle).total_seconds())
    if seconds > MAX_SKEW_SECONDS:
        message = f"this clock and the database's differ by {seconds:.1f} s; check the time service"
        return Finding("clock", "warning", message)
    return Finding("clock", "ok", "agrees with the database's")
