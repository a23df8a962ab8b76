"""Codes of imports in the words of people: why rows are rejected, what was put right."""

import re
from collections.abc import Mapping
from typing import Final

from signalbook.imports.model import Action

REASONS: Final = {
    "identifier_missing": "The row does not say who",
    "email_invalid": "Not an e-mail address",
    "email_several": "Several e-mails in one cell",
    "mobile_invalid": "Not a phone number",
    "mobile_digits_lost": "A phone number whose last digits a spreadsheet has lost",
    "mobile_plus_lost": "A phone number without its plus",
    "mobile_ambiguous": "A phone number that could be of two countries",
    "conflict": "In conflict: it belongs to two contacts",
    "exists": "Known already, and only new people are added",
    "missing": "Not known, and nobody is added",
    "field_value_unfit": "A value that does not fit its field",
    "field_name_invalid": "A field that cannot be called so",
    "field_name_reserved": "A field that cannot be called so",
    "date_ambiguous": "A date whose day and month could be swapped",
    "json_invalid": "Not a JSON object",
    "row_too_long": "More cells than the header has",
    "too_many_fields": "More fields than an account can have",
    "too_many_tags": "More tags than a contact can carry",
    "tag_invalid": "Not a tag",
    "list_invalid": "Not the name of a list",
    "text_broken": "Text with a broken character",
    "nul": "Text with a NUL character",
}
_NOTES: Final = {
    "mobile_from_national": "Phone numbers given their country code",
    "mobile_reformatted": "Phone numbers written in the international form",
    "mobile_plus_lost": "Phone numbers given back their plus",
    "mobile_zero_lost": "Phone numbers given back their leading zero",
    "apostrophe_removed": "Cells without the apostrophe that protected a number",
    "formula_read": "Cells that were a formula of a text, read as the text",
    "email_unwrapped": "E-mails taken out of what stood around them",
    "characters_mended": "Texts with characters put right",
    "date_from_serial": "Dates read from a spreadsheet's numbers",
    "time_dropped": "Dates whose time of day was left out",
    "year_two_digits": "Dates whose year has two digits",
    "keys_left_out": "Values left out, as the header does not name them",
    "status_unknown": "Statuses that are not known here, and change nothing",
    "status_inactive": "Contacts that are archived or inactive, and are deactivated here",
    "optout_unclear": "Opt-outs that are not clear, and are taken as such",
}
_SAY_WHO: Final = "Say who: an email, a mobile in E.164 form or an external_id is needed"
_FIELD: Final = re.compile(r"\bThe field (\w+) ")


def reason(action: Action, code: str, sentence: str) -> str:
    """Name the reason of a rejection, or return the sentence of an example."""
    if action == Action.DELETE and code == "missing":
        return "Not found: there is no such contact"
    return REASONS.get(code, sentence)


def sentence(action: Action, code: str, said: str, labels: Mapping[str, str]) -> str:
    """Write what the API says of a row in the words of the console, each of its parts."""
    if action == Action.DELETE and code == "missing":
        return "Not found: there is no such contact"
    said = said.replace(_SAY_WHO, "It needs an e-mail, a mobile number or an external id")
    return _FIELD.sub(lambda found: f"{labels.get(found[1], found[1])} ", said)


def note(code: str) -> str:
    """Say what was put right."""
    return _NOTES.get(code, code.replace("_", " ").capitalize())
