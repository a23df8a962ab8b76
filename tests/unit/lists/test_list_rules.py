"""How lists may be called, and how people write down whom they mean."""

import pytest

from signalbook.kit.ids import new_id
from signalbook.lists import naming
from signalbook.lists.model import key_of, list_problem, name_of

ID = new_id()


@pytest.mark.parametrize(
    ("name", "kept", "key"),
    [
        ("  Spring\tnews  ", "Spring news", "spring news"),
        ("E\u0301té", "Été", "été"),
        ("STRASSE", "STRASSE", "strasse"),
        ("Straße", "Straße", "strasse"),
        ("日本", "日本", "日本"),
    ],
)
def test_a_name_is_kept_tidy_and_compared_without_capitals(name, kept, key):
    assert name_of(name) == kept
    assert key_of(name) == key


@pytest.mark.parametrize("name", ["", " \t", "x" * 101, "a\x00b", "a\x1bb", None, 7])
def test_a_name_that_no_list_can_have_has_a_problem(name):
    problem = list_problem(name)

    assert problem is not None
    assert problem.code == "list_invalid"


def test_what_people_write_down_is_read_by_its_look():
    named = naming.read(f"ada@example.com, +44 20 7183 8750;\r\n {ID}\tcrm 7\n\n,; ")

    assert named.emails == ["ada@example.com"]
    assert named.mobiles == ["+442071838750"]
    assert named.ids == [ID]
    assert named.external_ids == ["crm 7"]
    assert len(named) == 4
    assert not len(naming.read(" \n"))
