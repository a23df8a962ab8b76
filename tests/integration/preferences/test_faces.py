"""The look, the keys and the links of the public pages: by API, in the console, by command."""

import io
import json
import re
import sys

import httpx
import pytest

from signalbook import cli
from tests import asgi
from tests.integration.bulk.people import apply
from tests.unit.preferences.test_looks import PNG

PAGES = "/api/v1/public-pages"
CONSOLE = "/settings/public-pages"


async def logo_sent(api, content=PNG, kind="image/png"):
    return await api.put(f"{PAGES}/logo", content=content, headers={"Content-Type": kind})


async def test_the_look_is_ours_until_somebody_says_otherwise(api, http):
    before = (await api.get(PAGES)).json()
    changed = await api.patch(PAGES, json={"accent": "#086", "channels": ["sms", "email"]})
    after = await api.patch(PAGES, json={"name": " Northwind Café "})

    assert (before["name"], before["public_name"], before["accent"]) == ("", "Northwind", "")
    assert len(before["channels"]) == 6
    assert (changed.json()["accent"], changed.json()["channels"]) == ("#008866", ["email", "sms"])
    assert after.json() == changed.json() | {
        "name": "Northwind Café", "public_name": "Northwind Café",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"accent": "red"}, "colour_invalid"),
        ({"accent": "#ffe"}, "contrast_low"),
        ({"accent": "#333", "background": "#222"}, "contrast_low"),
        ({"background": "#000", "accent": "#001"}, "contrast_low"),
        ({"name": "a\nb"}, "name_invalid"),
        ({"name": "x" * 101}, "name_invalid"),
        ({"channels": []}, "channels_empty"),
        ({"channels": ["fax"]}, "value_wrong"),
        ({"colour": "#000"}, "unknown_member"),
    ],
)
async def test_a_look_that_cannot_be_is_refused(api, body, code):
    answer = await api.patch(PAGES, json=body)

    assert answer.status_code == 400
    assert [problem["code"] for problem in answer.json()["errors"]] == [code]


async def test_a_logo_is_sent_shown_to_anybody_and_removed(api, http, northwind):
    sent = await logo_sent(api)
    url = httpx.URL(sent.json()["logo"]["url"]).path
    shown = await http.get(url)
    gone = await api.delete(f"{PAGES}/logo")

    assert sent.json()["logo"] | {"url": ""} == {
        "url": "", "type": "image/png", "width": 120, "height": 40,
    }  # fmt: skip
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in shown.headers["content-security-policy"]
    assert gone.json()["logo"] is None
    assert (await http.get(url)).status_code == 404


async def test_a_logo_is_looked_for_under_any_name(http):
    assert (await http.get("/p/logo/1/%00")).status_code == 404


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"<svg/>", "image/svg+xml", 415),
        (b"<svg/>", "image/png", 400),
        (b"", "image/png", 400),
        (PNG + bytes(200_001), "image/png", 413),
    ],
)
async def test_what_is_no_logo_is_refused(api, content, kind, status):
    assert (await logo_sent(api, content, kind)).status_code == status
    assert (await api.get(PAGES)).json()["logo"] is None


async def test_keys_are_listed_and_made_once_for_each_idempotency_key(api):
    headers = {"Idempotency-Key": "spring"}

    first = await api.post(f"{PAGES}/keys", headers=headers)
    again = await api.post(f"{PAGES}/keys", headers=headers)
    second = await api.post(f"{PAGES}/keys")

    assert (first.status_code, first.json()["number"]) == (201, 1)
    assert again.json() == first.json()
    assert [key["number"] for key in (await api.get(f"{PAGES}/keys")).json()["data"]] == [2, 1]
    assert second.json().keys() == {"number", "created_at", "created_by"}


async def test_the_links_of_a_contact_lead_to_its_pages(app, api, http, db, northwind):
    made = await apply(
        db, northwind.id, email="Ada@example.com", mobile="+442071838750", external_id="crm/1"
    )

    found = (await api.get(f"/api/v1/contacts/{made.contact.id}/links")).json()["data"]

    assert [(one["purpose"], one["channel"]) for one in found] == [
        ("preferences", None), ("unsubscribe", "email"), ("unsubscribe", "sms"),
        ("unsubscribe", "voice"), ("unsubscribe", "voicemail"), ("unsubscribe", "whatsapp"),
        ("unsubscribe", "push"),
    ]  # fmt: skip
    assert found[1]["headers"]["List-Unsubscribe"] == f"<{found[1]['url']}>"
    assert [bool(one["headers"]) for one in found] == [False, True] + [False] * 5
    for one in found:
        assert (await http.get(httpx.URL(one["url"]).path)).status_code == 200


async def test_a_key_that_may_only_read_gets_no_links(app, api, db, northwind, contoso):
    made = await apply(db, northwind.id, email="ada@example.com")
    path = f"/api/v1/contacts/{made.contact.id}/links"

    async with asgi.client(app, {"X-API-Key": northwind.read_key}) as reader:
        assert (await reader.get(PAGES)).status_code == 200
        assert (await reader.get(path)).status_code == 403
        assert (await reader.patch(PAGES, json={})).status_code == 403
    async with asgi.client(app, {"X-API-Key": contoso.api_key}) as other:
        assert (await other.get(path)).status_code == 404


