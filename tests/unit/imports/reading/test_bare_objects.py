"""Objects without quotes in a CSV file get them, and nothing else changes."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as some

from signalbook.imports.reading.bare_objects import quoted


def rows(*lines):
    return list(csv.reader(quoted(lines)))


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('a@b.c,false,{"Name": "John"}\n', ["a@b.c", "false", '{"Name": "John"}']),
        ('a@b.c,{"Name":"John","Age":3},x\r\n', ["a@b.c", '{"Name":"John","Age":3}', "x"]),
        ('{"a": {"b": ["}", ","]}} , x', ['{"a": {"b": ["}", ","]}}', " x"]),
        ('a,{"quote": "\\""},b', ["a", '{"quote": "\\""}', "b"]),
        ('"x, {y",{"a": 1}', ["x, {y", '{"a": 1}']),
        ('a,"{""Name"": ""John""}"', ["a", '{"Name": "John"}']),
        ('a,"{""x"": 1}",{"y": 2}', ["a", '{"x": 1}', '{"y": 2}']),
        ("a,{nothing},b", ["a", "{nothing}", "b"]),
        ("a,{},", ["a", "{}", ""]),
    ],
)
def test_an_object_is_one_cell(line, cells):
    assert rows(line) == [cells]


def test_a_quoted_cell_may_go_on_over_lines():
    lines = ['a,"{\n', ',{""b"": 1}\n', '}"\n', 'c,{"d": 1}\n']

    assert rows(*lines) == [["a", '{\n,{"b": 1}\n}'], ["c", '{"d": 1}']]


@given(some.lists(some.lists(some.text(max_size=8), min_size=1, max_size=4), max_size=4))
def test_what_a_writer_wrote_is_read_as_it_was(table):
    class Lines(list):
        write = list.append

    lines = Lines()
    csv.writer(lines, quoting=csv.QUOTE_ALL).writerows(table)
    text = "".join(lines)

    whole = list(csv.reader(quoted(text.splitlines(keepends=True)))) if text else []

    assert whole == list(csv.reader(text.splitlines(keepends=True)))
