"""The pages of those who hold a link: what they see, what they change, and what nobody can."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from signalbook.contacts import erasing, queries
from signalbook.contacts.model import Source
from signalbook.ledger.model import Channel
from signalbook.preferences import actions
from signalbook.preferences.links import Links
from signalbook.preferences.model import Look
from signalbook.preferences.words import WORDS
from tests.integration.bulk.people import apply

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ADA = "ada@example.com"
MOBILE = "+442071838750"


@pytest.fixture
async def links(db, settings):
    return Links(db, settings.secret_key, settings.public_url)


@pytest.fixture
async def contact(db, northwind):
    outcome = await apply(db, northwind.id, email="Ada@example.com", mobile=MOBILE)
    return outcome.contact


@pytest.fixture
async def signer(links, northwind):
    return await links.signer(northwind.id)


@pytest.fixture
async def stop(signer, contact):
    """Ada's link to unsubscribe from e-mails."""
    return path_of(signer.unsubscribe_url(ADA, contact_id=contact.id, ref="may-news"))


@pytest.fixture
async def page(signer, contact):
    """Ada's link to her preferences."""
    return path_of(signer.preferences_url(ADA, contact_id=contact.id))


def path_of(url):
    return httpx.URL(url).path


async def in_force(db, account_id):
    async with db.read() as read:
        rows = await read.rows(
            "SELECT channel, address, reason FROM optout_states WHERE account_id = %s",
            [account_id],
        )
    return {tuple(row) for row in rows}


async def ledger(db, account_id) -> list[Any]:
    async with db.read() as read:
        return await read.rows(
            """
            SELECT kind, channel, address, reason, source, evidence
              FROM optouts WHERE account_id = %s ORDER BY id
            """,
            [account_id],
        )


def shown(answer, status=200):
    assert answer.status_code == status, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text.split("<body>")[1]))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_changes_nothing(http, db, northwind, stop, page, method):
    for path in (stop, page, stop + "?List-Unsubscribe=One-Click&act=stop", page + "?act=leave"):
        answer = await http.request(method, path)
        assert answer.status_code == 200
        assert bool(answer.content) == (method == "GET")

    assert await ledger(db, northwind.id) == []


@pytest.mark.parametrize("how", ["data", "files"])
async def test_a_mail_program_unsubscribes_with_one_click(http, db, northwind, stop, contact, how):
    sent = {name: (None, text) for name, text in ONE_CLICK.items()}
    content = {"data": ONE_CLICK} if how == "data" else {"files": sent}
    headers = {"User-Agent": "Mail/1.0", "Origin": "https://mail.example.net",
               "Sec-Fetch-Site": "cross-site"}  # fmt: skip

    answer = await http.post(stop, headers=headers, **content)

    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert await in_force(db, northwind.id) == {("email", ADA, "contact")}
    ((kind, channel, address, reason, source, evidence),) = await ledger(db, northwind.id)
    assert (kind, channel, address, reason) == ("out", "email", ADA, "contact")
    assert source == "unsubscribe link"
    assert evidence == {
        "ip": "127.0.0.1",
        "user_agent": "Mail/1.0",
        "way": "one click",
        "link": "unsubscribe",
        "ref": "may-news",
    }
    async with db.read() as read:
        now = await queries.get(read, northwind.id, contact.id)
    assert (now.email_optout, now.sms_optout) == ("contact", None)


async def test_one_click_twice_is_one(http, db, northwind, stop):
    await asyncio.gather(*(http.post(stop, data=ONE_CLICK) for _ in range(5)))

    assert len(await ledger(db, northwind.id)) == 1


@pytest.mark.parametrize("data", [{}, {"List-Unsubscribe": "Two-Click"}, {"act": "leave"}])
async def test_a_post_that_says_nothing_of_it_unsubscribes_nobody(http, db, northwind, stop, data):
    assert "Unsubscribe?" in shown(await http.post(stop, data=data))
    assert await ledger(db, northwind.id) == []


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/x-www-form-urlencoded", b"act=stop&" + b"x" * 20_000),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=b", b"--b\r\nnonsense"),
        ("application/json", b'{"act": "stop"}'),
        ("text/plain", b"\xff\xfe"),
    ],
)
async def test_a_body_that_is_no_form_of_ours_changes_nothing(
    http, db, northwind, stop, kind, content
):
    answer = await http.post(stop, content=content, headers={"Content-Type": kind})

    assert answer.status_code == 200
    assert await ledger(db, northwind.id) == []


async def test_a_person_presses_the_button_and_takes_it_back(http, db, northwind, stop):
    asked = shown(await http.get(stop))
    done = shown(await http.post(stop, data={"act": "stop"}))
    again = shown(await http.get(stop))
    back = shown(await http.post(stop, data={"act": "undo"}))

    assert "Unsubscribe?" in asked
    assert "will send no more e-mails to a•••@example.com" in asked
    assert "You are unsubscribed" in done
    assert "Undo" in done
    assert "Subscribe again" in again
    assert "You are subscribed again" in back
    assert await in_force(db, northwind.id) == set()
    assert [row[0] for row in await ledger(db, northwind.id)] == ["out", "in"]


