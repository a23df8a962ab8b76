"""Records of JSON that cannot be read, each a row that says so, and all others as they are."""

import io
import json

import pytest

from signalbook.imports.errors import Unreadable
from signalbook.imports.reading import documents

GOOD = '{"emailAddress": "ada@example.com"}'


def read(text):
    """Give of each record what it says, or the text that cannot be read."""
    found = documents.objects(io.StringIO(text), each_alone=True)
    return [one.value if one.unread is None else str(one.unread) for one in found]


@pytest.mark.parametrize(
    "bad",
    [
        "hello",
        "null",
        "{'emailAddress': 'ada@example.com'}",
        '{"emailAddress": ada@example.com}',
        '{"emailAddress": "ada@example.com',
        '{"emailAddress": "ada@example.com"',
        '{"emailAddress": "ada@example.com}',
        '{"emailAddress": "ada@example.com"}}',
        '{"emailAddress": "ada@example.com"} and more',
        '{"emailAddress": "a" "b": {"c": [}',
        '{"a": ' + "[" * 40 + "]" * 40 + "}",
        '{"a": ' + "[" * 100_000,
        json.dumps({f"k{n}": n for n in range(2_001)}),
    ],
)
@pytest.mark.parametrize("between", ["\n", "\r\n"])
def test_a_line_that_cannot_be_read_is_one_row(bad, between):
    good = json.loads(GOOD)

    assert read(between.join([GOOD, bad, GOOD])) == [good, bad, good]
    assert read(between.join([bad, GOOD, GOOD])) == [bad, good, good]
    assert read(between.join([GOOD, GOOD, bad])) == [good, good, bad]


def test_a_line_that_is_no_object_is_a_row_of_its_own():
    lines = [GOOD, "hello", "{'a': 1}", "world", GOOD]

    assert read("\n".join(lines)) == [json.loads(GOOD), *lines[1:4], json.loads(GOOD)]


def test_an_object_of_several_lines_that_cannot_be_read_is_one_row():
    good = json.dumps(
        {"emailAddress": "a@example.com", "topicPreferences": [{"topicName": "News"}]}, indent=2
    )
    for bad in (good.replace('"News"', "News"), good[:-1], good.replace('"News"', '"News')):
        assert read(f"{good}\n{bad}\n{good}") == [json.loads(good), bad.strip(), json.loads(good)]


def test_an_array_goes_on_behind_what_cannot_be_read():
    text = f"[{GOOD}, null, 5, {{'a': 1}}, {GOOD}]"

    assert read(text) == [json.loads(GOOD), "null", "5", "{'a': 1}", json.loads(GOOD)]


def test_a_record_whose_first_member_is_a_list_is_a_record():
    text = '{"topicPreferences": [{"topicName": "News"}], "emailAddress": "ada@example.com"}'

    assert read(text) == [json.loads(text)]


def test_many_records_that_cannot_be_read_take_no_longer_than_others():
    lines = [GOOD[:-1] if n % 2 else GOOD for n in range(20_001)]

    found = read("\n".join(lines))

    assert found == [GOOD[:-1] if n % 2 else json.loads(GOOD) for n in range(20_001)]


def test_what_has_no_end_within_what_an_object_may_have_ends_the_reading(monkeypatch):
    monkeypatch.setattr(documents, "MAX_OBJECT", 1 << 20)

    with pytest.raises(Unreadable):
        read('{"a": ' + "x" * (5 << 20) + "\n" + GOOD)


def test_what_cannot_be_read_ends_an_ordinary_file():
    with pytest.raises(Unreadable, match="line 2"):
        list(documents.objects(io.StringIO(f"{GOOD}\nhello\n{GOOD}")))
