"""The topics of a contact, and its AttributesData, as a part of its page."""

import re

from signalbook.ses.model import channel_of
from tests.integration.bulk.people import apply
from tests.integration.ses_pages.test_topics_pages import NEWS, lists, made

EVENTS = {"name": "events", "display_name": "Events", "description": "", "default": "OPT_OUT"}


def said(page):
    """What stands beside each topic."""
    found = re.findall(r"<span[^>]*>([^<]+)</span><small>([^<]+)</small>", page.text)
    return dict(found)


async def test_without_contact_lists_there_is_nothing_to_show(ada, db, northwind):
    one = (await apply(db, northwind.id, email="eve@example.com")).contact

    part = await ada.part(f"/topics/of/{one.id}", "topics-of")

    assert "<h2" not in part.text
    assert "No topics for this contact" in (await ada.get(f"/topics/of/{one.id}")).text


async def test_somebody_is_opted_in_and_out_of_topics(ada, db, northwind):
    await made(ada, db, northwind.id, NEWS, EVENTS)
    (of,) = await lists(db, northwind.id)
    news, events = (topic.list_id for topic in of.topics)
    one = (await apply(db, northwind.id, email="eve@example.com")).contact
    here = f"/topics/of/{one.id}"

    before = said(await ada.get(here))
    await ada.post(here, {"out": str(news)})
    await ada.post(here, {"in": str(events)})
    after = said(await ada.get(here))
    await ada.post(here, {"in": str(news)})
    again = said(await ada.get(here))

    assert before == {"Monthly news": "In by default", "Events": "Out by default"}
    assert after == {"Monthly news": "Opted out by you", "Events": "Opted in"}
    assert again == {"Monthly news": "Opted in", "Events": "Opted in"}
    assert "eve@example.com" in (await ada.get(f"/lists/{events}")).text


async def test_what_somebody_decided_themselves_stays(ada, db, northwind):
    of = await made(ada, db, northwind.id, NEWS)
    news = of.topics[0].list_id
    one = (await apply(db, northwind.id, email="eve@example.com")).contact
    await apply(
        db, northwind.id, id=one.id, optouts=((channel_of(news), "contact"),), mode="update"
    )
    here = f"/topics/of/{one.id}"

    page = await ada.get(here)
    await ada.post(here, {"in": str(news)})

    assert said(page) == {"Monthly news": "Opted out by them"}
    assert "Opt in to" not in page.text
    assert said(await ada.get(here)) == {"Monthly news": "Opted out by them"}


async def test_attributes_are_shown_as_aws_clients_see_them(ada, db, northwind):
    await made(ada, db, northwind.id)
    one = (await apply(db, northwind.id, email="eve@example.com", fields={"city": "Bath"})).contact

    page = await ada.get(f"/topics/of/{one.id}")

    assert "{&#34;city&#34;:&#34;Bath&#34;}" in page.text


async def test_the_contact_of_another_account_is_not_there(ada, kenji, grace, db, northwind):
    of = await made(ada, db, northwind.id, NEWS)
    one = (await apply(db, northwind.id, email="eve@example.com")).contact
    here, asked = f"/topics/of/{one.id}", {"in": str(of.topics[0].list_id)}

    assert (await kenji.get(here)).status_code == 404
    assert (await kenji.post(here, asked)).status_code == 404
    assert (await grace.post(here, asked)).status_code == 403
    assert "Opt in to" not in (await grace.get(here)).text