async def test_what_others_have_stopped_is_not_taken_back(http, db, northwind, stop, contact):
    await apply(db, northwind.id, id=contact.id, optouts=(("email", "hardbounced"),))
    await http.post(stop, data=ONE_CLICK)

    done = shown(await http.post(stop, data={"act": "undo"}))

    assert "Messages to this address came back" in done
    assert await in_force(db, northwind.id) == {("email", ADA, "hardbounced")}


async def test_one_chooses_channel_by_channel(http, db, northwind, page):
    before = await http.get(page)
    saved = shown(await http.post(page, data={"act": "save", "on": ["email", "whatsapp"]}))

    assert before.text.count(" checked>") == 5
    assert "••• 750" in before.text
    assert MOBILE not in before.text
    assert "Text messages (SMS) Off" in saved
    assert "WhatsApp On" in saved
    off = {("sms", MOBILE), ("voice", MOBILE), ("voicemail", MOBILE)}
    assert {row[:2] for row in await in_force(db, northwind.id)} == off
    evidence = (await ledger(db, northwind.id))[0][5]
    assert (evidence["link"], evidence["way"]) == ("preferences", "page")

    await http.post(page, data={"act": "save", "on": [str(channel) for channel in Channel]})
    assert await in_force(db, northwind.id) == set()


async def test_everything_is_left_and_taken_back(http, db, northwind, page):
    await http.post(page, data={"act": "save", "on": ["email", "sms"]})
    left = await http.post(page, data={"act": "leave"})
    everything = {row[0] for row in await in_force(db, northwind.id)}
    formerly = re.findall(r'name="on" value="(\w+)"', left.text)
    await http.post(page, data={"act": "undo", "on": formerly})

    assert everything == {"email", "sms", "voice", "voicemail", "whatsapp"}
    assert formerly == ["email", "sms"]
    assert {row[0] for row in await in_force(db, northwind.id)} == {
        "voice", "voicemail", "whatsapp"
    }  # fmt: skip


async def test_leaving_everything_and_coming_back_are_one_moment_each(
    http, db, northwind, page, contact
):
    await http.post(page, data={"act": "save"})
    await http.post(page, data={"act": "undo", "on": [str(channel) for channel in Channel]})

    async with db.read() as read:
        kinds = await read.values(
            "SELECT kind FROM events WHERE account_id = %s AND contact_id = %s ORDER BY at, id",
            [northwind.id, contact.id],
        )
    assert kinds[1:] == ["unsubscribed", "resubscribed"]


async def test_a_channel_that_is_not_offered_is_not_touched_by_saving(http, db, northwind, page):
    async with db.tx() as tx:
        await actions.set_look(tx, northwind.id, Look(channels=(Channel.EMAIL,)), "test")

    assert "WhatsApp" not in shown(await http.get(page))
    await http.post(page, data={"act": "save", "on": ["email"]})
    assert await in_force(db, northwind.id) == set()
    await http.post(page, data={"act": "leave"})
    assert len(await in_force(db, northwind.id)) == 5


async def test_what_the_account_or_a_bounce_has_stopped_cannot_be_chosen(
    http, db, northwind, page, contact
):
    await apply(db, northwind.id, id=contact.id, optouts=(("email", "spam"), ("sms", "user")))

    text = shown(await http.get(page))
    await http.post(page, data={"act": "save", "on": [str(channel) for channel in Channel]})

    assert "You reported a message as spam" in text
    assert "Northwind has stopped sending here" in text
    assert {row[2] for row in await in_force(db, northwind.id)} == {"spam", "user"}


async def test_links_work_after_the_contact_is_deleted_and_block_whoever_comes_back(
    http, api, db, northwind, stop, page, contact
):
    await api.delete(f"/api/v1/contacts/{contact.id}")

    assert "E-mail" in shown(await http.get(page))
    assert "You are unsubscribed" in shown(await http.post(stop, data=ONE_CLICK))
    again = await apply(db, northwind.id, email=ADA)
    assert again.contact.email_optout == "contact"


async def test_a_link_of_an_erased_person_writes_their_address_down_nowhere(
    http, db, northwind, stop, page, contact
):
    async with db.tx() as tx:
        await erasing.erase(tx, northwind.id, contact.id, Source("test"))

    for path, data in ((stop, ONE_CLICK), (page, {"act": "leave"}), (stop, {"act": "stop"})):
        assert (await http.post(path, data=data)).status_code == 200
    asked = shown(await http.get(stop))

    assert "You are unsubscribed" in asked
    written = {row[2] for row in await ledger(db, northwind.id)}
    assert written
    assert all(address.startswith("erased:") for address in written)


async def test_an_old_link_speaks_for_the_address_the_contact_has_now(
    http, db, northwind, stop, contact
):
    await apply(db, northwind.id, id=contact.id, email="lovelace@example.com")

    await http.post(stop, data=ONE_CLICK)

    assert await in_force(db, northwind.id) == {
        ("email", ADA, "contact"), ("email", "lovelace@example.com", "contact"),
    }  # fmt: skip


