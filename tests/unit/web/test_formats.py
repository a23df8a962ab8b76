"""How values are written on a page."""

from datetime import UTC, datetime, timedelta

import pytest

from signalbook.web import formats

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("past", "said"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=50), "1 min ago"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=20), "1 Nov"),
        (timedelta(days=400), "17 Oct 2025"),
        (timedelta(minutes=-5), "in 5 min"),
        (timedelta(hours=-5), "in 5 h"),
        (timedelta(days=-2), "in 2 days"),
        (timedelta(days=-60), "20 Jan 2027"),
    ],
)
def test_a_moment_is_said_as_a_person_would(past, said):
    assert formats.ago(NOW - past, NOW) == said


def test_a_day_is_the_day_where_the_person_is():
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)

    assert formats.day_name(late, NOW, "UTC") == "Yesterday"
    assert formats.day_name(late, NOW, "Europe/Paris") == "Today"
    assert formats.day_name(late - timedelta(days=5), NOW, "UTC") == "Sunday 15 November"
    assert formats.day_name(late - timedelta(days=500), NOW, "UTC") == "Tuesday 8 July 2025"
    assert formats.clock_time(late, "Europe/Paris") == "00:30"


def test_a_time_zone_nobody_knows_is_utc():
    assert formats.exact(NOW, "Middle/Earth") == "Sat 21 Nov 2026, 12:00:00 UTC"
    assert formats.exact(NOW, "../etc/passwd") == "Sat 21 Nov 2026, 12:00:00 UTC"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Lovelace", "AL"),
        ("ada.lovelace@northwind.example", "AL"),
        ("Ada", "A"),
        ("Łukasz van der Wójcik", "ŁW"),
        ("+33612345678", "#"),
        ("", "?"),
    ],
)
def test_initials_come_from_the_first_and_the_last_word(name, letters):
    assert formats.initials(name) == letters


def test_the_hue_of_a_name_never_changes():
    assert formats.hue("vip") == formats.hue("VIP") == formats.hue("vip")
    assert {formats.hue(str(number)) for number in range(500)} == set(range(formats.HUES))


def test_tags_that_do_not_fit_in_a_line_are_counted():
    assert formats.fitting(["vip", "beta", "trial"], 196) == 3
    assert formats.fitting(["requested-demo-2026-autumn-campaign", "vip"], 150) == 1
    assert formats.fitting([], 196) == 0


@pytest.mark.parametrize(
    ("number", "said"),
    [(950, "950"), (12_300, "12.3k"), (2_000_000, "2M"), (3_100_000_000, "3.1G")],
)
def test_a_large_number_takes_little_room(number, said):
    assert formats.short(number) == said


def test_numbers_are_grouped_and_nouns_agree():
    assert formats.grouped(1_234_567) == "1,234,567"
    assert formats.plural(1, "contact") == "1 contact"
    assert formats.plural(2_310, "contact") == "2,310 contacts"
    assert formats.plural(2, "person", "people") == "2 people"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 s"), (40, "40 s"), (200, "3 min"), (7200, "2 h"), (7800, "2 h 10 min")],
)
def test_a_duration_is_rough(seconds, said):
    assert formats.duration(seconds) == said
