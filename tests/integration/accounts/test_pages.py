"""The pages of accounts, without scripts, as a browser sees them."""

import re
from html import unescape

import pytest

from signalbook.accounts import (
    actions,
    key_actions,
    key_queries,
    people_actions,
    people_queries,
    usage_queries,
)
from signalbook.accounts.keys import Keys
from signalbook.accounts.model import UsagePoint
from signalbook.kit import clock
from tests.integration.accounts.conftest import browser
from tests.world import PASSWORD

CREDENTIALS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")


async def keys_of(db, account_id):
    async with db.read() as read:
        return await key_queries.list_all(read, account_id)


async def test_ada_signs_in_and_goes_where_she_wanted(visitor, northwind):
    page = await visitor.get("/login?next=/keys")
    assert page.status_code == 200
    assert 'value="/keys"' in page.text

    answer = await visitor.sign_in("ada@northwind.example", next="/keys")
    assert (answer.status_code, answer.headers["location"]) == (303, "/keys")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert (await visitor.get("/keys")).status_code == 200
    assert (await visitor.get("/login")).headers["location"] == "/contacts"


async def test_over_https_the_cookie_is_bound_to_the_host(settings):
    import msgspec

    from signalbook.accounts import forms

    https = msgspec.structs.replace(settings, public_url="https://contacts.example")
    cookie = forms.session_cookie(https, "t").to_header(header="")
    assert cookie.startswith("__Host-signalbook=t;")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


async def test_a_wrong_password_keeps_the_email_and_says_so(visitor, northwind):
    answer = await visitor.sign_in("ada@northwind.example", "not the password")
    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert 'value="ada@northwind.example"' in answer.text
    assert "not the password" not in answer.text


@pytest.mark.parametrize("email", ["a\x00b@x.example", "\ud83d", "'; --", "x" * 10_000])
async def test_rubbish_at_the_door_is_only_wrong(visitor, northwind, email):
    answer = await visitor.sign_in(email.encode("utf-8", "replace").decode())
    assert answer.status_code == 401


async def test_a_form_from_another_site_signs_nobody_in(visitor, northwind):
    visitor.headers["Sec-Fetch-Site"] = "cross-site"
    assert (await visitor.sign_in("ada@northwind.example")).status_code == 403


async def test_signing_out_ends_the_session_at_once(ada):
    answer = await ada.submit("/logout", on="/settings")
    assert answer.headers["location"] == "/login"
    assert (await ada.get("/settings")).headers["location"].startswith("/login?next=")


@pytest.mark.parametrize("path", ["/keys", "/people"])
async def test_keys_and_people_are_for_admins(grace, path):
    answer = await grace.get(path)
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")


@pytest.mark.parametrize("path", ["/plan", "/settings"])
async def test_everybody_sees_the_plan_and_their_settings(grace, path):
    assert (await grace.get(path)).status_code == 200


async def test_a_key_is_shown_once_and_works(ada, db, northwind):
    page = await ada.submit("/keys", on="/keys", name="Web shop", kind="upload")
    assert page.status_code == 200
    found = re.search(r"cu_[0-9A-Za-z]{49}", page.text)
    assert found
    assert (await Keys(db).authenticate(found.group(), "upload")).account_id == northwind.id

    again = await ada.get("/keys")
    assert found.group() not in again.text
    assert "Web shop" in again.text
    made = next(key for key in await keys_of(db, northwind.id) if key.name == "Web shop")
    assert made.created_by == f"user:{northwind.people['Ada'].id}"


async def test_a_client_of_digitaleo_is_shown_its_id_and_its_secret_once(ada, http):
    page = await ada.submit("/keys", on="/keys", name="Shop module", kind="oauth")
    client_id = re.search(r"client_id=([0-9a-f]{32})", page.text)
    secret = re.search(r"cs_[0-9A-Za-z]{49}", page.text)
    assert client_id
    assert secret

    credentials = {"client_id": client_id.group(1), "client_secret": secret.group()}
    answer = await http.post("/token", data={"grant_type": "client_credentials", **credentials})

    assert answer.status_code == 200
    assert secret.group() not in (await ada.get("/keys")).text


async def test_a_client_of_aws_is_shown_its_secret_and_its_profile_once(ada, db, northwind):
    page = await ada.submit("/keys", on="/keys", name="Lambda", kind="ses-read", life="12h")
    shown = unescape(page.text)
    found = [re.search(rf"{name} = (\S+)", shown) for name in CREDENTIALS]
    access_key, secret, session = (one.group(1) for one in found if one)
    assert "[profile signalbook]\nregion = eu-west-1\nendpoint_url = http" in shown
    assert "aws sesv2 list-contacts --profile signalbook" in shown

    key = next(key for key in await keys_of(db, northwind.id) if key.name == "Lambda")
    assert (key.kind, key.scopes, key.prefix) == ("ses", ["read"], access_key)
    again = (await ada.get("/keys")).text
    assert access_key in again
    assert secret not in again
    assert session not in again


