"""Between a contact in Digitaleo's words and a change or a contact of ours; no I/O."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from signalbook.contacts import checking, reach
from signalbook.contacts.errors import ContactInvalid
from signalbook.contacts.model import OPTOUT_MAKERS, Contact, ContactChange, Mode, Source
from signalbook.doors.digitaleo.model import (
    CONTACT,
    OWN_ID,
    REASONS,
    Row,
    contact_property,
    members_of,
    text_of,
    texts_of,
)
from signalbook.kit.errors import Problem

_ADDRESSES: Final = {
    "email": "e-mail",
    "sms": "mobile",
    "voice": "mobile or phone number",
    "voicemail": "mobile or phone number",
}
_READ_ONLY: Final = frozenset({"id", "created", "updated"})
_NO_DAY: Final = frozenset({"0000-00-00", "0000-00-00 00:00:00"})
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]00:00(:00(\.0+)?)?Z?")


class Wanted(NamedTuple):
    """What one record asks: a change, lists to join by their numbers, and opt-outs to lift."""

    change: ContactChange
    lists: tuple[str, ...]
    lifts: frozenset[str]


def created(record: object, source: Source, problems: list[Problem], at: str = "") -> Wanted:
    """Read a new contact; blank values count as not sent. What is wrong goes to `problems`.

    One without e-mail and mobile is known by what was sent of it, so that sending it twice makes
    one contact.
    """
    members = members_of(record)
    change = ContactChange(source=source, mode=Mode.UPSERT)
    if members is None or not members:
        told = 'A contact is an object of properties, like {"email": "ada@example.com"}'
        problems.append(Problem(at.rstrip("."), told, "contact_invalid"))
        return Wanted(change, (), frozenset())
    sent = {name: value for name, value in members.items() if text_of(value).strip()}
    lists = _read(sent, change, problems, at, is_new=True)
    if not (change.email or change.mobile):
        whole = msgspec.json.encode(sorted((name, text_of(one)) for name, one in sent.items()))
        change.external_id = OWN_ID + hashlib.sha256(whole).hexdigest()[:32]
    _check(change, problems, at)
    return Wanted(change, lists, frozenset())


def updated(metadata: object, id: UUID, source: Source, problems: list[Problem]) -> Wanted:
    """Read the changed properties of a contact; a blank or null one is removed."""
    members = members_of(metadata)
    change = ContactChange(source=source, id=id, mode=Mode.UPDATE)
    if members is None:
        told = 'metaData is an object of changed properties, like {"lastName": "Lovelace"}'
        problems.append(Problem("metaData", told, "metadata_invalid"))
        return Wanted(change, (), frozenset())
    lists = _read(members, change, problems, "", is_new=False)
    lifts = [
        CONTACT[known].of
        for name, value in members.items()
        if (known := contact_property(name)) is not None
        and CONTACT[known].kind == "optout"
        and _is_none(value)
    ]
    _check(change, problems, "")
    return Wanted(change, lists, frozenset(lifts))


def refused_lift(reasons: Mapping[str, str | None], lifts: frozenset[str]) -> Problem | None:
    """Say why an opt-out cannot be lifted: only what the account itself had set can be."""
    for channel in sorted(lifts):
        reason = reasons.get(channel)
        if reason is not None and reason != "user":
            told = (
                f"{channel}Optout stays {reason}: it was made by {OPTOUT_MAKERS[reason]}, and only"
                " they can lift it"
            )
            return Problem(f"{channel}Optout", told, "optout_kept")
    return None


def still_held(contact: Contact, channels: frozenset[str]) -> Problem | None:
    """Say what a lift did not reach: the account has blocked the whole domain of the address."""
    if "email" in channels and contact.email_optout is not None:
        told = (
            f"emailOptout stays {contact.email_optout}: it holds for the whole domain of"
            f" {contact.email}; lift that first"
        )
        return Problem("emailOptout", told, "optout_kept")
    return None


def not_kept(contact: Contact, change: ContactChange) -> list[Problem]:
    """Say which opt-outs have nothing to hold for: they belong to an address of their channel."""
    found: list[Problem] = []
    for channel, _ in change.optouts:
        if not reach.named(contact, channel):
            who = contact.email or contact.mobile or "this contact"
            told = (
                f"{channel}Optout was not kept: {who} has no {_ADDRESSES[channel]}, and an opt-out"
                " belongs to an address; POST /rest/optouts blocks one that nobody has yet"
            )
            found.append(Problem(f"{channel}Optout", told, "optout_without_address"))
    return found


def record_of(
    contact: Contact,
    number: str,
    list_numbers: Sequence[str],
    voicemail: str | None,
    properties: Sequence[str],
) -> Row:
    """Show these properties of a contact, every value a text or null, as Digitaleo does."""
    own: dict[str, Any] = {
        "id": number,
        "listIds": list(list_numbers),
        "dateCreated": moment(contact.created_at),
        "dateUpdated": moment(contact.updated_at),
        "email": contact.email,
        "mobile": contact.mobile,
        "smsOptout": contact.sms_optout,
        "emailOptout": contact.email_optout,
        "voiceOptout": contact.voice_optout,
        "voicemailOptout": voicemail,
    }
    fields = contact.fields
    return {
        name: own[name] if name in own else _shown(fields.get(CONTACT[name].of))
        for name in properties
    }


def moment(at: datetime) -> str:
    """Write a time, in UTC and without a zone."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _read(
    members: Mapping[str, Any],
    change: ContactChange,
    problems: list[Problem],
    at: str,
    *,
    is_new: bool,
) -> tuple[str, ...]:
    """Take properties into a change; return the lists that are to be joined."""
    lists: tuple[str, ...] = ()
    optouts: list[tuple[str, str]] = []
    for name, value in members.items():
        known = contact_property(name)
        if known is None:
            shown = name[:64].replace("\x00", "")
            told = f"A contact has no property {shown}"
            problems.append(Problem(at + shown, told, "property_unknown"))
            continue
        of = CONTACT[known]
        if of.kind == "lists":
            lists = tuple(texts_of(value))
        elif of.kind == "optout":
            optouts += _optout(known, value, problems, at)
        elif isinstance(value, dict | list):
            told = f"{known} is a text, not a list or an object"
            problems.append(Problem(at + known, told, "value_wrong"))
        elif of.kind in {"email", "mobile"}:
            plain = text_of(value).strip()
            setattr(change, of.kind, plain or (change_none(is_new=is_new)))
        elif of.kind not in _READ_ONLY:
            change.fields[of.of] = _field(of.kind, value)
    change.optouts = tuple(optouts)
    return lists


