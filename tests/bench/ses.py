"""Measure the AWS SES door on a real server, and print the figures beside their bars.

    python -m tests.bench.ses                   a million contacts; some minutes
    python -m tests.bench.ses --only create     one figure: create, boto3, page or one
    python -m tests.bench.ses --quick           20,000 contacts

Every request is signed and its signature is checked; the load generator signs ahead of time, as
AWS's own client costs more than what it measures. `boto3` is 32 of those clients all the same, on
the same two cores: what it reaches is told beside what of the time was the server's.
"""

import argparse
import asyncio
import http.client
import json
import multiprocessing
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from signalbook.accounts import key_actions
from signalbook.kit.db import Database, PoolSizes
from tests import aws
from tests.aws import SesKey
from tests.bench import bodies, load
from tests.bench.app import NOOP
from tests.bench.figures import Figure, print_table
from tests.bench.load import Plan, Result
from tests.bench.preload import prepared
from tests.bench.server import Door, Server, open_door, running

ONLY = ("create", "boto3", "page", "one")

_LIST = "bench"
_LISTS = "/v2/email/contact-lists"
_CONTACTS = f"{_LISTS}/{_LIST}/contacts"
_PROCESSES, _THREADS = 8, 4
_CONNECTIONS = _PROCESSES * _THREADS
_TOPICS = [
    {"TopicName": name, "DisplayName": name, "DefaultSubscriptionStatus": status}
    for name, status in (("Sports", "OPT_IN"), ("Cats", "OPT_OUT"))
]
_FILTER = {
    "FilteredStatus": "OPT_IN",
    "TopicFilter": {"TopicName": "Sports", "UseDefaultIfPreferenceUnavailable": True},
}
_HELD = """
INSERT INTO ses_contacts (account_id, contact_id, list_id, attributes, made, created_at, updated_at)
SELECT c.account_id, c.id, l.id, '{"Name": "Jane", "Company": "ACM Inc"}', false, now(), now()
  FROM contacts c
  JOIN ses_lists l ON l.account_id = c.account_id AND l.name = 'bench'
 WHERE c.account_id = %s AND c.created_at < now() AND abs(hashtext(c.id::text)) %% 2 = 0
    ON CONFLICT DO NOTHING
"""


