"""The page of statistics, in a browser without scripts: every number leads to its contacts."""

import re
from html import unescape
from itertools import combinations, product
from urllib.parse import urlencode

from signalbook.contacts import count_queries, waterfall


def lines(page):
    """The waterfalls: (label, lost, contacts, where those left are, where those lost are)."""
    found = []
    for line in re.findall(r'<li class="fall-step.*?</li>', page.text, re.DOTALL):
        kept = re.search(r'fall-kept" href="([^"]*)">([^<]*)<', line)
        lost = re.search(r'fall-lost" href="([^"]*)">−([\d,]*) ', line)
        number = re.search(r'class="number">([\d,]*)', line)
        assert kept
        assert number
        where = unescape(lost[1]) if lost else ""
        found.append(
            (kept[2], int(lost[2]) if lost else 0, int(number[1]), unescape(kept[1]), where)
        )
    return found


def listed(page):
    return len(re.findall(r'class="lead-link"', page.text))


async def test_an_empty_account_is_told_how_it_will_be(ada):
    page = await ada.get("/statistics")

    assert page.status_code == 200
    assert "No numbers yet" in page.text
    assert "/api/v1/statistics" in page.text


async def test_every_number_leads_to_exactly_those_contacts(ada, everybody, queries_at_most):
    with queries_at_most(6):
        page = await ada.get("/statistics")

    assert page.status_code == 200
    found = lines(page)
    assert len(found) >= 3 * 8
    for label, lost, contacts, kept_href, lost_href in found:
        assert listed(await ada.get(kept_href)) == contacts, (label, kept_href)
        if lost:
            assert listed(await ada.get(lost_href)) == lost, (label, lost_href)


async def test_a_list_and_a_tag_have_a_page_of_their_own(ada, everybody):
    for query, name in (({"list": str(everybody.id)}, "Spring"), ({"tag": "vip"}, "vip")):
        page = await ada.get(f"/statistics?{urlencode(query)}")

        assert page.status_code == 200
        assert f">{name}</option>" in page.text
        for label, lost, contacts, kept_href, lost_href in lines(page)[:24]:
            assert listed(await ada.get(kept_href)) == contacts, (label, kept_href)
            if lost:
                assert listed(await ada.get(lost_href)) == lost, (label, lost_href)


async def test_the_contacts_of_a_view_are_counted(ada, everybody):
    page = await ada.get("/statistics?has=mobile&status=subscribed")

    assert page.status_code == 200
    assert "Growth" not in page.text
    assert "Has" in page.text
    for label, lost, contacts, kept_href, lost_href in lines(page)[:24]:
        assert listed(await ada.get(kept_href)) == contacts, (label, kept_href)
        if lost:
            assert listed(await ada.get(lost_href)) == lost, (label, lost_href)


async def test_a_view_of_a_step_shows_numbers_without_links_that_would_lie(ada, everybody):
    page = await ada.get("/statistics?lost=email:valid")

    assert page.status_code == 200
    assert "kept=" not in page.text


async def test_a_choice_becomes_an_address_that_can_be_kept(ada, everybody):
    of_list = await ada.get(f"/statistics?of=list:{everybody.id}&days=7")
    of_tag = await ada.get("/statistics?of=tag:a%26b:c")
    of_all = await ada.get("/statistics?of=account&days=90")

    assert of_list.headers["location"] == f"/statistics?list={everybody.id}&days=7"
    assert of_tag.headers["location"] == "/statistics?tag=a%26b%3Ac"
    assert of_all.headers["location"] == "/statistics?days=90"


async def test_nothing_of_another_account_is_shown(kenji, everybody):
    assert (await kenji.get(f"/statistics?list={everybody.id}")).status_code == 404
    page = await kenji.get("/statistics")

    assert page.status_code == 200
    assert "Spring" not in page.text
    assert lines(page)[0][2] == 1
    assert (await kenji.get("/statistics?tag=unheard-of")).status_code == 404


async def test_who_may_only_look_sees_the_numbers(grace, everybody):
    page = await grace.get("/statistics?days=7")

    assert page.status_code == 200
    assert len(re.findall(r"<tr data-at=", page.text)) == 7


async def test_the_filter_of_a_step_is_a_chip_that_can_be_removed(ada, everybody):
    page = await ada.get("/contacts?lost=email:contact&is_active=true&source=api&country=none")

    assert "unsubscribed themselves" in page.text
    assert 'name="lost" value="email:contact"' in page.text
    assert listed(page) == 1


async def test_the_table_of_tags_says_who_of_each_can_be_reached(
    ada, kenji, db, northwind, api, everybody
):
    async with db.read() as read:
        tags = dict(
            await read.rows("SELECT name, id FROM tags WHERE account_id = %s", (northwind.id,))
        )
    table = await ada.get("/tags")
    part = await ada.get(f"/statistics/tags?id={tags['vip']}&id=x&id=99999999999")
    theirs = await kenji.get(f"/statistics/tags?id={tags['vip']}")
    told = (await api.get("/api/v1/statistics", params={"tag": "vip"})).json()["reachable"]

    assert f'id="reach-{tags["vip"]}"' in table.text
    assert f"/statistics/tags?id={tags['vip']}" in table.text
    sums = [int(one) for one in re.findall(r'class="number">(\d+)<', part.text)]
    assert sums == list(told.values()) == [2, 2, 2]
    assert "reach-" not in theirs.text


async def test_sums_of_codes_are_those_of_their_waterfalls(db, northwind):
    flags = ["".join(some) for size in range(7) for some in combinations("EMLADU", size)]
    codes = [f"{held}/{''.join(why)}" for held in flags for why in product("-cs", repeat=3)]
    async with db.tx() as tx:
        await tx.execute(
            """
            INSERT INTO contact_counts (account_id, tag_id, what, contacts)
            SELECT %s, 7, 'r:' || code, 1 FROM unnest(%s::text[]) AS code
            """,
            (northwind.id, codes),
        )

    async with db.read() as read:
        (found,) = await count_queries.reachable(read, northwind.id, [7])

    assert found[1:] == tuple(waterfall.reachable((f"r:{code}", 1) for code in codes).values())
