"""Log lines: one shape for people, one for machines, and nobody's address in either."""

import io
import json
import logging
from contextlib import suppress
from pathlib import Path

import pytest

from signalbook.kit import log
from signalbook.kit.config import Settings


@pytest.fixture
def configured(monkeypatch):
    """Configure logging for the test and put everything back afterwards."""
    import structlog

    root, own = logging.getLogger(), logging.getLogger("signalbook")
    before = root.handlers[:], root.level, own.level
    config = structlog.get_config()
    yield lambda **settings: log.configure_worker(Settings(**settings))
    structlog.configure(**config)
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    own.setLevel(before[2])


def test_a_json_line_has_its_fields_and_the_request_id(configured, capsys):
    import structlog

    configured(log_format="json")
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        log.get("signalbook.x").info("batch applied", changes=3)

    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "batch applied"
    assert (line["level"], line["request_id"], line["changes"]) == ("info", "r1", 3)


def test_a_line_for_people_is_one_line(configured, capsys):
    configured(log_format="console")
    log.get("signalbook.x").warning("slow", ms=12)

    assert capsys.readouterr().err.rstrip().endswith("warning slow  ms=12")


def test_what_is_below_the_level_is_not_written(configured, capsys):
    configured(log_level="error")
    log.get("signalbook.x").warning("slow")
    log.supervisor("serving")

    assert not capsys.readouterr().err


def test_a_librarys_warning_comes_through_without_the_address_in_it(configured, capsys):
    configured(log_format="json")
    logging.getLogger("somebody.elses").warning("no mailbox for %s", "ada@example.com")

    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "no mailbox for <address>"
    assert line["logger"] == "somebody.elses"


def test_a_traceback_is_written_without_the_persons_address_and_number(configured, capsys):
    configured(log_format="json")
    try:
        raise ValueError("Key (email)=(ada@example.com) and +44 20 7183 8750 exist")  # noqa: TRY301  # it is what is tested
    except ValueError:
        log.get("signalbook.x").exception("unhandled")

    line = json.loads(capsys.readouterr().err)
    assert "ValueError: Key (email)=(<address>) and <number> exist" in line["failure"]
    assert "example.com" not in line["failure"]


def test_a_value_that_json_does_not_know_is_written_as_text(configured, capsys, tmp_path):
    configured(log_format="json")
    log.get("signalbook.x").info("opened", folder=tmp_path)

    assert json.loads(capsys.readouterr().err)["folder"] == str(tmp_path)


def test_work_goes_on_where_no_line_can_be_written(configured, monkeypatch):
    configured(log_format="json")
    closed = io.StringIO()
    closed.close()
    full = Path("/dev/full").open("w", encoding="utf-8")  # noqa: SIM115  # its closing fails too

    for stream in (closed, full):
        monkeypatch.setattr("sys.stderr", stream)
        log.get("signalbook.x").warning("nobody reads this")
        monkeypatch.undo()
    with suppress(OSError):
        full.close()