async def test_a_life_that_is_none_stands_beside_its_field(ada):
    page = await ada.submit("/keys", on="/keys", name="One", kind="ses", life="long")
    assert page.status_code == 400
    assert "90m, 12h or 7d" in page.text
    page = await ada.submit("/keys", on="/keys", name="One", kind="write", life="12h")
    assert page.status_code == 400


@pytest.mark.parametrize(
    ("kind", "scopes"), [("read", ["read"]), ("write", ["read", "write", "upload"])]
)
async def test_an_api_key_reads_or_also_writes(ada, db, northwind, kind, scopes):
    await ada.submit("/keys", on="/keys", name="One", kind=kind)
    made = next(key for key in await keys_of(db, northwind.id) if key.name == "One")
    assert (made.kind, made.scopes) == ("api", scopes)


async def test_a_bad_name_stands_beside_its_field(ada):
    page = await ada.submit("/keys", on="/keys", name="x" * 101, kind="write")
    assert page.status_code == 400
    assert "at most 100 characters" in page.text
    assert "x" * 101 in page.text


async def test_a_key_is_renamed_and_revoked(ada, db, northwind):
    key = (await keys_of(db, northwind.id))[0]
    await ada.submit(f"/keys/{key.id}/name", on="/keys", name="Renamed")
    assert "Renamed" in (await ada.get("/keys")).text
    await ada.submit(f"/keys/{key.id}/name", on="/keys", name="  ")
    await ada.submit(f"/keys/{key.id}/revocation", on="/keys")

    page = await ada.get("/keys")
    assert "1 revoked key" in page.text
    revoked = next(one for one in await keys_of(db, northwind.id) if one.id == key.id)
    assert revoked.revoked_by == f"user:{northwind.people['Ada'].id}"
    assert revoked.name == "Renamed"


async def test_another_accounts_key_is_not_found(ada, db, contoso):
    theirs = await keys_of(db, contoso.id)
    for what in ("name", "revocation"):
        answer = await ada.submit(f"/keys/{theirs[0].id}/{what}", on="/keys", name="Mine")
        assert answer.status_code == 404
    assert await keys_of(db, contoso.id) == theirs


async def test_grace_invites_nobody_and_ada_does(ada, grace, console, db, northwind):
    refused = await grace.submit(
        "/people/invitations", on="/settings", email="bob@x.example", role="viewer"
    )
    assert refused.status_code == 403
    page = await ada.submit(
        "/people/invitations", on="/people", email="Bob@x.example", role="editor"
    )
    link = re.search(r"http://127.0.0.1:8000(/invitations/[\w-]{43})", page.text)
    assert link
    assert "bob@x.example" in (await ada.get("/people")).text

    async with browser(console) as bob:
        page = await bob.get(link.group(1))
        assert "Join Northwind" in page.text
        short = await bob.post(link.group(1), data={"name": "Bob", "password": "short"})
        assert short.status_code == 400
        assert 'value="Bob"' in short.text
        answer = await bob.post(link.group(1), data={"name": "Bob", "password": PASSWORD})
        assert answer.headers["location"] == "/contacts"
        assert "Bob" in (await bob.get("/settings")).text
        assert (await bob.get("/keys")).status_code == 403
        assert (await bob.get(link.group(1))).status_code == 404


async def test_somebody_known_signs_in_and_joins(ada, console, db, northwind, contoso):
    page = await ada.submit(
        "/people/invitations", on="/people", email="kenji@contoso.example", role="viewer"
    )
    path = re.findall(r"/invitations/[\w-]{43}", page.text)[0]
    async with browser(console) as kenji:
        assert "You have a password here already" in (await kenji.get(path)).text
        assert (await kenji.post(path, data={"password": PASSWORD})).status_code == 409
        await kenji.sign_in("kenji@contoso.example")
        answer = await kenji.submit(f"{path}/membership", on=path)
        assert answer.headers["location"] == "/contacts"

        page = await kenji.get("/settings")
        assert "Switch account" in page.text
        await kenji.submit("/account/switch", on="/settings", account=str(contoso.id))
        assert (await kenji.get("/keys")).status_code == 200
        await kenji.submit("/account/switch", on="/settings", account=str(northwind.id))
        assert (await kenji.get("/keys")).status_code == 403


@pytest.mark.parametrize("account", ["0", "x", "-1", "99999999999", "²"])
async def test_an_account_one_does_not_belong_to_is_not_there(ada, account):
    answer = await ada.submit("/account/switch", on="/settings", account=account)
    assert answer.status_code == 404


