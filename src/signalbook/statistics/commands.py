"""What the command on statistics does, through the same functions as every other face."""

import msgspec
from msgspec.structs import replace

from signalbook.accounts import queries as accounts
from signalbook.accounts.errors import AccountUnknown
from signalbook.contacts import views
from signalbook.kit.db import Database
from signalbook.lists import commands as lists
from signalbook.statistics import reading, wire
from signalbook.statistics.schemas import GrowthOut, StatisticsOut


class Told(msgspec.Struct):
    """The numbers, and how they grew; that is not kept of a filter."""

    statistics: StatisticsOut
    growth: GrowthOut | None


async def told(  # each says whose numbers
    db: Database, account: str, on: str, tag: str, parts: list[str], days: int
) -> Told:
    """Return the numbers of the account, or of those on a list, with a tag, and of a filter.

    Raises AccountUnknown, ListNotFound, TagUnknown and FilterUnreadable.
    """
    wanted = views.filter_of(parts)
    async with db.read() as read:
        found = await accounts.find(read, account)
        if found is None:
            raise AccountUnknown(name=account)
        if on:
            one = await lists.existing(read, found.id, on)
            wanted = replace(wanted, lists=(*wanted.lists, one.id))
        if tag:
            wanted = replace(wanted, tags=(*wanted.tags, tag))
        subject = await reading.subject_of(read, found.id, wanted)
        numbers = await reading.statistics(read, found.id, subject)
        grown = None
        if subject.kind != "filter":
            first, last = reading.days_back(days), reading.today()
            grown = await reading.growth(read, found.id, subject, first, last, numbers.contacts)
    return Told(
        wire.out(subject, numbers), None if grown is None else wire.growth_out(subject, grown)
    )
