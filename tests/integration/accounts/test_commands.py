"""signalbook account | user | key: the shapes that scripts read."""

import io
import json
import re
import sys

import pytest

from signalbook import cli


@pytest.fixture
def command(db, dsn, tmp_path, monkeypatch, capsys):
    """Runs one command as a program would, and returns its exit code, output and complaint."""
    monkeypatch.setenv("SIGNALBOOK_DATABASE_URL", dsn)
    monkeypatch.setenv("SIGNALBOOK_DATA_DIR", str(tmp_path))

    def run(*arguments: str):
        monkeypatch.setattr(sys, "argv", ["signalbook", *arguments])
        try:
            code = cli.main() or 0
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def read(said):
    code, out, err = said
    assert code == 0, err
    return json.loads(out)


def test_an_account_its_owner_and_its_keys(command):
    account = read(command("account", "create", "acme", "--plan", "paid", "--json"))
    assert account == {"id": account["id"], "name": "acme", "plan": "paid"}
    assert read(command("account", "list", "--json")) == [account]

    who = ("--account", "acme", "--email", "Ada@Example.com", "--role", "owner", "--json")
    user = read(command("user", "create", *who))
    assert (user["email"], user["role"]) == ("ada@example.com", "owner")
    assert len(user["password"]) >= 12
    assert [one["id"] for one in read(command("user", "list", "--account", "acme", "--json"))] == [
        user["id"]
    ]

    made = read(command("key", "create", "--account", "acme", "--kind", "upload", "--json"))
    assert set(made) == {"id", "kind", "key"}
    assert made["kind"] == "upload"
    assert made["key"].startswith("cu_")
    only_read = ("--kind", "api", "--scope", "read", "--name", "Report", "--json")
    read(command("key", "create", "--account", "acme", *only_read))
    shown = read(command("key", "list", "--account", "acme", "--json"))
    assert [(one["kind"], one["scopes"]) for one in shown] == [
        ("api", ["read"]),
        ("upload", ["upload"]),
    ]
    assert made["key"] not in json.dumps(shown)

    read(command("key", "revoke", made["id"], "--account", "acme", "--json"))
    shown = read(command("key", "list", "--account", "acme", "--json"))
    assert [bool(one["revoked_at"]) for one in shown] == [False, True]


def test_a_client_of_digitaleo_gets_an_id_and_a_secret(command):
    command("account", "create", "acme")

    made = read(command("key", "create", "--account", "acme", "--kind", "oauth", "--json"))
    told = command("key", "create", "--account", "acme", "--kind", "oauth")[1]

    assert set(made) == {"id", "kind", "client_id", "client_secret"}
    assert (made["kind"], made["client_id"]) == ("oauth", made["id"].replace("-", ""))
    assert re.search(r"client_id +[0-9a-f]{32}\nclient_secret +cs_\w+", told)
    shown = read(command("key", "list", "--account", "acme", "--json"))
    assert made["client_secret"] not in json.dumps(shown)


def test_a_client_of_aws_gets_an_access_key_and_a_session_where_it_is_temporary(command):
    command("account", "create", "acme")
    ses = ("key", "create", "--account", "acme", "--kind", "ses")

    made = read(command(*ses, "--json"))
    assert set(made) == {"id", "kind", "access_key_id", "secret_access_key"}
    assert re.fullmatch("AKIA[A-Z2-7]{16}", made["access_key_id"])
    assert re.fullmatch("[A-Za-z0-9]{40}", made["secret_access_key"])

    brief = read(command(*ses, "--expires", "12h", "--scope", "read", "--json"))
    assert set(brief) == {*made, "session_token", "expires_at"}
    assert brief["access_key_id"].startswith("ASIA")
    assert re.search(r"session_token +\S{100,}\n", command(*ses, "--expires", "1d")[1])

    shown = read(command("key", "list", "--account", "acme", "--json"))
    assert made["access_key_id"] in json.dumps(shown)
    for secret in (made["secret_access_key"], brief["session_token"]):
        assert secret not in json.dumps(shown)
    read(command("key", "revoke", made["id"], "--account", "acme", "--json"))


@pytest.mark.parametrize(
    ("kind", "life"), [("ses", "12"), ("ses", "0s"), ("ses", "366d"), ("api", "1h")]
)
def test_a_life_that_is_none_is_refused(command, kind, life):
    command("account", "create", "acme")
    code, *_ = command("key", "create", "--account", "acme", "--kind", kind, "--expires", life)
    assert code == 2


def test_a_password_can_come_from_standard_input(command, monkeypatch):
    command("account", "create", "default")
    monkeypatch.setattr(sys, "stdin", io.StringIO("a quiet walk by the sea\n"))
    who = ("--email", "ada@example.com", "--role", "owner", "--password", "-", "--json")
    assert "password" not in read(command("user", "create", *who))


def test_a_person_reads_sentences(command):
    assert "is open, on the plan unlimited" in command("account", "create", "acme")[1]
    assert "acme" in command("account", "list")[1]
    code, out, _ = command("key", "create", "--account", "acme", "--kind", "api")
    assert (code, out.startswith("sk_live_")) == (0, True)
    assert "active" in command("key", "list", "--account", "acme")[1]


def test_a_plan_changes(command):
    command("account", "create", "acme")
    limits = ("--upload-per-minute", "500", "--api-per-hour", "900")
    changed = command("account", "plan", "enterprise", "--account", "acme", *limits, "--json")
    assert read(changed)["plan"] == "enterprise"


def test_a_forgotten_password_is_set_anew_and_a_person_is_shut_out(command):
    command("account", "create", "acme")
    for email in ("ada@example.com", "grace@example.com"):
        command("user", "create", "--account", "acme", "--email", email, "--role", "owner")
    assert read(command("user", "password", "--email", "ada@example.com", "--json"))["password"]
    assert command("user", "disable", "--email", "ada@example.com")[0] == 0
    code, _, complaint = command("user", "disable", "--email", "grace@example.com")
    assert (code, "at least one owner" in complaint) == (5, True)
    assert command("user", "enable", "--email", "ada@example.com")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("key", "list", "--account", "nobody"), 4, "account_unknown"),
        (("key", "revoke", "01939f8a-0000-7000-8000-000000000000"), 4, "key_not_found"),
        (("account", "create", "default"), 5, "account_name_taken"),
        (("account", "create", "x", "--plan", "gold"), 2, "plan_unknown"),
        (("key", "create", "--kind", "sms"), 2, "kind_unknown"),
        (("user", "create", "--email", "x", "--role", "owner"), 2, "email_invalid"),
        (("user", "create", "--email", "x@x.example", "--role", "boss"), 2, "role_unknown"),
        (
            ("user", "create", "--email", "x@x.example", "--role", "owner", "--password", "short"),
            2,
            "password_too_short",
        ),
    ],
    ids=lambda value: "" if isinstance(value, int) else str(value)[:60],
)
def test_a_refusal_has_a_code_and_an_exit_code(command, arguments, code, error):
    command("account", "create", "default")
    ended, out, complaint = command(*arguments, "--json")
    assert (ended, out) == (code, "")
    told = json.loads(complaint)["error"]
    assert told["code"] == error
    assert told["message"].endswith(".")
