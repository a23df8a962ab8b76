"""The pages of opt-outs, in a browser without scripts and as htmx asks for parts."""

import re

from signalbook.contacts import actions as contacts
from signalbook.contacts.model import ContactChange, Source
from signalbook.kit import clock
from signalbook.ledger.model import topic
from signalbook.lists import actions as lists
from signalbook.optouts import actions
from signalbook.optouts.model import Restriction

ADDRESS = "ada@x.example"


async def contact(db, account_id, **what):
    change = ContactChange(source=Source("api"), **what)
    (made,) = await db.transact(lambda tx: contacts.apply(tx, account_id, [change]))
    return made.contact


async def restricted(
    db, account_id, *, channel="email", address=ADDRESS, source="api", reason="user"
):
    asked = Restriction(channel=channel, address=address, source=source, reason=reason)
    await db.transact(lambda tx: actions.restrict(tx, account_id, [asked], at=clock.now()))


async def test_without_opt_outs_the_page_says_how_one_comes(ada):
    page = await ada.get("/optouts")

    assert page.status_code == 200
    assert "No opt-outs yet" in page.text
    assert "/api/v1/optouts" in page.text


async def test_one_is_added_found_shown_and_lifted(ada, db, northwind):
    made = await contact(db, northwind.id, email=ADDRESS, fields={"first_name": "Ada"})
    form = {"address": "Ada@X.example", "channel": "all", "reason": "user", "note": "asked twice"}

    added = await ada.post("/optouts", form)
    found = await ada.part("/optouts?address=ada@&channel=email", "list")
    other = await ada.get("/optouts?channel=sms")
    history = await ada.get(added.headers["location"])
    lift = {"address": ADDRESS, "channel": "email", "reason": "user"}
    lifted = await ada.post("/optouts/lifts", lift)
    after = await ada.get(lifted.headers["location"])

    assert added.status_code == 303
    assert ADDRESS in found.text
    assert "<html" not in found.text
    assert "No opt-out found" in other.text
    assert "asked twice" in history.text
    assert f"/contacts/{made.id}" in history.text
    assert "Nothing: it may be reached." in after.text
    assert "Lifted" in after.text
    assert "Restricted" in after.text


async def test_a_bad_one_is_asked_again_with_what_was_typed(ada):
    page = await ada.post("/optouts", {"address": "nobody at all", "channel": "email"})

    assert page.status_code == 400
    assert "is not a" in page.text
    assert 'value="nobody at all"' in page.text


async def test_the_rule_stands_beside_each_opt_out(ada, db, northwind):
    await restricted(db, northwind.id, reason="contact")
    await restricted(db, northwind.id, reason="hardbounced")
    spam = {"address": ADDRESS, "channel": "email", "reason": "hardbounced"}

    page = await ada.get(f"/optouts/history?address={ADDRESS}")
    without = await ada.post("/optouts/lifts", spam)
    theirs = await ada.post("/optouts/lifts", spam | {"reason": "contact"})
    done = await ada.post("/optouts/lifts", spam | {"note": "the mailbox is back"})
    after = await ada.get(f"/optouts/history?address={ADDRESS}")

    assert "Lifted by the person alone" in page.text
    assert "Why may it be lifted?" in page.text
    assert (without.status_code, theirs.status_code, done.status_code) == (303, 303, 303)
    assert "the mailbox is back" in after.text
    assert "Ada" in after.text
    async with db.read() as read:
        assert await read.values("SELECT reason FROM optout_states") == ["contact"]


async def test_a_viewer_sees_and_changes_nothing(grace, db, northwind):
    await restricted(db, northwind.id)

    page = await grace.get("/optouts")
    history = await grace.get(f"/optouts/history?address={ADDRESS}")
    refused = await grace.post("/optouts/lifts", {"address": ADDRESS, "channel": "email"})

    assert ADDRESS in page.text
    assert "/optouts/lifts" not in history.text
    assert refused.status_code == 403


async def test_another_account_sees_nothing_of_it(kenji, db, northwind):
    made = await contact(db, northwind.id, email=ADDRESS)
    await restricted(db, northwind.id)

    assert ADDRESS not in (await kenji.get("/optouts")).text
    assert "Nothing was ever said" in (await kenji.get(f"/optouts/history?address={ADDRESS}")).text
    assert (await kenji.get(f"/optouts/of/{made.id}")).status_code == 404


async def test_why_not_is_told_on_the_contacts_page(ada, db, northwind):
    made = await contact(db, northwind.id, email=ADDRESS)
    await restricted(db, northwind.id, reason="spam", source="ses")

    page = await ada.get(f"/contacts/{made.id}")
    panel = await ada.part(f"/optouts/of/{made.id}", "optouts-of")
    alone = await ada.get(f"/optouts/of/{made.id}")

    assert f'hx-get="/optouts/of/{made.id}"' in page.text
    assert "They complained" in panel.text
    assert "No mobile number is known" in panel.text
    assert "<html" not in panel.text
    assert "Can we reach" in alone.text


