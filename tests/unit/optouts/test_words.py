"""The words of STOP and START, and the sentences that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalbook.optouts import words
from signalbook.optouts.words import Meaning, meaning

FCC = ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")


@pytest.mark.parametrize("word", FCC)
@pytest.mark.parametrize(
    "written",
    [
        "{}", "{}.", " {}!! ", "“{}”", "{}\n", "({})", "*{}*", "{} please", "Please {}.",
        "{}, thanks", "{} 🛑", "\u200b{}\ufeff",
    ],
)  # fmt: skip
def test_each_word_of_the_rule_stops_however_it_is_written(word, written):
    assert meaning(written.format(word)) is Meaning.STOP
    assert meaning(written.format(word.upper())) is Meaning.STOP
    assert meaning(written.format(word.title())) is Meaning.STOP


@pytest.mark.parametrize(
    "text",
    [
        "S T O P", "s.t.o.p.", ["STOP", "STOP"][0], "opt-out", "OPTOUT", "Opt  Out", "ＳＴＯＰ",
        "Arrêt", "ARRETER SVP", "Désabonnement", "me désinscrire", "BAJA", "Cancelar suscripción",
        "no más", "Abmelden bitte", "Kündigen", "KÜNDIGEN!", "kuendigen", "SAIR", "não quero",
        "रोकें", "बंद करें", "कृपया रोकें", "band karo", "STOPALL", "Stop all",
    ],
)  # fmt: skip
def test_other_languages_and_spellings_stop(text):
    assert meaning(text) is Meaning.STOP


@pytest.mark.parametrize(
    "text",
    ["START", "unstop", "Opt in", "opt-in", "Reprendre", "ALTA", "Anmelden", "शुरू करें", "Subscribe!"],
)
def test_the_words_of_start_start(text):
    assert meaning(text) is Meaning.START


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "?", "don't stop", "Do not stop", "when does the sale stop?", "the end of the day",
        "I want to cancel my order 1234", "stop by the shop at five", "please call me", "nonstop",
        "unstoppable", "yes", "no", "ok", "ende gut, alles gut", "s'il vous plaît", "please",
        "stop stop stop the music", "quit smoking", "STOP 12345", "बंद दुकान है क्या",
    ],
)  # fmt: skip
def test_a_sentence_is_not_matched_blindly(text):
    assert meaning(text) is None


@given(st.text(max_size=60))
def test_any_text_has_an_answer(text):
    assert meaning(text) in {None, Meaning.STOP, Meaning.START}


def test_no_word_means_both():
    starts = {word for listed in words.START.values() for word in listed}
    assert not [word for word in starts if meaning(word) is not Meaning.START]
