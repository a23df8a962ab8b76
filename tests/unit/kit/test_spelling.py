"""Words are the same whatever their case, accents, blanks and punctuation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalbook.kit.spelling import plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("E-mail address", "EMAIL_ADDRESS"),
        ("Prénom", "prenom"),
        ("Straße", "STRASSE"),
        ("Date de naissance", "date-de-naissance."),
        ("ﬁdélité", "Fidelite"),
        ("Ｃｉｔｙ", "city"),
        ("℡", "tel"),
    ],
)
def test_spellings_of_one_word_are_the_same(one, other):
    assert plain(one) == plain(other)


@pytest.mark.parametrize(("one", "other"), [("नाम", "नमी"), ("city", "cité2"), ("a", "b")])
def test_different_words_stay_different(one, other):
    assert plain(one) != plain(other)


def test_signs_alone_are_no_word():
    assert plain(" -_!?… ") == ""


@given(st.text())
def test_what_is_plain_stays_as_it_is(text):
    assert plain(plain(text)) == plain(text)
