"""Between the published JSON and the domain: bodies become changes, contacts become answers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET

from signalbook.contacts import checking
from signalbook.contacts.errors import ContactInvalid
from signalbook.contacts.model import Contact, ContactChange, Mode, Outcome, Source
from signalbook.contacts.schemas import ContactIn, ContactOut, Reachability
from signalbook.fields import model as field_rules
from signalbook.fields.model import FieldType
from signalbook.kit.errors import AppError, Problem
from signalbook.web.bodies import BodyInvalid
from signalbook.web.moments import shown

encode = msgspec.json.Encoder().encode

NAMES: Final = ("first_name", "last_name", "full_name", "phone")
_IDENTIFIERS = frozenset({"email", "mobile", "external_id"})
_NO_PREFERENCES = Problem(
    "preferences",
    "Preferences are not kept yet: leave them out, or use is_unsubscribed",
    "not_supported",
)


def change_of(
    body: ContactIn,
    source: Source,
    mode: Mode,
    *,
    id: UUID | None = None,
    may_lift: bool = False,
) -> ContactChange:
    """Make the change that a body asks for; only what was sent changes.

    `is_unsubscribed: false` lifts an opt-out only where `may_lift`: in an update of one contact.
    """
    fields: dict[str, Any] = {} if body.custom_fields is UNSET else body.custom_fields
    if named := {name: value for name in NAMES if (value := getattr(body, name)) is not UNSET}:
        fields = fields | named
    status: Literal["unsubscribe", "resubscribe"] | None = None
    if body.is_unsubscribed is True:
        status = "unsubscribe"
    elif body.is_unsubscribed is False and may_lift:
        status = "resubscribe"
    return ContactChange(
        source=source,
        id=id,
        email=body.email,
        mobile=body.mobile,
        external_id=body.external_id,
        fields=fields,
        metadata={} if body.metadata is UNSET else body.metadata,
        tags_set=None if body.tags is UNSET else tuple(body.tags),
        status=status,
        is_active=None if body.is_active is UNSET else body.is_active,
        mode=mode,
    )


def refuse_problems(problems: list[Problem], body: ContactIn, change: ContactChange) -> None:
    """Raise with every problem of a body, those of its form and those of its meaning."""
    if body.preferences:
        problems = [*problems, *unsupported(body).problems]
    try:
        checking.checked(change)
    except ContactInvalid as refusal:
        known = {problem.field.partition("[")[0] for problem in problems}
        problems = [
            *problems,
            *(
                renamed(problem)
                for problem in refusal.problems
                if problem.code != "identifier_missing" or not known & _IDENTIFIERS
            ),
        ]
    problems = [*problems, *_shadowed(body)]
    if problems:
        raise BodyInvalid(problems=problems)


def _shadowed(body: ContactIn) -> Iterator[Problem]:
    """Look at values in custom_fields that a member of the same name replaces."""
    if body.custom_fields is UNSET:
        return
    for name in NAMES:
        value = body.custom_fields.get(name)
        if value is None or getattr(body, name) is UNSET:
            continue
        try:
            fits = "\x00" not in str(field_rules.fit(name, FieldType.TEXT, value))
        except field_rules.Unfit:
            fits = False
        if not fits:
            problem = field_rules.unfit_problem(name, FieldType.TEXT, value)
            yield msgspec.structs.replace(problem, field=f"custom_fields.{name}")


def unsupported(body: ContactIn) -> BodyInvalid:
    """Refuse what is accepted in form only."""
    return BodyInvalid(problems=[_NO_PREFERENCES] if body.preferences else [])


def renamed(problem: Problem) -> Problem:
    """Name the field of a problem as the published JSON does."""
    inside, dot, name = problem.field.partition(".")
    if inside != "fields" or not dot:
        return problem
    return msgspec.structs.replace(
        problem, field=name if name in NAMES else f"custom_fields.{name}"
    )


def accepted(outcome: Outcome) -> Contact | None:
    """Return the contact of an outcome; raises its error, fields named as they were sent."""
    if outcome.error is not None:
        raise told(outcome.error)
    return outcome.contact


def told(error: AppError) -> AppError:
    """Name the fields in an error as they were sent."""
    error.problems = tuple(renamed(problem) for problem in error.problems)
    return error


def out(contact: Contact, tag_names: Mapping[int, str], notes: Sequence[str] = ()) -> ContactOut:
    """Show a contact."""
    fields = contact.fields
    custom = {
        name: value for name, value in fields.items() if name not in {"first_name", "last_name"}
    }
    active, may = contact.is_active, contact.is_active and contact.list_active
    voice = contact.mobile or fields.get("phone")
    return ContactOut(
        id=str(contact.id),
        external_id=contact.external_id,
        email=contact.email,
        mobile=contact.mobile,
        first_name=fields.get("first_name"),
        last_name=fields.get("last_name"),
        full_name=fields.get("full_name"),
        phone=fields.get("phone"),
        tags=[tag_names[tag] for tag in contact.tags if tag in tag_names],
        is_active=active,
        is_unsubscribed=contact.unsubscribed_at is not None,
        unsubscribed_at=moment(contact.unsubscribed_at),
        reachability=Reachability(
            email=may and contact.email is not None and contact.email_optout is None,
            sms=may and contact.mobile is not None and contact.sms_optout is None,
            voice=may and bool(voice) and contact.voice_optout is None,
        ),
        custom_fields=custom,
        metadata=contact.metadata,
        preferences={},
        created_at=shown(contact.created_at),
        updated_at=shown(contact.updated_at),
        notes=list(notes),
    )


def moment(at: datetime | None) -> str | None:
    """Write a time that may not be."""
    return None if at is None else shown(at)
