"""Mobile numbers as files have them: national, written with blanks, damaged by a spreadsheet.

Without a country a number is taken as the API takes it, in strict E.164, and what is missing is
said. With one it is read as somebody there would write it. A number that can be read in two ways
is refused, since guessing would message a stranger; no I/O.
"""

import re
from functools import cached_property, lru_cache
from typing import Final

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)

from signalbook.contacts import identifiers
from signalbook.imports.parsing.verdicts import Refused

NATIONAL: Final = "mobile_from_national"
REFORMATTED: Final = "mobile_reformatted"
PLUS_LOST: Final = "mobile_plus_lost"
ZERO_LOST: Final = "mobile_zero_lost"
BEGINNING: Final = 5
"""A plus, a country code of at most three digits, and a digit behind it."""

_DAMAGED = re.compile(r"\+?(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})", re.ASCII)
_WRITTEN = re.compile(r"\+?[\d\s().\-/·‐‑–—]+")
_NO_DIGIT = re.compile(r"\D+")
_PLAIN = re.compile(r"\d+", re.ASCII)
_E164_DIGITS = range(7, 16)
_MOST_DIGITS = 17  # fifteen, and two for an international prefix
_CHOOSE = "or choose the country of the numbers"


class Phones:
    """Reads numbers as they are written in one country, or strictly where none is given."""

    def __init__(self, country: str) -> None:
        """Read national numbers of this country, by its ISO 3166 code; "" is strict."""
        self._region = Region(country.upper()) if country else None

    def read(self, text: str) -> tuple[str, str]:
        """Return the number in E.164 and what was mended ("" for nothing); raises Refused."""
        try:
            return identifiers.mobile(text), ""
        except identifiers.Refused as refused:
            reason = str(refused)
        if text[:4].lower() == "tel:":
            text = text[4:].strip()
        text = _undamaged(text)
        if not _WRITTEN.fullmatch(text):
            raise Refused("mobile", reason, "mobile_invalid")
        digits = _NO_DIGIT.sub("", phonenumbers.normalize_digits_only(text))
        if len(digits) > _MOST_DIGITS:
            sentence = f'"{text[:40]}" has {len(digits)} digits: keep one number of them'
            raise Refused("mobile", sentence, "mobile_invalid")
        if self._region is None:
            raise _strict_refusal(text, digits, reason)
        if text.startswith("+"):
            number = _possible("+" + digits) or _possible(text)
            if number is None:
                raise Refused("mobile", _impossible(text), "mobile_invalid")
            return number, REFORMATTED
        return self._region.read(text, digits)


