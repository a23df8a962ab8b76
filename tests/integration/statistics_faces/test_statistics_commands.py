"""`signalbook statistics`, for people and for scripts: the numbers that the API tells."""

import json
import sys

import pytest

from signalbook import cli


@pytest.fixture
def command(db, dsn, tmp_path, monkeypatch, capsys):
    """Runs one command as a program would, and returns its exit code, output and complaint."""
    monkeypatch.setenv("SIGNALBOOK_DATABASE_URL", dsn)
    monkeypatch.setenv("SIGNALBOOK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: str):
        monkeypatch.setattr(sys, "argv", ["signalbook", *arguments])
        try:
            code = cli.main() or 0
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    assert run("account", "create", "default")[0] == 0
    assert run("contacts", "add", "--email", "ada@example.com", "--tag", "vip")[0] == 0
    assert run("contacts", "add", "--mobile", "+447400000001")[0] == 0
    assert run("lists", "create", "News")[0] == 0
    assert run("lists", "add", "News", "ada@example.com")[0] == 0
    return run


def told(command, *arguments):
    code, out, err = command("statistics", *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def test_the_account_a_list_a_tag_and_a_filter_have_numbers(command):
    account, on_list = told(command), told(command, "--list", "news")
    tagged = told(command, "--tag", "vip")
    both = told(command, "--list", "News", "--filter", "has=mobile&country=GB")

    assert account["statistics"]["reachable"] == {"email": 1, "sms": 1, "voice": 1}
    assert len(account["growth"]["days"]) == 7
    assert account["growth"]["joined"] == 2
    assert on_list["statistics"]["about"]["name"] == "News"
    assert on_list["statistics"]["contacts"] == tagged["statistics"]["contacts"] == 1
    assert (both["statistics"]["contacts"], both["growth"]) == (0, None)


def test_people_see_each_waterfall_and_what_the_days_brought(command):
    code, out, _ = command("statistics", "--days", "30")

    assert code == 0
    assert out.startswith("2 contacts\n")
    assert "1 with e-mail, 1 with mobile" in out
    assert "−1 no address" in out
    assert "reachable" in out
    assert "Last 30 days  2 joined, 0 left, 0 opted out" in out


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--list", "nothing"), 4, "There is no such list."),
        (("--tag", "nothing"), 4, "There is no tag nothing."),
        (("--filter", "lost=email:nowhere"), 2, "cannot be read"),
        (("--account", "nowhere"), 4, "nowhere"),
    ],
)
def test_what_is_not_there_is_told(command, arguments, code, sentence):
    found = command("statistics", *arguments)

    assert found[0] == code
    assert sentence in found[2]


def test_an_empty_account_is_drawn_too(command):
    assert command("account", "create", "empty")[0] == 0

    code, out, _ = command("statistics", "--account", "empty")

    assert code == 0
    assert out.startswith("0 contacts\n")
