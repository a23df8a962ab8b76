"""How the pages of an import word what its numbers and the API say."""

import pytest

from signalbook.imports import wizard_shown, wording
from signalbook.imports.model import Action

UNFIT = 'The field birth_date does not take "99/99": it expects a date'
NOBODY = "Say who: an email, a mobile in E.164 form or an external_id is needed"
LABELS = {"birth_date": "Date of birth"}


@pytest.mark.parametrize(
    ("done", "total", "is_guess", "said"),
    [
        (0, None, True, ""),
        (7, 400, True, "400"),
        (60_999, 398_959, True, "about 400,000"),
        (398_000, 392_000, True, "about 398,000"),
        (60_999, 398_959, False, "398,959"),
    ],
)
def test_a_large_guess_is_rounded_and_never_below_what_is_done(done, total, is_guess, said):
    assert wizard_shown.total_said(done, total, is_guess=is_guess) == said


def test_sentences_of_the_api_name_fields_as_the_console_does():
    said = wording.sentence(Action.UPSERT, "field_value_unfit", f"{UNFIT}; {NOBODY}", LABELS)

    assert said == (
        'Date of birth does not take "99/99": it expects a date; '
        "It needs an e-mail, a mobile number or an external id"
    )


def test_nobody_by_a_name_is_no_mistake_where_people_are_deleted():
    assert wording.reason(Action.DELETE, "missing", "") == "Not found: there is no such contact"
    assert wording.sentence(Action.DELETE, "missing", "x", {}).startswith("Not found")
    assert wording.reason(Action.UPDATE, "missing", "") == "Not known, and nobody is added"
