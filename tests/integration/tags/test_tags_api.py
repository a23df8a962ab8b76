"""Tags as such: counted, renamed, merged, deleted, for everybody who carries them."""

import pytest

CONTACTS = "/api/v1/contacts"
TAGS = "/api/v1/tags"


@pytest.fixture
async def tagged(api):
    """Three contacts: two customers, one of them a vip, and a vip alone."""
    changes = [
        {"external_id": "a", "add_tags": ["customer"]},
        {"external_id": "b", "add_tags": ["customer", "vip"]},
        {"external_id": "c", "add_tags": ["vip"]},
        {"external_id": "c", "add_tags": ["vip"]},
    ]
    await api.post(CONTACTS + "/batch", json=changes)
    return {tag["name"]: tag for tag in (await api.get(TAGS)).json()["data"]}


async def tags_of(api, ref):
    return (await api.get(f"{CONTACTS}/{ref}")).json()["tags"]


async def test_tags_are_counted_by_contact_and_by_signal(tagged):
    counts = {name: (tag["contacts"], tag["signals"]) for name, tag in tagged.items()}
    assert counts == {"customer": (2, 2), "vip": (2, 3)}


async def test_the_list_of_tags_is_paged_and_searched(api, tagged):
    first = (await api.get(TAGS, params={"limit": 1})).json()
    second = (
        await api.get(TAGS, params={"limit": 1, "starting_after": first["next_cursor"]})
    ).json()
    found = (await api.get(TAGS, params={"search": "VI"})).json()

    assert [tag["name"] for tag in first["data"] + second["data"]] == ["customer", "vip"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert [tag["name"] for tag in found["data"]] == ["vip"]


async def test_a_tag_is_renamed_for_everybody(api, tagged):
    answer = await api.patch(f"{TAGS}/{tagged['vip']['id']}", json={"name": "gold"})

    assert answer.json()["name"] == "gold"
    assert await tags_of(api, "b") == ["customer", "gold"]


async def test_blanks_are_no_name_and_belong_to_none(api, tagged):
    address = f"{TAGS}/{tagged['vip']['id']}"

    trimmed = await api.patch(address, json={"name": " gold  star "})
    blank = await api.patch(address, json={"name": " \u00a0"})

    assert trimmed.json()["name"] == "gold  star"
    assert (blank.status_code, blank.json()["code"]) == (400, "tag_invalid")


async def test_a_name_that_is_taken_is_a_conflict(api, tagged):
    answer = await api.patch(f"{TAGS}/{tagged['vip']['id']}", json={"name": "customer"})

    assert answer.status_code == 409
    assert answer.json()["code"] == "tag_taken"


async def test_a_deleted_tag_is_taken_from_everybody(api, tagged):
    answer = await api.delete(f"{TAGS}/{tagged['vip']['id']}")

    assert answer.json() == {"deleted": True, "id": tagged["vip"]["id"]}
    assert [await tags_of(api, ref) for ref in "abc"] == [["customer"], ["customer"], []]
    assert [tag["name"] for tag in (await api.get(TAGS)).json()["data"]] == ["customer"]
    assert (await api.get(f"{TAGS}/{tagged['vip']['id']}")).status_code == 404


async def test_a_merged_tag_becomes_the_other_with_its_counts_and_timeline(api, tagged):
    address = f"{TAGS}/{tagged['vip']['id']}/merge"

    answer = await api.post(address, json={"into": tagged["customer"]["id"]})

    merged = answer.json()
    assert (merged["name"], merged["contacts"], merged["signals"]) == ("customer", 3, 5)
    assert [await tags_of(api, ref) for ref in "abc"] == [["customer"]] * 3
    events = (await api.get(f"{CONTACTS}/c/timeline", params={"kind": "tagged"})).json()["data"]
    assert [event["tag"] for event in events] == ["customer", "customer"]


async def test_a_tag_is_not_merged_into_itself_or_into_nothing(api, tagged):
    own = tagged["vip"]["id"]
    address = f"{TAGS}/{own}/merge"

    assert (await api.post(address, json={"into": own})).status_code == 409
    assert (await api.post(address, json={"into": 2_000_000_000})).status_code == 404
    assert (await api.post(address, json={"into": "x"})).status_code == 400


async def test_another_accounts_tags_are_not_there(app, contoso, tagged):
    from tests import asgi

    own = tagged["vip"]["id"]
    async with asgi.client(app, {"X-API-Key": contoso.api_key}) as kenji:
        assert (await kenji.get(TAGS)).json()["data"] == []
        assert (await kenji.get(f"{TAGS}/{own}")).status_code == 404
        assert (await kenji.patch(f"{TAGS}/{own}", json={"name": "mine"})).status_code == 404
        assert (await kenji.delete(f"{TAGS}/{own}")).status_code == 404
