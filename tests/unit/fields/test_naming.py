"""What names mean: the field itself, the field of an alias, or the one that it becomes."""

from signalbook.fields.naming import Meaning

CITY = ("city", "text", True, None, [])


def test_a_field_means_itself_and_a_new_name_stays():
    meaning = Meaning([CITY])
    given = {"city": "Pune", "new": 1}

    assert meaning.unknown(["city", "new"]) == ["new"]
    assert meaning.resolved(given) is given


def test_an_alias_means_its_field_in_any_spelling_and_its_own_name_counts_more():
    meaning = Meaning([])
    meaning.learn([("ville", *CITY)])

    assert meaning.resolved({"VILLE": "Pune"}) == {"city": "Pune"}
    assert meaning.resolved({"Ville": "Pune", "city": "Delhi"}) == {"city": "Delhi"}
    assert meaning.resolved({"ville": None, "other": 1}) == {"city": None, "other": 1}
    assert list(meaning.fields) == ["city"]


def test_a_field_that_moves_means_the_one_it_becomes_and_its_value_goes():
    meaning = Meaning([("town", "text", False, "city", []), ("city", "text", True, None, ["town"])])

    assert meaning.further == []
    assert meaning.resolved({"town": "Pune"}) == {"city": "Pune", "town": None}
    assert meaning.resolved({"city": "Pune"}) == {"city": "Pune", "town": None}
    assert meaning.resolved({"town": "old", "city": "new"}) == {"city": "new", "town": None}
    assert meaning.resolved({"town": None}) == {"city": None, "town": None}
    assert meaning.resolved({"other": 1}) == {"other": 1}


def test_where_only_the_old_name_is_known_the_new_one_is_asked_for():
    meaning = Meaning([("town", "text", False, "city", [])])

    assert meaning.unknown(["town"]) == []
    assert meaning.further == ["city"]
    meaning.learn([(None, "city", "text", True, None, ["town"])])
    assert meaning.further == []
    assert meaning.resolved({"town": 1}) == {"city": 1, "town": None}


def test_a_field_that_is_emptied_is_told_and_means_itself():
    meaning = Meaning([("city", "text", True, "", [])])

    assert meaning.leaving == {"city"}
    assert not meaning.is_moving
    assert meaning.resolved({"city": "Pune"}) == {"city": "Pune"}
