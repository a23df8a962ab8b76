"""The stand-in as a process: python -m tests.fake_ses PORT STATE_FILE [--files DIR | --s3 URL]."""

import argparse
import json
import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.fake_ses import rules
from tests.fake_ses.account import SesAccount
from tests.fake_ses.faults import Cut, Faults
from tests.fake_ses.jobs import Jobs

_ROUTES = (
    ("POST", "contact-lists", "CreateContactList"),
    ("GET", "contact-lists", "ListContactLists"),
    ("GET", "contact-lists/{ContactListName}", "GetContactList"),
    ("PUT", "contact-lists/{ContactListName}", "UpdateContactList"),
    ("DELETE", "contact-lists/{ContactListName}", "DeleteContactList"),
    ("POST", "contact-lists/{ContactListName}/contacts", "CreateContact"),
    ("POST", "contact-lists/{ContactListName}/contacts/list", "ListContacts"),
    ("GET", "contact-lists/{ContactListName}/contacts/{EmailAddress}", "GetContact"),
    ("PUT", "contact-lists/{ContactListName}/contacts/{EmailAddress}", "UpdateContact"),
    ("DELETE", "contact-lists/{ContactListName}/contacts/{EmailAddress}", "DeleteContact"),
    ("POST", "import-jobs", "CreateImportJob"),
    ("POST", "import-jobs/list", "ListImportJobs"),
    ("GET", "import-jobs/{JobId}", "GetImportJob"),
    ("PUT", "suppression/addresses", "PutSuppressedDestination"),
    ("GET", "suppression/addresses", "ListSuppressedDestinations"),
    ("GET", "suppression/addresses/{EmailAddress}", "GetSuppressedDestination"),
    ("DELETE", "suppression/addresses/{EmailAddress}", "DeleteSuppressedDestination"),
)
_SCOPE = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/ses/aws4_request, ?Signed")


class Stand(ThreadingHTTPServer):
    """The server with what its requests work on."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, account: SesAccount, jobs: Jobs) -> None:
        super().__init__(("127.0.0.1", port), Answering)
        self.account = account
        self.jobs = jobs
        self.faults = Faults(account)


class Answering(BaseHTTPRequestHandler):
    """One connection; the path is taken apart while it is still encoded."""

    protocol_version = "HTTP/1.1"
    server: Stand  # pyright: ignore[reportIncompatibleVariableOverride]  # never another

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (Cut, ConnectionError):
            self.close_connection = True
            self.connection.close()

    def answer(self) -> None:
        """Answer any request."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        if path.startswith("/v2/email/"):
            self._ses(path.removeprefix("/v2/email/"), query, body)
        elif path == "/_control":
            self._control(body)
        elif path.startswith("/_failed/"):
            self._send(200, self.server.jobs.failed(path.rpartition("/")[2]).encode())
        else:
            self._object(unquote(path), body)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = answer  # noqa: N815  # http.server's names

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _ses(self, path: str, query: str, body: bytes) -> None:
        operation, asked = _routed(self.command, path.split("/"))
        region, free = "", "x-fault-free" in self.headers
        account = self.server.account
        try:
            if operation is None:
                raise rules.Refused(404, "UnknownOperationException", "")  # noqa: TRY301  # beside the others
            region = self._region()
            asked = _read(body) | dict(parse_qsl(query)) | asked
            after = None if free else self.server.faults.before(region, operation)
            with account.lock:
                answer = account.operations[operation](region, asked)
                if not free:
                    account.note(region, operation, asked.get("EmailAddress") or "", "200")
            self.server.faults.after(after)
        except rules.Refused as refusal:
            if not free:
                with account.lock:
                    name = operation or ""
                    account.note(region, name, asked.get("EmailAddress") or "", refusal.code)
            told = json.dumps({"message": refusal.message}).encode()
            self._send(refusal.status, told, {"x-amzn-ErrorType": refusal.code})
        else:
            self._send(200, json.dumps(answer).encode())

    def _region(self) -> str:
        signed = self.headers.get("Authorization")
        if not signed:
            raise rules.Refused(
                403, "MissingAuthenticationTokenException", "Missing Authentication Token"
            )
        scope = _SCOPE.match(signed)
        if scope is None:
            raise rules.Refused(403, "IncompleteSignatureException", "The signature is incomplete.")
        if scope[1] in self.server.account.setting("refused_keys", []):
            message = "The security token included in the request is invalid."
            raise rules.Refused(403, "UnrecognizedClientException", message)
        return scope[2]

    def _control(self, body: bytes) -> None:
        with self.server.account.lock:
            for name, value in (json.loads(body) if body else {}).items():
                self.server.account.set(name, value)
        self._send(200, b"{}")

    def _object(self, path: str, body: bytes) -> None:
        """Be a small S3: put, get and delete objects by path, of any bucket."""
        account = self.server.account
        with account.lock:
            if self.command == "PUT" and path.count("/") > 1:
                account.run("INSERT OR REPLACE INTO objects VALUES (?, ?)", path, body)
            elif self.command == "DELETE":
                account.run("DELETE FROM objects WHERE path = ?", path)
            found = account.one("SELECT body FROM objects WHERE path = ?", path)
        if self.command == "GET" and found is None:
            self._send(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            self._send(200, found["body"] if found and self.command == "GET" else b"")

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _routed(method: str, segments: list[str]) -> tuple[str | None, dict[str, Any]]:
    for wanted, path, operation in _ROUTES:
        parts = path.split("/")
        if wanted != method or len(parts) != len(segments):
            continue
        named = list(zip(parts, segments, strict=True))
        if all(part.startswith("{") or part == segment for part, segment in named):
            taken = {p[1:-1]: unquote(s) for p, s in named if p.startswith("{")}
            return operation, taken
    return None, {}


def _read(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        return json.loads(body)
    except ValueError as error:
        raise rules.Refused(400, "SerializationException", str(error)) from error


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(prog="fake-ses")
    parser.add_argument("port", type=int)
    parser.add_argument("state", type=Path)
    parser.add_argument("--files", type=Path)
    parser.add_argument("--s3")
    asked = parser.parse_args()
    account = SesAccount(asked.state, f"http://127.0.0.1:{asked.port}")
    stand = Stand(asked.port, account, Jobs(account, asked.files, asked.s3))
    stand.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.current_thread().name = "fake-ses"
    stand.serve_forever()


if __name__ == "__main__":
    main()
