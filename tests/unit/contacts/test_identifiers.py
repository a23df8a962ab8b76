"""The fast paths give the libraries' verdicts, on ordinary values and on odd ones."""

import phonenumbers
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from signalbook.contacts import identifiers
from signalbook.contacts.identifiers import Refused

_LOCAL = st.text("abcXYZ019._+-'!é ", min_size=0, max_size=70)
_LABEL = st.text("abcXYZ019-ü", min_size=0, max_size=12)
_DOMAIN = st.lists(_LABEL, min_size=1, max_size=4).map(".".join)
_CODES = st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE))


def _library_email(address: str) -> str | None:
    try:
        return validate_email(address.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def _our_email(address: str) -> str | None:
    try:
        return identifiers.email(address)
    except Refused:
        return None


@given(_LOCAL, _DOMAIN)
def test_an_address_gets_the_verdict_of_email_validator(local, domain):
    address = f"{local}@{domain}"

    assert _our_email(address) == _library_email(address)


@given(_CODES, st.from_regex(r"[0-9]{3,14}", fullmatch=True))
def test_a_number_gets_the_verdict_of_phonenumbers(code, national):
    number = f"+{code}{national}"

    try:
        verdict = identifiers.mobile(number) == number
    except Refused:
        verdict = False

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        expected = False
    else:
        written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        expected = phonenumbers.is_possible_number(parsed) and written == number
    assert verdict == (expected and 7 <= len(number) - 1 <= 15)


@pytest.mark.parametrize(
    "written",
    [
        "+44 2071838750",
        "+44-2071838750",
        "+44(0)2071838750",
        "02071838750",
        "442071838750",
        "",
        "+",
    ],
)
def test_a_number_in_another_form_is_refused_with_the_right_form(written):
    with pytest.raises(Refused, match=r"\+442071838750"):
        identifiers.mobile(written)


def test_a_national_zero_after_the_country_code_is_named():
    with pytest.raises(Refused, match=r"write it as \+442071838750"):
        identifiers.mobile("+4402071838750")


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("  Ada@NORTHWIND.Example  ", "Ada@northwind.example"),
        ("jörg@bücher.de", "jörg@bücher.de"),
        ("用户@例子.广告", "用户@例子.广告"),
        ("a@xn--bcher-kva.de", "a@bücher.de"),
    ],
)
def test_an_address_is_stored_trimmed_with_its_domain_in_lower_case(sent, stored):
    assert identifiers.email(sent) == stored


def test_two_spellings_of_one_address_compare_equal():
    assert identifiers.email_key("Ada@x.example") == identifiers.email_key("ada@x.example")


@pytest.mark.parametrize("own", ["", "   ", "x" * 256, "a\nb", "a\x00b"])
def test_an_own_id_without_characters_or_with_controls_is_refused(own):
    with pytest.raises(Refused):
        identifiers.external_id(own)
