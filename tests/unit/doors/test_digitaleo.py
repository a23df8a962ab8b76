"""The pure half of the Digitaleo door: names with brackets, filters, forms of answers, tokens."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalbook.accounts import tokens
from signalbook.accounts.errors import TokenStale, TokenUnknown
from signalbook.doors.digitaleo import answers, brackets, conditions, listing
from signalbook.doors.digitaleo.errors import FormNotRead, ValuesInvalid
from signalbook.doors.digitaleo.model import contact_property, items_of, texts_of
from signalbook.kit import clock

NAMES = st.text("abcxyz", min_size=1, max_size=4)
TREES = st.recursive(
    st.text(max_size=5), lambda below: st.dictionaries(NAMES, below, min_size=1), max_leaves=8
)


def pairs_of(tree, lead=""):
    """Write a tree as PHP's http_build_query does."""
    for name, value in tree.items():
        path = f"{lead}[{name}]" if lead else name
        if isinstance(value, dict):
            yield from pairs_of(value, path)
        else:
            yield path, value


@given(st.dictionaries(NAMES, TREES, min_size=1))
def test_what_php_nests_is_nested_again(tree):
    query = urlencode(list(pairs_of(tree)))

    assert brackets.tree_of(parse_qsl(query, keep_blank_values=True)) == tree


@pytest.mark.parametrize(
    ("pairs", "tree"),
    [
        ([("a[]", "1"), ("a[]", "2")], {"a": {"0": "1", "1": "2"}}),
        ([("a", "1"), ("a[b]", "2")], {"a": {"b": "2"}}),
        ([("a[b]", "1"), ("a", "2")], {"a": "2"}),
        ([("a[b", "1"), ("[b]", "2"), ("a]", "3")], {"a[b": "1", "[b]": "2", "a]": "3"}),
        ([("a[b][c]d", "1")], {"a[b][c]d": "1"}),
    ],
)
def test_odd_names_are_taken_as_php_takes_them_or_as_they_are(pairs, tree):
    assert brackets.tree_of(pairs) == tree


@given(st.lists(st.tuples(st.text("ab[]01", max_size=20), st.text(max_size=2)), max_size=20))
def test_no_name_is_too_odd(pairs):
    try:
        brackets.tree_of(pairs)
    except FormNotRead as refusal:
        assert "nested" in refusal.message  # noqa: PT017  # either is right


def test_a_list_is_read_however_it_is_written():
    assert items_of({"10": "c", "2": "b", "0": "a"}) == ["a", "b", "c"]
    assert items_of({"a": 1}) == [{"a": 1}]
    assert items_of(None) == []
    assert texts_of("1, 2,,2") == ["1", "2"]
    assert texts_of([1, "2,3"]) == ["1", "2", "3"]
    assert texts_of({"0": "1", "1": "2"}) == ["1", "2"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("firstname", "firstName"),
        ("zipCode", "zipcode"),
        ("birthdate", "birthDate"),
        ("FIELD07", "field07"),
        ("listId", "listIds"),
        ("field16", None),
        ("field1", None),
    ],
)
def test_properties_are_found_however_they_are_capitalised(name, found):
    assert contact_property(name) == found


@given(st.recursive(st.none() | st.booleans() | st.text(max_size=6), lambda below: (
    st.lists(below, max_size=3)
    | st.dictionaries(st.sampled_from(["and", "or", "not", "city", "in", "like", "0"]), below)
)))  # fmt: skip
def test_any_nested_filter_is_read_or_refused_in_a_sentence(value):
    try:
        conditions.of_complex(value if not isinstance(value, str) else {"city": value}, str)
    except ValuesInvalid as refusal:
        assert refusal.message  # noqa: PT017  # either is right


def test_a_nested_filter_has_its_bounds():
    deep = {"city": "Paris"}
    for _ in range(20):
        deep = {"not": deep}
    with pytest.raises(ValuesInvalid, match="deeper"):
        conditions.of_complex(deep, str)
    with pytest.raises(ValuesInvalid, match="at most"):
        conditions.of_complex([{"city": "Paris"}] * 101, str)


@pytest.mark.parametrize(
    ("test", "row", "holds"),
    [
        ({"count": {"gt": "9"}}, {"count": "10"}, True),
        ({"count": {"lt": "9"}}, {"count": "10"}, False),
        ({"count": {"gte": "10"}}, {"count": "10"}, True),
        ({"count": {"lte": "9"}}, {"count": "10"}, False),
        ({"name": {"gt": "a"}}, {"name": "b"}, True),
        ({"name": {"like": "w%r"}}, {"name": "Winter"}, True),
        ({"name": {"like": "_inter"}}, {"name": "Winter"}, True),
        ({"name": {"like": "inter"}}, {"name": "Winter"}, False),
        ({"name": {"ne": "Winter,Summer"}}, {"name": None}, True),
        ({"name": {"null": "1"}}, {"name": None}, True),
        ({"name": {"null": "0"}}, {"name": None}, False),
        ({"name": ""}, {"name": None}, True),
        ({"or": [{"name": "A"}, {"not": {"name": "B"}}]}, {"name": "C"}, True),
        ({"and": []}, {}, True),
        ({"or": []}, {}, False),
    ],
)
def test_rows_in_memory_are_filtered_as_contacts_are(test, row, holds):
    assert listing.holds(conditions.of_complex(test, str), row) is holds


def test_rows_in_memory_are_ordered_with_those_without_a_value_last():
    rows = [{"id": "10", "n": "b"}, {"id": "9", "n": None}, {"id": "1", "n": "b"}]

    def ids(sort):
        asked = listing.listing_of({"sort": sort, "properties": "id"}, str, ("id",))
        return [one["id"] for one in listing.chosen(rows, asked)["list"]]

    assert ids("id") == ["1", "9", "10"]
    assert ids("id DESC") == ["10", "9", "1"]
    assert ids("n,id DESC") == ["10", "1", "9"]
    assert ids("n DESC,id") == ["1", "10", "9"]


@pytest.mark.parametrize("text", ["=1+1", "@x", "+a", "-b", "\tc"])
def test_what_a_spreadsheet_would_run_is_marked_and_numbers_are_not(text):
    rows = {"list": [{"a": text, "b": "+33601010101", "c": "-12.5", "d": None}]}

    assert answers.written(rows, "text/csv").body.decode().splitlines()[1] == (
        f"'{text},+33601010101,-12.5,"
    )


def test_an_empty_list_is_an_empty_table():
    assert answers.written({"size": 0, "total": 0, "list": []}, "text/csv").body == b""


@given(st.binary(max_size=90), st.text(max_size=90))
def test_nothing_made_up_is_a_token(raw, text):
    now = clock.now()
    for made_up in (text, tokens.PREFIX + text, tokens.PREFIX + raw.hex()):
        with pytest.raises(TokenUnknown):
            tokens.read("secret", made_up, now)


def test_a_token_says_what_it_was_made_of_until_its_time():
    now = clock.now()
    token = tokens.make("secret", 7, UUID(int=9), now + timedelta(seconds=60))

    assert tokens.read("secret", token, now) == (7, UUID(int=9))
    with pytest.raises(TokenStale):
        tokens.read("secret", token, now + timedelta(seconds=61))
    with pytest.raises(TokenUnknown):
        tokens.read("other", token, now)
