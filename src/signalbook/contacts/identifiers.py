"""The three identifiers: when one is acceptable and how it is compared; no I/O.

Ordinary values take a fast path and the rest goes to the library; both give the same verdict,
which a property test holds them to (`tests/unit/contacts/test_identifiers.py`).
"""

import re
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES
from phonenumbers import NumberParseException, PhoneNumberFormat

from signalbook.kit.errors import Problem

MAX_EXTERNAL_ID = 255

_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*")
_MAX_LOCAL = 64
_MAX_EMAIL = 254
_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MOBILE_FORM = "write it as + country code and number without spaces, like +442071838750"


class Refused(Exception):  # a verdict that becomes a Problem
    """The value cannot identify a contact; carries the sentence that says why."""


def email(raw: str) -> str:
    """Return an address as it is stored: trimmed, domain lower-cased; raises Refused.

    Syntax by RFC 5321/5322/6531 as `email-validator` 2 reads them, internationalised addresses
    included; the DNS is never asked. <https://github.com/JoshData/python-email-validator>
    """
    address = raw.strip()
    local, at, domain = address.rpartition("@")
    if (
        at
        and len(local) <= _MAX_LOCAL
        and len(address) <= _MAX_EMAIL
        and domain.isascii()
        and _PLAIN_LOCAL.fullmatch(local)
        and local.lower() not in CASE_INSENSITIVE_MAILBOX_NAMES
    ):
        known = _domain(domain)
        if known is not None:
            return f"{local}@{known}"
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError as reason:
        sentence = f'"{address[:80]}" is not an e-mail address: {reason}'
        raise Refused(sentence.rstrip(".")) from reason


@lru_cache(maxsize=20_000)
def _domain(domain: str) -> str | None:
    """Return the domain as the library stores it, or None where it must judge the address."""
    try:
        verdict = validate_email(f"a@{domain}", check_deliverability=False)
    except EmailNotValidError:
        return None
    short = len(verdict.normalized) == len(domain) + 2 and verdict.domain.isascii()
    return verdict.domain if short else None


def email_key(address: str) -> str:
    """Return the form in which two addresses are compared: without regard to case."""
    return address.lower()


def mobile(raw: str) -> str:
    """Return a number in strict E.164 that `phonenumbers` calls possible; raises Refused.

    Spaces, dashes, brackets and national forms are refused with a sentence that shows the right
    form, since guessing a country would message a stranger. ITU-T E.164,
    <https://support.twilio.com/hc/en-us/articles/223183008>.
    """
    number = raw.strip()
    if not _E164.fullmatch(number):
        sentence = f'"{number[:40]}" is not a mobile number in E.164 form: {_MOBILE_FORM}'
        raise Refused(sentence)
    if _ordinary(number):
        return number
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException as reason:
        sentence = f"{number} does not begin with a country code in use: {_MOBILE_FORM}"
        raise Refused(sentence) from reason
    if not phonenumbers.is_possible_number(parsed):
        sentence = f"{number} is too short or too long for its country: {_MOBILE_FORM}"
        raise Refused(sentence)
    written = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    if written != number:
        sentence = f"{number} is not strict E.164: write it as {written}"
        raise Refused(sentence)
    return number


def external_id(raw: str) -> str:
    """Return your own id, trimmed: 1 to 255 characters, none of them a control; raises Refused."""
    own = raw.strip()
    if not own or len(own) > MAX_EXTERNAL_ID or _CONTROL.search(own):
        sentence = f"external_id has 1 to {MAX_EXTERNAL_ID} characters and no control characters"
        raise Refused(sentence)
    return own


def refused_problem(field: str, reason: Refused) -> Problem:
    """Say which identifier was refused, and why."""
    return Problem(field, str(reason), f"{field}_invalid")


def _ordinary(number: str) -> bool:
    """Tell whether the length alone already makes the number possible.

    That holds where the national part cannot begin with a prefix that the library would strip; it
    costs 1 µs instead of 14 (2026-11).
    """
    for digits in (1, 2, 3):
        plan = _plan(number[1 : 1 + digits])
        if plan is not None:
            lengths, prefix = plan
            national = number[1 + digits :]
            return (
                len(national) in lengths
                and national[0] != "0"
                and not (prefix and prefix.match(national))
            )
    return False


@lru_cache(maxsize=2_000)
def _plan(calling_code: str) -> tuple[frozenset[int], re.Pattern[str] | None] | None:
    """Return the possible lengths of a country's numbers and its national prefix."""
    code = int(calling_code)
    region = phonenumbers.region_code_for_country_code(code)
    metadata = (
        phonenumbers.PhoneMetadata.metadata_for_nongeo_region(code)
        if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY
        else phonenumbers.PhoneMetadata.metadata_for_region(region)
    )
    if metadata is None:
        return None
    prefix = metadata.national_prefix_for_parsing
    described = metadata.general_desc
    lengths: frozenset[int] = frozenset(described.possible_length if described else ())
    return lengths, re.compile(prefix) if prefix else None
