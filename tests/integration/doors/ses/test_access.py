"""Who may call the SES door, and what AWS's clients are told who may not."""

import asyncio
import json
from contextlib import suppress
from datetime import timedelta

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError

from signalbook.accounts import key_actions
from signalbook.accounts.made import Created
from signalbook.doors.ses import api
from signalbook.doors.ses.call import Call, stamp
from signalbook.kit import clock
from tests.aws import Aws, Refused, send

INVALID = "The security token included in the request is invalid."
UNSIGNED = Refused(
    403,
    "InvalidSignatureException",
    "The request signature we calculated does not match the signature you provided. Check your AWS"
    " Secret Access Key and signing method. Consult the service documentation for details.",
)


async def _echo(call: Call) -> object:
    """Stand in for an operation, and tell what came through."""
    assert call.operation in {"GetAccount", "GetContact", "PutSuppressedDestination"}
    return {
        "EnforcementStatus": json.dumps([call.account_id, call.region, call.path, call.body]),
        "EmailAddress": call.path.get("EmailAddress"),
        "CreatedTimestamp": stamp(clock.now()),
    }


@pytest.fixture(autouse=True)
def echo(monkeypatch: pytest.MonkeyPatch):
    echoes = dict.fromkeys(("GetAccount", "GetContact", "PutSuppressedDestination"), _echo)
    monkeypatch.setattr(api, "HANDLERS", {**api.HANDLERS, **echoes})


async def account_of(client: Aws) -> list[object]:
    return json.loads((await client.get_account())["EnforcementStatus"])


async def test_a_key_says_which_account_and_the_signature_which_region(aws, northwind):
    assert await account_of(aws) == [northwind.id, "eu-west-1", {}, {}]


async def test_another_region_is_another_namespace_of_the_same_key(app, signer, northwind):
    assert await account_of(Aws(app, signer, "us-east-1")) == [northwind.id, "us-east-1", {}, {}]


async def test_times_are_numbers_and_every_answer_has_an_id(app, aws):
    answer = await aws.get_contact(ContactListName="L", EmailAddress="a@b.example")
    assert abs(answer["CreatedTimestamp"] - clock.now()) < timedelta(seconds=5)
    raw = await send(app, aws.sent[-1])
    assert isinstance(raw.json()["CreatedTimestamp"], float)
    assert raw.headers["content-type"] == "application/json"
    assert raw.headers["x-amzn-requestid"]


async def test_temporary_credentials_open_the_door_with_their_token_until_they_expire(
    app, northwind, new_signer
):
    signer = await new_signer(northwind.id, life=timedelta(seconds=2))
    assert signer.access_key_id.startswith("ASIA")
    assert await account_of(Aws(app, signer))

    without = Created(signer.id, "ses", signer.key, signer.access_key_id)
    other = Created(signer.id, "ses", signer.key, signer.access_key_id, "another token")
    for wrong in (without, other):
        refusal = await Aws(app, wrong).refused("get_account")
        assert refusal == (403, "UnrecognizedClientException", INVALID)

    await asyncio.sleep(2.1)
    refusal = await Aws(app, signer).refused("get_account")
    expired = "The security token included in the request is expired"
    assert refusal == (403, "ExpiredTokenException", expired)


async def test_a_permanent_key_has_no_session_token(app, signer):
    with_token = Created(signer.id, "ses", signer.key, signer.access_key_id, "a token")
    refusal = await Aws(app, with_token).refused("get_account")
    assert refusal == (403, "UnrecognizedClientException", INVALID)


async def test_a_wrong_secret_and_an_unknown_key_are_told_apart_as_aws_does(app, signer):
    wrong = Created(signer.id, "ses", "x" * 40, signer.access_key_id)
    assert await Aws(app, wrong).refused("get_account") == UNSIGNED

    unknown = Created(signer.id, "ses", signer.key, "AKIAIOSFODNN7EXAMPLE")
    refusal = await Aws(app, unknown).refused("get_account")
    assert refusal == (403, "UnrecognizedClientException", INVALID)


async def test_a_revoked_key_is_refused_within_a_second(app, aws, signer, northwind, db):
    assert await account_of(aws)
    async with db.tx() as tx:
        await key_actions.revoke(tx, northwind.id, signer.id, actor="test")
    await asyncio.sleep(0.6)
    assert await aws.refused("get_account") == (403, "UnrecognizedClientException", INVALID)


async def test_a_key_of_another_kind_is_none_for_this_door(app, northwind, http):
    headers = {"x-api-key": northwind.api_key, "authorization": f"Bearer {northwind.api_key}"}
    answer = await http.get("/v2/email/account", headers=headers)
    assert (answer.status_code, answer.json()["__type"]) == (403, "IncompleteSignatureException")


async def test_a_ses_key_opens_no_other_door(http, signer):
    for raw in (signer.key, signer.access_key_id):
        answer = await http.get("/api/v1/contacts", headers={"x-api-key": raw})
        assert answer.status_code == 401


async def test_a_key_that_may_read_does_not_write(app, northwind, new_signer):
    reader = Aws(app, await new_signer(northwind.id, scope="read"))
    assert await account_of(reader)
    refusal = await reader.refused(
        "put_suppressed_destination", EmailAddress="a@b.example", Reason="BOUNCE"
    )
    assert refusal[:2] == (403, "AccessDeniedException")
    assert "ses:PutSuppressedDestination" in refusal.message


async def test_an_unsigned_request_is_refused_before_its_body_is_looked_into(http):
    for content in (b"{}", b"not json", b"{" * 10_000):
        answer = await http.put("/v2/email/suppression/addresses", content=content)
        assert answer.status_code == 403
        assert answer.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"
        assert answer.json()["message"] == "Missing Authentication Token"


async def test_there_are_no_other_operations_not_even_for_a_signer(aws, http):
    answer = await http.get("/v2/email/nothing")
    assert (answer.status_code, answer.json()["__type"]) == (404, "UnknownOperationException")
    refusal = await aws.refused("list_email_identities")
    assert refusal[:2] == (404, "UnknownOperationException")


async def test_a_body_is_limited_and_decoded_in_awss_words(app, aws):
    async def put(content: bytes) -> tuple[int, str]:
        answer = await send(app, await signed(aws, content))
        return answer.status_code, answer.headers.get("x-amzn-errortype", "")

    assert await put(b"{") == (400, "SerializationException")
    assert await put(b"\xff{}") == (400, "SerializationException")
    assert await put(b"[]") == (400, "SerializationException")
    assert await put(b"5") == (400, "SerializationException")
    assert await put(b"") == (200, "")
    assert await put(b"[" * (1024 * 1024)) == (400, "SerializationException")
    assert await put(b" " * (1024 * 1024 + 1)) == (413, "RequestEntityTooLargeException")


async def signed(aws: Aws, content: bytes) -> AWSPreparedRequest:
    """Let boto3 sign a body that it would never write."""

    def other_body(request, **_):
        request.data = content

    aws.client.meta.events.register_first("before-sign.sesv2", other_body)
    try:
        with suppress(ClientError):
            await aws.put_suppressed_destination(EmailAddress="a@b.example", Reason="BOUNCE")
    finally:
        aws.client.meta.events.unregister("before-sign.sesv2", other_body)
    return aws.sent[-1]
