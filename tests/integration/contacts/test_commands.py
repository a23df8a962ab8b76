"""signalbook contacts: add, show, list and delete, beside the API."""

import io
import json
import sys

import pytest

from signalbook import cli


@pytest.fixture
def command(db, dsn, tmp_path, monkeypatch, capsys):
    """Runs one command as a program would, and returns its exit code, output and complaint."""
    monkeypatch.setenv("SIGNALBOOK_DATABASE_URL", dsn)
    monkeypatch.setenv("SIGNALBOOK_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    def run(*arguments: str):
        monkeypatch.setattr(sys, "argv", ["signalbook", *arguments])
        try:
            code = cli.main() or 0
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    assert run("account", "create", "default")[0] == 0
    return lambda *arguments: run("contacts", *arguments)


def test_a_contact_is_added_shown_listed_and_deleted(command):
    who = ("--email", "ada@example.com", "--first-name", "Ada", "--field", "city=London")
    code, out, err = command("add", *who, "--tag", "vip", "--tag", "new", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert told["status"] == "created"
    contact = told["contact"]
    assert contact["tags"] == ["vip", "new"]

    code, out, err = command("show", contact["id"], "--json")
    assert json.loads(out)["custom_fields"] == {"city": "London"}
    assert "Ada" in command("show", contact["id"])[1]
    assert [c["id"] for c in json.loads(command("list", "--tag", "vip", "--json")[1])] == [
        contact["id"]
    ]
    assert "ada@example.com" in command("list", "--search", "ada")[1]
    assert json.loads(command("delete", contact["id"], "--json")[1]) == {
        "deleted": True, "id": contact["id"],
    }  # fmt: skip
    assert command("list", "--json")[1].strip() == "[]"


def test_the_same_contact_added_again_is_updated(command):
    command("add", "--external-id", "CRM-1")

    code, out, _ = command("add", "--external-id", "CRM-1", "--tag", "vip")

    assert code == 0
    assert "updated" in out


def test_a_contact_is_found_by_whatever_one_knows_of_it(command):
    known = ("--email", "Ada@example.com", "--mobile", "+33612345678", "--external-id", "a@crm")
    added = json.loads(command("add", *known, "--json")[1])["contact"]["id"]

    for name in ("ada@example.com", "+33612345678", "a@crm", added):
        code, out, err = command("show", name, "--json")
        assert code == 0, err
        assert json.loads(out)["id"] == added
    assert command("delete", "ada@example.com")[0] == 0


def test_what_is_wrong_leaves_with_its_code_and_a_sentence(command):
    code, _, err = command("add", "--email", "no address")
    assert code == 2
    assert "is not an e-mail address" in err
    assert command("show", "nobody")[0] == 4
    assert command("delete", "nobody")[0] == 4
    assert command("list", "--account", "nowhere")[0] == 4
    assert command("add", "--email", "a@example.com", "--field", "x")[0] == 2
