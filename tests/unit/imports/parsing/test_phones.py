import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalbook.contacts import identifiers
from signalbook.imports.parsing.phones import BEGINNING, Phones, possible_lengths
from signalbook.imports.parsing.verdicts import Refused


@pytest.mark.parametrize(
    ("country", "written", "number", "note"),
    [
        ("", "+447911123456", "+447911123456", ""),
        ("FR", "06 12 34 56 78", "+33612345678", "mobile_from_national"),
        ("FR", "0612345678", "+33612345678", "mobile_from_national"),
        ("FR", "06.12.34.56.78", "+33612345678", "mobile_from_national"),
        ("FR", "612345678", "+33612345678", "mobile_zero_lost"),
        ("FR", "33612345678", "+33612345678", "mobile_plus_lost"),
        ("FR", "0033612345678", "+33612345678", "mobile_reformatted"),
        ("FR", "+33 6 12 34 56 78", "+33612345678", "mobile_reformatted"),
        ("GB", "07911 123456", "+447911123456", "mobile_from_national"),
        ("GB", "447911123456", "+447911123456", "mobile_plus_lost"),
        ("FR", "447911123456", "+447911123456", "mobile_plus_lost"),
        ("IN", "9876543210", "+919876543210", "mobile_from_national"),
        ("IN", "919876543210", "+919876543210", "mobile_plus_lost"),
        ("US", "(201) 555-0123", "+12015550123", "mobile_from_national"),
        ("US", "2015550123", "+12015550123", "mobile_from_national"),
        ("DE", "0171 1234567", "+491711234567", "mobile_from_national"),
        ("IT", "333 1234567", "+393331234567", "mobile_from_national"),
        ("ES", "612 345 678", "+34612345678", "mobile_from_national"),
        ("BR", "(11) 91234-5678", "+5511912345678", "mobile_from_national"),
        ("FR", "tel:+33612345678", "+33612345678", "mobile_reformatted"),
        ("GB", "4.47911123456E+11", "+447911123456", "mobile_plus_lost"),
    ],
)
def test_a_number_is_read_as_its_country_writes_it(country, written, number, note):
    assert Phones(country).read(written) == (number, note)


@pytest.mark.parametrize(
    ("country", "written", "code", "said"),
    [
        ("", "447911123456", "mobile_plus_lost", "write it as +447911123456"),
        ("", "+44 7911 123456", "mobile_invalid", "write it as +447911123456"),
        ("", "07911 123456", "mobile_invalid", "choose the country"),
        ("", "4.47E+10", "mobile_digits_lost", "its last digits are gone"),
        ("FR", "4,47911E+11", "mobile_digits_lost", "its last digits are gone"),
        ("FR", "12345", "mobile_invalid", "no number of FR"),
        ("FR", "0612345678 / 0698765432", "mobile_invalid", "keep one"),
        ("FR", "not a number", "mobile_invalid", "not a mobile number"),
        ("FR", "+33 6 12", "mobile_invalid", "too short"),
        ("DE", "12345", "mobile_invalid", "too short for a mobile number of DE"),
        ("AT", "12345", "mobile_invalid", "too short for a mobile number of AT"),
        ("NO", "12345", "mobile_invalid", "too short for a mobile number of NO"),
        ("GB", "012345", "mobile_invalid", "too short for a mobile number of GB"),
        ("US", "555-0123", "mobile_invalid", "too short for a mobile number of US"),
        ("FR", "4912345", "mobile_invalid", "too short for a mobile number of FR"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(country, written, code, said):
    with pytest.raises(Refused, match=r".") as refused:
        Phones(country).read(written)

    assert refused.value.problem.code == code
    assert said in refused.value.problem.message


@pytest.mark.parametrize(
    ("country", "written", "number"),
    [
        ("DE", "030 12345", "+493012345"),
        ("DE", "30901820", "+4930901820"),
        ("AT", "01 2345", "+4312345"),
        ("DE", "0150 1234567", "+491501234567"),
        ("FR", "0800000000", "+33800000000"),
    ],
)
def test_a_short_number_in_use_and_one_of_a_range_not_yet_known_are_read(country, written, number):
    assert Phones(country).read(written)[0] == number


def test_the_mobile_numbers_of_every_country_are_read():
    refused: list[str] = []
    for country in phonenumbers.SUPPORTED_REGIONS:
        example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
        if example is not None:
            written = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
            try:
                Phones(country).read(written)
            except Refused as reason:
                refused.append(str(reason))

    assert refused == []


@given(st.integers(1, 999), st.text("0123456789", min_size=1, max_size=12))
def test_the_quick_verdict_on_a_number_is_the_apis(code, national):
    number = f"+{code}{national}"

    if len(number) in possible_lengths(number[:BEGINNING]):
        assert identifiers.mobile(number) == number


@pytest.mark.parametrize("country", ["FR", "GB", "DE", "IN", "US", "BR", "ES", "IT", "CH", "AU"])
@given(digits=st.text("0123456789", min_size=6, max_size=11))
def test_a_national_number_is_what_the_library_makes_of_it(country, digits):
    written = "0" + digits.lstrip("0")
    try:
        number, _ = Phones(country).read(written)
    except Refused:
        return

    try:
        parsed = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        return
    expected = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.is_possible_number(parsed):
        assert number == expected
