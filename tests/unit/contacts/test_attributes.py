"""AttributesData and the fields it stands for."""

import json

import pytest

from signalbook.contacts import attributes
from signalbook.contacts.attributes import Names
from signalbook.fields.model import Field

NAMES = Names(
    [Field("shoe", "number", is_set=True), Field("full_name", "text", is_set=True)],
    {"farbe": "colour"},
)


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        ('{"Name": "Ada", "full_name": "x"}', {"full_name": "Ada"}),
        ('{"ZIP": "1", "Données": [1]}', {"zipcode": "1", "Données": [1]}),
        ('{"e-mail": "x", "Mobile": 1, "": 1, "a\\u0000": 1}', {}),
        ('{"a": "\\u0000", "b": "\\ud800", "c": 1e999, "d": 2}', {"d": 2}),
        ('{"a": [[[[[[[[1]]]]]]]]}', {}),
        ("[1]", {}),
        ("{", {}),
        ('{"a": NaN}', {}),
        (None, {}),
    ],
)
def test_keys_become_fields_where_they_can(raw, values):
    assert attributes.values_of(raw) == values


@pytest.mark.parametrize(
    ("raw", "held", "shown"),
    [
        ('{ "Name" : "Ada" }', {"full_name": "Ada"}, '{ "Name" : "Ada" }'),
        ('{ "Name" : "Ada" }', {"full_name": "Eve"}, '{"Name":"Eve"}'),
        ('{"Name": "Ada", "b": 1}', {"b": 1}, '{"b":1}'),
        ('{"a": true}', {"a": 1}, '{"a":1}'),
        ('{"shoe": "42"}', {"shoe": 42}, '{"shoe": "42"}'),
        ('{"shoe": "big"}', {"shoe": 42}, '{"shoe": "big"}'),
        ('{"Farbe": "red"}', {"colour": "blue"}, '{"Farbe":"blue"}'),
        ('{"Company": null}', {}, '{"Company": null}'),
        ('{"Company": null}', {"company": "ACM"}, '{"Company":"ACM"}'),
        ('{"id": 7}', {}, '{"id": 7}'),
        ("{}", {"city": "Paris"}, "{}"),
        (None, {"city": "Paris"}, '{"city":"Paris"}'),
        (None, {}, None),
    ],
)
def test_the_text_stays_as_it_is_until_a_field_says_otherwise(raw, held, shown):
    assert attributes.shown(raw, held, NAMES) == shown


@pytest.mark.parametrize(
    ("raw", "held"),
    [
        ('{"a": 1e300}', {"a": 10**300}),
        ('{"a": [{"b": -1e23}, 1.5]}', {"a": [{"b": -(10**23)}, 1.5]}),
        ('{"a": 1.0}', {"a": 1.0}),
        ('{"a": 10000000000000000000000000}', {"a": 10**25}),
    ],
)
def test_a_number_stays_as_it_was_sent_however_it_is_stored(raw, held):
    assert attributes.shown(raw, held, NAMES) == raw


def test_true_is_not_one_within_a_value_either():
    assert attributes.shown('{"a": [true]}', {"a": [1]}, NAMES) == '{"a":[1]}'


def test_a_key_for_whose_field_there_was_no_room_stays_in_the_text():
    names = Names([Field("shoe", "number", is_set=True)], gone=["b"])

    assert attributes.shown('{"a": 1, "b": 2}', {}, names) == '{"a":1}'
    assert attributes.shown('{"a": 1, "shoe": 2}', {}, names) == '{"a":1}'


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (f'{{"a":"{"x" * 65_526}"}}', {"a"}),
        (f'{{"a":"{"x" * 65_527}"}}', set[str]()),
        (f'{{"Name":"{"x" * 65_521}", "b": 1}}', {"b"}),
        (f'{{"a":"{"é" * 20_000}", "b": "{"x" * 25_520}", "c": 1}}', {"b", "c"}),
    ],
)
def test_the_largest_values_stay_in_the_text_where_a_contact_cannot_hold_all(raw, kept):
    values = attributes.values_of(raw)

    assert values.keys() == kept
    names = Names([Field(name, "text", is_set=False) for name in ("a", "b", "c", "full_name")])
    assert attributes.shown(raw, values, names) == raw


def test_what_is_shown_is_json():
    told = attributes.shown('{"a": "é", "b": 1}', {"a": "\u2028"}, Names(gone=["b"]))
    assert told is not None
    assert json.loads(told) == {"a": "\u2028"}
