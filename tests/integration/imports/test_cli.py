"""`signalbook import` and `signalbook imports`, with a server beside them and without one."""

import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

import httpx
import pytest

from signalbook import cli
from signalbook.imports import commands
from tests.quiet import database, dsn, sweeper
from tests.served import environment, serving, signalbook

__all__ = ["database", "dsn", "sweeper"]

PEOPLE = (
    "E-mail,First name,Points=2024,Mobile\r\n"
    "ada@example.com,Ada,12,020 7183 8750\r\n"
    "grace@example.com,Grace,80,+12125550123\r\n"
    "nobody at all,Kenji,7,\r\n"
)
ADA = "E-mail,Town\r\nada@example.com,London\r\n"
NOBODY = "01890000-0000-7000-8000-000000000000"
PATIENCE_SECONDS = 60
CTRL_C = b"\x03"


class Output(io.TextIOWrapper):
    """Standard output, of which the bytes can be read afterwards."""

    def __init__(self):
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    def taken(self):
        return self.buffer.getvalue().decode()  # pyright: ignore[reportAttributeAccessIssue]  # a BytesIO


@pytest.fixture
def command(db, dsn, tmp_path, monkeypatch, capsys):
    """A command in this process, which is the worker too, since no server runs on its folder."""
    monkeypatch.setenv("SIGNALBOOK_DATABASE_URL", dsn)
    monkeypatch.setenv("SIGNALBOOK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(commands, "quietly", lambda _: None)  # the log is the test run's
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    def run(*arguments):
        out = Output()
        monkeypatch.setattr(sys, "argv", ["signalbook", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdout", out)
        try:
            code = cli.main() or 0
        except SystemExit as end:
            code = end.code or 0
        return code, out.taken(), capsys.readouterr().err

    assert run("account", "create", "default")[0] == 0
    return run


@pytest.fixture
def people(tmp_path):
    return written(tmp_path, PEOPLE)


def written(folder, text, name="people.csv"):
    path = folder / name
    path.write_bytes(text.encode())
    return path


def told(command, *arguments):
    """Run a command that succeeds; return what it answers with --json."""
    code, out, err = command(*arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def contacts(command):
    return {one["email"]: one for one in told(command, "contacts", "list")}


def counted(done):
    return {name: count for name, count in done["counts"].items() if count}


def process(dsn, folder, *arguments, **how):
    """Run a command in a process of its own, beside no server."""
    return subprocess.run(
        [signalbook(), *map(str, arguments)],
        env=environment(folder / "data", 8000) | {"SIGNALBOOK_DATABASE_URL": dsn},
        check=False,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        **how,
    )


def answering(dsn, folder, arguments, until, key):
    """Run a command on a terminal, press a key once it has said something; return what it said."""
    child, terminal = pty.fork()
    if not child:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # as a shell's; `tests &` has it ignored
        environ = environment(folder / "data", 8000) | {"SIGNALBOOK_DATABASE_URL": dsn}
        os.execve(signalbook(), ["signalbook", *map(str, arguments)], environ)  # noqa: S606  # ours
    said, end = b"", time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                said += os.read(terminal, 65_536)
            except OSError:  # how Linux says that nobody holds the other end any more
                break
        if until in said and key:
            os.write(terminal, key)
            key = b""
    else:
        os.kill(child, 9)
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said.decode()


def test_a_dry_run_counts_and_changes_nothing(command, people):
    code, out, err = command("import", people, "--dry-run", "--country", "gb")

    assert code == 0
    assert "people.csv is checked" in out
    assert "3 rows: 2 new, 1 rejected." in out
    assert '"nobody at all" is not an e-mail address' in out
    assert re.search(r"First name +first_name", err)
    assert re.search(r"Nothing was changed\. `signalbook imports start [0-9a-f-]{36}` applies", err)
    assert contacts(command) == {}


def test_a_dry_run_is_one_even_with_yes(command, people):
    done = told(command, "import", people, "--dry-run", "--yes")

    assert (done["state"], done["can"]["start"]) == ("checked", True)
    assert contacts(command) == {}


def test_what_a_dry_run_checked_is_started(command, people):
    checked = told(command, "import", people, "--dry-run", "--country", "GB")

    done = told(command, "imports", "start", checked["id"])

    assert (done["state"], counted(done)) == ("done", counted(checked))
    assert set(contacts(command)) == {"ada@example.com", "grace@example.com"}
    code, _, err = command("imports", "start", checked["id"])
    assert (code, err) == (5, "The import is done: it cannot be started now.\n")


def test_everything_that_can_be_said_of_a_file(command, tmp_path, people):
    maps = ("--map", "Points=2024=points", "--map", "e-mail=email")
    rest = ("--country", "GB", "--tag", "vip", "--tag", "spring", "--list", "Customers")

    done = told(command, "import", people, *maps, *rest, "--yes")

    assert counted(done) == {"created": 2, "rejected": 1}
    assert (done["options"]["tags"], done["notes"]) == (
        ["vip", "spring"],
        {"mobile_from_national": 1},
    )
    ada = contacts(command)["ada@example.com"]
    assert (ada["mobile"], ada["custom_fields"]["points"]) == ("+442071838750", 12)
    assert sorted(ada["tags"]) == ["spring", "vip"]
    assert [(one["name"], one["members"]) for one in told(command, "lists", "list")] == [
        ("Customers", 2)
    ]
    text = "made in 2024\r\nE-mail;Born\r\nada@example.com;01/02/1990\r\n"
    path = written(tmp_path, text, "odd.csv")
    odd = ("--header-row", "2", "--delimiter", ";", "--encoding", "windows-1252")
    again = told(
        command, "import", path, *odd, "--date-order", "dmy", "--map", "Born=birth_date", "-y"
    )
    assert again["source"]["header_row"] == 2
    assert contacts(command)["ada@example.com"]["custom_fields"]["birth_date"] == "1990-02-01"


def test_blank_cells_clear_what_was_there(command, tmp_path):
    told(command, "import", written(tmp_path, ADA), "--yes")
    blank = written(tmp_path, "E-mail,Town\r\nada@example.com,\r\n")

    kept = told(command, "import", blank, "--yes")
    cleared = told(command, "import", blank, "--yes", "--blank", "clear")

    assert (counted(kept), counted(cleared)) == ({"unchanged": 1}, {"updated": 1})
    assert contacts(command)["ada@example.com"]["custom_fields"] == {}


def test_rows_delete_and_an_undo_brings_back(command, tmp_path):
    told(command, "import", written(tmp_path, ADA), "--yes")
    gone = written(tmp_path, "E-mail\r\nada@example.com\r\nstranger@example.com\r\n")

    done = told(command, "import", gone, "--action", "delete", "--yes")

    assert counted(done) == {"deleted": 1, "rejected": 1}
    assert contacts(command) == {}

    code, out, _ = command("imports", "undo", done["id"])

    assert code == 0
    assert out.splitlines()[:2] == [
        f"people.csv is undone ({done['id']}).",
        "2 rows: 1 deleted, 1 rejected.",
    ]
    assert contacts(command)["ada@example.com"]["custom_fields"] == {"city": "London"}
    assert command("imports", "undo", done["id"])[0] == 5


def test_what_an_undo_leaves_alone_is_listed(command, tmp_path):
    done = told(command, "import", written(tmp_path, ADA), "--yes")
    [row] = told(command, "imports", "rows", done["id"])
    told(command, "import", written(tmp_path, ADA.replace("London", "Oslo")), "--yes")
    command("imports", "undo", done["id"])

    assert command("imports", "kept", done["id"])[1].split() == ["2", row["contact_id"]]
    assert command("imports", "kept", NOBODY)[0] == 4


def test_rejected_rows_are_mended_and_imported_again(command, tmp_path, people):
    done = told(command, "import", people, "--country", "GB", "--yes")
    path = tmp_path / "rejected.csv"

    assert command("imports", "rejected", done["id"], "-o", path) == (0, "", "")

    header, row = path.read_bytes().decode().splitlines()
    assert header == "E-mail,First name,Points=2024,Mobile,reason"
    assert row.startswith("nobody at all,Kenji,7,,")
    assert command("imports", "rejected", done["id"])[1].encode() == path.read_bytes()
    path.write_text(f"{header}\r\n{row.replace('nobody at all,', 'kenji@example.com,')}\r\n")
    again = told(command, "import", path, "--yes")
    assert counted(again) == {"created": 1}
    assert contacts(command)["kenji@example.com"]["first_name"] == "Kenji"


def test_a_file_that_is_there_stays_when_nothing_can_be_written(command, tmp_path):
    path = written(tmp_path, "precious", "mine.csv")

    refused = command("imports", "rejected", NOBODY, "-o", path)

    assert refused == (4, "", "There is no such import in this account.\n")
    assert path.read_text() == "precious"
    assert list(tmp_path.glob("*.part")) == []


def test_where_nothing_can_be_written_is_told(command, tmp_path, people):
    done = told(command, "import", people, "--yes")
    nowhere = tmp_path / "none" / "rejected.csv"

    code, _, err = command("imports", "rejected", done["id"], "-o", nowhere)

    assert (code, f"{nowhere}: No such file or directory" in err) == (2, True)
    link = tmp_path / "link.csv"
    link.symlink_to(written(tmp_path, "", "target.csv"))
    assert command("imports", "rejected", done["id"], "-o", link)[0] == 0
    assert link.is_symlink()  # as is /dev/stdout
    assert "nobody at all" in link.read_text()


def test_what_came_of_the_rows_is_listed(command, people):
    done = told(command, "import", people, "--country", "GB", "--yes")

    listed = command("imports", "list")[1]
    text = command("imports", "rows", done["id"])[1].splitlines()
    found = told(command, "imports", "rows", done["id"], "--after", "2", "--limit", "1")
    rejected = told(command, "imports", "rows", done["id"], "--outcome", "rejected")

    assert re.search(rf"{done['id']}  .{{16}}  done  .* 3 rows  people\.csv", listed)
    assert [line.split()[:2] for line in text] == [
        ["2", "created"],
        ["3", "created"],
        ["4", "rejected"],
    ]
    assert [(one["row"], one["outcome"]) for one in found] == [(3, "created")]
    assert [(one["row"], one["code"]) for one in rejected] == [(4, "email_invalid")]
    assert "3 rows: 2 new, 1 rejected." in command("imports", "show", done["id"])[1]
    assert command("imports", "rows", done["id"], "--outcome", "deleted")[1] == (
        "There are no such rows.\n"
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--map", "Nope=email"), 'The file has no column "Nope"; its columns are E-mail,'),
        (("--map", "Nope"), "'Nope' is not COLUMN=TARGET"),
        (("--map", "E-mail="), "'E-mail=' is not COLUMN=TARGET"),
        (("--map", "E-mail=ignore", "--map", "Mobile=ignore"), "No column of the file says who"),
        (("--map", "Mobile=email", "--map", "E-mail=email"), "cannot both become email"),
        (("--country", "XX"), "options.country must be an ISO 3166 code"),
        (("--date-order", "later"), "options.date_order"),
        (("--action", "eat"), "'eat' is not one of"),
        (("--tag", "x" * 300), "A tag has 1 to 128 characters"),
    ],
)
def test_what_is_mistyped_imports_nobody(command, people, options, sentence):
    code, out, err = command("import", people, *options, "--yes")

    assert (code, out) == (2, "")
    assert sentence in err
    assert command("imports", "list")[1] == "There are no imports.\n"
    assert contacts(command) == {}


def test_a_refusal_is_json_where_json_is_asked(command, people):
    code, out, err = command("import", people, "--map", "Nope=email", "--yes", "--json")

    assert (code, out) == (2, "")
    assert json.loads(err.splitlines()[-1])["error"]["code"] == "column_unknown"


@pytest.mark.parametrize("file", ["people.csv", "-"])
def test_nobody_there_to_be_asked_is_no_yes(command, tmp_path, people, monkeypatch, file):
    monkeypatch.chdir(tmp_path)

    code, out, err = command("import", file)

    assert (code, out) == (2, "")
    assert err.startswith("Nobody is there to be asked: say --yes")
    assert command("imports", "list")[1] == "There are no imports.\n"


def test_a_file_that_cannot_be_read_says_why(command, tmp_path):
    broken = written(tmp_path, "", "broken.csv")
    broken.write_bytes(bytes(range(256)) * 8)

    missing = command("import", tmp_path / "missing.csv", "--yes")
    folder = command("import", tmp_path, "--yes")
    binary = command("import", broken, "--yes")
    empty = command("import", written(tmp_path, "", "empty.csv"), "--yes")

    assert [one[0] for one in (missing, folder, binary, empty)] == [2, 2, 2, 2]
    assert "missing.csv: No such file or directory" in missing[2]
    assert "Is a directory" in folder[2]
    assert binary[2].startswith("This is no text and no workbook that is known here: save")
    assert empty[2].startswith("The file is empty")
    assert command("imports", "list")[1] == "There are no imports.\n"
    assert [path for path in (tmp_path / "data" / "imports").rglob("*") if path.is_file()] == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_why(command, people):
    people.chmod(0)

    code, _, err = command("import", people, "--yes")

    assert (code, "people.csv: Permission denied" in err) == (2, True)


@pytest.mark.parametrize(
    "arguments", [("show",), ("start",), ("rows",), ("pause",), ("resume",), ("cancel",), ("undo",)]
)
def test_an_import_of_nobody_is_not_found(command, arguments):
    assert command("imports", *arguments, NOBODY) == (
        4,
        "",
        "There is no such import in this account.\n",
    )


def test_another_account_has_its_own_imports(command, people):
    assert command("account", "create", "Contoso")[0] == 0
    done = told(command, "import", people, "--yes", "--account", "Contoso")

    assert command("imports", "show", done["id"])[0] == 4
    assert command("imports", "list")[1] == "There are no imports.\n"
    assert len(told(command, "imports", "list", "--account", "Contoso")) == 1
    assert command("import", people, "--yes", "--account", "none")[0] == 4


def test_standard_input_is_read_to_its_end(command, dsn, tmp_path):
    ran = process(dsn, tmp_path, "import", "-", "--yes", "--json", input=ADA.encode())

    assert ran.returncode == 0, ran.stderr
    done = json.loads(ran.stdout)
    assert (done["name"], done["state"], counted(done)) == (
        "standard input",
        "done",
        {"created": 1},
    )
    assert set(contacts(command)) == {"ada@example.com"}


@pytest.mark.parametrize(
    ("key", "state", "there"),
    [
        (b"y\n", "done", {"ada@example.com"}),
        (b"n\n", "cancelled", set()),
        (CTRL_C, "cancelled", set()),
    ],
    ids=["yes", "no", "left"],
)
def test_somebody_there_is_asked_once(command, dsn, tmp_path, key, state, there):
    path = written(tmp_path, ADA)

    code, said = answering(dsn, tmp_path, ("import", path), b"[y/N]", key)

    assert code == 0, said
    assert "Add 1 contact and change 0?" in said
    assert f"people.csv is {state}" in said
    assert set(contacts(command)) == there


def test_who_waits_for_standard_input_can_leave(command, dsn, tmp_path):
    code, said = answering(dsn, tmp_path, ("import", "-", "--yes"), b"reading", CTRL_C)

    assert code == 130, said
    assert "Left." in said
    assert command("imports", "list")[1] == "There are no imports.\n"


def test_who_leaves_finds_it_where_it_was(command, tmp_path, monkeypatch):
    async def left(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(commands, "followed", left)
        code, _, err = command("import", written(tmp_path, ADA), "--yes")
    (line,) = told(command, "imports", "list")

    assert (code, err.startswith("people.csv"), "Left. What was started" in err) == (
        130,
        True,
        True,
    )
    assert line["state"] == "checking"
    assert told(command, "imports", "pause", line["id"])["state"] == "paused"
    assert told(command, "imports", "resume", line["id"])["state"] == "done"
    assert set(contacts(command)) == {"ada@example.com"}


@pytest.mark.xdist_group("serve")
def test_beside_a_server_the_command_only_watches(tmp_path):
    path = written(tmp_path, PEOPLE)
    with serving() as served, httpx.Client(base_url=served.url) as api:
        api.headers["X-API-Key"] = served.api_key

        done = json.loads(served.cli("import", str(path), "--country", "GB", "--yes", "--json"))
        shown = api.get(f"/api/v1/imports/{done['id']}").json()
        waiting = api.post(
            "/api/v1/imports", files={"file": ("more.csv", ADA)}, data={"start": "false"}
        ).json()
        cancelled = json.loads(served.cli("imports", "cancel", waiting["id"], "--json"))
        undone = json.loads(served.cli("imports", "undo", done["id"], "--json"))

        assert (done["state"], counted(done)) == ("done", {"created": 2, "rejected": 1})
        assert done == shown
        assert json.loads(served.cli("imports", "show", waiting["id"], "--json")) == cancelled
        assert (cancelled["state"], undone["state"]) == ("cancelled", "undone")
        assert api.get("/api/v1/contacts").json()["data"] == []