async def test_links_of_older_keys_are_accepted(http, db, links, northwind, signer, stop):
    async with db.tx() as tx:
        await actions.rotate(tx, northwind.id, "test")
    newer = await links.signer(northwind.id)

    assert newer.key.number == signer.key.number + 1
    assert newer.unsubscribe_url(ADA) != signer.unsubscribe_url(ADA)
    for path in (stop, path_of(newer.unsubscribe_url(ADA))):
        assert (await http.get(path)).status_code == 200


async def test_two_that_make_the_first_key_make_one(db, settings, contoso):
    several = [Links(db, settings.secret_key, settings.public_url) for _ in range(4)]

    signers = await asyncio.gather(*(one.signer(contoso.id) for one in several))

    assert len({one.key for one in signers}) == 1


async def test_whatever_is_wrong_with_a_link_the_answer_is_the_same(
    app, links, northwind, contoso, stop, page
):
    token, other = stop.removeprefix("/u/"), page.removeprefix("/p/")
    theirs = path_of((await links.signer(contoso.id)).unsubscribe_url(ADA)).removeprefix("/u/")
    mixed = theirs[:4] + token[4:]
    flipped = token[:-1] + ("A" if token[-1] != "A" else "E")
    odd = ["x", "%00", "é", token * 20, token + "%3D", token.lower(), flipped, mixed, other]

    answers = []
    for number, wrong in enumerate([*odd, "AQD_____Dw" + "A" * 60]):
        transport: Any = httpx.ASGITransport(app, client=(f"10.1.{number}.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answers += [await client.get("/u/" + wrong), await client.post("/u/" + wrong)]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    varying = {"x-request-id"}
    assert len({str(sorted(set(a.headers.items()) - {(n, a.headers[n]) for n in varying}))
                for a in answers}) == 1  # fmt: skip
    assert "Northwind" not in answers[0].text


async def test_a_link_of_another_account_changes_that_account_alone(
    http, db, links, northwind, contoso, contact
):
    signer = await links.signer(contoso.id)
    theirs = path_of(signer.unsubscribe_url(ADA, contact_id=contact.id))

    assert "Contoso" in shown(await http.post(theirs, data=ONE_CLICK))

    assert await in_force(db, northwind.id) == set()
    assert await in_force(db, contoso.id) == {("email", ADA, "contact")}


async def test_who_guesses_links_is_slowed_down_and_who_has_one_is_not(app, stop):
    async def ask(path, ip):
        transport: Any = httpx.ASGITransport(app, client=(ip, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get(path)

    guesses = [await ask(f"/u/guess{number}", "10.9.9.9") for number in range(70)]

    assert {answer.status_code for answer in guesses} == {404, 429}
    assert "One moment, please" in shown(guesses[-1], 429)
    assert int(guesses[-1].headers["retry-after"]) > 0
    assert (await ask(stop, "10.9.9.9")).status_code == 200


async def test_a_page_is_small_private_and_allows_nothing_but_itself(http, stop, page):
    for path in (stop, page):
        answer = await http.get(path)
        headers = answer.headers
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-robots-tag"].startswith("noindex")
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha")
        assert "set-cookie" not in headers
        assert len(answer.content) < 8_000
        assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)
        assert "<script" not in answer.text


@pytest.mark.parametrize("code", WORDS)
async def test_every_page_speaks_every_language(http, stop, page, code):
    words = WORDS[code]
    headers = {"Accept-Language": f"{code};q=0.9, nl"}

    asked = await http.get(stop, headers=headers)
    picked = await http.get(f"{page}?lang={code}", headers={"Accept-Language": "de"})
    broken = await http.get("/p/none", headers=headers)

    assert f'<html lang="{code}">' in asked.text
    assert asked.headers["content-language"] == code
    assert words.unsubscribe_title in asked.text
    assert words.choose_title.format(account="Northwind") in picked.text
    assert f'action="?lang={code}"' in picked.text
    assert words.broken_title in broken.text


async def test_a_page_wears_the_accounts_name_and_colours(http, db, northwind, stop):
    async with db.tx() as tx:
        look = Look(name="Northwind & <Söhne>", accent="#086", background="#fff8e7")
        await actions.set_look(tx, northwind.id, look, "test")

    text = (await http.get(stop)).text

    assert "Northwind &amp; &lt;Söhne&gt;" in text
    assert "--accent:#008866" in text
    assert "--page:#fff8e7" in text


async def test_braces_in_a_name_are_a_name(http, db, northwind, stop, page):
    async with db.tx() as tx:
        await actions.set_look(tx, northwind.id, Look(name="{address.__class__} {0}"), "test")

    for path in (stop, page):
        assert "{address.__class__} {0}" in shown(await http.get(path))


async def test_a_contact_that_is_known_by_its_own_id_alone_is_stopped_by_it(
    http, db, northwind, signer
):
    made = await apply(db, northwind.id, external_id="crm-1")
    path = path_of(signer.preferences_url("id:crm-1", contact_id=made.contact.id))

    assert "App notifications" in shown(await http.get(path))
    await http.post(path, data={"act": "leave"})

    assert ("push", "id:crm-1", "contact") in await in_force(db, northwind.id)
