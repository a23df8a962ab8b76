"""The moving window that the processes of a host share."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

import pytest

from signalbook.web.window import SharedWindow


class Clock:
    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def window(tmp_path: Path, clock: Clock):
    window = SharedWindow(tmp_path / "run" / "upload.window", 60, clock=clock)
    yield window
    window.close()


def test_a_burst_of_the_whole_allowance_passes_and_the_next_call_waits(window, clock):
    burst = [window.hit(1, 60) for _ in range(60)]
    assert all(use.admitted for use in burst)
    assert burst[-1].used == 60

    refused = window.hit(1, 60)
    assert not refused.admitted
    assert 60 <= refused.reset_seconds < 60.11

    clock.now += 59.9
    assert not window.hit(1, 60).admitted
    clock.now += 0.21
    assert window.hit(1, 60).admitted


def test_the_window_moves_by_what_has_left_it(window, clock):
    for _ in range(30):
        window.hit(1, 60)
    clock.now += 30
    for _ in range(30):
        window.hit(1, 60)
    assert not window.hit(1, 60).admitted

    clock.now += 30.2
    assert [window.hit(1, 60).admitted for _ in range(31)] == [True] * 30 + [False]


def test_accounts_do_not_share_a_window(window):
    for _ in range(60):
        window.hit(1, 60)
    assert not window.hit(1, 60).admitted
    assert window.hit(2, 60).used == 1
    assert window.hit(100_000, 60).used == 1


def test_a_call_refused_elsewhere_is_given_back(window, clock):
    assert window.hit(1, 1).admitted
    window.give_back(1)
    window.give_back(1)
    assert window.hit(1, 1).admitted
    assert not window.hit(1, 1).admitted


def test_no_minute_ever_holds_more_than_the_limit(window, clock):
    chance = random.Random(7)
    passed: deque[float] = deque()
    for _ in range(20_000):
        clock.now += chance.choice([0, 0, 0.001, 0.03, 0.099, 0.1, 0.7, 5, 30])
        if window.hit(9, 50).admitted:
            passed.append(clock.now)
        while passed and passed[0] <= clock.now - 60:
            passed.popleft()
        assert len(passed) <= 50


def test_a_whole_allowance_is_back_after_the_window_and_one_bucket(window, clock):
    chance = random.Random(8)
    for _ in range(200):
        while window.hit(3, 20).admitted:
            clock.now += chance.random()
        clock.now += 60.2
        assert window.hit(3, 20).used == 1
        clock.now += 60.2


def test_a_clock_set_back_a_little_counts_on_and_one_set_back_far_starts_anew(window, clock):
    for _ in range(5):
        window.hit(1, 5)
    clock.now -= 10
    assert not window.hit(1, 5).admitted
    clock.now -= 3600
    assert window.hit(1, 5).used == 1


def test_a_restart_remembers_the_window(tmp_path, clock):
    path = tmp_path / "upload.window"
    first = SharedWindow(path, 60, clock=clock)
    for _ in range(5):
        first.hit(1, 5)
    first.close()

    second = SharedWindow(path, 60, clock=clock)
    assert not second.hit(1, 5).admitted
    second.close()


def test_without_a_file_this_process_counts_alone(tmp_path, clock):
    (tmp_path / "run").write_text("in the way")
    window = SharedWindow(tmp_path / "run" / "upload.window", 60, clock=clock)
    assert window.hit(1, 1).admitted
    assert not window.hit(1, 1).admitted
    window.close()


HITTER = """
import sys
from pathlib import Path
from signalbook.web.window import SharedWindow
window = SharedWindow(Path(sys.argv[1]), 3600)
print("ready", flush=True)
sys.stdin.readline()
print(sum(window.hit(1, int(sys.argv[2])).admitted for _ in range(int(sys.argv[3]))))
"""


def hitter(path: Path, limit: int, calls: int) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HITTER, str(path), str(limit), str(calls)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": "src"},
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: "subprocess.Popen[str]") -> None:
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


def test_the_limit_holds_over_all_processes(tmp_path):
    crowd = [hitter(tmp_path / "w", 30_000, 20_000) for _ in range(3)]
    for process in crowd:
        go(process)
    admitted = [int(process.communicate()[0]) for process in crowd]
    assert sum(admitted) == 30_000


def test_a_killed_process_neither_holds_the_lock_nor_gives_room_away(tmp_path):
    for _ in range(5):
        victim = hitter(tmp_path / "w", 10**9, 10**9)
        go(victim)
        time.sleep(0.05)
        victim.send_signal(signal.SIGKILL)
        victim.communicate()

    window = SharedWindow(tmp_path / "w", 3600)
    before = window.hit(1, 10**9).used
    chunk = window._chunks[0]
    counted = sum(chunk.ints[640 + 8 : 640 + 8 + 601])
    window.close()
    assert 0 <= before - counted <= 5
