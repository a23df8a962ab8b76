"""Change contacts in every way there is, from several writers, and kill; then recount everything.

python -m tests.kill.drift                      100,000 changes, a kill about every four seconds
python -m tests.kill.drift --changes 5000 --kills 3

Two workers apply what eight writers send: batches over a few thousand people who share e-mails,
numbers, tags, lists and a landline, so that most changes meet others; files that are imported and
taken back; lists that are filled, deactivated, combined and deleted; tags that are merged; opt-outs
by address, by domain and by blocklist. What was acknowledged is another test's business: here the
doctor recounts every stored number when all is quiet, and none may be off by one. At the end one
number is made wrong, which the doctor must see, or this test would prove nothing.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from asyncio import run
from collections import Counter
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psycopg

from tests.bench.importing import Client, Refused
from tests.bench.server import free_port, open_door, wait_until_ready
from tests.kill.nemesis import Patient, Victim

PEOPLE = 3_000
PER_BATCH = 50
_TURNS: tuple[Victim, ...] = ("worker", "server", "postmaster", "database")
_COUNTRIES = ("France", "DE", "india", "nowhere", "United Kingdom")
_DOMAINS = ("a.example", "b.example", "c.example")


class Writer(threading.Thread):
    """One client, which goes on until enough was changed."""

    def __init__(self, client: Client, seed: int, left: "Budget", folder: Path) -> None:
        super().__init__(daemon=True)
        self.client = client
        self.random = random.Random(seed)
        self.left = left
        self.file = folder / f"people-{seed}.csv"
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def run(self) -> None:
        """Do one thing after another, whatever becomes of it."""
        ways: list[tuple[int, Callable[[], int]]] = [
            (70, self.batch), (12, self.list_members), (5, self.optout), (3, self.list_state),
            (3, self.tag), (2, self.imported), (2, self.list_combined), (2, self.list_filtered),
            (1, self.blocklist),
        ]  # fmt: skip
        weights = [weight for weight, _ in ways]
        while self.left.any():
            (_, way), = self.random.choices(ways, weights)  # fmt: skip
            try:
                changes = way()
            except Refused as refusal:
                self.refused[f"{way.__name__} {refusal.args[0]}"] += 1
            except (OSError, HTTPException, ValueError):
                time.sleep(0.05)
            else:
                self.done[way.__name__] += changes
                self.left.take(changes)

    def batch(self) -> int:
        """Change people in every way that a batch knows."""
        changes = [self._change() for _ in range(PER_BATCH)]
        told = self._ask("POST", "/api/v1/contacts/batch", changes)
        return int(told["summary"]["total"]) if "total" in told.get("summary", {}) else PER_BATCH

    def list_members(self) -> int:
        """Let people join a list or leave one."""
        method = self.random.choice(["POST", "POST", "DELETE"])
        emails = sorted({self._email() for _ in range(PER_BATCH)})
        self._ask(method, f"/api/v1/lists/{self._list()}/contacts", {"emails": emails})
        return len(emails)

    def list_state(self) -> int:
        """Deactivate a list, activate it, or delete it."""
        one = self._list()
        what = self.random.choice(["deactivate", "activate", "activate", "delete"])
        if what == "delete":
            self._ask("DELETE", f"/api/v1/lists/{one}")
        else:
            self._ask("POST", f"/api/v1/lists/{one}/{what}")
        return 1

    def list_combined(self) -> int:
        """Make a list of two others."""
        how = self.random.choice(["all", "any", "none"])
        other = "any" if how == "none" else "none"
        name = f"combined {self.random.randrange(4)}"
        lists = {how: [self._list()], other: [self._list()]}
        self._ask("POST", "/api/v1/lists", {"name": name, "from": lists})
        return 1

    def list_filtered(self) -> int:
        """Add all who carry a tag to a list."""
        wanted = {"filter": {"tags": [self._tag()]}}
        self._ask("POST", f"/api/v1/lists/{self._list()}/contacts", wanted)
        return 1

    def tag(self) -> int:
        """Merge a tag into another, or delete it."""
        found = self._ask("GET", "/api/v1/tags?limit=20")
        ids = [one["id"] for one in found if one["name"] != "all"]
        if len(ids) < 2:  # one to go and one to stay
            return 0
        gone, kept = self.random.sample(ids, 2)
        if self.random.random() < 0.5:  # a coin
            self._ask("POST", f"/api/v1/tags/{gone}/merge", {"into": kept})
        else:
            self._ask("DELETE", f"/api/v1/tags/{gone}")
        return 1

    def imported(self) -> int:
        """Import a file, and sometimes take it back."""
        lines = ["email,landline,country,city,tags,list,status"]
        for _ in range(200):
            status = self.random.choice(["", "", "", "unsubscribed", "bounced"])
            cells = (
                self._email(), self._landline(), self.random.choice(_COUNTRIES),
                "x" * self.random.randrange(9), self._tag(),
                f"list {self.random.randrange(4)}", status,
            )  # fmt: skip
            lines.append(",".join(cells))
        self.file.write_text("\n".join(lines) + "\n")
        id = self.client.send(self.file, action="upsert")
        found = self.client.wait(id, 60)
        if found.get("state") == "done" and self.random.random() < 0.5:  # a coin
            self._ask("POST", f"/api/v1/imports/{id}/undo")
        return 200

    def optout(self) -> int:
        """Restrict an address or a domain, or lift it."""
        channel = self.random.choice(["email", "sms", "voice", "all"])
        address = self._email() if channel in {"email", "all"} else self._mobile()
        if self.random.random() < 0.1:  # a tenth
            channel, address = "email", f"@{self.random.choice(_DOMAINS)}"
        reason = self.random.choice(["user", "user", "hardbounced", "spam", "contact"])
        body = {"channel": channel, "address": address, "reason": reason}
        if self.random.random() < 0.3:  # less often than it is restricted
            self._ask("POST", "/api/v1/optouts/lift", body | {"reason": "user"})
        else:
            self._ask("POST", "/api/v1/optouts", body)
        return 1

    def blocklist(self) -> int:
        """Replace the blocklist."""
        addresses = sorted({self._email() for _ in range(30)})
        self._ask("PUT", "/api/v1/optouts/blocklist?channel=email", addresses)
        return 30

    def _change(self) -> dict[str, Any]:
        pick = self.random
        change: dict[str, Any] = {"email": self._email()}
        if pick.random() < 0.3:  # by the number instead, or by both
            change = {"mobile": self._mobile()} | (change if pick.random() < 0.5 else {})
        chance = pick.random()
        if chance < 0.12:  # some are deleted
            return change | {"op": "delete"}
        if chance < 0.2:  # some become one
            change["merge"] = True
        if pick.random() < 0.5:  # half change fields
            change["custom_fields"] = {
                "country": pick.choice([*_COUNTRIES, None]),
                "city": pick.choice(["", None, "x" * pick.randrange(1, 30)]),
                "points": pick.choice([None, pick.randrange(10**6), 12.5, 1e20]),
                "likes": pick.choice([None, ["a", "b"]]),
            }
            change["phone"] = self._landline() or None
        if pick.random() < 0.2:  # a fifth change how they stand
            change["is_active"] = pick.random() < 0.7
            change["is_unsubscribed"] = pick.random() < 0.4
        which = pick.randrange(4)
        if which == 0:
            change["tags"] = [self._tag() for _ in range(3)]
        elif which == 1:
            change["add_tags"] = [self._tag(), "all"]
            change["remove_tags"] = [self._tag()]
        return change

    def _email(self) -> str:
        number = self.random.randrange(PEOPLE)
        return f"p{number}@{_DOMAINS[number % 3]}"

    def _mobile(self) -> str:
        return f"+3361{self.random.randrange(PEOPLE):07d}"

    def _landline(self) -> str:
        return self.random.choice(["", f"+44207183{self.random.randrange(50):04d}"])

    def _tag(self) -> str:
        return f"tag-{self.random.randrange(25)}"

    def _list(self) -> str:
        name = f"list {self.random.randrange(4)}"
        for one in self._ask("GET", "/api/v1/lists?limit=100"):
            if one["name"] == name:
                return str(one["id"])
        return str(self._ask("POST", "/api/v1/lists", {"name": name})["id"])

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        whole = None if body is None else json.dumps(body).encode()
        return self.client.ask(method, path, whole, {"content-type": "application/json"})


class Budget:
    """How many changes are still to be made by all writers."""

    def __init__(self, changes: int) -> None:
        self._lock = threading.Lock()
        self._left = changes

    def any(self) -> bool:
        return self._left > 0

    def take(self, changes: int) -> None:
        with self._lock:
            self._left -= changes


def main() -> None:
    """Run as asked and leave with 1 when a number is off."""
    asked = _arguments()
    os.environ["SIGNALBOOK_WORKERS"] = "2"
    with tempfile.TemporaryDirectory(
        prefix="signalbook-drift-", ignore_cleanup_errors=True
    ) as name:
        patient = Patient(Path(name) / "data", free_port())
        try:
            wait_until_ready(patient.port, patient.program)
            writers, killed = _course(patient, asked, Path(name))
            faults = _settled(patient)
            blind = _is_blind(patient)
        finally:
            patient.stop()
    _tell(writers, killed, faults, blind=blind)
    sys.exit(bool(faults) or blind)


def _course(
    patient: Patient, asked: argparse.Namespace, folder: Path
) -> tuple[list[Writer], Counter[str]]:
    door = run(open_door(patient.dsn, "drift"))
    left = Budget(asked.changes)
    client = Client(patient.port, door.api_key)
    writers = [Writer(client, asked.seed * 100 + n, left, folder) for n in range(asked.writers)]
    for writer in writers:
        writer.start()
    killed: Counter[str] = Counter()
    while left.any():
        time.sleep(random.uniform(0.5, 2 * asked.seconds))
        if killed.total() < asked.kills:
            victim = _TURNS[killed.total() % len(_TURNS)]
            patient.kill_surely(victim)
            killed[victim] += 1
    for writer in writers:
        writer.join(120)
    return writers, killed


def _settled(patient: Patient, seconds: float = 180) -> list[str]:
    """Wait until no work is left, then recount."""
    wait_until_ready(patient.port, patient.program)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with psycopg.connect(patient.dsn, autocommit=True) as conn:
            row = conn.execute(
                "SELECT count(*) FROM procrastinate_jobs"
                " WHERE status IN ('todo', 'doing') AND scheduled_at IS NULL"
            ).fetchone()
        if row is not None and row[0] == 0:
            break
        time.sleep(1)
    return patient.complaints()


def _is_blind(patient: Patient) -> bool:
    """Make a number wrong by one, and tell whether the doctor overlooks it."""
    with psycopg.connect(patient.dsn, autocommit=True) as conn:
        conn.execute("UPDATE contact_counts SET contacts = contacts + 1 WHERE tag_id = 0")
    return not patient.complaints()


def _tell(writers: list[Writer], killed: Counter[str], faults: list[str], *, blind: bool) -> None:
    done, refused = Counter[str](), Counter[str]()
    for writer in writers:
        done += writer.done
        refused += writer.refused
    print(f"{done.total():,} changes: {dict(done)}")
    print(f"refused: {dict(refused)}")
    print(f"killed: {dict(killed)}")
    for fault in faults:
        print("drift:", fault)
    if blind:
        print("A number that was made wrong was overlooked!")
    print("no drift" if not faults else "DRIFT")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="drift", description=__doc__)
    parser.add_argument("--changes", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=4.0, help="mean time between kills")
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
