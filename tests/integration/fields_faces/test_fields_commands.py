"""signalbook fields: made, described, shown and rewritten, beside the API."""

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

    def run(*arguments: str):
        monkeypatch.setattr(sys, "stdin", io.StringIO(""))
        monkeypatch.setattr(sys, "argv", ["signalbook", *arguments])
        try:
            code = cli.main() or 0
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    assert run("account", "create", "default")[0] == 0
    for name, score in (("ada", "7"), ("bob", "high"), ("cy", "7")):
        person = ("contacts", "add", "--email", f"{name}@example.com")
        assert run(*person, "--field", f"score={score}")[0] == 0
    return run


def test_a_field_is_made_described_and_shown(command):
    made = command("fields", "create", "points", "--type", "number", "--alias", "pts", "--json")
    described = command("fields", "set", "PTS", "--label", "Points", "--hide", "--json")
    bare = command("fields", "set", "points", "--no-alias", "--unhide", "--json")
    shown = command("fields", "show", "score", "--json")
    listed = command("fields", "list")
    everything = command("fields", "list", "--all", "--json")

    assert json.loads(made[1])["aliases"] == ["pts"]
    one = json.loads(described[1])
    assert (one["label"], one["aliases"], one["is_hidden"]) == ("Points", ["pts"], True)
    one = json.loads(bare[1])
    assert (one["label"], one["aliases"], one["is_hidden"]) == ("Points", [], False)
    told = json.loads(shown[1])
    assert told["different"] == 2
    assert told["values"][0] == {"value": "7", "contacts": 2}
    assert "100.0%" in listed[1]
    assert "first_name" not in listed[1]
    assert len(json.loads(everything[1])) == 24


def test_a_field_is_rewritten(command):
    tried = command("fields", "type", "score", "number", "--dry-run")
    refused = command("fields", "type", "score", "number")
    typed = command("fields", "type", "score", "number", "--clear-unfit", "--json")
    renamed = command("fields", "rename", "score", "points")
    command("fields", "create", "rank")
    merged = command("fields", "merge", "points", "rank", "--winner", "source", "--json")
    emptied = command("fields", "empty", "rank")
    deleted = command("fields", "delete", "rank", "--json")

    assert tried[1].startswith("3 contacts: 2 converted, 1 unfit.\n")
    assert 'bob@example.com: The field score does not take "high"' in tried[1]
    assert refused[0] == 5
    job = json.loads(typed[1])
    assert (job["state"], job["changed"], job["cleared"]) == ("done", 3, 1)
    assert renamed[1] == "done: 2 changed, 0 cleared.\n"
    assert json.loads(merged[1])["changed"] == 2
    assert emptied[1] == "done: 2 changed, 0 cleared.\n"
    ended = json.loads(deleted[1])
    assert ended["state"] == "done"
    assert json.loads(command("fields", "cancel", ended["id"], "--json")[1])["state"] == "done"
    assert command("fields", "cancel", "nothing")[0] == 4
    assert command("fields", "show", "rank")[0] == 4
    assert command("fields", "list", "--account", "none")[0] == 4