class Region:
    """A country, as far as its numbers are concerned."""

    def __init__(self, code: str) -> None:
        """Read its numbering plan; raises ValueError for a code that is none."""
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(code)
        if metadata is None:
            raise ValueError(code)
        self._code = code
        self._metadata = metadata
        self._calling_code = str(metadata.country_code)
        self._prefix = metadata.national_prefix or ""
        described = metadata.general_desc
        self._lengths = frozenset(described.possible_length if described else ())
        mobile = metadata.mobile
        self._mobile_lengths = frozenset((mobile and mobile.possible_length) or self._lengths)
        self._pattern = re.compile((described and described.national_number_pattern) or "(?!)")

    @cached_property
    def _strips_simply(self) -> bool:
        """Whether the library would take the prefix away without looking at what follows."""
        pattern = self._metadata.national_prefix_for_parsing or ""
        plain = not self._metadata.national_prefix_transform_rule
        return plain and pattern.split("|")[0] == self._prefix != ""

    @cached_property
    def _writes_prefix(self) -> bool:
        """Whether people here write a national number with a 0 in front, always."""
        formats = self._metadata.number_format
        if any(one.national_prefix_optional_when_formatting for one in formats):
            return False
        mobile = phonenumbers.example_number_for_type(self._code, PhoneNumberType.MOBILE)
        if self._prefix != "0" or mobile is None:
            return False
        return phonenumbers.format_number(mobile, PhoneNumberFormat.NATIONAL).startswith("0")

    def read(self, text: str, digits: str) -> tuple[str, str]:
        """Read a number without a plus; raises Refused.

        One that is shorter than mobile numbers, and none that is in use either, is a part of a
        number, an extension or a short code: the library calls many of them possible. So are five
        or six digits that would be in use with a zero in front.
        """
        number, note = self._read(text, digits)
        national = number.removeprefix(f"+{self._calling_code}")
        if national == number or len(national) not in self._mobile_lengths:
            parsed = phonenumbers.parse(number)
            is_used = phonenumbers.is_valid_number(parsed)
            is_guess = note == ZERO_LOST and len(national) < _E164_DIGITS.start
            if (is_guess or not is_used) and not _has_room(parsed):
                raise Refused("mobile", self._short(text), "mobile_invalid")
        return number, note

    def _read(self, text: str, digits: str) -> tuple[str, str]:
        if digits.startswith("00"):
            number = _possible(text, self._code) or _possible("+" + digits[2:])
            if number is not None:
                return number, REFORMATTED
        elif self._prefix and digits.startswith(self._prefix):
            number = self._behind_prefix(digits) or _possible(text, self._code)
            if number is not None:
                return number, PLUS_LOST if number == "+" + digits else NATIONAL
        else:
            return self._bare(text, digits)
        raise Refused("mobile", self._misfit(text), "mobile_invalid")

    def _behind_prefix(self, digits: str) -> str | None:
        """Take the ordinary road: prefix, then a number of the country; 1 µs instead of 30."""
        rest = digits[len(self._prefix) :]
        if (
            self._strips_simply
            and len(rest) in self._lengths
            and not rest.startswith(self._prefix)
            and not digits.startswith(self._calling_code)
            and self._pattern.fullmatch(rest)
        ):
            return f"+{self._calling_code}{rest}"
        return None

    def _bare(self, text: str, digits: str) -> tuple[str, str]:
        """Read digits that begin neither with a plus nor with the national prefix."""
        national = self._valid(digits)
        if national is not None and national == "+" + digits:
            return national, PLUS_LOST
        if national is not None and not self._writes_prefix:
            return national, NATIONAL
        if national is not None and not _may_be_in_use(digits):
            return national, ZERO_LOST
        abroad = _possible("+" + digits)
        if national is not None:
            if abroad is not None and phonenumbers.is_valid_number(phonenumbers.parse(abroad)):
                sentence = f'"{text[:40]}" may be {national} or {abroad}: write the one it is'
                raise Refused("mobile", sentence, "mobile_ambiguous")
            return national, ZERO_LOST
        if abroad is not None:
            return abroad, PLUS_LOST
        number = _possible(text, self._code)
        if number is None:
            raise Refused("mobile", self._misfit(text), "mobile_invalid")
        return number, NATIONAL

    def _valid(self, digits: str) -> str | None:
        """Return the number these digits are in this country, if such numbers are in use."""
        if (
            not digits.startswith(self._calling_code)
            and len(digits) in self._lengths
            and digits[0] != "0"
            and self._strips_simply
            and self._pattern.fullmatch(digits)
        ):
            return f"+{self._calling_code}{digits}"
        if self._has_own_code(digits):
            return f"+{digits}"
        try:
            parsed = phonenumbers.parse(digits, self._code)
        except NumberParseException:
            return None
        if not phonenumbers.is_valid_number(parsed):
            return None
        return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)

    def _has_own_code(self, digits: str) -> bool:
        """Tell whether they are a number of the country behind its code, and none without it."""
        rest = digits.removeprefix(self._calling_code)
        return (
            rest != digits
            and len(rest) in self._lengths
            and rest[0] not in {"0", self._prefix}
            and self._strips_simply
            and self._pattern.fullmatch(digits) is None
            and self._pattern.fullmatch(rest) is not None
        )

    def _short(self, text: str) -> str:
        return (
            f'"{text[:40]}" is too short for a mobile number of {self._code}: write it whole, as '
            "people there do, or as + country code and number without spaces, like +442071838750"
        )

    def _misfit(self, text: str) -> str:
        return (
            f'"{text[:40]}" is no number of {self._code}: write it as people there do, or as + '
            "country code and number without spaces, like +442071838750"
        )


