"""Kill everything, again and again, during one import; then look at every row.

python -m tests.kill.imports                   50 kills during an import of a million rows
python -m tests.kill.imports --rows 50000 --kills 10

Killed by turns, all with SIGKILL: the server (its workers go with it, the database stays, and it is
started again at once), the workers alone, the child that reads the file, the database's first
process, and the whole database in one instant. A kill comes after a random share of the work that
is left, and a random moment later. At the end every row of the file must have made one contact with
its tags, one event and one outcome, and every counter must agree. Then the checker is checked: each
kind of damage is done, must be seen, and is taken back.
"""

import argparse
import random
import sys
import tempfile
import time
from asyncio import run
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

import psutil

from signalbook.kit.postgres import PostgresFailed
from tests.bench.importing import Client
from tests.bench.people_file import people_file
from tests.bench.server import free_port, open_door, wait_until_ready
from tests.kill import import_verdict as verdict
from tests.kill.import_verdict import Journey, Progress
from tests.kill.nemesis import Patient, Victim

_TURNS: tuple[Victim, ...] = (
    "server", "child", "database", "worker", "postmaster",
    "server", "child", "database", "worker", "server",
)  # fmt: skip
_LOOK_SECONDS = 0.02
_ENDED = {"done", "failed", "cancelled"}


class Ordeal:
    """One import, and what is done to it."""

    def __init__(
        self, patient: Patient, rows: int, *, patience: float = 30.0, pause: float = 0.3
    ) -> None:
        """Begin the import.

        A kill waits at most `patience` seconds for progress, and then up to `pause` seconds.
        """
        self.patient = patient
        self.patience = patience
        self.pause = pause
        self.killed: Counter[str] = Counter()
        self.missed = 0
        """Kills that were still to come when the import had ended."""
        door = run(open_door(patient.dsn, "kill"))
        self._client = Client(patient.port, door.api_key)
        import_id = self._client.send(people_file(range(rows)))
        self.journey = Journey(door.account_id, UUID(import_id), rows)

    def kill_all(self, victims: Sequence[Victim]) -> None:
        """Kill one after another, each after a random part of the work that is left."""
        for number, victim in enumerate(victims):
            now = self._look()
            left = 2 * self.journey.rows - now.steps
            share = random.uniform(0, 2 / (len(victims) - number + 1))
            at = self._reach(now.steps + int(share * left))
            time.sleep(random.uniform(0, self.pause))
            if at.state in _ENDED:
                self.missed = len(victims) - number
                return
            killed = self._kill(victim)
            where = f"{at.state:9} {at.staged:9,} staged {at.applied:9,} applied"
            print(f"{number + 1:4} {killed:10} at {where}", flush=True)

    def wait(self) -> Progress:
        """Let the import end; return where it is then."""
        self._client.wait(str(self.journey.import_id))
        return self._look()

    def faults(self) -> list[str]:
        """Say what is not as it must be, in the rows and by the doctor."""
        return verdict.faults(self.patient.dsn, self.journey) + self.patient.complaints()

    def unseen_damages(self) -> list[str]:
        """Check the checker: damage everything once; name what nobody noticed."""
        unseen = verdict.unseen_damages(self.patient.dsn, self.journey)
        with verdict.drifted(self.patient.dsn, self.journey):
            if not self.patient.complaints():
                unseen.append("a counter is wrong by one")
        return unseen

    def _look(self) -> Progress:
        while True:
            with suppress(PostgresFailed):
                if found := verdict.progress(self.patient.dsn, self.journey):
                    return found
            self.patient.must_run()
            time.sleep(_LOOK_SECONDS)

    def _reach(self, steps: int) -> Progress:
        end = time.monotonic() + self.patience
        while True:
            now = self._look()
            if now.steps >= steps or now.state in _ENDED or time.monotonic() > end:
                return now
            time.sleep(_LOOK_SECONDS)

    def _kill(self, victim: Victim) -> Victim:
        """Kill, or the server where nobody reads a file just now; tell who was killed."""
        if victim == "child":
            with suppress(OSError, psutil.Error):
                self.patient.kill(victim)
                self.killed[victim] += 1
                return victim
            victim = "server"
        self.patient.kill_surely(victim)
        self.killed[victim] += 1
        return victim


@contextmanager
def patient_in(folder: Path) -> Iterator[Patient]:
    """Run a server for the block, however often it is started again within."""
    patient = Patient(folder, free_port())
    try:
        wait_until_ready(patient.port, patient.program)
        yield patient
    finally:
        patient.stop()


def victims_of(kills: int) -> list[Victim]:
    """Choose who is killed, by turns, in a random order.

    Children live in the first half of the work, which is where they die.
    """
    chosen: list[Victim] = [_TURNS[number % len(_TURNS)] for number in range(kills)]
    children: list[Victim] = ["child"] * chosen.count("child")
    others: list[Victim] = [victim for victim in chosen if victim != "child"]
    random.shuffle(others)
    half = max(0, kills // 2 - len(children))
    early: list[Victim] = [*children, *others[:half]]
    random.shuffle(early)
    return [*early, *others[half:]]


def main() -> None:
    """Run as asked and leave with 1 when a promise was broken, or nobody would have noticed."""
    parser = argparse.ArgumentParser(prog="kill-import")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    random.seed(asked.seed)
    with (
        tempfile.TemporaryDirectory(prefix="signalbook-kill-", ignore_cleanup_errors=True) as name,
        patient_in(Path(name) / "data") as patient,
    ):
        ordeal, began = Ordeal(patient, asked.rows), time.monotonic()
        ordeal.kill_all(victims_of(asked.kills))
        ended = ordeal.wait()
        took = time.monotonic() - began
        faults = ordeal.faults()
        if ended.state != "done":
            faults.append(f"the import is {ended.state}: {ended.failure}")
        unseen = ordeal.unseen_damages() if not faults else []
    killed = ", ".join(f"{victim} {times}" for victim, times in sorted(ordeal.killed.items()))
    print(f"\n{asked.rows:,} rows, {ordeal.killed.total()} kills ({killed}), {took:.0f} s")
    for fault in faults:
        print("fault:", fault)
    for name in unseen:
        print("the checker did not notice that", name)
    if not faults:
        print("every row exactly once, and every count agrees with its rows")
    if ordeal.missed:
        print(f"{ordeal.missed} kills were left when the import had ended: give it more rows")
    sys.exit(bool(faults or unseen or ordeal.missed))


if __name__ == "__main__":
    main()