class Course:
    """One server, an account with a contact list on it, and what is found."""

    def __init__(self, server: Server, scratch: Path, times: int) -> None:
        """Open the doors and make the list."""
        self.server = server
        self.scratch = scratch
        self.times = times
        self.figures: list[Figure] = []
        self.door = asyncio.run(open_door(server.dsn))
        self.key = asyncio.run(_made_key(server, self.door))
        self.url = f"http://127.0.0.1:{server.port}"
        whole = {"ContactListName": _LIST, "Topics": _TOPICS}
        self.told("POST", _LISTS, whole, status=(200, 400))

    def create(self) -> None:
        """Create contacts by 32 connections, against the no-op route and the native API."""
        first = random.SystemRandom().randrange(1, 9_000) * 1_000_000
        count = 6_000
        native = {"x-api-key": self.door.api_key}
        rates: dict[str, list[Result]] = {"noop": [], "native": [], "ses": []}
        costs: list[dict[str, float]] = []
        for turn in range(self.times):
            numbers = range(first + turn * 100_000, first + turn * 100_000 + count)
            plain = (
                bodies.request("/api/v1/contacts", native, _native(number + 50_000))
                for number in numbers
            )
            rates["noop"].append(
                self._sent(bodies.request(NOOP, {}, _body(number)) for number in numbers)
            )
            rates["native"].append(self._sent(plain))
            begun = self.server.cpu_seconds()
            rates["ses"].append(
                self._sent(self._signed("POST", _CONTACTS, _body(number)) for number in numbers)
            )
            spent = self.server.cpu_seconds()
            costs.append({of: (spent[of] - begun[of]) / count * 1e6 for of in spent})
        noop, api, ses = (sorted(one, key=lambda run: run.rate) for one in rates.values())
        rate = ses[len(ses) // 2].rate
        self._note("CreateContact", "≥ 1,500/s", f"{rate:,.0f}/s", is_met=rate >= 1_500)
        self._note("  p50", "", f"{ses[len(ses) // 2].quantile(0.5):.1f} ms")
        self._note("  p99", "", f"{ses[len(ses) // 2].quantile(0.99):.1f} ms")
        cost = {of: median(one[of] for one in costs) for of in costs[0]}
        told = ", ".join(f"{of} {taken:,.0f} µs" for of, taken in cost.items())
        self._note("  CPU of one, whatever else the machine does", "", told)
        for name, others in (("a no-op @asgi route", noop), ("POST /api/v1/contacts", api)):
            other = others[len(others) // 2].rate
            self._note(f"  share of {name}", "", f"{rate / other:.2f} (of {other:,.0f}/s)")

    def boto3(self) -> None:
        """Create contacts by 32 clients of boto3, which share the two cores with the server."""
        each = 100
        begun = self.server.cpu_seconds()
        with multiprocessing.get_context("spawn").Pool(_PROCESSES) as pool:
            asked = [(self.url, self.key, number, each) for number in range(_PROCESSES)]
            spans = pool.starmap(_by_boto3, asked)
        spent = self.server.cpu_seconds()
        seconds = max(end for _, end in spans) - min(start for start, _ in spans)
        calls = _CONNECTIONS * each
        ours = sum(spent.values()) - sum(begun.values())
        told = f"{calls / seconds:,.0f}/s, the server took {ours / seconds / 2:.0%} of the cores"
        self._note(f"CreateContact, {_CONNECTIONS} boto3 clients", "≥ 1,500/s of the server", told)

    def page(self) -> None:
        """Page through everybody, by one client, one page after another."""
        with psycopg.connect(self.server.dsn, autocommit=True) as conn:
            conn.execute(_HELD, [self.door.account_id])
            conn.execute("VACUUM (ANALYZE) ses_contacts")
        for name, given in (("ListContacts", {}), ("  filtered", {"Filter": _FILTER})):
            times, contacts = self._pages({"PageSize": 1_000, **given})
            times = times[2:] if len(times) > 20 else times
            tenth = max(len(times) // 10, 1)
            ordered = sorted(times)
            p99 = ordered[int(len(ordered) * 0.99)]
            told = f"p50 {median(times):.1f} ms, p99 {p99:.1f} ms over {contacts:,} contacts"
            self._note(name, "p99 ≤ 60 ms", told, is_met=p99 <= 60)
            ends = median(times[:tenth]), median(times[-tenth:])
            told = f"{ends[0]:.1f} ms and {ends[1]:.1f} ms"
            self._note("  first and last tenth of the pages", "flat", told)

    def one(self) -> None:
        """Get and update contacts here and there."""
        found = self.told("POST", f"{_CONTACTS}/list", {"PageSize": 1_000})["Contacts"]
        chance = random.Random(7)
        emails = [chance.choice(found)["EmailAddress"] for _ in range(4_000)]
        paths = [f"{_CONTACTS}/{aws.quoted(email)}" for email in emails]
        alone = self._sent((self._signed("GET", path) for path in paths[:1_000]), 1)
        told = f"p50 {alone.quantile(0.5):.1f} ms, p99 {alone.quantile(0.99):.1f} ms"
        self._note("GetContact, one at a time", "", told)
        many = self._sent(self._signed("GET", path) for path in paths)
        self._note(f"  by {_CONNECTIONS}", "", f"{many.rate:,.0f}/s")
        bodies_ = [json.dumps({"AttributesData": f'{{"Score": {n}}}'}).encode() for n in range(9)]
        changes = (
            self._signed("PUT", path, bodies_[number % 9]) for number, path in enumerate(paths)
        )
        changed = self._sent(changes)
        told = f"{changed.rate:,.0f}/s, p99 {changed.quantile(0.99):.1f} ms"
        self._note(f"UpdateContact by {_CONNECTIONS}", "", told)

    def _pages(self, asked: dict[str, Any]) -> tuple[list[float], int]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        times: list[float] = []
        contacts, token = 0, None
        while token or not times:
            raw = json.dumps({**asked, "NextToken": token} if token else asked).encode()
            headers = aws.signed(self.key, "POST", f"{self.url}{_CONTACTS}/list", raw)
            began = time.perf_counter()
            connection.request("POST", f"{_CONTACTS}/list", raw, headers)
            answer = connection.getresponse()
            read = answer.read()
            times.append((time.perf_counter() - began) * 1000)
            assert answer.status == 200, read
            page = json.loads(read)
            contacts += len(page["Contacts"])
            token = page.get("NextToken")
        connection.close()
        return times, contacts

    def _signed(self, method: str, path: str, body: bytes = b"") -> bytes:
        headers = aws.signed(self.key, method, self.url + path, body)
        host = f"127.0.0.1:{self.server.port}"
        lines = [f"{method} {path} HTTP/1.1", f"host: {host}", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items() if name != "Content-Length"]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def _sent(self, requests: Iterator[bytes], connections: int = _CONNECTIONS) -> Result:
        path = self.scratch / "requests"
        load.write_requests(path, requests)
        plan = Plan("127.0.0.1", self.server.port, str(path), connections, warm=200)
        result = asyncio.run(load.in_own_process(plan))
        refused = result.answers - sum(n for told, n in result.statuses.items() if told[0] == "2")
        if refused > 0.02 * result.answers:
            raise RuntimeError(f"{result.statuses} {result.first_failure}")
        return result

    def _note(self, name: str, bar: str, told: str, *, is_met: bool | None = None) -> None:
        self.figures.append(Figure(name, bar, told, is_met))

    def told(
        self, method: str, path: str, body: object = None, status: tuple[int, ...] = (200,)
    ) -> Any:
        """Ask once, by a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        raw = b"" if body is None else json.dumps(body).encode()
        headers = aws.signed(self.key, method, self.url + path, raw)
        connection.request(method, path, raw or None, headers)
        answer = connection.getresponse()
        read = answer.read()
        connection.close()
        assert answer.status in status, (answer.status, read)
        return json.loads(read)


def _body(number: int) -> bytes:
    one = bodies.person(number)
    attributes = json.dumps({"Name": one["full_name"], "Company": one["city"]})
    return json.dumps({"EmailAddress": one["email"], "AttributesData": attributes}).encode()


def _native(number: int) -> bytes:
    one = bodies.person(number)
    fields = {"full_name": one["full_name"], "custom_fields": {"company": one["city"]}}
    return json.dumps({"email": one["email"], **fields}).encode()


def _by_boto3(url: str, key: SesKey, process: int, each: int) -> tuple[float, float]:
    """Run some of the clients in a process of their own; return when they began and ended."""
    import boto3

    session = boto3.Session(key.access_key_id, key.secret_access_key, region_name=aws.REGION)
    clients = [session.client("sesv2", endpoint_url=url) for _ in range(_THREADS)]
    for client in clients:
        client.get_contact_list(ContactListName=_LIST)

    def work(number: int) -> None:
        for turn in range(each):
            clients[number].create_contact(
                ContactListName=_LIST,
                EmailAddress=f"b{time.time_ns()}.{process}.{number}.{turn}@example.com",
                AttributesData='{"Name": "Jane", "Company": "ACM Inc"}',
            )

    began = time.time()
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(work, range(_THREADS)))
    return began, time.time()


async def _made_key(server: Server, door: Door) -> SesKey:
    database = Database(server.dsn, PoolSizes(read=1, write=1))
    secret = (server.folder / "secret_key").read_text().strip()
    await database.open()
    try:
        async with database.tx() as tx:
            made = await key_actions.create_signer(tx, door.account_id, secret, actor="bench")
    finally:
        await database.close()
    return SesKey(made.access_key_id, made.key)


def main() -> None:
    """Measure as asked and print the table; slowness is told and never an error."""
    parser = argparse.ArgumentParser(prog="bench-ses")
    parser.add_argument("--quick", action="store_true", help="20,000 contacts, once")
    parser.add_argument("--contacts", type=int, help="how many to fill in")
    parser.add_argument("--only", choices=ONLY, action="append", help="one figure")
    asked = parser.parse_args()
    wanted = asked.only or ONLY
    contacts = asked.contacts or (20_000 if asked.quick else 1_000_000)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="signalbook-bench-") as name:
        scratch = Path(name)
        for folder, names in (("empty", ("create", "boto3")), ("full", ("page", "one"))):
            chosen = [one for one in names if one in wanted]
            if not chosen:
                continue
            if folder == "full":
                shutil.copytree(prepared(contacts), scratch / folder, symlinks=True)
            with running(scratch / folder) as server:
                course = Course(server, scratch, 1 if asked.quick else 3)
                for one in chosen:
                    getattr(course, one)()
            figures += course.figures
    print_table(figures)


if __name__ == "__main__":
    main()
