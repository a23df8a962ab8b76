"""Clients in other languages against a real server: JavaScript, Go, and Terraform.

    python -m tests.clients                 all that this machine has the tools for
    python -m tests.clients javascript      one of them

Each needs its own tool and says so where it is missing; packages come from the lock beside the
program. Terraform needs its provider as well: `TERRAFORM_PLUGINS` names a folder with it, laid out
as `terraform providers mirror` leaves it. What is missing is told and is no failure; a program that
fails is one.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.served import Served, serving

HERE = Path(__file__).parent
PEOPLE = """emailAddress,unsubscribeAll,attributesData
john.doe@example.com,false,"{""Name"": ""John"", ""Company"": ""ACM Inc""}"
jane.smith@example.com,true,"{""Name"": ""Jane"", ""Company"": null}"
"""


class Missing(Exception):
    """A tool that this machine does not have."""


class Place(NamedTuple):
    """A running server, the programs' environment, and a folder to write to."""

    server: Served
    environ: dict[str, str]
    scratch: Path

    def run(self, *command: str, folder: Path, **environ: str) -> str:
        """Run a program; raises CalledProcessError where it fails. Its output is returned."""
        if shutil.which(command[0]) is None:
            raise Missing(f"there is no {command[0]} here")
        done = subprocess.run(
            command, cwd=folder, env=self.environ | environ, check=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if done.returncode:
            print(done.stdout)
            done.check_returncode()
        return done.stdout


def javascript(place: Place) -> None:
    """Every operation by `@aws-sdk/client-sesv2`, with its own pages."""
    folder = HERE / "js"
    place.run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=folder)
    print(place.run("node", "--test", folder=folder))


def go(place: Place) -> None:
    """A contact's life by aws-sdk-go-v2, as Terraform's provider speaks."""
    print(place.run("go", "test", "-count=1", "./...", folder=HERE / "go"))


def terraform(place: Place) -> None:
    """Create a list, see no difference, change it, see no difference, destroy it."""
    plugins = os.environ.get("TERRAFORM_PLUGINS")
    if not plugins:
        raise Missing("TERRAFORM_PLUGINS does not name a folder with the provider `aws`")
    folder = place.scratch / "terraform"
    shutil.copytree(HERE / "terraform", folder)

    def run(*command: str, stage: int) -> str:
        told = {"TF_VAR_endpoint": place.server.url, "TF_VAR_stage": str(stage)}
        keys = {"AWS_ACCESS_KEY_ID": place.environ["ACCESS_KEY_ID"]}
        keys["AWS_SECRET_ACCESS_KEY"] = place.environ["SECRET_ACCESS_KEY"]
        return place.run("terraform", *command, "-no-color", folder=folder, **told, **keys)

    run("init", f"-plugin-dir={plugins}", stage=0)
    for stage in (0, 1):
        print(run("apply", "-auto-approve", stage=stage).strip().splitlines()[-1])
        run("plan", "-detailed-exitcode", stage=stage)  # 2, an error here, is a difference
    print(run("destroy", "-auto-approve", stage=1).strip().splitlines()[-1])


CLIENTS: dict[str, Callable[[Place], None]] = {
    "javascript": javascript,
    "go": go,
    "terraform": terraform,
}


def main() -> int:
    """Run the clients that are named, or all; the exit code counts those that failed."""
    wanted = sys.argv[1:] or list(CLIENTS)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="signalbook-clients-") as name:
        scratch = Path(name).resolve()
        files = scratch / "files"
        files.mkdir()
        (files / "people.csv").write_text(PEOPLE, encoding="utf-8")
        with serving(SIGNALBOOK_LOG_LEVEL="warning", SIGNALBOOK_SES_FILES=str(files)) as server:
            key = json.loads(server.cli("key", "create", "--kind", "ses", "--json"))
            told = {
                "ENDPOINT": server.url,
                "ACCESS_KEY_ID": key["access_key_id"],
                "SECRET_ACCESS_KEY": key["secret_access_key"],
                "SOURCE": (files / "people.csv").as_uri(),
            }
            place = Place(server, {**os.environ, **told}, scratch)
            for one in wanted:
                failed += not _passes(one, place)
    return failed


def _passes(name: str, place: Place) -> bool:
    try:
        CLIENTS[name](place)
    except Missing as missing:
        print(f"{name}: skipped, {missing}")
    except subprocess.CalledProcessError as failure:
        print(f"{name}: failed, {failure}")
        return False
    else:
        print(f"{name}: passed")
    return True


if __name__ == "__main__":
    sys.exit(main())
