"""Locks between programs."""

import os
import subprocess
import sys

import pytest

from signalbook.kit.lock import FileLock, FolderInUse, only_server_in, server_lock

HOLD = """
import sys, time
from pathlib import Path
from signalbook.kit.lock import only_server_in
lock = only_server_in(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_folder_takes_one_server_and_names_it_to_the_second(tmp_path):
    with only_server_in(tmp_path), pytest.raises(FolderInUse) as told:
        only_server_in(tmp_path)

    assert str(tmp_path) in told.value.message
    assert str(os.getpid()) in told.value.message
    only_server_in(tmp_path).let_go()


def test_a_killed_server_lets_go_of_its_folder(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(FolderInUse, match=str(holder.pid)):
            only_server_in(tmp_path)
        holder.kill()

    only_server_in(tmp_path).let_go()


def test_several_share_a_lock_and_the_last_can_have_it_alone(tmp_path):
    first, last = FileLock(tmp_path / "users"), FileLock(tmp_path / "users")
    first.take(shared=True)
    last.take(shared=True)

    assert not last.take(wait=False)
    first.let_go()
    assert last.take(wait=False)
    last.let_go()


def test_the_state_of_a_server_can_be_read_by_its_workers(tmp_path):
    with only_server_in(tmp_path) as lock:
        assert server_lock(tmp_path).signature() == (os.getpid(), "starting")
        lock.sign("ready")
        assert server_lock(tmp_path).signature() == (os.getpid(), "ready")


def test_a_lock_that_nobody_signed_says_so(tmp_path):
    assert FileLock(tmp_path / "none").signature() == (0, "")
