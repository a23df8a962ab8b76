"""Kill, restart, check, many times over; see docs/explain/figures.md for what came of it.

python -m tests.kill                                   100 kills of the server, 100 of the database
python -m tests.kill --server 5 --database 5           a short run
python -m tests.kill --server 0 --database 20 --control synchronous_commit=off
                                                       must lose writes, or the test is worthless
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from signalbook.kit import clock
from tests.bench.server import free_port, open_door, wait_until_ready
from tests.kill.clients import Load
from tests.kill.journal import Journal
from tests.kill.nemesis import Patient, Victim
from tests.kill.verdict import Verdict, judge

BACK_WITHIN_SECONDS = 5.0
OLDEST_UNANSWERED = timedelta(minutes=2)


def main() -> None:
    """Run as asked and leave with 1 when a promise was broken."""
    asked = _arguments()
    random.seed(asked.seed)
    with tempfile.TemporaryDirectory(prefix="signalbook-kill-", ignore_cleanup_errors=True) as name:
        folder = Path(name) / "data"
        patient = Patient(folder, free_port())
        try:
            wait_until_ready(patient.port, patient.program)
            if asked.control:
                _worsen(patient, asked.control)
            verdict, back = asyncio.run(_course(patient, asked, Path(name) / "journal"))
        finally:
            patient.stop()
    failed = not verdict.is_clean() or max(back) > asked.back_within
    if asked.control:
        print("The control lost writes, as it must." if verdict.lost else "The control lost none!")
        failed = not verdict.lost
    sys.exit(failed)


async def _course(
    patient: Patient, asked: argparse.Namespace, journal_path: Path
) -> tuple[Verdict, list[float]]:
    """Kill again and again under load, and judge after each kill and at the end."""
    door = await open_door(patient.dsn, "kill")
    journal = Journal(journal_path)
    load = Load(door, patient.port, journal, f"r{asked.seed}")
    await load.make_known()
    load.start(asked.adders, asked.batchers)
    try:
        back, lost = await _kills(patient, asked, load, door.account_id)
    finally:
        await load.stop()
    journal.flush()
    verdict = await asyncio.to_thread(judge, patient.dsn, door.account_id, journal.writes)
    verdict.lost = max(verdict.lost, lost)
    agree = await asyncio.to_thread(_counts_agree, patient, ignore=bool(asked.control))
    verdict.half += not agree
    _print_summary(journal, verdict, back, agree=agree)
    return verdict, [seconds for times in back.values() for seconds in times]


async def _kills(
    patient: Patient, asked: argparse.Namespace, load: Load, account_id: int
) -> tuple[dict[str, list[float]], int]:
    """Kill, wait until a write is acknowledged again, judge; return the times and what was lost."""
    await load.recovered(time.monotonic())
    back: dict[str, list[float]] = defaultdict(list)
    lost, since = 0, clock.now() - OLDEST_UNANSWERED
    for number, victim in enumerate(_victims(asked), 1):
        await asyncio.sleep(random.uniform(0.2, 2 * asked.seconds))
        before = patient.postmaster()
        killed = await asyncio.to_thread(patient.kill_surely, victim)
        replaced = killed
        if victim in {"postmaster", "database"}:  # an orphan of the old one may still acknowledge
            replaced = await asyncio.to_thread(patient.wait_for_another_database, before)
        back[victim].append(await load.recovered(replaced) - killed)
        fresh = load.journal.flush()
        found = await asyncio.to_thread(judge, patient.dsn, account_id, fresh, since)
        since = clock.now() - OLDEST_UNANSWERED
        lost += found.lost
        told = (
            f"{number:4} {victim:10} back after {back[victim][-1]:5.2f} s, {len(fresh):6,} writes"
        )
        print(f"{told}, lost {found.lost}, doubled {found.doubled}, half {found.half}", flush=True)
    return back, lost


def _victims(asked: argparse.Namespace) -> Iterator[Victim]:
    """Kill server and worker by turns, postmaster and whole database by turns, all mixed."""
    victims: list[Victim] = []
    victims.extend("worker" if turn % 2 else "server" for turn in range(asked.server))
    victims.extend(
        "database" if turn % 2 or asked.control else "postmaster" for turn in range(asked.database)
    )
    random.shuffle(victims)
    yield from victims


def _counts_agree(patient: Patient, *, ignore: bool) -> bool:
    """Ask the doctor whether every count agrees with its rows."""
    faults = patient.complaints()
    for fault in faults:
        print("doctor:", fault)
    return ignore or not faults


def _worsen(patient: Patient, setting: str) -> None:
    """Take away what durability rests on, to see that this test would notice."""
    name, _, value = setting.partition("=")
    own = patient.folder / "postgres" / "local.conf"
    own.write_text(f"{name} = {value}\n")
    own.chmod(0o644)
    patient.kill("database")
    time.sleep(3)


def _print_summary(
    journal: Journal, verdict: Verdict, back: dict[str, list[float]], *, agree: bool
) -> None:
    print(f"\n{'killed':<12}{'times':>6}{'back, mean':>12}{'longest':>9}")
    for victim, times in sorted(back.items()):
        print(f"{victim:<12}{len(times):>6}{sum(times) / len(times):>10.2f} s{max(times):>7.2f} s")
    rows = {
        "acknowledged": journal.count("ok"),
        "refused": journal.count("fail"),
        "unknown": journal.count("unknown"),
        "of these applied": verdict.unknown_applied,
        "lost": verdict.lost,
        "applied twice": verdict.doubled,
        "half there": verdict.half,
        "refused but there": verdict.ghosts,
    }
    for name, count in rows.items():
        print(f"{name:<18}{count:>9,}")
    print("every count agrees with its rows" if agree else "COUNTS DISAGREE")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="kill-test", description=__doc__)
    parser.add_argument("--server", type=int, default=100, help="kills of server and worker")
    parser.add_argument("--database", type=int, default=100, help="kills of the database")
    parser.add_argument("--seconds", type=float, default=0.6, help="mean load between kills")
    parser.add_argument("--adders", type=int, default=12)
    parser.add_argument("--batchers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--back-within", type=float, default=BACK_WITHIN_SECONDS)
    parser.add_argument(
        "--control", metavar="SETTING=VALUE", help="a setting that must lose writes"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
