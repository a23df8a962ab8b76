"""A strict stand-in for AWS SES in a process of its own, which can be killed and started again.

    with ses_server(folder) as ses:      # S3 is the same address: any bucket, path style
        ses.make_list("Main", [topic("Sports")])
        ses.strike("cut_after", share=0.1)
        ...
        ses.contacts()                   # what it holds, read beside it

What it holds and how it refuses: tests/fake_ses. `ask` speaks as another client of AWS, without
faults, throttling or a place in `calls`.
"""

import json
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

REGION = "eu-west-1"
LIST = "Main"


class SesServer:
    """The process, its address and its state."""

    def __init__(self, folder: Path, port: int | None = None, *options: str) -> None:
        """Start it; `options` are --files DIR or --s3 URL, where import jobs read."""
        self.state = folder / "ses.sqlite"
        self.port = port or _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it where it was, with all it held; return when it answers."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fake_ses", str(self.port), self.state, *self._options],
            cwd=Path(__file__).parent.parent,
        )
        for _ in range(1000):
            try:
                self.control()
            except OSError:
                time.sleep(0.01)
            else:
                return
        raise TimeoutError(self.url)

    def kill(self) -> None:
        """End it at once, as `kill -9` does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def control(self, **settings: Any) -> None:
        """Change how it behaves: faults, rate, burst, import_delay, import_pause, refused_keys,
        refused_addresses."""
        self._send("PUT", "/_control", settings)

    def strike(self, *kinds: str, **more: Any) -> None:
        """Have calls fail from now on: kinds of `faults.KINDS`; none ends it."""
        self.control(faults=[{"kind": kind, **more} for kind in kinds])

    def ask(self, method: str, path: str, body: Any = None, region: str = REGION) -> Any:
        """Make a call as another client does; raises urllib's HTTPError when it is refused."""
        return self._send(method, f"/v2/email/{path}", body or {}, region)

    def make_list(self, name: str = LIST, topics: Any = ()) -> None:
        self.ask("POST", "contact-lists", {"ContactListName": name, "Topics": list(topics)})

    def create(self, address: str, **members: Any) -> None:
        path = f"contact-lists/{LIST}/contacts"
        self.ask("POST", path, {"EmailAddress": address, **members})

    def get(self, address: str) -> dict[str, Any] | None:
        try:
            return self.ask("GET", _path(address))
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def update(self, address: str, **members: Any) -> None:
        """Update as a careful client does: what is not named stays."""
        now = self.get(address) or {}
        kept = {k: now[k] for k in ("AttributesData", "UnsubscribeAll") if k in now}
        self.ask("PUT", _path(address), {**kept, **members})

    def delete(self, address: str) -> None:
        self.ask("DELETE", _path(address))

    def contacts(self, region: str = REGION) -> dict[str, dict[str, Any]]:
        """Return all contacts by address: topics, unsubscribed, attributes (text), updated."""
        rows = self._rows("SELECT * FROM contacts WHERE region = ?", region)
        return {
            one["address"]: {
                "topics": json.loads(one["topics"]),
                "unsubscribed": bool(one["unsubscribed"]),
                "attributes": one["attributes"],
                "updated": one["updated"],
            }
            for one in rows
        }

    def calls(self) -> list[dict[str, Any]]:
        """Return every call and its answer: at, region, operation, address, answer."""
        return [dict(one) for one in self._rows("SELECT * FROM calls ORDER BY rowid")]

    def _rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        with closing(sqlite3.connect(self.state, timeout=10)) as db:
            db.row_factory = sqlite3.Row
            return db.execute(statement, values).fetchall()

    def _send(self, method: str, path: str, body: Any, region: str = REGION) -> Any:
        credential = f"Credential=AKIAOTHER/20260101/{region}/ses/aws4_request"
        request = urllib.request.Request(  # noqa: S310  # loopback, as below
            self.url + path, method=method, data=json.dumps(body).encode(),
            headers={
                "Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host",
                "Content-Type": "application/json",
                "x-fault-free": "1",
            },
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.loads(answer.read() or b"{}")


@contextmanager
def ses_server(folder: Path, *options: str) -> Iterator[SesServer]:
    """Run a stand-in for AWS SES on a folder for the block."""
    server = SesServer(folder, None, *options)
    try:
        yield server
    finally:
        server.kill()


def topic(name: str, default: str = "OPT_IN") -> dict[str, str]:
    return {"TopicName": name, "DisplayName": name, "DefaultSubscriptionStatus": default}


def _path(address: str) -> str:
    return f"contact-lists/{LIST}/contacts/{quote(address, safe='')}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