def change_none(*, is_new: bool) -> Any:  # noqa: ANN401  # unset, or None to remove
    """Say what a blank identifier means: nothing in a new contact, removal in an update."""
    return msgspec.UNSET if is_new else None


def _field(kind: str, value: object) -> object:
    """Read a field's value; a blank removes it, and a day may come with a midnight."""
    if isinstance(value, str):
        value = value.strip() if kind in {"day", "number"} else value
        if not value.strip() or (kind == "day" and value in _NO_DAY):
            return None
        if kind == "day" and (found := _DAY.fullmatch(value)):
            return found.group(1)
    return text_of(value) if isinstance(value, bool) else value


def _optout(name: str, value: object, problems: list[Problem], at: str) -> list[tuple[str, str]]:
    if _is_none(value):
        return []
    channel, reason = CONTACT[name].of, text_of(value).strip().lower()
    if reason not in REASONS[channel]:
        told = f'{name} is null, {", ".join(REASONS[channel])}, not "{reason[:64]}"'
        problems.append(Problem(at + name, told, "optout_invalid"))
        return []
    return [(channel, reason)]


def _is_none(value: object) -> bool:
    return text_of(value).strip().lower() in {"", "null"}


def _check(change: ContactChange, problems: list[Problem], at: str) -> None:
    try:
        checking.checked(change)
    except ContactInvalid as refusal:
        problems += [renamed(problem, at) for problem in refusal.problems]


_NAMED: Final = {f"fields.{of.of}": name for name, of in CONTACT.items() if of.of}


def renamed(problem: Problem, at: str = "") -> Problem:
    """Name the field of a problem as it was sent."""
    return msgspec.structs.replace(problem, field=at + _NAMED.get(problem.field, problem.field))


def _shown(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    return text_of(value)