async def test_a_blocklist_is_shown_and_then_applied(ada, db, northwind):
    form = {"channel": "email", "addresses": "ada@x.example\n@blocked.example\nnonsense\n"}

    shown = await ada.post("/optouts/blocklist", form)
    async with db.read() as read:
        before = await read.value("SELECT count(*) FROM optout_states")
    done = await ada.post("/optouts/blocklist", form | {"confirmed": "1"})
    empty = await ada.post("/optouts/blocklist", {"channel": "email", "addresses": ""})
    page = await ada.get("/optouts?source=blocklist")

    assert "@blocked.example" in shown.text
    assert before == 0
    assert done.headers["location"] == "/optouts?source=blocklist"
    assert empty.status_code == 400
    assert "ada@x.example" in page.text


async def test_the_table_goes_out_as_csv(ada, db, northwind):
    await restricted(db, northwind.id)
    await restricted(db, northwind.id, channel="sms", address="+442071838750")

    file = await ada.get("/optouts/export.csv?channel=sms")

    header, line = file.text.splitlines()
    assert header == "address,channel,reason,since,source"
    assert line.startswith("+442071838750,sms,user,")


async def test_after_the_last_day_of_all_there_is_no_other(ada, db, northwind):
    await ada.post("/optouts", {"address": "eve@example.com"})

    page = await ada.get("/optouts?until=9999-12-31")
    file = await ada.get("/optouts/export.csv?until=9999-12-31")

    assert "eve@example.com" in page.text
    assert "eve@example.com" in file.text


async def test_a_person_is_erased_from_their_page(ada, db, northwind):
    made = await contact(db, northwind.id, email=ADDRESS)

    await ada.post(f"/contacts/{made.id}/deletion", {"erase": "on"})
    await ada.get("/contacts")  # shows the toast, which names who was erased
    page = await ada.get("/optouts")

    assert ADDRESS not in page.text
    assert "Erased person" in page.text


async def test_a_file_of_opt_outs_goes_in(ada):
    page = await ada.get("/optouts/blocklist")
    token = re.search(r'name="csrf-token" content="([^"]+)"', page.text)[1]
    file = {"file": ("left.csv", b"address,channel\nada@x.example,email\n", "text/csv")}

    done = await ada.client.post("/optouts/file", data={"csrf_token": token}, files=file)
    after = await ada.get(done.headers["location"])

    assert done.status_code == 303
    assert ADDRESS in after.text


async def test_opt_outs_of_topics_are_named_filtered_and_lifted(ada, db, northwind):
    made = await contact(db, northwind.id, email=ADDRESS)
    news = await db.transact(
        lambda tx: lists.create(tx, northwind.id, "Newsletter", kind="topic", actor="test")
    )
    channel = topic(news.id)
    await restricted(db, northwind.id, channel=channel)

    page = await ada.get("/optouts")
    found = await ada.part(f"/optouts?channel={channel}", "list")
    other = await ada.get("/optouts?channel=email")
    history = await ada.get(f"/optouts/history?address={ADDRESS}")
    timeline = await ada.get(f"/contacts/{made.id}")
    exported = await ada.get("/optouts/export.csv")
    lift = {"address": ADDRESS, "channel": channel, "reason": "user"}
    lifted = await ada.post("/optouts/lifts", lift)
    after = await ada.get(lifted.headers["location"])

    assert "E-mail: Newsletter" in page.text
    assert f'value="{channel}"' in page.text
    assert "E-mail: Newsletter" in found.text
    assert "No opt-out found" in other.text
    assert "<b>E-mail: Newsletter</b>" in history.text
    assert "one topic" in timeline.text
    assert channel in exported.text
    assert "Nothing: it may be reached." in after.text


async def test_an_opt_out_of_a_topic_that_is_gone_still_has_its_line(ada, db, northwind):
    news = await db.transact(
        lambda tx: lists.create(tx, northwind.id, "Newsletter", kind="topic", actor="test")
    )
    await restricted(db, northwind.id, channel=topic(news.id), reason="contact")
    await db.transact(lambda tx: lists.delete(tx, northwind.id, news.id))

    page = await ada.get("/optouts")
    history = await ada.get(f"/optouts/history?address={ADDRESS}")

    assert (page.status_code, history.status_code) == (200, 200)
    assert "E-mail: a topic that is gone" in page.text
    assert "Lifted by the person alone.<" in history.text
