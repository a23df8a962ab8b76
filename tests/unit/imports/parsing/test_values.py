import pytest

from signalbook.fields.model import Unfit
from signalbook.imports.parsing.booleans import boolean
from signalbook.imports.parsing.dates import AmbiguousDate, Dates, from_serial
from signalbook.imports.parsing.numbers import number, style_of
from signalbook.imports.parsing.statuses import optout_reason, status_reason


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("12.5", "", 12.5),
        ("12,5", "", 12.5),
        ("1.234,56", "", 1234.56),
        ("1,234.56", "", 1234.56),
        ("1 234,5", "", 1234.5),
        ("1'234.5", "", 1234.5),
        ("1,234,567", "", 1234567),
        ("1,234", "comma", 1.234),
        ("1,234", "point", 1234),
        ("1.234", "comma", 1234),
        ("1.234", "", 1.234),
        ("0,125", "", 0.125),
        ("-7", "", -7),
    ],
)
def test_a_number_is_read_as_its_column_writes_it(text, style, value):
    assert number(text, style) == value


@pytest.mark.parametrize("text", ["1,234", "12 apples", "", "1,2,3", "NaN", "1e999"])
def test_what_may_be_two_numbers_or_is_none_is_unfit(text):
    with pytest.raises(Unfit):
        number(text, "")


@pytest.mark.parametrize(
    ("samples", "style"),
    [(["12,5", "1.234"], "comma"), (["12.50"], "point"), (["1,234"], ""), (["1,5", "2.5"], "")],
)
def test_a_column_shows_how_it_writes_decimals(samples, style):
    assert style_of(samples) == style


@pytest.mark.parametrize("text", ["true", "Yes", "OUI", "ja", "Sí", "sim", "vrai", "1", "x"])
def test_yes_has_many_words(text):
    assert boolean(text) is True


@pytest.mark.parametrize("text", ["false", "No", "NON", "nein", "não", "faux", "0"])
def test_no_has_many_words(text):
    assert boolean(text) is False


@pytest.mark.parametrize(
    ("text", "order", "samples", "day"),
    [
        ("2024-12-31", "", [], "2024-12-31"),
        ("31.12.2024", "", [], "2024-12-31"),
        ("01.02.2024", "", [], "2024-02-01"),
        ("31/12/2024", "", [], "2024-12-31"),
        ("12/31/2024", "", [], "2024-12-31"),
        ("01/02/2024", "dmy", [], "2024-02-01"),
        ("01/02/2024", "mdy", [], "2024-01-02"),
        ("01/02/2024", "", ["25/12/2020"], "2024-02-01"),
        ("01/02/2024", "", ["12/25/2020"], "2024-01-02"),
        ("05/05/2024", "", [], "2024-05-05"),
        ("2024/1/5", "", [], "2024-01-05"),
        ("20240105", "", [], "2024-01-05"),
        ("5 janvier 2024", "", [], "2024-01-05"),
        ("5. März 2024", "", [], "2024-03-05"),
        ("5 de enero de 2024", "", [], "2024-01-05"),
        ("January 5th, 2024", "", [], "2024-01-05"),
        ("31/12/85", "", [], "1985-12-31"),
        ("2024-12-31 00:00:00", "", [], "2024-12-31"),
        ("24/01/05", "ymd", [], "2024-01-05"),
    ],
)
def test_a_date_is_read_as_its_column_writes_it(text, order, samples, day):
    assert Dates(order, samples).date(text)[0] == day


@pytest.mark.parametrize("text", ["01/02/2024", "1-2-2024"])
def test_a_date_that_may_be_two_is_refused(text):
    with pytest.raises(AmbiguousDate):
        Dates("").date(text)


@pytest.mark.parametrize("text", ["2024-02-30", "31/02/2024", "32.01.2024", "soon", "2024"])
def test_an_impossible_date_is_refused(text):
    with pytest.raises(Unfit):
        Dates("dmy").date(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T14:30:00Z", "2026-01-31T14:30:00Z"),
        ("31/01/2026 14:30", "2026-01-31T14:30:00"),
        ("1/31/2026 2:30 PM", "2026-01-31T14:30:00"),
        ("31.01.2026", "2026-01-31T00:00:00"),
        ("2026/01/31 14:30:00 UTC", "2026-01-31T14:30:00Z"),
    ],
)
def test_a_time_is_written_in_iso_8601(text, moment):
    assert Dates("").datetime(text)[0] == moment


def test_a_serial_number_is_a_date_where_that_is_plausible():
    assert from_serial(45657).date().isoformat() == "2024-12-31"
    assert from_serial(1985) is None


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("subscribed", ""),
        ("active", ""),
        ("yes", ""),
        ("unsubscribed", "user"),
        ("no", "user"),
        ("desabonne", "user"),
        ("abgemeldet", "user"),
        ("baja", "user"),
        ("never subscribed", "user"),
        ("cleaned", "hardbounced"),
        ("hard bounced", "hardbounced"),
        ("complained", "spam"),
        ("auto unsubscribed by admin", "user"),
        ("blocked by provider", "user"),
        ("not granted", "user"),
        ("consent not given", "user"),
        ("no consent", "user"),
        ("pas d accord", "user"),
        ("nicht erteilt", "user"),
        ("no autorizado", "user"),
        ("soft bounce", ""),
    ],
)
def test_a_status_says_whether_somebody_is_out(word, reason):
    assert status_reason(word) == (reason, "")


def test_a_status_nobody_knows_restricts_nothing_and_is_counted():
    assert status_reason("gold") == ("", "status_unknown")


@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        ("true", ("user", "")),
        ("1", ("user", "")),
        ("2024 01 31 10 00", ("user", "")),
        ("false", ("", "")),
        ("no", ("", "")),
        ("subscribed", ("", "")),
        ("hardbounced", ("hardbounced", "")),
        ("contact", ("contact", "")),
        ("whatever", ("user", "optout_unclear")),
    ],
)
def test_in_a_column_of_opt_outs_anything_but_no_is_one(word, verdict):
    assert optout_reason(word) == verdict


@pytest.mark.parametrize("word", ["n a", "nil", "nat", "undefined", "not unsubscribed"])
def test_a_word_for_nothing_is_no_opt_out(word):
    assert optout_reason(word) == ("", "")
