"""Kill everything while contacts are kept the same here and in SES; then compare both, one by one.

python -m tests.kill.ses                          100 kills in each mode
python -m tests.kill.ses --mode mirror --kills 10

Killed by turns, all with SIGKILL: the server, its workers, the database's first process, the whole
database, and SES itself (tests/fake_ses, which replaces contacts as AWS does). Meanwhile programs
change contacts here, other clients of AWS change them there, and SES throttles, fails and cuts the
line before and after a call took effect. At the end, when all is quiet, both sides must have the
same contacts with the same values, every acknowledged write must be there, and nobody who opted out
on either side may be subscribed on one. Then the checker is checked: what is damaged must be seen.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from asyncio import run
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.client import HTTPException
from itertools import cycle, islice
from pathlib import Path
from typing import Final, cast

import psycopg

from signalbook.kit.errors import DatabaseDown
from signalbook.kit.postgres import PostgresFailed
from tests.bench.importing import Client, Refused
from tests.bench.server import Door, free_port, open_door, wait_until_ready
from tests.kill import ses_verdict
from tests.kill.nemesis import Patient, Victim
from tests.kill.ses_journal import Journal
from tests.kill.ses_verdict import Found
from tests.kill.ses_writers import FREE_EVERY, TOPIC, Here, There, Writing
from tests.ses_server import LIST, REGION, SesServer, topic

MODES = ("store", "mirror", "follow")
_TURNS: Final = (
    "server", "ses", "worker", "postmaster", "ses", "database",
)  # fmt: skip
_ANSWERED: Final = 15
"""So many writes here are answered between two kills."""
_KEYS = {"AWS_ACCESS_KEY_ID": "AKIAHERE", "AWS_SECRET_ACCESS_KEY": "secret"}


class Ordeal:
    """One connection, and what is done to both its ends."""

    def __init__(self, folder: Path, mode: str, people: int, per_second: float = 200.0) -> None:
        """Start both sides and connect them."""
        self.mode = mode
        self.ses = SesServer(folder)
        self.ses.make_list(LIST, [topic(TOPIC)])
        os.environ.update(_KEYS, AWS_ENDPOINT_URL_S3=self.ses.url, SIGNALBOOK_WORKERS="1")
        self.patient = Patient(folder / "data", free_port())
        self.journal = Journal()
        self.killed: Counter[str] = Counter()
        self.writers: list[Writing] = []
        self._people = [f"p{number}@a.example" for number in range(people)]
        for address in self._people[::FREE_EVERY]:
            self.journal.said[address].free = True
        wait_until_ready(self.patient.port, self.patient.program)
        self.door: Door = run(open_door(self.patient.dsn, "kill"))
        self.command(
            "connect", "--region", REGION, "--list", LIST, "--mode", mode, "--bucket", "bucket",
            "--endpoint", self.ses.url, "--requests-per-second", str(per_second),
            "--access-key-id", "AKIAHERE",
        )  # fmt: skip

    def command(self, *words: str) -> None:
        """Run `signalbook ses …` beside the server, as an owner does."""
        subprocess.run(
            [sys.executable, "-m", "signalbook", "ses", *words, "--account", "kill"],
            env=self.patient.environ(), check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def begin(self, here: int = 3, there: int = 2, *, seed: int = 1) -> None:
        """Let writers begin on both sides; an address has one on each."""
        client = Client(self.patient.port, self.door.api_key)
        for number in range(here):
            mine = self._people[number::here]
            self.writers.append(Here(client, self.mode, seed * 10 + number, mine, self.journal))
        for number in range(there):
            mine = self._people[number::there]
            self.writers.append(There(self.ses, self.mode, seed + number, mine, self.journal))
        for writer in self.writers:
            writer.start()

    def trouble(self) -> None:
        """Let calls of SES fail now and then, in every way."""
        kinds = [("429", 0.05), ("500", 0.03), ("cut_before", 0.03), ("cut_after", 0.03)]
        faults = [{"kind": kind, "share": share} for kind, share in kinds]
        self.ses.control(faults=[*faults, {"kind": "hang_after", "share": 0.001}])

    def kill_all(self, victims: Sequence[str], seconds: float, answered: int = _ANSWERED) -> None:
        """Kill one after another, each a random moment after some writes were answered again."""
        for number, victim in enumerate(victims):
            self._wait_for_writes(answered)
            time.sleep(random.uniform(0, 2 * seconds))
            if victim == "ses":
                self.ses.kill()
                time.sleep(random.uniform(0, seconds))
                self.ses.start()
            else:
                self.patient.kill_surely(cast("Victim", victim))
            self.killed[victim] += 1
            wait_until_ready(self.patient.port, self.patient.program)
            print(f"{number + 1:4} {victim:10} {self.told()}", flush=True)

    def _wait_for_writes(self, count: int, seconds: float = 90) -> None:
        """Wait until the writers here have had some more answers."""
        here = [writer for writer in self.writers if isinstance(writer, Here)]
        enough, end = sum(one.done.total() for one in here) + count, time.monotonic() + seconds
        while sum(one.done.total() for one in here) < enough and time.monotonic() < end:
            time.sleep(0.05)

    def told(self) -> str:
        done, refused = Counter[str](), Counter[str]()
        for writer in self.writers:
            done += writer.done
            refused += writer.refused
        return f"{done.total():6,} done, {refused.total():5,} refused or unanswered"

    def end(self, seconds: float = 180) -> tuple[Found, float]:
        """Let writers end and both sides come to rest; return what is wrong then, and how long."""
        for writer in self.writers:
            writer.stop()
        for writer in self.writers:
            writer.join(60)
        self.ses.strike()
        began = time.monotonic()
        wait_until_ready(self.patient.port, self.patient.program)
        self._opt_somebody_out()
        self.command("sync")  # what others changed in SES is found when somebody looks
        while True:
            with suppress(PostgresFailed, psycopg.Error, DatabaseDown):
                if not self._waiting():
                    found = self.judge()
                    late = time.monotonic() - began > seconds
                    if late or found.is_clean():
                        return found, time.monotonic() - began
            if time.monotonic() - began > seconds + 60:
                raise TimeoutError("what waits for SES does not get less")
            time.sleep(0.5)

    def _opt_somebody_out(self) -> None:
        """See to it that somebody is there who has opted out: the checker is checked with them."""
        one = "gone@a.example"
        client = Client(self.patient.port, self.door.api_key)
        here = Here(client, self.mode, 0, [one], self.journal)
        there = There(self.ses, self.mode, 0, [one], self.journal)
        value = there.value if self.mode == "follow" else here.value
        for step in (value, there.unsubscribe if self.mode == "follow" else here.optout):
            _surely(step, one)

    def judge(self) -> Found:
        account = self.door.account_id
        return ses_verdict.judge(self.patient.dsn, account, self.ses, self.journal)

    def unseen_damages(self) -> list[str]:
        account = self.door.account_id
        return ses_verdict.unseen_damages(self.patient.dsn, account, self.ses, self.journal)

    def stop(self) -> None:
        self.patient.stop()
        self.ses.kill()

    def _waiting(self) -> int:
        with psycopg.connect(self.patient.dsn, autocommit=True) as conn:
            row = conn.execute("SELECT count(*) FROM outbox").fetchone()
        return row[0] if row else 0


def _surely(step: Callable[[str], None], address: str) -> None:
    for _ in range(200):
        with suppress(Refused, OSError, HTTPException):
            return step(address)
        time.sleep(0.2)
    raise TimeoutError(step.__name__)


def main() -> None:
    """Run as asked and leave with 1 when a promise was broken, or nobody would have noticed."""
    parser = argparse.ArgumentParser(prog="kill-ses")
    parser.add_argument("--mode", choices=MODES, action="append")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=1.0, help="mean time between kills")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    random.seed(asked.seed)
    broken = [mode for mode in asked.mode or MODES if _is_broken(mode, asked)]
    sys.exit(bool(broken))


def _is_broken(mode: str, asked: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory(prefix="signalbook-kill-", ignore_cleanup_errors=True) as name:
        ordeal = Ordeal(Path(name), mode, asked.people)
        try:
            ordeal.trouble()
            ordeal.begin(seed=asked.seed)
            ordeal.kill_all(list(islice(cycle(_TURNS), asked.kills)), asked.seconds)
            found, seconds = ordeal.end()
            unseen = ordeal.unseen_damages() if found.is_clean() else []
        finally:
            ordeal.stop()
    _tell(ordeal, found, seconds)
    for name in unseen:
        print("the checker did not notice that", name)
    return bool(unseen) or not found.is_clean()


def _tell(ordeal: Ordeal, found: Found, seconds: float) -> None:
    print(
        f"\n{ordeal.mode}: {ordeal.killed.total()} kills ({dict(ordeal.killed)}); {ordeal.told()}"
    )
    done = sum((writer.done for writer in ordeal.writers), Counter[str]())
    refused = sum((writer.refused for writer in ordeal.writers), Counter[str]())
    print(f"done {dict(done)}\nrefused {dict(refused)}")
    for name in ("different", "lost", "resubscribed", "raced"):
        sentences = getattr(found, name)
        print(f"{name:14}{len(sentences):6}")
        for sentence in sentences[:5]:
            print("   ", sentence)
    told = f"the same on both sides {seconds:.1f} s after the last change"
    print(told if not found.different else "NOT THE SAME ON BOTH SIDES")


if __name__ == "__main__":
    main()
