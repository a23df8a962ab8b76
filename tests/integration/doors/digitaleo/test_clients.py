"""The very requests of Digitaleo's public clients, header by header and byte by byte.

github.com/digitaleo/Digitaleo-api-python (b94bd04) on requests, digitaleo/Digitaleo-api-php v2
(c0fe07f) on cURL, and digitaleo/php-sdk (14d2f56) on Guzzle 6. The Python client itself was run
against a server as well.
"""

import json
from datetime import timedelta
from urllib.parse import quote_plus

import httpx
import pytest

from signalbook.accounts import tokens
from signalbook.kit import clock
from tests.integration.doors.digitaleo.conftest import FORM

ANY = "*/*"


class Wire:
    """Sends what it is told and nothing else: no header of its own, no encoding."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def __call__(
        self, method: str, target: str, headers: dict[str, str], body: bytes = b""
    ) -> httpx.Response:
        request = httpx.Request(method, f"http://127.0.0.1:8000{target}", content=body or None)
        request.headers = httpx.Headers({"Host": "127.0.0.1:8000", **headers})
        if body:
            request.headers["Content-Length"] = str(len(body))
        return await self.http.send(request)


@pytest.fixture
def wire(http) -> Wire:
    return Wire(http)


def of_python(token: str, **more: str) -> dict[str, str]:
    """The headers of requests, as the Python client signs them."""
    return {
        "User-Agent": "python-requests/2.32.5",
        "Accept-Encoding": "gzip, deflate",
        "Accept": ANY,
        "Connection": "keep-alive",
        "Authorization": f"Bearer {token}",
        **more,
    }


def of_php(token: str, accept: str = "application/json") -> dict[str, str]:
    """The headers of the PHP wrapper: it states a form also where there is no body."""
    return {"Authorization": f"Bearer {token}", "Content-Type": FORM, "Accept": accept}


def of_sdk(token: str, kind: str = FORM) -> dict[str, str]:
    """The headers of php-sdk: an empty Accept, and the type that cURL adds or none at all."""
    headers = {"User-Agent": "GuzzleHttp/6.5.5 curl/7.68.0 PHP/7.4.3", "Accept": ""}
    stated = {"Content-Type": kind} if kind else {}
    return {**headers, "Authorization": f"Bearer {token}", **stated}


async def python_token(wire, key) -> str:
    body = f"grant_type=client_credentials&client_id={key.client_id}&client_secret={key.key}"
    answer = await wire("POST", "/token", {"Accept": ANY, "content-type": FORM}, body.encode())
    told = answer.json()
    assert timedelta(seconds=told["expires_in"] - 10)  # the client's sum, which takes no text
    return told["access_token"]


async def test_the_python_client(wire, key):
    token = await python_token(wire, key)
    typed = of_python(token, **{"Content-type": "application/json"})

    made = await wire(
        "POST",
        "/rest/contacts",
        typed,
        b'{"contacts": [{"email": "ada@x.example", "firstName": "Ada"}, {"email": "b@x.example"}]}',
    )
    ada, other = (one["id"] for one in made.json()["list"])
    read = await wire("GET", f"/rest/contacts?id={ada}", of_python(token))
    changed = await wire(
        "PUT",
        "/rest/contacts",
        typed,
        json.dumps({"metaData": json.dumps({"lastName": "Bar"}), "id": int(ada)}).encode(),
    )
    latest = await wire(
        "GET", "/rest/contacts?limit=1&sort=id+DESC&properties=id%2ClastName", of_python(token)
    )
    made_list = await wire("POST", "/rest/lists", typed, b'{"name": "Winter"}')
    (winter,) = made_list.json()["list"]
    ids = json.dumps({"contactIds": f"{ada},{other}"})
    joined = await wire(
        "POST",
        "/rest/lists?action=contactadd",
        typed,
        json.dumps({"id": winter["id"], "metaData": ids}).encode(),
    )
    nested = await wire(
        "GET", "/rest/contacts?complex%5Blist%49ds%5D=" + winter["id"], of_python(token)
    )
    gone = await wire("DELETE", "/rest/contacts", typed, f'{{"id": "{ada},{other}"}}'.encode())

    assert read.json()["list"][0]["firstName"] == "Ada"
    counts = [one.json()["count"] for one in (changed, joined, gone)]
    assert counts == [1, 2, 2]
    assert latest.json()["list"] == [{"id": other, "lastName": None}]
    assert nested.json()["total"] == 2


async def test_the_python_client_with_a_stale_token(wire, key, settings, northwind):
    """It gets a new token and repeats the call at `/rest` itself: it must be able to read that."""
    stale = tokens.make(
        settings.secret_key, northwind.id, key.id, clock.now() - timedelta(seconds=1)
    )

    refused = await wire("GET", "/rest/contacts?limit=1", of_python(stale))
    fresh = await python_token(wire, key)
    repeated = await wire("GET", "/rest?limit=1", of_python(fresh))
    next_call = await wire("GET", "/rest/contacts?limit=1", of_python(fresh))

    assert (refused.status_code, repeated.status_code, next_call.status_code) == (401, 404, 200)
    assert all("message" in one.json() for one in (refused, repeated))


async def test_the_php_wrapper(wire, key, settings, northwind):
    boundary = "------------------------d74496d66958873e"
    fields = {
        "client_id": key.client_id,
        "client_secret": key.key,
        "grant_type": "client_credentials",
    }
    form = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    multipart = {"Accept": ANY, "Content-Type": f"multipart/form-data; boundary={boundary}"}
    stale = tokens.make(
        settings.secret_key, northwind.id, key.id, clock.now() - timedelta(seconds=1)
    )

    refused = await wire("GET", "/rest/contacts", of_php(stale))
    got = await wire("POST", "/token", multipart, f"{form}--{boundary}--\r\n".encode())
    token = got.json()["access_token"]
    body = b"contacts%5B0%5D%5Bemail%5D=ada%40x.example&contacts%5B0%5D%5BfirstName%5D=Ada"
    made = await wire("POST", "/rest/contacts", of_php(token), body)
    (ada,) = made.json()["list"]
    metadata = quote_plus('{"lastName":"Lovelace","city":"Paris"}')
    changed = await wire(
        "PUT", f"/rest/contacts?id={ada['id']}", of_php(token), f"metaData={metadata}".encode()
    )
    read = await wire(
        "GET",
        "/rest/contacts?properties=DEFAULT%2Ccity&limit=10&offset=0&sort=id+DESC&total=1&city=Paris",
        of_php(token),
    )
    table = await wire("GET", "/rest/contacts?properties=id%2Ccity", of_php(token, "text/csv"))
    gone = await wire("DELETE", f"/rest/contacts?id={ada['id']}", of_php(token))

    assert refused.status_code == 401
    assert (changed.json(), gone.json()) == ({"count": 1}, {"count": 1})
    assert [one["lastName"] for one in read.json()["list"]] == ["Lovelace"]
    assert table.text == f"id,city\r\n{ada['id']},Paris\r\n"


@pytest.mark.parametrize("kind", [FORM, ""])
async def test_the_php_sdk(wire, key, kind):
    body = (
        f"client_id={key.client_id}&client_secret={key.key}&grant_type=client_credentials"
        "&username=user&password=secret"
    )
    got = await wire("POST", "/token", {"Content-Type": FORM}, body.encode())
    token = got.json()["access_token"]
    person = (
        b"contacts%5B0%5D%5Bcivility%5D=M&contacts%5B0%5D%5BfirstName%5D=Michel"
        b"&contacts%5B0%5D%5BlastName%5D=Patrick&contacts%5B0%5D%5Bphone%5D=0605040302"
    )

    made = await wire("POST", "/rest/contacts", of_sdk(token, kind), person)
    (michel,) = made.json()["list"]
    metadata = quote_plus('{"company":"Acme"}')
    changed = await wire(
        "PUT",
        "/rest/contacts",
        of_sdk(token, kind),
        f"id={michel['id']}&metaData={metadata}".encode(),
    )
    read = await wire("GET", f"/rest/contacts?id={michel['id']}", of_sdk(token, ""))
    gone = await wire("DELETE", f"/rest/contacts?id={michel['id']}", of_sdk(token, ""))

    assert made.headers["content-type"] == "application/json"
    assert (changed.json(), gone.json()) == ({"count": 1}, {"count": 1})
    assert (read.json()["list"][0]["phone"], read.json()["list"][0]["company"]) == (
        "0605040302",
        "Acme",
    )


async def test_the_shop_module_leaves_out_the_address_that_is_named_and_sends_the_rest(wire, key):
    token = await python_token(wire, key)
    people = {0: "ada@x.example", 1: "nobody@@x", 2: "grace@x.example", 3: "no one"}

    async def sent() -> httpx.Response:
        body = "&".join(
            f"contacts%5B{at}%5D%5Bemail%5D={quote_plus(email)}" for at, email in people.items()
        )
        return await wire("POST", "/rest/contacts", of_php(token), body.encode())

    answer = await sent()
    while answer.status_code == 417:
        told = answer.json()["message"]
        bad = next(at for at, email in people.items() if email in told)
        del people[bad]
        answer = await sent()

    assert [one["email"] for one in answer.json()["list"]] == ["ada@x.example", "grace@x.example"]
