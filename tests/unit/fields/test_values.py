"""When the most frequent values are counted anew, and what is kept of a long one."""

from datetime import UTC, datetime, timedelta

import pytest

from signalbook.fields.model import Registered
from signalbook.fields.values import LONGEST, Counted, is_stale, shortened

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def minutes_ago(minutes):
    return None if minutes is None else NOW - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("used", "counted", "stale"),
    [
        (90, None, True),
        (30, 20, False),
        (20, 30, True),
        (90, 61, True),
        (None, 20, False),
    ],
    ids=["never counted", "counted since", "used since", "an hour ago", "never used"],
)
def test_values_are_stale_where_the_field_was_used_since_or_after_an_hour(used, counted, stale):
    field = Registered(
        name="city",
        label="City",
        type="text",
        is_standard=True,
        type_is_set=True,
        created_at=minutes_ago(100),
        last_used_at=minutes_ago(used),
    )
    known = Counted(NOW - timedelta(minutes=95), minutes_ago(counted), 0, [])

    assert is_stale(field, known, NOW) is stale
    assert is_stale(field, None, NOW)


def test_a_long_value_is_cut_and_others_stay_what_they_are():
    assert shortened("x" * 300) == "x" * (LONGEST - 1) + "…"
    assert shortened(["a"] * 2) == '["a","a"]'
    assert shortened(7) == 7
    assert shortened(None) is None