async def test_the_console_says_how_the_pages_look(ada, grace, api):
    form = {"name": "Northwind Café", "accent": "#086", "background": "", "channel": ["sms"]}

    saved = await ada.post(CONSOLE, form)
    refused = await ada.post(CONSOLE, form | {"accent": "#fff"})
    none = await ada.post(CONSOLE, {"name": "x"})

    assert saved.status_code == 303
    assert (await api.get(PAGES)).json()["channels"] == ["sms"]
    assert refused.status_code == 400
    assert "can hardly be seen" in refused.text
    assert 'value="#fff"' in refused.text
    assert "somebody must be able to choose" in none.text
    assert "Northwind Café" in (await ada.get(CONSOLE)).text
    assert "Public pages" in (await ada.get("/settings")).text
    assert (await grace.get(CONSOLE)).status_code == 403


async def test_the_console_takes_a_logo_and_shows_the_page(ada, http):
    page = await ada.get(CONSOLE)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    form = {"csrf_token": token[1]}

    sent = await ada.client.post(
        f"{CONSOLE}/logo", data=form, files={"logo": ("a.png", PNG, "image/png")}
    )
    shown = await ada.get(CONSOLE)
    preview = await ada.get(f"{CONSOLE}/preview")
    wrong = await ada.client.post(f"{CONSOLE}/logo", data=form, files={"logo": ("a", b"GIF89a")})
    large = {"logo": ("a.png", PNG + bytes(300_000), "image/png")}
    too_large = await ada.client.post(f"{CONSOLE}/logo", data=form, files=large)
    removed = await ada.post(f"{CONSOLE}/logo", {"act": "remove"})

    assert sent.status_code == 303
    source = re.search(r'src="(/p/logo/[^"]+)"', shown.text)
    assert source
    assert source[1] in preview.text
    assert preview.text.count("<button") == preview.text.count(" disabled>")
    assert wrong.status_code == 400
    assert "none of them, or not whole" in wrong.text
    assert too_large.status_code == 413
    assert "at most 200,000 are taken" in too_large.text
    assert removed.status_code == 303
    assert (await http.get(source[1])).status_code == 404


async def test_the_console_rotates_the_key(ada):
    assert (await ada.post(f"{CONSOLE}/keys")).status_code == 303
    await ada.post(f"{CONSOLE}/keys")

    text = re.sub(r"<[^>]+>", "", (await ada.get(CONSOLE)).text)
    assert "Key 2, signs now" in text
    assert "by Ada" in text


async def test_a_contact_page_leads_to_their_preference_page(
    ada, grace, kenji, http, db, northwind
):
    made = await apply(db, northwind.id, email="ada@example.com")
    path = f"/contacts/{made.contact.id}/preferences"

    assert path in (await ada.get(f"/contacts/{made.contact.id}")).text
    assert path not in (await grace.get(f"/contacts/{made.contact.id}")).text
    answer = await ada.get(path)
    assert answer.status_code == 303
    assert "/p/" in answer.headers["location"]
    page = await http.get(httpx.URL(answer.headers["location"]).path)
    assert "How Northwind may reach you" in page.text
    assert (await grace.get(path)).status_code == 403
    assert (await kenji.get(path)).status_code == 404


@pytest.fixture
def command(db, dsn, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SIGNALBOOK_DATABASE_URL", dsn)
    monkeypatch.setenv("SIGNALBOOK_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["signalbook", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        try:
            code = cli.main() or 0
        except SystemExit as end:
            code = end.code or 0
        out = capsys.readouterr()
        return code, out.out, out.err

    assert run("account", "create", "default")[0] == 0
    return run


def test_commands_say_how_the_pages_look_and_make_links(command, tmp_path):
    picture = tmp_path / "logo.png"
    picture.write_bytes(PNG)
    command("contacts", "add", "--email", "ada@example.com")

    _, look, _ = command(
        "preferences", "set", "--name", "Northwind", "--accent", "#086", "--channel", "email"
    )
    _, logo, _ = command("preferences", "logo", picture)
    removed = json.loads(command("preferences", "logo", "--json")[1])
    refused = command("preferences", "set", "--accent", "#fff")
    odd = command("preferences", "set", "--channel", "fax")
    links = json.loads(command("contacts", "links", "ada@example.com", "--json")[1])
    rotated = command("preferences", "rotate")
    keys = command("preferences", "keys")

    assert "#008866" in look
    assert "120 × 40" in logo
    assert removed["logo"] is None
    assert json.loads(command("preferences", "show", "--json")[1]) == removed
    assert (refused[0], "hardly be seen" in refused[2]) == (2, True)
    assert odd[0] == 2
    purposes = [one["purpose"] for one in links["data"]]
    assert purposes == ["preferences", "unsubscribe"]
    assert rotated == (0, "Links are signed with key 2 from now on.\n", "")
    assert [line.split()[0] for line in keys[1].splitlines()] == ["2", "1"]
    assert command("contacts", "links", "nobody@example.com")[0] == 4
