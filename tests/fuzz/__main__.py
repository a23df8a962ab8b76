"""schemathesis over the whole OpenAPI document, on a server of its own: `make fuzz T="-n 500"`."""

import os
import subprocess
import sys
from pathlib import Path

from tests.served import serving

DOCUMENT = "/api/v1/openapi.json"
LONG = ["--max-examples", "200"]
HOOKS = {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "PYTHONPATH": "."}


def main() -> int:
    """Fuzz every operation with every check; the exit code is schemathesis's."""
    with serving(SIGNALBOOK_LOG_LEVEL="warning") as server:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            *("--config-file", str(Path(__file__).with_name("schemathesis.toml"))),
            "run",
            server.url + DOCUMENT,
            *("--header", f"X-API-Key: {server.api_key}"),
            *("--header", f"template-key: {server.upload_key}"),
            *("--checks", "all", "--continue-on-failure"),
            *("--generation-allow-x00", "false"),  # any JSON is taken, but not NUL: test_edges.py
            *("--suppress-health-check", "filter_too_much"),  # few texts are files of contacts
            *(sys.argv[1:] or LONG),
        ]
        return subprocess.run(command, env=os.environ | HOOKS, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
