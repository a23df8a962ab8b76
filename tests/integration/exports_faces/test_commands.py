"""`signalbook export` and `signalbook contacts export`."""

import csv
import gzip
import io
import json
import sys

import pytest

from signalbook import cli
from signalbook.contacts import views
from signalbook.contacts.errors import FilterUnreadable
from signalbook.exports import streaming


class Output(io.TextIOWrapper):
    """Standard output, of which the bytes can be read afterwards."""

    def __init__(self):
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    def taken(self):
        return self.buffer.getvalue()  # pyright: ignore[reportAttributeAccessIssue]  # a BytesIO


@pytest.fixture
def command(db, dsn, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SIGNALBOOK_DATABASE_URL", dsn)
    monkeypatch.setenv("SIGNALBOOK_DATA_DIR", str(tmp_path))

    def run(*arguments):
        out = Output()
        monkeypatch.setattr(sys, "argv", ["signalbook", *arguments])
        monkeypatch.setattr(sys, "stdout", out)
        try:
            code = cli.main() or 0
        except SystemExit as end:
            code = end.code or 0
        return code, out.taken(), capsys.readouterr().err

    assert run("account", "create", "default")[0] == 0
    for number in range(7):
        tag = "vip" if number % 2 else "other"
        who = ("--email", f"p{number}@example.com", "--field", f"note==%{number}", "--tag", tag)
        assert run("contacts", "add", *who)[0] == 0
    return run


def rows(out):
    return list(csv.reader(io.StringIO(out.decode(), newline="")))


def test_contacts_go_to_standard_output(command, monkeypatch):
    monkeypatch.setattr(streaming, "_HELD_BYTES", 10)
    code, out, err = command("export", "--columns", "email, note", "--filter", "tag=vip")

    assert (code, err) == (0, "")
    assert rows(out) == [
        ["email", "note"],
        *([f"p{number}@example.com", f"'=%{number}"] for number in (1, 3, 5)),
    ]
    raw = command("export", "--raw", "--format", "ses")[1]
    assert len(rows(raw)) == 8
    lines = gzip.decompress(command("export", "--format", "jsonl", "--gzip")[1]).splitlines()
    assert [json.loads(line)["note"] for line in lines] == [f"=%{number}" for number in range(7)]


def test_a_file_is_there_once_it_is_whole(command, tmp_path):
    path = tmp_path / "contacts.xlsx"

    code, out, err = command("export", "--format", "xlsx", "--output", str(path))

    assert (code, out) == (0, b"")
    assert f"7 contacts are in {path}." in err
    assert path.read_bytes().startswith(b"PK")
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--filter", "tagg=vip"), "The filter tagg=vip cannot be read"),
        (("--filter", "status=gone"), "The filter status=gone cannot be read"),
        (("--filter", "vip"), "The filter vip"),
        (("--columns", "email,nope"), "There is no column nope"),
        (("--account", "none"), "none"),
    ],
)
def test_what_is_mistyped_exports_nobody(command, arguments, told):
    code, out, err = command("export", *arguments)

    assert code in {2, 4}
    assert out == b""
    assert told in err


def test_a_filter_is_the_address_of_the_page():
    wanted = views.filter_of(["?tag=vip&tag=new&match=any", "search=ada%20l"])

    assert (wanted.any_tag, wanted.search) == (("vip", "new"), "ada l")
    with pytest.raises(FilterUnreadable):
        views.filter_of(["sort=name"])


def test_everything_known_of_one(command, tmp_path):
    listed = json.loads(command("contacts", "list", "--search", "p3", "--json")[1])

    code, out, _ = command("contacts", "export", listed[0]["id"])

    assert code == 0
    by_email = command("contacts", "export", "p3@example.com")[1]
    assert json.loads(by_email)["contact"] == json.loads(out)["contact"]
    assert json.loads(out)["contact"]["email"] == "p3@example.com"
    assert command("contacts", "export", "nobody")[0] == 4
    path = tmp_path / "p3.json"
    assert command("contacts", "export", listed[0]["id"], "-o", str(path))[0] == 0
    assert json.loads(path.read_text())["contact"]["email"] == "p3@example.com"
