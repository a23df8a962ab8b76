"""The settings of the embedded PostgreSQL, sized for the machine it finds itself on.

They are written to `signalbook.conf` in the cluster's folder at each start. Whoever wants others
writes them to `local.conf` beside it, which is read last.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

MB = 1024 * 1024

POSTGRESQL_CONF = """\
# Put your own settings into local.conf.
include 'signalbook.conf'
include 'local.conf'
"""

LOCAL_CONF = """\
# Your own settings; they win over signalbook.conf. Take effect at the next start of the database.
"""

PG_HBA_CONF = """\
# Only the socket inside a folder that only this server's own user can enter.
local all all trust
local replication all trust
"""


def settings_text(workers: int) -> str:
    """Write the settings for a server of so many worker processes on this machine."""
    memory = memory_bytes() // MB
    shared = min(max(memory // 16, 128), 1024)
    return _SETTINGS.format(
        connections=max(60, 32 * workers + 12),
        shared=shared,
        cached=max(memory // 2, shared),
        maintenance=min(max(memory // 32, 64), 512),
        sync_method="syncfs" if _syncfs_tells_errors() else "fsync",
    )


def memory_bytes() -> int:
    """Tell how much memory this program may use: the machine's, or its container's if less."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii"))
        total = min(total, limit)
    return total


def _syncfs_tells_errors() -> bool:
    """Tell whether this is a Linux of 5.8 or newer, whose syncfs reports every failed write."""
    if sys.platform != "linux":
        return False
    major, minor = os.uname().release.split(".")[:2]
    return (int(major), int(minor)) >= (5, 8)


_SETTINGS = """\
# Written by Signalbook at every start: do not edit, use local.conf.
max_connections = {connections}
shared_buffers = {shared}MB
effective_cache_size = {cached}MB
maintenance_work_mem = {maintenance}MB
work_mem = 8MB
jit = off
random_page_cost = 1.1
effective_io_concurrency = 32

# An acknowledged write is on disk.
fsync = on
synchronous_commit = on
full_page_writes = on
# (Compressing the page images after a checkpoint with pglz, the only way this build knows, costs
# more than writing them: 207 µs of database time a change with it, 135 without; 2026-11.)
wal_compression = off

# After a crash everything since the last checkpoint is written again, at 420 MB/s on 2 cores
# (PostgreSQL 18, 2026-11). 1 GB bounds that to 3 s; 4 GB would be 10 s and gains little.
checkpoint_timeout = 15min
checkpoint_completion_target = 0.9
max_wal_size = 1GB
# Before that all files are synced, 1,400 when new: one by one in 0.2 s, or 4 s on a busy disk; the
# file system as a whole in 0.1 s, or 0.5 s.
recovery_init_sync_method = {sync_method}
min_wal_size = 256MB

# Hot rows are updated many times a minute: their dead versions go soon, in small steps.
autovacuum_naptime = 15s
autovacuum_vacuum_scale_factor = 0.05
autovacuum_vacuum_insert_scale_factor = 0.1
autovacuum_analyze_scale_factor = 0.02
autovacuum_vacuum_cost_limit = 1000

idle_in_transaction_session_timeout = 60s
timezone = 'UTC'
log_timezone = 'UTC'

# The log tells what happened and never about whom: no statements, no values of a violated key.
log_line_prefix = '%m [%p] '
log_error_verbosity = terse
log_min_error_statement = panic
log_checkpoints = off
log_autovacuum_min_duration = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""
