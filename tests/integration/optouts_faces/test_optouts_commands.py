"""signalbook optouts, and what else the command line says of reaching people."""

import json

import pytest

from tests.integration.lists_faces.test_lists_commands import command

__all__ = ["command"]


def told(result):
    code, out, err = result
    assert code == 0, err
    return json.loads(out)


def test_one_is_added_lifted_and_kept_in_the_history(command):
    added = told(command("optouts", "add", "ada@example.com", "--note", "asked", "--json"))
    why = told(command("contacts", "reachability", "ada@example.com", "--json"))
    listed = command("optouts", "list", "--channel", "email")
    lifted = told(command("optouts", "lift", "ada@example.com", "--json"))
    lines = told(command("optouts", "history", "ADA@example.com", "--json"))

    assert added["status"] == "restricted"
    assert why["channels"][0]["why_not"][0]["code"] == "user"
    assert "ada@example.com" in listed[1]
    assert lifted["status"] == "lifted"
    assert [line["kind"] for line in lines["data"]] == ["in", "out"]


def test_a_bounce_needs_a_name_and_a_reason(command):
    bounce = ("ada@example.com", "--reason", "hardbounced")
    told(command("optouts", "add", *bounce, "--json"))

    without = command("optouts", "lift", *bounce)
    nameless = command("optouts", "lift", *bounce, "--note", "it is back")
    done = told(
        command("optouts", "lift", *bounce, "--note", "it is back", "--by", "Ada L.", "--json")
    )
    lines = told(command("optouts", "history", "ada@example.com", "--json"))

    assert (without[0], nameless[0]) == (2, 2)
    assert done["status"] == "lifted"
    assert lines["data"][0]["evidence"] == {"note": "it is back", "by": "Ada L."}


def test_a_blocklist_and_a_file_go_in_and_a_file_comes_out(command, tmp_path):
    blocklist, file, out = (tmp_path / name for name in ("block.txt", "left.csv", "out.csv"))
    blocklist.write_text("ada@example.com\nspam@x.example\n")
    file.write_text("reason,address,channel\ncontact,bob@example.com,email\n,nobody,\n")

    looked = told(command("optouts", "sync", str(blocklist), "--dry-run", "--json"))
    synced = told(command("optouts", "sync", str(blocklist), "--json"))
    taken = told(command("optouts", "import", str(file), "--json"))
    code, _, err = command("optouts", "export", str(out))
    lines = told(command("optouts", "history", "bob@example.com", "--json"))

    assert looked == synced | {"dry_run": True}
    assert (synced["added"], synced["lifted"]) == (2, 0)
    assert (taken["restricted"], taken["rejected"]) == (1, 1)
    assert taken["first_rejected"][0].startswith("Row 3: ")
    assert code == 0, err
    assert len(out.read_text().splitlines()) == 4
    assert lines["data"][0]["evidence"] == {"file": "left.csv", "row": 2}


def test_a_person_is_erased(command):
    erased = told(command("contacts", "erase", "ada@example.com", "--json"))
    listed = told(command("optouts", "list", "--json"))

    assert erased["erased"] is True
    assert [one["address"][:7] for one in listed] == ["erased:"]


@pytest.mark.parametrize("odd", [("list", "--channel", "fax"), ("sync", "x", "--channel", "all")])
def test_what_is_no_channel_is_said_to_be_none(command, odd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").write_text("ada@example.com")

    assert command("optouts", *odd)[0] == 2
