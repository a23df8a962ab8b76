"""The numbers of the account, a list, a tag or any filter, and how they grew."""

from datetime import UTC, date, timedelta

from signalbook.contacts import count_queries as contact_counts
from signalbook.contacts import queries as contacts
from signalbook.contacts.filters import ContactFilter
from signalbook.kit import clock
from signalbook.kit.db import Read
from signalbook.lists import count_queries as list_counts
from signalbook.lists import queries as lists
from signalbook.lists.errors import ListNotFound
from signalbook.statistics import model
from signalbook.statistics.errors import TagUnknown
from signalbook.statistics.model import Day, Statistics, Subject
from signalbook.tags import page_queries as tags

EVERYBODY = 0
"""The tag under which the counts of the whole account are kept."""


async def subject_of(db: Read, account_id: int, wanted: ContactFilter) -> Subject:
    """Say of whom numbers are asked: everybody, a list alone, a tag alone, or whom a filter means.

    Raises ListNotFound and TagUnknown where one that does not exist is all that is asked for.
    """
    if wanted == ContactFilter():
        return Subject("account")
    if len(wanted.lists) == 1 and wanted == ContactFilter(lists=wanted.lists):
        one = await lists.get(db, account_id, wanted.lists[0])
        if one is None:
            raise ListNotFound
        return Subject("list", one.name, one)
    if len(wanted.tags) == 1 and wanted == ContactFilter(tags=wanted.tags):
        tag = await tags.named(db, account_id, wanted.tags[0])
        if tag is None:
            raise TagUnknown(name=wanted.tags[0])
        return Subject("tag", tag.name, tag=tag)
    return Subject("filter", wanted=wanted)


async def statistics(db: Read, account_id: int, subject: Subject) -> Statistics:
    """Return the numbers of a subject; those of a filter are counted now, all others are kept."""
    if subject.kind == "filter":
        predicate = await contacts.predicate_of(db, account_id, subject.wanted)
        async with db.block():
            await contact_counts.grow_memory(db)
            return model.fold(await contact_counts.live(db, account_id, predicate))
    if subject.list:
        rows = await list_counts.counts(db, account_id, [subject.list.id])
    else:
        tag_id = subject.tag.id if subject.tag else EVERYBODY
        rows = await contact_counts.counts(db, account_id, [tag_id])
    return model.fold((what, contacts) for _, what, contacts in rows)


async def growth(
    db: Read, account_id: int, subject: Subject, first: date, last: date, contacts: int
) -> list[Day]:
    """List the days (UTC) of a subject that is no filter; it has so many `contacts` now."""
    until = max(last, today())
    if subject.list:
        rows = await list_counts.days(db, account_id, subject.list.id, first, until)
    else:
        tag_id = subject.tag.id if subject.tag else EVERYBODY
        rows = await contact_counts.days(db, account_id, tag_id, first, until)
    return model.growth([tuple(row) for row in rows], first, last, contacts)


def today() -> date:
    """Return the day it is in UTC."""
    return clock.now().astimezone(UTC).date()


def days_back(days: int) -> date:
    """Return the first of so many days that end today."""
    return today() - timedelta(days=days - 1)
