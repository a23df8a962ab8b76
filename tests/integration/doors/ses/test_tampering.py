"""A request that was changed after boto3 signed it, or signed wrongly, gets nowhere."""

from datetime import timedelta
from typing import Any

import botocore.auth
import pytest
from botocore.awsrequest import AWSPreparedRequest

from signalbook.doors.ses import api
from signalbook.kit import clock
from tests.aws import Aws, send

BODY = b'{"EmailAddress": "a@b.example", "Reason": "BOUNCE"}'


@pytest.fixture(autouse=True)
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that were carried out."""
    calls: list[str] = []

    async def carry_out(call: Any) -> None:
        calls.append(call.operation)

    operations = ("PutSuppressedDestination", "ListSuppressedDestinations", "GetAccount")
    monkeypatch.setattr(api, "HANDLERS", dict.fromkeys(operations, carry_out))
    return calls


@pytest.fixture
async def put(aws: Aws) -> AWSPreparedRequest:
    """A request with a body, as boto3 signed it."""
    await aws.put_suppressed_destination(EmailAddress="a@b.example", Reason="BOUNCE")
    return aws.sent[-1]


def replaced(name: str, old: str, new: str):
    def change(request: AWSPreparedRequest) -> dict[str, Any]:
        headers = headers_of(request)
        assert old in headers[name]
        return {"headers": headers | {name: headers[name].replace(old, new)}}

    return change


def headers_of(request: AWSPreparedRequest) -> dict[str, str]:
    texts = request.headers.items()
    return {k: v.decode() if isinstance(v, bytes) else str(v) for k, v in texts}


def with_header(name: str, value: str):
    return lambda request: {"headers": headers_of(request) | {name: value}}


def twice(name: str):
    def change(request: AWSPreparedRequest) -> dict[str, Any]:
        headers = headers_of(request)
        return {"headers": [*headers.items(), (name, headers[name])]}

    return change


def without(name: str):
    def change(request: AWSPreparedRequest) -> dict[str, Any]:
        return {"headers": {k: v for k, v in headers_of(request).items() if k != name}}

    return change


ROOT = "http://127.0.0.1:8000/v2/email"
TAMPERED = {
    "another body of the same length": lambda _: {"content": BODY.replace(b"a@b", b"c@b")},
    "a longer body": lambda _: {"content": BODY + b" "},
    "no body": lambda _: {"content": b""},
    "a body said to be unsigned": with_header("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"),
    "another method": lambda _: {"method": "GET"},
    "another path": lambda _: {"url": f"{ROOT}/account/suppression"},
    "a dotted path": lambda _: {"url": f"{ROOT}/account/%2e%2e/suppression/addresses"},
    "a query": lambda _: {"url": f"{ROOT}/suppression/addresses?PageSize=1"},
    "another host": with_header("Host", "elsewhere.example"),
    "a host twice": twice("Host"),
    "another type": with_header("Content-Type", "text/plain"),
    "an x-amz header nobody signed": with_header("X-Amz-Extra", "1"),
    "a token nobody signed": with_header("X-Amz-Security-Token", "token"),
    "a signature twice": twice("Authorization"),
    "a date twice": twice("X-Amz-Date"),
    "no date": without("X-Amz-Date"),
    "another region": replaced("Authorization", "/eu-west-1/", "/us-east-1/"),
    "another service": replaced("Authorization", "/ses/", "/email/"),
    "the host unsigned": replaced("Authorization", ";host;", ";"),
    "the date unsigned": replaced("Authorization", ";x-amz-date", ""),
    "another algorithm": replaced("Authorization", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"),
    "no signature": replaced("Authorization", "Signature=", "Signature=0"),
}


@pytest.mark.parametrize("tamper", TAMPERED)
async def test_whatever_is_changed_on_the_way_is_refused(app, put, done, tamper):
    request = put
    if "Host" in tamper or "host" in tamper:
        request.headers["Host"] = "127.0.0.1:8000"

    answer = await send(app, request, **TAMPERED[tamper](request))

    assert done == ["PutSuppressedDestination"], "only boto3's own call was carried out"
    told = answer.status_code, answer.headers["x-amzn-errortype"]
    assert told in {
        (403, "InvalidSignatureException"),
        (403, "IncompleteSignatureException"),
        (403, "UnrecognizedClientException"),
        (404, "UnknownOperationException"),
    }
    assert answer.json()["__type"] == told[1]


async def test_the_untouched_request_is_taken_as_often_as_it_comes(app, put, done):
    assert (await send(app, put)).status_code == 200
    assert done == ["PutSuppressedDestination"] * 2


async def test_the_host_is_the_one_that_was_signed_behind_a_proxy_too(app, put):
    put.headers["Host"] = "127.0.0.1:8000"
    assert (await send(app, put, url=f"{ROOT}/suppression/addresses")).status_code == 200


@pytest.mark.parametrize("minutes", [-16, 16])
async def test_a_request_of_another_time_is_refused(aws, done, minutes, monkeypatch):
    at = clock.now().replace(tzinfo=None) + timedelta(minutes=minutes)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: at)
    assert (await aws.refused("get_account"))[:2] == (403, "InvalidSignatureException")
    assert done == []


async def test_a_query_is_part_of_what_is_signed(app, aws, done):
    await aws.list_suppressed_destinations(Reasons=["BOUNCE", "COMPLAINT"], NextToken="a+b/ c=&d")
    url = aws.sent[-1].url
    for changed in (url.replace("BOUNCE", "OTHERS"), url.replace("Reason=BOUNCE&", ""), url + "&"):
        answer = await send(app, aws.sent[-1], url=changed)
        assert (answer.status_code == 200) == (changed == url + "&")
    assert done == ["ListSuppressedDestinations"] * 2