def possible_lengths(beginning: str) -> frozenset[int]:
    """Tell how long a number may be, plus included, that begins so (`BEGINNING` characters).

    None where that does not decide: the library is asked then. It is where a national prefix
    could be cut off, or where a country code is not in use.
    """
    if len(beginning) < BEGINNING or beginning[0] != "+" or not _PLAIN.fullmatch(beginning[1:]):
        return frozenset()
    for digits in (1, 2, 3):
        code = int(beginning[1 : 1 + digits])
        region = phonenumbers.region_code_for_country_code(code)
        if region == phonenumbers.UNKNOWN_REGION:
            continue
        metadata = (
            phonenumbers.PhoneMetadata.metadata_for_nongeo_region(code)
            if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY
            else phonenumbers.PhoneMetadata.metadata_for_region(region)
        )
        described = metadata and metadata.general_desc
        national = beginning[1 + digits :]
        if not metadata or not described or beginning[1] == "0" or national[0] == "0":
            return frozenset()
        prefixes = (metadata.national_prefix_for_parsing or "").split("|")
        if any(prefix and not _is_apart(prefix, national) for prefix in prefixes):
            return frozenset()
        lengths = (digits + length for length in described.possible_length)
        return frozenset(1 + length for length in lengths if length in _E164_DIGITS)
    return frozenset()


def _is_apart(prefix: str, national: str) -> bool:
    """Tell that no number with this beginning can begin with the prefix, whatever follows."""
    plain = _PLAIN.fullmatch(prefix) is not None
    return plain and not prefix.startswith(national) and not national.startswith(prefix)


def _has_room(parsed: phonenumbers.PhoneNumber) -> bool:
    """Tell whether a number is as long as mobiles of its country are, in use or not yet."""
    verdict = phonenumbers.is_possible_number_for_type_with_reason(parsed, PhoneNumberType.MOBILE)
    return verdict in {ValidationResult.IS_POSSIBLE, ValidationResult.TOO_LONG}


def _undamaged(text: str) -> str:
    """Bring back a number that a spreadsheet has written with an exponent; raises Refused."""
    damaged = _DAMAGED.fullmatch(text)
    if damaged is None:
        return text
    first, decimals, exponent = damaged[1], damaged[2] or "", int(damaged[3])
    if decimals and len(decimals) == exponent:
        return first + decimals
    sentence = (
        f'"{text}" is what a spreadsheet made of a phone number, and its last digits are gone: '
        "format the column as text, put the numbers in anew and save the file again"
    )
    raise Refused("mobile", sentence, "mobile_digits_lost")


def _possible(text: str, region: str | None = None) -> str | None:
    """Return a number in E.164 if it is a possible one, by the verdict of the API."""
    try:
        parsed = phonenumbers.parse(text, region)
        if parsed.extension:
            return None
        return identifiers.mobile(phonenumbers.format_number(parsed, PhoneNumberFormat.E164))
    except (NumberParseException, identifiers.Refused):
        return None


def _may_be_in_use(digits: str) -> bool:
    """Tell whether some country has numbers like this one; 2 µs where the library takes 40."""
    return any(
        pattern.fullmatch(digits[length:]) is not None
        for length in (1, 2, 3)
        for pattern in _patterns(digits[:length])
    )


@lru_cache(maxsize=2_000)
def _patterns(calling_code: str) -> tuple[re.Pattern[str], ...]:
    """Return what the numbers behind a calling code look like, in each of its countries."""
    code = int(calling_code)
    every = [
        phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        for region in phonenumbers.region_codes_for_country_code(code)
    ]
    texts = [one.general_desc.national_number_pattern for one in every if one and one.general_desc]
    return tuple(re.compile(text) for text in texts if text)


def _impossible(text: str) -> str:
    return (
        f'"{text[:40]}" is too short or too long, or its country code is not in use: '
        "write it as + country code and number without spaces, like +442071838750"
    )


def _strict_refusal(text: str, digits: str, reason: str) -> Refused:
    """Say what the number would have to be."""
    if text.startswith("+"):
        number = _possible(text)
        if number is None:
            return Refused("mobile", reason, "mobile_invalid")
        sentence = f'"{text[:40]}" is not strict E.164: write it as {number}, {_CHOOSE}'
        return Refused("mobile", sentence, "mobile_invalid")
    number = _possible("+" + digits.removeprefix("00"))
    if number is not None and not text.startswith("0") and _PLAIN.fullmatch(text):
        sentence = f'"{text[:40]}" has no +: write it as {number}, {_CHOOSE}'
        return Refused("mobile", sentence, "mobile_plus_lost")
    return Refused("mobile", f"{reason}, {_CHOOSE}", "mobile_invalid")
