"""What `/rest/contacts` changes: made, updated and deleted, each call all of it or nothing."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from signalbook.accounts.model import Caller
from signalbook.contacts import batching
from signalbook.contacts.batching import Batch
from signalbook.contacts.errors import ContactsConflict
from signalbook.contacts.model import Contact, ContactChange, Mode, Outcome, Source
from signalbook.doors.digitaleo import contact_reading, numbers, queries, refusals, translation
from signalbook.doors.digitaleo.errors import ListTooLong, RecordNotFound, ValuesInvalid
from signalbook.doors.digitaleo.model import CONTACT, Row
from signalbook.doors.digitaleo.translation import Wanted
from signalbook.kit import clock
from signalbook.kit.db import Database, Tx
from signalbook.kit.errors import Problem
from signalbook.lists import actions as lists
from signalbook.lists.model import MOST_AT_ONCE

_PROPERTIES: Final = tuple(CONTACT)
_MOST_TOLD: Final = 20


def source_of(caller: Caller) -> Source:
    """Say where a change came from."""
    return Source("digitaleo", caller.actor)


async def create(db: Database, caller: Caller, records: Sequence[object]) -> Row:
    """Add contacts, or update those that have the e-mail or mobile already; show them all.

    Where one cannot be accepted nothing is written, and the sentence names what is wrong. What was
    accepted and is not kept stands in `messages`. Raises
    ValuesInvalid, ListTooLong, RecordNotFound for a list, and what a change may be refused for.
    """
    if len(records) > batching.MAX_CHANGES:
        raise ListTooLong(most=batching.MAX_CHANGES, count=len(records))
    problems: list[Problem] = []
    several, source = len(records) > 1, source_of(caller)
    wanted = [
        translation.created(one, source, problems, f"contacts[{at}]." if several else "")
        for at, one in enumerate(records)
    ]
    if not records:
        problems.append(Problem("contacts", "Send one contact at least", "contacts_missing"))
    refuse(problems)
    await numbers.catch_up(db, caller.account_id)
    found = await db.transact(lambda tx: _applied(tx, caller, wanted))
    async with db.read() as read:
        rows = await contact_reading.records(db, read, caller.account_id, found, _PROPERTIES)
    told = _messages(
        found, wanted, [f"contacts[{at}]." if several else "" for at in range(len(found))]
    )
    return {"size": len(rows), "total": len(rows), "list": rows, **told}


async def update(db: Database, caller: Caller, texts: Sequence[str], metadata: object) -> Row:
    """Change these contacts alike, and tell how many that were and what is not kept.

    Raises ValuesInvalid, and RecordNotFound where none of them exists.
    """

    async def work(tx: Tx) -> Row:
        ids = await numbers.meant(tx, caller.account_id, texts)
        before = await queries.contacts(tx, caller.account_id, list(ids.values()))
        if not before:
            raise RecordNotFound(what="contact")
        problems: list[Problem] = []
        wanted = [
            translation.updated(metadata, one.id, source_of(caller), problems) for one in before
        ]
        refuse(problems[:1] if len(before) > 1 else problems)
        lifts = await _lifts(tx, caller, before, wanted)
        after = await _applied(tx, caller, [*wanted, *lifts])
        for contact, one in zip(after[len(wanted) :], lifts, strict=True):
            problem = translation.still_held(contact, one.change.channels)
            refuse([problem] if problem else [])
        return {"count": len(before), **_messages(after, wanted)}

    return await db.transact(work)


async def delete(db: Database, caller: Caller, texts: Sequence[str]) -> int:
    """Delete these contacts for good and return how many that were; raises RecordNotFound."""

    async def work(tx: Tx) -> int:
        ids = await numbers.meant(tx, caller.account_id, texts)
        known = await queries.contacts(tx, caller.account_id, list(ids.values()))
        if not known:
            raise RecordNotFound(what="contact")
        changes = [
            ContactChange(source=source_of(caller), id=one.id, delete=True, mode=Mode.UPDATE)
            for one in known
        ]
        await _outcomes(tx, caller.account_id, changes)
        return len(known)

    return await db.transact(work)


def refuse(problems: Sequence[Problem]) -> None:
    """Raise ValuesInvalid with these problems, if any; its sentence tells the first of them.

    Digitaleo's own shop module looks for an e-mail in the sentence, leaves that contact out and
    sends the others again.
    """
    if problems:
        told = "; ".join(problem.message for problem in problems[:_MOST_TOLD])
        raise ValuesInvalid(told, problems=problems[: batching.MAX_CHANGES])


def _messages(
    found: Sequence[Contact], wanted: Sequence[Wanted], places: Sequence[str] = ()
) -> Row:
    """Tell what was accepted and is not kept, as errors are told at this door."""
    told = [
        msgspec.structs.replace(
            problem, field=places[at] + problem.field if places else problem.field
        )
        for at, (contact, one) in enumerate(zip(found, wanted, strict=False))
        for problem in translation.not_kept(contact, one.change)
    ]
    return {"messages": [refusals.message_of(one) for one in told[:_MOST_TOLD]]} if told else {}


async def _applied(tx: Tx, caller: Caller, wanted: Sequence[Wanted]) -> list[Contact]:
    """Apply what is wanted, put contacts on the lists they name, and give them numbers."""
    account_id = caller.account_id
    named = sorted({number for one in wanted for number in one.lists})
    list_ids = await numbers.meant(tx, account_id, named)
    if len(list_ids) < len(named):
        raise RecordNotFound(what="list")
    outcomes = await _outcomes(tx, account_id, [one.change for one in wanted])
    found = [outcome.contact for outcome in outcomes if outcome.contact is not None]
    joining: dict[UUID, set[UUID]] = defaultdict(set)
    for one, contact in zip(wanted, found, strict=True):
        for number in one.lists:
            joining[list_ids[number]].add(contact.id)
    for list_id in sorted(joining):
        members = sorted(joining[list_id])
        for first in range(0, len(members), MOST_AT_ONCE):
            part = members[first : first + MOST_AT_ONCE]
            await lists.join(tx, account_id, list_id, part, clock.now(), caller.actor)
    await numbers.given(tx, account_id, [contact.id for contact in found])
    return found


async def _outcomes(tx: Tx, account_id: int, changes: Sequence[ContactChange]) -> list[Outcome]:
    """Apply changes, all of them or none; raises the error of the first that is refused."""
    batch = Batch()
    for change in changes:
        batch.add(change)
    outcomes = await batching.apply_in(tx, account_id, batch)
    for at, outcome in enumerate(outcomes):
        if isinstance(outcome.error, ContactsConflict):
            raise await _of_two(tx, account_id, changes[at], outcome.error)
        if outcome.error is not None:
            place = f"contacts[{at}]." if len(changes) > 1 else ""
            error = outcome.error
            error.problems = tuple(translation.renamed(one, place) for one in error.problems)
            raise error
    return outcomes


async def _of_two(
    tx: Tx, account_id: int, change: ContactChange, error: ContactsConflict
) -> ContactsConflict:
    """Say whose the e-mail and the mobile are, by the ids of this door, and what can be done."""
    ids = [UUID(one) for one in str(error.facts["ids"]).split(" and ")]
    known = await numbers.given(tx, account_id, ids)
    theirs = " and ".join(sorted(known.values(), key=int))
    told = (
        f"{change.email} and {change.mobile} belong to two different contacts, {theirs}: send the"
        " e-mail or the mobile alone, or empty it first, with PUT, in the one that has it no longer"
    )
    return ContactsConflict(told, ids=theirs)


async def _lifts(
    tx: Tx, caller: Caller, before: Sequence[Contact], wanted: Sequence[Wanted]
) -> list[Wanted]:
    """Make the changes that lift what the account itself had set; raises ValuesInvalid."""
    if not any(one.lifts for one in wanted):
        return []
    voicemail = await contact_reading.voicemail_optouts(tx, caller.account_id, before)
    found: list[Wanted] = []
    for contact, one in zip(before, wanted, strict=True):
        reasons = {
            "email": contact.email_optout,
            "sms": contact.sms_optout,
            "voice": contact.voice_optout,
            "voicemail": voicemail[contact.id],
        }
        problem = translation.refused_lift(reasons, one.lifts)
        refuse([problem] if problem else [])
        lifted = frozenset(channel for channel in one.lifts if reasons[channel] == "user")
        if lifted:
            change = ContactChange(
                source=source_of(caller),
                id=contact.id,
                mode=Mode.UPDATE,
                status="resubscribe",
                channels=lifted,
            )
            found.append(Wanted(change, (), frozenset()))
    return found
