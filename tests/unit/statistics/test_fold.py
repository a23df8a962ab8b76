"""Counts of codes become statistics whose numbers add up, whatever the contacts are like."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalbook.contacts import waterfall
from signalbook.contacts.waterfall import CHANNELS, Step
from signalbook.statistics import model
from signalbook.statistics.model import Change, Day, Part

ADDRESSES = {"email": "E", "sms": "M", "voice": "ML"}
TODAY = date(2026, 11, 21)

flags = st.sets(st.sampled_from("EMLADU")).map(
    lambda held: "".join(x for x in "EMLADU" if x in held)
)
codes = st.builds("{}/{}".format, flags, st.text("-cuhs", min_size=3, max_size=3))
counts = st.dictionaries(codes, st.integers(1, 10_000), max_size=40)


def told(counted: dict[str, int]) -> model.Statistics:
    return model.fold([(f"r:{code}", contacts) for code, contacts in counted.items()])


@pytest.mark.parametrize(
    ("code", "lost"),
    [
        ("EMLA/---", (None, None, None)),
        ("EA/---", (None, Step.ADDRESS, Step.ADDRESS)),
        ("LA/---", (Step.ADDRESS, Step.ADDRESS, None)),
        ("EMA/-u-", (None, Step.USER, None)),
        ("EMAU/cs-", (Step.CONTACT, Step.SPAM, None)),
        ("EMD/h--", (Step.VALID, Step.ACTIVE, Step.ACTIVE)),
        ("EMAD/c--", (Step.LISTS, Step.LISTS, Step.LISTS)),
        ("A/uuu", (Step.ADDRESS, Step.ADDRESS, Step.ADDRESS)),
    ],
)
def test_each_channel_loses_a_contact_at_the_first_step_it_fails(code, lost):
    assert waterfall.read(code).lost_at == lost


def test_the_numbers_of_a_small_account():
    counted = [
        ("r:EMA/---", 5),
        ("r:EMAU/u-u", 3),
        ("r:EL/---", 2),
        ("c:GB", 4),
        ("c:", 3),
        ("c:FR", 3),
        ("s:import", 10),
        ("s:api", 0),
    ]

    found = model.fold(counted)

    assert (found.contacts, found.active, found.unsubscribed) == (10, 8, 3)
    assert (found.with_email, found.with_mobile, found.with_landline) == (10, 8, 2)
    assert [found.reachable(channel) for channel in CHANNELS] == [5, 8, 5]
    assert found.waterfalls["email"].lost(Step.ACTIVE) == 2
    assert found.waterfalls["sms"].lost(Step.ADDRESS) == 2
    assert found.countries == (Part("GB", 4), Part("FR", 3), Part("", 3))
    assert found.sources == (Part("import", 10),)


def test_nobody_is_nobody_everywhere():
    found = model.fold([])

    assert found.contacts == found.with_email == found.reachable("voice") == 0
    assert [step.step for step in found.waterfalls["sms"].steps] == list(Step)


@given(counts)
def test_what_is_lost_and_who_is_reachable_are_everybody(counted):
    found = told(counted)

    assert found.contacts == sum(counted.values())
    for fall in found.waterfalls.values():
        assert fall.contacts == found.contacts == fall.reachable + sum(s.lost for s in fall.steps)
        kept = [fall.contacts, *(step.contacts for step in fall.steps)]
        assert kept == sorted(kept, reverse=True)
        assert [a - b for a, b in pairwise(kept)] == [s.lost for s in fall.steps]


@given(counts)
def test_who_is_reachable_is_who_has_an_address_and_nothing_against_it(counted):
    found = told(counted)

    for place, channel in enumerate(CHANNELS):
        assert found.reachable(channel) == sum(
            contacts
            for code, contacts in counted.items()
            for held, _, optouts in [code.partition("/")]
            if not set(held).isdisjoint(ADDRESSES[channel])
            and "A" in held
            and "D" not in held
            and optouts[place] == "-"
        )


@given(counts, counts)
def test_statistics_of_neighbours_add_up(some, others):
    both = [(f"r:{code}", n) for one in (some, others) for code, n in one.items()]

    for channel in CHANNELS:
        apart = told(some).reachable(channel) + told(others).reachable(channel)
        assert model.fold(both).reachable(channel) == apart


def test_quiet_days_are_told_as_well():
    counted = [(TODAY, 1, 0, 0), (TODAY - timedelta(days=2), 4, 1, 2)]

    days = model.growth(counted, TODAY - timedelta(days=3), TODAY - timedelta(days=1), 10)

    assert days == [
        Day(TODAY - timedelta(days=3), 0, 0, 0, 6),
        Day(TODAY - timedelta(days=2), 4, 1, 2, 9),
        Day(TODAY - timedelta(days=1), 0, 0, 0, 9),
    ]
    assert model.change(days) == Change(4, 1, 2)
    assert model.change(days).net == 3


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), max_size=30),
    st.integers(0, 20),
)
def test_each_day_ends_with_what_the_day_before_had_and_what_came_and_went(numbers, skipped):
    last = TODAY - timedelta(days=min(skipped, len(numbers)))
    first = TODAY - timedelta(days=len(numbers))
    counted = [(TODAY - timedelta(days=back), *three) for back, three in enumerate(numbers)]

    days = model.growth(counted, first, last, 500)

    assert [day.day for day in days] == sorted(day.day for day in days)
    for before, day in pairwise(days):
        assert day.contacts == before.contacts + day.joined - day.left
