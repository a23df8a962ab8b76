"""From statistics to the published JSON."""

from collections.abc import Sequence

from signalbook.contacts.waterfall import Channel
from signalbook.statistics import model
from signalbook.statistics.model import Day, Statistics, Subject
from signalbook.statistics.schemas import (
    About,
    CountryOut,
    DayOut,
    GrowthOut,
    ReachableOut,
    SourceOut,
    StatisticsOut,
    StepOut,
    WaterfallsOut,
)


def out(subject: Subject, found: Statistics) -> StatisticsOut:
    """Show the numbers of a subject."""
    return StatisticsOut(
        about=_about(subject),
        contacts=found.contacts,
        with_email=found.with_email,
        with_mobile=found.with_mobile,
        with_landline=found.with_landline,
        active=found.active,
        unsubscribed=found.unsubscribed,
        reachable=ReachableOut(
            email=found.reachable("email"),
            sms=found.reachable("sms"),
            voice=found.reachable("voice"),
        ),
        waterfalls=WaterfallsOut(
            email=_steps(found, "email"), sms=_steps(found, "sms"), voice=_steps(found, "voice")
        ),
        countries=[CountryOut(one.name or None, one.contacts) for one in found.countries],
        sources=[SourceOut(one.name or None, one.contacts) for one in found.sources],
    )


def growth_out(subject: Subject, days: Sequence[Day]) -> GrowthOut:
    """Show how a subject grew."""
    sums = model.change(days)
    return GrowthOut(
        about=_about(subject),
        joined=sums.joined,
        left=sums.left,
        opted_out=sums.opted_out,
        days=[
            DayOut(one.day.isoformat(), one.joined, one.left, one.opted_out, one.contacts)
            for one in days
        ],
    )


def _about(subject: Subject) -> About:
    thing = subject.list or subject.tag
    return About(subject.kind, str(thing.id) if thing else None, subject.name or None)


def _steps(found: Statistics, channel: Channel) -> list[StepOut]:
    return [StepOut(one.step, one.contacts, one.lost) for one in found.waterfalls[channel].steps]
