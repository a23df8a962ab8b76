"""`signalbook serve` as a person starts it: on a folder of its own, read from what it prints."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 120


@dataclass(frozen=True)
class Served:
    """A running server and what it printed at its first start."""

    url: str
    folder: Path
    email: str
    password: str
    api_key: str
    upload_key: str

    def errors(self) -> str:
        """Return what the server has said beside what is usual."""
        lines = (self.folder / "said").read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(line for line in lines if " info " not in line)

    def cli(self, *arguments: str) -> str:
        """Run a command beside the server."""
        environ = environment(self.folder, self.url.rpartition(":")[2])
        return subprocess.run(
            [signalbook(), *arguments], env=environ, check=True, capture_output=True, text=True
        ).stdout


@contextmanager
def serving(**settings: str) -> Iterator[Served]:
    """Run a server at its first start, on a throw-away folder and a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="signalbook-e2e-"))
    said = folder / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [signalbook(), "serve"],
            env=environment(folder, port) | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield welcomed(process, said, f"http://127.0.0.1:{port}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def environment(folder: Path, port: object) -> dict[str, str]:
    """Give a program nothing of our own settings."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("SIGNALBOOK_")}
    return kept | {"SIGNALBOOK_DATA_DIR": str(folder), "SIGNALBOOK_PORT": str(port)}


def signalbook() -> str:
    return str(Path(sys.executable).with_name("signalbook"))


def welcomed(process: subprocess.Popen[bytes], said: Path, url: str) -> Served:
    """Read what the first start prints, until everything a person needs was there."""
    labels = {"email": "Owner", "password": "Password", "api_key": "API key"}
    labels["upload_key"] = "Upload key"
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        text = said.read_text(encoding="utf-8")
        found = {
            name: re.search(rf"^\s*{label}\s+(\S+)$", text, re.MULTILINE)
            for name, label in labels.items()
        }
        if all(found.values()):
            return Served(url, said.parent, **{k: m.group(1) for k, m in found.items() if m})
        time.sleep(0.05)
    raise AssertionError(f"the server did not welcome us:\n{said.read_text(encoding='utf-8')}")
