"""A value fits its field or is refused with the field's name, the value and the expected form."""

import pytest

from signalbook.fields.model import STANDARD, FieldType, Unfit, fit, infer, unfit_problem


@pytest.mark.parametrize(
    ("wanted", "sent", "stored"),
    [
        ("text", "Hyderabad", "Hyderabad"),
        ("text", 500001, "500001"),
        ("number", "85", 85),
        ("number", " 12.50 ", 12.5),
        ("number", 1e3, 1e3),
        ("boolean", "TRUE", True),
        ("date", "1990-10-31", "1990-10-31"),
        ("datetime", "2024-01-14T15:30:00Z", "2024-01-14T15:30:00Z"),
        ("list", ["a", 1], ["a", 1]),
        ("object", {"a": 1}, {"a": 1}),
    ],
)
def test_a_value_is_stored_in_the_form_of_its_type(wanted, sent, stored):
    fitted = fit("any", wanted, sent)

    assert (fitted, type(fitted)) == (stored, type(stored))


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [
        ("text", True),
        ("text", ["a"]),
        ("number", "eighty"),
        ("number", True),
        ("number", float("nan")),
        ("number", float("inf")),
        ("boolean", 1),
        ("boolean", "yes"),
        ("date", "1990-02-30"),
        ("date", "31-10-1990"),
        ("date", 19901031),
        ("datetime", "2024-01-14"),
        ("datetime", "2024-13-14T15:30:00Z"),
        ("list", "a,b"),
        ("object", []),
    ],
)
def test_a_value_of_another_form_is_refused(wanted, sent):
    with pytest.raises(Unfit):
        fit("any", wanted, sent)


def test_longitude_ends_at_the_date_line():
    assert fit("longitude", "number", -180) == -180
    with pytest.raises(Unfit):
        fit("longitude", "number", 180.5)


def test_a_refusal_names_the_field_the_value_and_the_expected_form():
    problem = unfit_problem("birth_date", "date", "1990-02-30")

    assert problem.field == "fields.birth_date"
    assert '"1990-02-30"' in problem.message
    assert "YYYY-MM-DD" in problem.message


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("pro", FieldType.TEXT),
        ("2024-01-18", FieldType.DATE),
        ("2024-01-19T14:30:00Z", FieldType.DATETIME),
        (2450.0, FieldType.NUMBER),
        (12, FieldType.NUMBER),
        (False, FieldType.BOOLEAN),
        (["dashboard"], FieldType.LIST),
        ({}, FieldType.OBJECT),
        ("2024-02-30", FieldType.TEXT),
    ],
)
def test_the_first_value_names_the_type(value, named):
    assert infer(value) is named


def test_every_standard_field_of_the_documents_is_there():
    assert {"first_name", "full_name", "birth_date", "zipcode", "longitude", "twitter_id"} <= set(
        STANDARD
    )
    assert len(STANDARD) == 22
