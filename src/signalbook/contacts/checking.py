"""Whether a change can be accepted at all, before anything is looked up; no I/O."""

import re
from collections.abc import Callable, Iterator
from typing import Any, cast

from msgspec import UNSET, UnsetType

from signalbook.contacts import identifiers
from signalbook.contacts.errors import ContactInvalid, EmailNeeded, LastIdentifierRemoved
from signalbook.contacts.model import MAX_JSON_DEPTH, Contact, ContactChange, Mode
from signalbook.fields import model as fields
from signalbook.fields.model import MAX_NAME, STANDARD
from signalbook.kit.errors import Problem
from signalbook.tags.model import tag_problem

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MAX_MESSAGE_ID = 255


def checked(change: ContactChange) -> ContactChange:
    """Return the change with its identifiers and tags in stored form.

    Raises ContactInvalid, which lists every problem of the change and not only the first.
    """
    problems: list[Problem] = []
    change.email = _identifier("email", change.email, identifiers.email, problems)
    change.mobile = _identifier("mobile", change.mobile, identifiers.mobile, problems)
    change.external_id = _identifier(
        "external_id", change.external_id, identifiers.external_id, problems
    )
    if change.id is None and not (change.email or change.mobile or change.external_id):
        if not problems:
            sentence = "Say who: an email, a mobile in E.164 form or an external_id is needed"
            problems.append(Problem("email", sentence, "identifier_missing"))
    elif change.mode is Mode.CREATE and change.id is not None:
        problems.append(Problem("id", "The id of a new contact is made here", "id_not_settable"))
    if change.fields:
        _check_fields(change.fields, problems)
    if change.metadata:
        _check_tree("metadata", change.metadata, problems)
    if change.tags_add or change.tags_remove or change.tags_set:
        _check_tags(change, problems)
    if change.message_id is not None and not _usable_message_id(change.message_id):
        sentence = f"message_id has 1 to {_MAX_MESSAGE_ID} characters and no control characters"
        problems.append(Problem("message_id", sentence, "message_id_invalid"))
    if problems:
        problems += _standard_misfits(change.fields)
        raise ContactInvalid(problems=problems)
    return change


def refuse_nameless(contact: Contact, change: ContactChange, *, needs_email: bool) -> None:
    """Raise LastIdentifierRemoved where a change would leave nothing to know a contact by.

    Where contacts are stored by e-mail (`storing`), raises EmailNeeded for one without.
    """
    if None not in (change.email, change.mobile, change.external_id) and not needs_email:
        return
    after = (
        contact.email if change.email is UNSET else change.email,
        contact.mobile if change.mobile is UNSET else change.mobile,
        contact.external_id if change.external_id is UNSET else change.external_id,
    )
    if after == (None, None, None):
        raise LastIdentifierRemoved
    if needs_email and after[0] is None:
        raise EmailNeeded


def _identifier(
    field: str,
    raw: str | UnsetType | None,
    read: Callable[[str], str],
    problems: list[Problem],
) -> str | UnsetType | None:
    if raw is UNSET or raw is None:
        return raw
    if not isinstance(raw, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # comes from JSON
        problems.append(Problem(field, f"{field} is a text", f"{field}_invalid"))
        return UNSET
    if not raw.strip():
        return UNSET
    try:
        return read(raw)
    except identifiers.Refused as reason:
        problems.append(identifiers.refused_problem(field, reason))
        return UNSET


def _check_fields(given: dict[str, Any], problems: list[Problem]) -> None:
    for name in given:
        problem = fields.name_problem(name, f"fields.{name[:MAX_NAME]}")
        if problem is not None:
            problems.append(problem)
    _check_tree("fields", given, problems)


def _check_tree(name: str, tree: dict[str, Any], problems: list[Problem]) -> None:
    """Refuse NUL, which PostgreSQL cannot store, and nesting deeper than the stated limit."""
    for key, value in tree.items():
        if isinstance(value, str):
            if "\x00" in value:
                problems.append(_nul(f"{name}.{key}"))
        elif isinstance(value, dict | list):
            _check_nested(f"{name}.{key}", cast("object", value), problems)
        if "\x00" in key:
            problems.append(_nul(name))


def _check_nested(path: str, value: object, problems: list[Problem]) -> None:
    """Walk without recursion, so that depth cannot exhaust the stack."""
    waiting: list[tuple[object, int]] = [(value, 2)]
    while waiting:
        here, depth = waiting.pop()
        if depth > MAX_JSON_DEPTH:
            sentence = f"{path} is nested deeper than {MAX_JSON_DEPTH} levels"
            problems.append(Problem(path, sentence, "too_deep"))
            return
        if isinstance(here, str) and "\x00" in here:
            problems.append(_nul(path))
            return
        inner: list[Any] = []
        if isinstance(here, dict):
            held = cast("dict[str, Any]", here)
            inner = [*held.keys(), *held.values()]
        elif isinstance(here, list):
            inner = cast("list[Any]", here)
        waiting.extend((one, depth + 1 if isinstance(one, dict | list) else depth) for one in inner)


def _nul(path: str) -> Problem:
    shown = path.replace("\x00", "")
    return Problem(shown, f"{shown} contains a NUL character, which cannot be stored", "nul")


def _check_tags(change: ContactChange, problems: list[Problem]) -> None:
    change.tags_add = _trimmed(change.tags_add)
    change.tags_remove = _trimmed(change.tags_remove)
    change.tags_set = None if change.tags_set is None else _trimmed(change.tags_set)
    for tag in (*change.tags_add, *change.tags_remove, *(change.tags_set or ())):
        problem = tag_problem(tag)
        if problem is not None:
            problems.append(problem)


def _trimmed(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Take the blanks around tags away; what is no text is left for the check to name."""
    return tuple(
        [tag.strip() if isinstance(tag, str) else tag for tag in tags]  # pyright: ignore[reportUnnecessaryIsInstance]  # comes from JSON
    )


def _standard_misfits(given: dict[str, Any]) -> Iterator[Problem]:
    """Name the standard fields that would be refused as well, so that one answer tells all."""
    for name, value in given.items():
        standard = STANDARD.get(name)
        if standard is not None and value is not None:
            try:
                fields.fit(name, standard.type, value)
            except fields.Unfit:
                yield fields.unfit_problem(name, standard.type, value)


def _usable_message_id(message_id: str) -> bool:
    return 0 < len(message_id) <= _MAX_MESSAGE_ID and not _CONTROL.search(message_id)
