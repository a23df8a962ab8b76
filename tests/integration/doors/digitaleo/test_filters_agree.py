"""The filters of contacts, as SQL, against the same filters over rows in memory."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signalbook.doors.digitaleo import contact_reading, listing
from signalbook.doors.digitaleo.conditions import Condition, Group
from signalbook.doors.digitaleo.listing import Listing
from signalbook.doors.digitaleo.model import CONTACT

WORDS = ["Paris", "paris", "a_b", "100%", "é", "A\\", "\\", "%", ""]
PROPERTIES = ["city", "lastName", "email", "field03", "smsOptout", "emailOptout", "mobile"]
VALUES = st.sampled_from([*WORDS[:-1], "a@x.example", "c@x.example", "+33601010101"])
PATTERNS = st.text("aApP%_\\é@", min_size=1, max_size=4)
OPTOUTS = {"smsOptout", "emailOptout"}


def demands_of(name: str) -> st.SearchStrategy[Condition]:
    values = st.sampled_from(["user", "contact"]) if name in OPTOUTS else VALUES
    several = st.lists(values, min_size=1, max_size=3).map(tuple)
    plain = several.map(lambda found: Condition(name, "in", found))
    plain |= several.map(lambda found: Condition(name, "ne", found))
    null = st.sampled_from(["0", "1"]).map(lambda wanted: Condition(name, "null", (wanted,)))
    like = PATTERNS.map(lambda pattern: Condition(name, "like", (pattern,)))
    return plain | null if name in OPTOUTS else plain | null | like


NODES = st.recursive(
    st.sampled_from(PROPERTIES).flatmap(demands_of),
    lambda below: (
        st.builds(Group, st.sampled_from(["and", "or"]), st.lists(below, max_size=3).map(tuple))
        | below.map(lambda one: Group("not", (one,)))
    ),
    max_leaves=6,
)


@pytest.fixture
async def people(door):
    await door.post(
        "/rest/contacts",
        json=[
            *(
                {"email": f"{letter}@x.example", "city": word, "lastName": last, "field03": "é"}
                for letter, word, last in zip("abcdefgh", WORDS, reversed(WORDS), strict=False)
            ),
            {"mobile": "+33601010101", "smsOptout": "user"},
            {"email": "z@x.example", "emailOptout": "contact"},
        ],
    )


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nodes=st.lists(NODES, min_size=1, max_size=2))
async def test_both_ways_find_the_same(people, db, northwind, nodes):
    def asked(*filters):
        return Listing(tuple(CONTACT), filters, (), 100, 0, counts=True)

    everybody = (await contact_reading.page(db, northwind.id, asked()))["list"]
    found = await contact_reading.page(db, northwind.id, asked(*nodes))

    meant = [row["id"] for row in everybody if all(listing.holds(one, row) for one in nodes)]
    assert [row["id"] for row in found["list"]] == meant
    assert found["total"] == len(meant)
