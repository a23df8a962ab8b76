"""signalbook lists: make, show, fill and delete, beside the API."""

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

    def run(*arguments: str, stdin: str = ""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        monkeypatch.setattr(sys, "argv", ["signalbook", *arguments])
        try:
            code = cli.main() or 0
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    assert run("account", "create", "default")[0] == 0
    for name in ("ada", "bob"):
        assert run("contacts", "add", "--email", f"{name}@example.com", "--tag", "vip")[0] == 0
    return run


def test_a_list_is_made_filled_shown_and_deleted(command):
    code, out, err = command("lists", "create", "News", "--description", "Fair", "--json")
    assert code == 0, err
    one = json.loads(out)

    added = command("lists", "add", "news", "ADA@example.com", "nobody@example.com")
    piped = command("lists", "add", one["id"], "-", "--json", stdin="ada@example.com\n")
    by_tag = command("lists", "add", "News", "--tag", "vip", "--json")
    shown = command("lists", "show", "NEWS", "--json")
    removed = command("lists", "remove", "News", "--all")
    listed = command("lists", "list", "--search", "ne")
    gone = command("lists", "delete", "News", "--json")

    assert added[1] == (
        "1 added, 0 already on it; now 1 contact.\nThere is no contact nobody@example.com.\n"
    )
    assert json.loads(piped[1]) == {
        "changed": 0, "unchanged": 1, "not_found": [], "members": 1,
    }  # fmt: skip
    assert json.loads(by_tag[1])["changed"] == 1
    told = json.loads(shown[1])
    assert told["list"]["members"] == 2
    assert [c["email"] for c in told["contacts"]] == ["bob@example.com", "ada@example.com"]
    assert removed[1].startswith("2 removed, 0 not on it; now 0 contacts.")
    assert "News" in listed[1]
    assert json.loads(gone[1]) == {"deleted": True, "id": one["id"]}
    assert command("lists", "list")[1] == "There are no lists like that.\n"


def test_a_contact_deleted_by_a_command_leaves_its_lists(command):
    command("lists", "create", "News")
    command("lists", "add", "News", "--all")
    (ada, _) = json.loads(command("contacts", "list", "--json")[1])

    command("contacts", "delete", ada["id"])

    assert "News: 1 contact" in command("lists", "show", "News")[1]


def test_what_is_wrong_leaves_with_its_code_and_a_sentence(command):
    command("lists", "create", "News")

    assert command("lists", "create", "NEWS")[0] == 5
    assert command("lists", "create", " ")[0] == 2
    assert command("lists", "show", "Other")[0] == 4
    assert command("lists", "add", "News")[0] == 2
    assert command("lists", "add", "News", "a@example.com", "--all")[0] == 2
    assert command("lists", "delete", "Other")[0] == 4
    assert command("lists", "list", "--account", "nowhere")[0] == 4


def test_lists_are_combined_by_name(command):
    for name in ("One", "Two"):
        command("lists", "create", name)
    command("lists", "add", "One", "--all")
    command("lists", "add", "Two", "ada@example.com")

    made = command("lists", "combine", "Rest", "--all", "one", "--none", "TWO")
    shown = json.loads(command("lists", "show", "Rest", "--json")[1])

    assert made[1].startswith("The list Rest has 1 contact: "), made
    assert [c["email"] for c in shown["contacts"]] == ["bob@example.com"]
    assert command("lists", "combine", "Other", "--all", "nowhere")[0] == 4
    assert command("lists", "combine", "Other")[0] == 2


def test_a_list_is_deactivated_and_says_so(command):
    command("lists", "create", "News", "--topic")
    command("lists", "add", "News", "--all")

    off = command("lists", "deactivate", "news", "--json")
    shown = command("lists", "show", "News")[1]
    listed = command("lists", "list")[1]
    on = command("lists", "activate", "News")

    one = json.loads(off[1])
    assert (one["is_active"], one["kind"]) == (False, "topic")
    assert "Deactivated: nobody on it can be reached." in shown
    assert "News (deactivated)" in listed
    assert on[1] == "The list News is active.\n"
    assert command("lists", "deactivate", "Nowhere")[0] == 4
