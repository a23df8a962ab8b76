"""The command line: answers for people and for scripts, one sentence for what goes wrong."""

import json
import os
import subprocess
import sys

import pytest

from tests import cluster


@pytest.fixture
def signalbook(tmp_path):
    """Run `signalbook …` with these settings and give its exit code, output and errors."""

    def run(*arguments, **settings):
        environ = {name: text for name, text in os.environ.items() if "SIGNALBOOK" not in name}
        told = {"data_dir": tmp_path / "data", **settings}
        done = subprocess.run(
            [sys.executable, "-m", "signalbook", *arguments],
            env=environ | {f"SIGNALBOOK_{name.upper()}": str(told[name]) for name in told},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def address(server, worker_id):
    return cluster.new_database(server, f"command_{worker_id}")


def test_the_settings_in_force_are_printed_with_secrets_masked(signalbook, tmp_path):
    code, out, _ = signalbook("config", "--json", database_url="postgresql://ada:lace@db/x")

    assert code == 0
    assert json.loads(out)["database_url"] == "postgresql://ada:••••••@db/x"
    assert not (tmp_path / "data").exists()


def test_the_settings_are_a_table_for_people(signalbook):
    code, out, _ = signalbook("config", port=9001)

    assert code == 0
    assert "SIGNALBOOK_PORT" in out
    assert "9001" in out


def test_wrong_settings_are_told_one_a_line(signalbook):
    code, out, err = signalbook("config", port="x", workers="y")

    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 2


def test_a_refusal_is_json_for_scripts(signalbook):
    code, out, err = signalbook("migrate", "--json", database_url="postgresql://a@127.0.0.1:1/x")

    assert (code, out) == (7, "")
    assert json.loads(err)["error"]["code"] == "database_down"


def test_migrating_says_what_was_applied(signalbook, address):
    code, out, _ = signalbook("migrate", "--json", database_url=address)
    assert code == 0
    assert "0001_accounts.sql" in json.loads(out)["applied"]

    assert signalbook("migrate", database_url=address) == (0, "The database is up to date.\n", "")


def test_a_command_works_without_a_server_and_leaves_none_behind(signalbook, tmp_path):
    assert signalbook("account", "create", "northwind", "--json")[0] == 0
    code, out, _ = signalbook("account", "list", "--json")

    assert code == 0
    assert [account["name"] for account in json.loads(out)] == ["northwind"]
    assert not (tmp_path / "data" / "postgres" / "postmaster.pid").exists()


def test_a_command_refuses_a_database_that_is_behind(signalbook, address):
    code, _, err = signalbook("account", "list", database_url=address)

    assert code == 5
    assert "`signalbook migrate`" in err


def test_the_version_is_told(signalbook):
    assert signalbook("--version") == (0, "signalbook 0.1.0\n", "")
