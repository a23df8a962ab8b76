"""Which cells are marked, which columns there are, what a file is called."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalbook.exports import columns
from signalbook.exports.errors import ExportInvalid
from signalbook.exports.model import Format, name_of, neutral
from signalbook.imports.parsing.cells import restored

KNOWN = [("first_name", "First name"), ("status", "My status"), ("plan", "Plan")]


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n＝＋－＠0123.,ax "), max_size=8))
def test_taking_the_mark_away_gives_the_text_back(text):
    assert restored(neutral(text)) == text


@pytest.mark.parametrize(
    "text", ["=1", "+a", "-", "@x", "\tx", "\r", "\n", "＝", "'=", "''@", "+1-1", "'01", "''9"]
)
def test_what_would_run_or_lose_its_apostrophe_is_marked(text):
    assert neutral(text) == "'" + text


@pytest.mark.parametrize("text", ["", "a=1", "+442071838750", "-1", "+1,5", "-1.25", "'a", " =1"])
def test_what_would_not_stays(text):
    assert neutral(text) == text


def test_every_column_is_offered_and_a_field_never_hides_one():
    names = [column.name for column in columns.all_of(KNOWN)]

    assert names[:6] == ["id", "email", "mobile", "external_id", "first_name", "field:status"]
    assert len(names) == len(set(names))


def test_names_may_be_given_in_any_order_and_twice():
    found = columns.chosen(["plan", "email", "plan", "field:plan", "city"], KNOWN, Format.CSV)

    assert [column.name for column in found] == ["plan", "email", "city"]
    assert [column.name for column in columns.stored(["plan", "field:status", "status"])] == [
        "plan", "field:status", "status",
    ]  # fmt: skip
    assert columns.stored(["field:status"])[0].field == "status"


def test_an_unknown_name_is_told():
    with pytest.raises(ExportInvalid, match="There is no column nope"):
        columns.chosen(["email", "nope"], KNOWN, Format.CSV)


def test_a_file_is_called_by_its_day():
    day = datetime(2026, 11, 21, tzinfo=UTC)

    assert name_of(Format.CSV, "gzip", day) == "contacts-2026-11-21.csv.gz"
    assert name_of(Format.SES, "", day) == "contacts-ses-2026-11-21.csv"
