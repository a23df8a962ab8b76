"""A base address that ends in a slash, as people configure it: two slashes are read as one."""

import pytest

from signalbook.accounts import key_actions
from tests import asgi
from tests.aws import Aws, send

BASE = "http://127.0.0.1:8000/"


@pytest.fixture
async def token(db, northwind, http):
    async with db.tx() as tx:
        key = await key_actions.create(tx, northwind.id, "oauth", actor="test")
    body = {
        "grant_type": "client_credentials", "client_id": key.client_id, "client_secret": key.key,
    }  # fmt: skip
    answer = await http.post(BASE + "/token", data=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


async def test_add_contact_is_reached(app, northwind, db):
    async with asgi.client(app, {"template-key": northwind.upload_key}) as client:
        answer = await client.post(BASE + "/add-contact", json={"email": "ada@example.com"})

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "path", ["/api/v1/contacts", "/v1/contacts", "//api/v1/contacts", "api/v1//contacts"]
)
async def test_the_native_api_is_reached(api, path):
    answer = await api.get(BASE + path)

    assert answer.status_code == 200, answer.text
    assert answer.json()["data"] == []


async def test_the_sdk_of_sendmator_is_understood(api):
    headers = {"User-Agent": "sendmator-node/1.0"}
    body = {"email": "ada@example.com"}

    answer = await api.post(BASE + "/api/v1/contacts", json=body, headers=headers)

    assert answer.json()["success"] is True


async def test_the_rest_of_digitaleo_is_reached(app, token):
    async with asgi.client(app, {"Authorization": f"Bearer {token}"}) as client:
        good = await client.get(BASE + "/rest/contacts")
        bad = await client.get(BASE + "/rest/contacts?nonsense=1&properties=nonsense")

    assert good.status_code == 200, good.text
    assert bad.status_code == 417
    assert bad.json()["httpStatusCode"] == 417


async def test_a_signature_of_aws_is_checked_as_it_was_made(app, db, northwind, settings):
    async with db.tx() as tx:
        signer = await key_actions.create_signer(
            tx, northwind.id, settings.secret_key, actor="test"
        )
    aws = Aws(app, signer)
    await aws.list_contact_lists()
    request = aws.sent[-1]

    good = await send(app, request, url=BASE + "/v2/email/contact-lists")
    other = await send(app, request, url=BASE + "/v2/email/account")

    assert good.status_code == 200, good.text
    assert other.status_code == 403


async def test_a_host_is_never_read_out_of_a_path(http):
    answer = await http.get(BASE + "/example.com/contacts/", follow_redirects=False)

    assert "example.com" not in answer.headers.get("location", "").partition("?")[0]