async def test_roles_change_and_people_go_but_never_the_last_owner(ada, db, northwind):
    grace, me = northwind.people["Grace"], northwind.people["Ada"]
    await ada.submit(f"/people/{grace.id}/role", on="/people", role="admin")
    for path, fields in (
        (f"/people/{me.id}/role", {"role": "viewer"}),
        (f"/people/{me.id}/removal", {}),
    ):
        answer = await ada.submit(path, on="/people", **fields)
        assert answer.headers["location"] == "/people"
    async with db.read() as read:
        assert await people_queries.role(read, northwind.id, grace.id) == "admin"
        assert await people_queries.role(read, northwind.id, me.id) == "owner"

    await ada.submit(f"/people/{grace.id}/removal", on="/people")
    async with db.read() as read:
        assert await people_queries.role(read, northwind.id, grace.id) is None


async def test_an_invitation_is_withdrawn(ada):
    page = await ada.submit(
        "/people/invitations", on="/people", email="bob@x.example", role="viewer"
    )
    withdrawal = re.search(r"/people/invitations/[\w-]+/withdrawal", page.text)
    assert withdrawal
    await ada.submit(withdrawal.group(), on="/people")
    assert "bob@x.example" not in (await ada.get("/people")).text


async def test_the_plan_shows_its_limits_and_the_calls(ada, db, northwind):
    async with db.tx() as tx:
        await actions.set_plan(tx, northwind.id, "paid")
        now = clock.now()
        points = [UsagePoint("api", now, 1_234, 5, 0), UsagePoint("upload", now, 7, 0, 3)]
        await usage_queries.add(tx, northwind.id, points)

    for days in ("1", "7", "30", "90", "nonsense"):
        page = await ada.get(f"/plan?days={days}")
        assert page.status_code == 200
        assert "1,234" in page.text
    assert "1,800" in page.text
    assert "3,600" in page.text


async def test_an_unused_account_is_told_where_calls_will_appear(ada):
    assert "No calls in the last 30 days" in (await ada.get("/plan")).text


async def test_a_profile_is_saved_and_a_wrong_one_kept_for_correction(ada):
    await ada.submit("/settings/profile", on="/settings", name="Ada L.", time_zone="Europe/Paris")
    page = await ada.get("/settings")
    assert "Ada L." in page.text
    wrong = await ada.submit("/settings/profile", on="/settings", name="Ada", time_zone="Mars/Base")
    assert wrong.status_code == 400
    assert "There is no time zone" in wrong.text


async def test_a_new_password_keeps_this_browser_signed_in(ada, console, northwind):
    async with browser(console) as other:
        await other.sign_in("ada@northwind.example")
        wrong = await ada.submit(
            "/settings/password", on="/settings", current="no", new="another walk by the sea"
        )
        assert wrong.status_code == 400
        await ada.submit(
            "/settings/password", on="/settings", current=PASSWORD, new="another walk by the sea"
        )
        assert (await ada.get("/settings")).status_code == 200
        other.headers["x"] = "y"
        import asyncio

        await asyncio.sleep(0.6)
        assert (await other.get("/settings")).status_code == 303


async def test_other_sessions_are_shown_and_ended(ada, console, northwind):
    import asyncio

    async with browser(console) as phone, browser(console) as tablet:
        for other in (phone, tablet):
            other.headers["User-Agent"] = "Mozilla/5.0 (iPhone) CriOS/140 Safari/600"
            await other.sign_in("ada@northwind.example")
        page = await ada.get("/settings")
        assert page.text.count("Chrome on iPhone</span>") == 2
        assert "Firefox on Linux" in page.text
        end = re.search(r"/settings/sessions/[\w-]{36}/end", page.text)
        assert end
        await ada.submit(end.group(), on="/settings")
        await ada.submit("/settings/sessions/others/end", on="/settings")
        await asyncio.sleep(0.6)
        assert (await phone.get("/settings")).status_code == 303
        assert (await tablet.get("/settings")).status_code == 303
        assert (await ada.get("/settings")).status_code == 200


async def test_an_account_is_renamed_by_an_admin(ada, grace, northwind, contoso):
    taken = await ada.submit("/settings/account", on="/settings", account_name="Contoso")
    assert taken.status_code == 409
    await ada.submit("/settings/account", on="/settings", account_name="North")
    assert "North" in (await ada.get("/settings")).text
    refused = await grace.submit("/settings/account", on="/settings", account_name="Mine")
    assert refused.status_code == 403


async def test_names_are_shown_as_text(ada, db, northwind):
    async with db.tx() as tx:
        await key_actions.create(
            tx, northwind.id, "api", name="<script>alert(1)</script>", actor="test"
        )
        await people_actions.change_profile(
            tx, northwind.caller("Ada"), "<img src=x onerror=alert(1)>", "UTC"
        )
    for path in ("/keys", "/people", "/settings"):
        page = (await ada.get(path)).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize(("path", "budget"), [("/keys", 3), ("/people", 4), ("/plan", 3)])
async def test_pages_cost_few_queries(ada, queries_at_most, path, budget):
    with queries_at_most(budget):
        await ada.get(path)
