"""A short run of `make kill-ses`: both sides are the same afterwards, nobody is resubscribed."""

import pytest

from tests.kill.ses import Ordeal


@pytest.mark.timeout(400)
def test_kills_of_both_sides_lose_nothing(tmp_path):
    ordeal = Ordeal(tmp_path, "store", 20)
    try:
        ordeal.trouble()
        ordeal.begin()
        ordeal.kill_all(["ses", "database"], 0.1, answered=4)
        found, _ = ordeal.end()
        unseen = ordeal.unseen_damages() if found.is_clean() else []
    finally:
        ordeal.stop()

    assert found.is_clean(), found
    assert not unseen
