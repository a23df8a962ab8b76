"""Between the published JSON and lists: bodies become names and filters, lists become answers."""

from datetime import datetime
from typing import cast
from uuid import UUID

import msgspec

from signalbook.contacts import wire as contacts
from signalbook.contacts.filters import ContactFilter
from signalbook.contacts.schemas import ContactOut
from signalbook.kit.db import Row
from signalbook.kit.errors import Problem
from signalbook.lists.model import Combination, ContactList, ListJob, State
from signalbook.lists.schemas import FromLists, ListJobOut, ListOut, Matching, MemberOut
from signalbook.web.bodies import BodyInvalid
from signalbook.web.moments import shown
from signalbook.web.params import MAX_TEXT


def out(one: ContactList) -> ListOut:
    """Show a list."""
    return ListOut(
        id=str(one.id),
        name=one.name,
        description=one.description,
        kind=one.kind,
        is_active=one.is_active,
        members=one.members,
        created_at=shown(one.created_at),
        created_by=one.created_by,
    )


def job_out(job: ListJob, not_found: list[str] | None = None) -> ListJobOut:
    """Show work on a list."""
    return ListJobOut(
        id=str(job.id),
        list_id=str(job.list_id),
        action=job.action,
        state=State(job.state).value,
        total=job.total,
        done=job.done,
        changed=job.changed,
        unchanged=job.left_alone,
        created_at=shown(job.created_at),
        started_at=_moment(job.started_at),
        finished_at=_moment(job.finished_at),
        not_found=not_found or [],
    )


def member_out(contact: ContactOut, joined: Row | None) -> MemberOut:
    """Show a contact on a list; `joined` is (id, when, through whom), or None as it leaves."""
    values = msgspec.structs.asdict(contact)
    at, by = (shown(joined[1]), joined[2]) if joined else ("", "")
    return MemberOut(**values, joined_at=at, joined_by=by)


def filter_of(matching: Matching) -> ContactFilter:
    """Make the filter that a body asks for; raises BodyInvalid for a text no contact can have."""
    given = msgspec.structs.asdict(matching)
    problems = [
        Problem(f"filter.{name}", f"{name} has at most {MAX_TEXT} characters and no NUL", "unfit")
        for name, value in given.items()
        for text in (cast("list[object]", value) if isinstance(value, list) else [value])
        if isinstance(text, str) and ("\x00" in text or len(text) > MAX_TEXT)
    ]
    if problems:
        raise BodyInvalid(problems=problems)
    for name in ("tags", "any_tag", "none_tag", "lists", "any_list", "none_list", "has"):
        given[name] = tuple(dict.fromkeys(given[name]))
    return ContactFilter(**given)


def combination_of(given: FromLists) -> Combination:
    """Make the combination that a body asks for."""
    return Combination(all=_once(given.all), any=_once(given.any), none=_once(given.none))


def _once(ids: list[UUID]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(ids))


def _moment(at: datetime | None) -> str | None:
    return contacts.moment(at)
