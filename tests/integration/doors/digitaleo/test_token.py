"""`POST /token` and what a token opens."""

import base64
from datetime import timedelta

import httpx
import pytest

from signalbook.accounts import key_actions, tokens
from signalbook.kit import clock
from tests import asgi
from tests.integration.doors.digitaleo.conftest import FORM, made_key, token_of


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_form_json_a_multipart_form_and_basic_all_get_a_token(http, key):
    said = {
        "grant_type": "client_credentials",
        "client_id": key.client_id,
        "client_secret": key.key,
    }
    pair = base64.b64encode(f"{key.client_id}:{key.key}".encode()).decode()
    answers = [
        await http.post("/token", data=said),
        await http.post("/token", json=said),
        await http.post("/token", files={name: (None, value) for name, value in said.items()}),
        await http.post("/token", data=said | {"username": "u", "password": "p"}),
        await http.post(
            "/token",
            data={"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {pair}"},
        ),
        await http.post("/token", data=said | {"client_id": str(key.id)}),
    ]

    for answer in answers:
        told = answer.json()
        assert answer.status_code == 200, answer.text
        assert isinstance(told.pop("access_token"), str)
        assert told == {"expires_in": 3600, "token_type": "bearer", "scope": "basic"}
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "cs_wrong"}, "invalid_client"),
        ({"client_id": "0" * 32}, "invalid_client"),
        ({"client_id": "é\x00"}, "invalid_client"),
        ({"client_secret": ""}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "unsupported_grant_type"),
    ],
)
async def test_what_is_wrong_is_a_400_in_the_words_of_the_standard(http, key, change, error):
    said = {
        "grant_type": "client_credentials",
        "client_id": key.client_id,
        "client_secret": key.key,
    }

    answer = await http.post("/token", data=said | change)

    told = answer.json()
    assert (answer.status_code, told["error"]) == (400, error)
    assert answer.headers["cache-control"] == "no-store"
    if error == "invalid_client":
        assert told["error_description"] == "The client credentials are invalid"


async def test_an_id_and_a_secret_of_different_keys_are_nobody(http, db, northwind, contoso, key):
    other = await made_key(db, contoso.id)

    for secret in (other.key, northwind.api_key):
        said = {"client_id": key.client_id, "client_secret": secret}
        answer = await http.post("/token", json=said | {"grant_type": "client_credentials"})
        assert answer.json()["error"] == "invalid_client"


async def test_basic_credentials_that_are_wrong_are_told_401_and_how(http, key):
    for header in ("Basic bm9ib2R5OndydW5n", "Basic ***"):
        answer = await http.post(
            "/token",
            data={"grant_type": "client_credentials"},
            headers={"Authorization": header},
        )
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic ")
        assert answer.json()["error"] == "invalid_client"


async def test_a_secret_is_no_key_and_a_token_in_the_address_is_none(http, key):
    token = await token_of(http, key)

    as_key = await http.get("/api/v1/contacts", headers={"X-API-Key": key.key})
    in_address = await http.get("/rest/contacts", params={"access_token": token})

    assert [as_key.status_code, in_address.status_code] == [401, 401]
    assert (await http.get("/rest/contacts", headers=bearer(token))).status_code == 200


async def test_a_revoked_key_takes_its_tokens_with_it(http, db, northwind, key):
    token = await token_of(http, key)
    async with db.tx() as tx:
        await key_actions.revoke(tx, northwind.id, key.id, actor="test")

    answer = await http.get("/rest/contacts", headers=bearer(token))

    assert (answer.status_code, answer.json()["errorCode"]) == (401, "key_revoked")
    again = await http.post(
        "/token",
        data={
            "grant_type": "client_credentials",
            "client_id": key.client_id,
            "client_secret": key.key,
        },
    )
    assert again.json()["error"] == "invalid_client"


async def test_a_stale_or_altered_token_is_a_401_with_a_message(http, settings, northwind, key):
    past = clock.now() - timedelta(seconds=1)
    good = await token_of(http, key)
    flipped = [
        good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :] for at in range(3, len(good))
    ]
    stale = tokens.make(settings.secret_key, northwind.id, key.id, past)
    forged = tokens.make("another secret", northwind.id, key.id, clock.now() + timedelta(hours=1))

    for token in (stale, forged, good + "A", good[:-1], "at_", "at_é", "none", *flipped[::9]):
        headers = {"Authorization": f"Bearer {token}".encode()}
        answer = await http.get("/rest/contacts", headers=headers)
        assert answer.status_code == 401, token
        assert answer.json()["message"]
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert (await http.get("/rest/contacts", headers=bearer(stale))).json()["errorCode"] == (
        "token_stale"
    )


async def test_guessing_is_slowed_down_and_told_when_to_try_again(app, key):
    transport = httpx.ASGITransport(app, client=("203.0.113.9", 4000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        said = {"grant_type": "client_credentials", "client_id": key.client_id}
        answers = [
            await client.post("/token", data=said | {"client_secret": f"cs_{n}"})
            for n in range(301)
        ]

    assert {one.status_code for one in answers[:300]} == {400}
    assert answers[300].status_code == 429
    assert int(answers[300].headers["retry-after"]) > 0
    assert answers[300].json()["error_description"]


async def test_a_key_that_may_only_read_reads_and_writes_nothing(app, http, db, northwind):
    token = await token_of(http, await made_key(db, northwind.id, scope="read"))
    async with asgi.client(app, bearer(token)) as client:
        seen = await client.get("/rest/contacts")
        written = await client.post("/rest/contacts", json=[{"email": "a@x.example"}])

    assert [seen.status_code, written.status_code] == [200, 403]
    assert written.json()["message"]


async def test_a_body_that_is_too_large_or_odd_is_refused_before_it_is_read(http):
    large = await http.post("/token", content=b"a" * 70_000, headers={"Content-Type": FORM})
    odd = await http.post("/token", content=b"<a/>", headers={"Content-Type": "text/xml"})

    assert [large.status_code, odd.status_code] == [413, 415]
    assert {large.json()["error"], odd.json()["error"]} == {"invalid_request"}
