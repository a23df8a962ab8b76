import pytest

from signalbook.kit import ids


@pytest.mark.parametrize("count", [0, 1, 5_000])
def test_many_ids_at_once_are_as_good_as_one_by_one(count):
    before = ids.new_id().hex
    made = ids.new_hexes(count)
    after = ids.new_id().hex

    assert [before, *made, after] == sorted({before, *made, after})
    assert len(made) == count
    assert all(len(one) == 32 and one[12] == "7" and one[16] in "89ab" for one in made)
