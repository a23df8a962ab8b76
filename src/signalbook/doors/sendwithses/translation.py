"""From a Send With SES body to a change, and from an outcome to its answer; no I/O.

Sources: <https://docs.sendwithses.com/features/contacts> and, for `isd_code` and the older
`Subscribed`/`Unsubscribed`, <https://docs.sendwithses.com/api/contacts-api>.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, cast

import msgspec

from signalbook.contacts import checking
from signalbook.contacts.errors import ContactInvalid, ContactsConflict
from signalbook.contacts.model import ContactChange, Outcome, Source, Status
from signalbook.kit.errors import AppError, Problem

_STATUS: dict[str, Literal["unsubscribe", "resubscribe"]] = {
    "subscribe": "resubscribe",
    "subscribed": "resubscribe",
    "unsubscribe": "unsubscribe",
    "unsubscribed": "unsubscribe",
}
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY_FIRST = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")
_CALLING_CODE = re.compile(r"\+?[1-9]\d{0,2}")
_OWN = frozenset(
    {"email", "mobile", "isd_code", "status", "dob", "add_tags", "remove_tags", "external_id"}
)
_OF_TWO = "These identifiers belong to two different contacts, {ids}: send one of them alone"
_encode = msgspec.json.Encoder().encode
_ADDED = _encode({"success": True, "message": "Contact added"})


def change_of(body: Mapping[str, Any], source: Source) -> ContactChange:
    """Read a body as one change; raises ContactInvalid with all that cannot be read.

    A member that is null or blank counts as not sent. A member the original does not know becomes
    a field of that name. A tag in both lists is detached, then attached.
    """
    problems: list[Problem] = []
    change = ContactChange(source=source)
    for name in ("email", "external_id"):
        value = body.get(name)
        if _is_sent(value):
            setattr(change, name, value)
    mobile = _mobile(body, problems)
    if _is_sent(mobile):
        change.mobile = mobile
    status = body.get("status")
    if _is_sent(status):
        change.status = _STATUS.get(status.strip().lower()) if isinstance(status, str) else None
        if change.status is None:
            sentence = "status is Subscribe, Subscribed, Unsubscribe or Unsubscribed"
            problems.append(Problem("status", sentence, "status_unknown"))
    change.fields = {
        name: value for name, value in body.items() if name not in _OWN and _is_sent(value)
    }
    if _is_sent(dob := body.get("dob")):
        change.fields["birth_date"] = _birth_date(dob, problems)
    change.tags_add = _tags("add_tags", body.get("add_tags"), problems)
    change.tags_remove = _tags("remove_tags", body.get("remove_tags"), problems)
    if problems:
        raise ContactInvalid(problems=[*problems, *_further(change)])
    return change


def _is_sent(value: object) -> bool:
    """Tell a value from none: null and blank are not sent, `{}` and 0 are, and wrong."""
    return value is not None and not (isinstance(value, str) and not value.strip())


def _further(change: ContactChange) -> list[Problem]:
    """Find what else is wrong with a change, so that one answer tells all of it."""
    try:
        checking.checked(change)
    except ContactInvalid as refusal:
        return [one for one in refusal.problems if one.code != "identifier_missing"]
    return []


def answer_of(outcome: Outcome) -> bytes:
    """Write the answer to a change that was accepted, with what could not be done as asked."""
    if outcome.status is Status.REJECTED or not outcome.notes:
        return _ADDED
    note = " ".join(outcome.notes)
    return _encode({"success": True, "message": "Contact added", "note": note})


def refusal_of(error: AppError) -> bytes:
    """Write the answer to a call that was refused: a sentence, and the stable code of it."""
    codes = ", ".join(dict.fromkeys(problem.code for problem in error.problems)) or error.code()
    told = error.message
    if isinstance(error, ContactsConflict):  # nobody can ask this door for a merge
        told = _OF_TWO.format_map(error.facts)
    return _encode({"success": False, "message": told, "error": codes})


def failure(sentence: str) -> bytes:
    """Write the answer to a call that failed on our side."""
    return _encode({"success": False, "message": sentence, "error": "internal_error"})


def _mobile(body: Mapping[str, Any], problems: list[Problem]) -> Any:  # noqa: ANN401  # as sent
    """Join the calling code of the oldest documents with a number that lacks one."""
    mobile, code = body.get("mobile"), body.get("isd_code")
    if not isinstance(mobile, str) or not mobile.strip() or not _is_sent(code):
        return mobile
    if mobile.lstrip().startswith("+"):
        return mobile
    written = str(code).strip()
    if not _CALLING_CODE.fullmatch(written):
        sentence = "isd_code is a country calling code, like +91"
        problems.append(Problem("isd_code", sentence, "isd_code_invalid"))
        return None
    return f"+{written.lstrip('+')}{mobile.strip()}"


def _birth_date(dob: object, problems: list[Problem]) -> object:
    """Turn DD-MM-YYYY into an ISO date; one that is ISO already is judged by the field."""
    if not isinstance(dob, str) or _ISO_DATE.fullmatch(dob):
        return dob
    found = _DAY_FIRST.fullmatch(dob.strip())
    try:
        day, month, year = map(int, found.groups() if found else ())
        return date(year, month, day).isoformat()
    except ValueError:
        sentence = f'dob "{dob}" is not a day of the calendar: write it as DD-MM-YYYY'
        problems.append(Problem("dob", sentence, "dob_invalid"))
        return None


def _tags(name: str, value: object, problems: list[Problem]) -> tuple[str, ...]:
    """Split a comma-separated list of tags; a JSON list of texts is taken as well."""
    if value is None:
        return ()
    parts: list[Any] = []
    if isinstance(value, str):
        parts = value.split(",")
    elif isinstance(value, list):
        parts = cast("list[Any]", value)
    else:
        sentence = f"{name} is a text of tags, separated by commas"
        problems.append(Problem(name, sentence, f"{name}_invalid"))
    named = [part.strip() if isinstance(part, str) else part for part in parts]
    return tuple(dict.fromkeys(tag for tag in named if tag != ""))
