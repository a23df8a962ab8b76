"""Imports and exports of a running server, as a program uses them: through its API alone."""

import json
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

_ENDED = {"checked", "done", "failed", "cancelled", "paused", "undone", "expired"}
_PIECE_BYTES = 256 * 1024


class Refused(Exception):
    """The server answered with an error."""


class Client:
    """One account's API, for calls that take long."""

    def __init__(self, port: int, api_key: str) -> None:
        self.port = port
        self._headers = {"x-api-key": api_key}

    def send(self, path: Path, *, name: str = "", dry_run: bool = False, **options: str) -> str:
        """Upload a file, let the server guess what its columns mean, and start; return the id."""
        fields = {"options": json.dumps(options), "dry_run": str(dry_run).lower()}
        boundary = secrets.token_hex(16)
        head = b"".join(_part(boundary, key, value) for key, value in fields.items())
        head += (
            f'--{boundary}\r\ncontent-disposition: form-data; name="file"; '
            f'filename="{name or path.name}"\r\ncontent-type: text/csv\r\n\r\n'
        ).encode()
        tail = f"\r\n--{boundary}--\r\n".encode()
        told = self.ask(
            "POST",
            "/api/v1/imports",
            body=_pieces(head, path, tail),
            headers={
                "content-type": f"multipart/form-data; boundary={boundary}",
                "content-length": str(len(head) + path.stat().st_size + len(tail)),
            },
        )
        return str(told["id"])

    def show(self, import_id: str) -> dict[str, Any]:
        """Return an import as the API shows it."""
        return self.ask("GET", f"/api/v1/imports/{import_id}")

    def wait(self, import_id: str, seconds: float = 1_800) -> dict[str, Any]:
        """Wait until an import has ended, however often the server is away meanwhile."""
        return self._until_ended(f"/api/v1/imports/{import_id}", seconds)

    def export(self, **wanted: object) -> dict[str, Any]:
        """Export contacts to a file on the server; return the export once it has ended."""
        headers = {"content-type": "application/json"}
        body = json.dumps(wanted).encode()
        begun = self.ask("POST", "/api/v1/exports", body=body, headers=headers)
        return self._until_ended(f"/api/v1/exports/{begun['id']}", 600)

    def download(self, path: str, to: Path) -> int:
        """Fetch a file; return its size in bytes."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers=self._headers)
            answer = connection.getresponse()
            if answer.status != 200:
                raise Refused(answer.status, answer.read(500))
            with to.open("wb") as file:
                shutil.copyfileobj(answer, file, _PIECE_BYTES)
        finally:
            connection.close()
        return to.stat().st_size

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Ask once; return the answer's `data`. Raises Refused, OSError, HTTPException."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            connection.request(method, path, body, {**self._headers, **(headers or {})})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise Refused(answer.status, text[:500])
        told = json.loads(text)
        return told.get("data", told)

    def _until_ended(self, path: str, seconds: float) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(OSError, HTTPException, Refused):
                found = self.ask("GET", path)
                if found.get("state", found.get("status")) in _ENDED:
                    return found
            time.sleep(0.1)
        raise TimeoutError(path)


def _part(boundary: str, name: str, value: str) -> bytes:
    return (
        f'--{boundary}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
    ).encode()


def _pieces(head: bytes, path: Path, tail: bytes) -> Iterator[bytes]:
    yield head
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece
    yield tail
