"""AWS's own client, boto3, against the application in this very process or a server beside it.

    aws = Aws(app, credentials)
    await aws.create_contact(ContactListName="Shop", EmailAddress="ada@example.com")

What boto3 signs and would send is taken over at the last moment; everything before and after is
boto3's own. `refused` runs a call that must fail and returns its status, code and message.
"""

import asyncio
from collections.abc import Iterator
from typing import Any, NamedTuple

import boto3
import httpx
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.config import Config
from botocore.exceptions import ClientError
from litestar.types import ASGIApp

from signalbook.accounts.made import Created
from tests import asgi

REGION = "eu-west-1"


class Refused(NamedTuple):
    """How a call was refused."""

    status: int
    code: str
    message: str


class _Raw:
    """A body as urllib3 would give it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self._body


def boto(made: Created, url: str, region: str = REGION, **config: Any) -> Any:
    """A client of sesv2 with these credentials, which tries once."""
    return boto3.client(
        "sesv2",
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=made.access_key_id,
        aws_secret_access_key=made.key,
        aws_session_token=made.session_token or None,
        config=Config(**{"retries": {"total_max_attempts": 1}} | config),
    )


class Aws:
    """Every operation as a coroutine, against the application in this process."""

    def __init__(self, app: ASGIApp, made: Created, region: str = REGION, **config: Any) -> None:
        self._app = app
        self._loop = asyncio.get_running_loop()
        self.client = boto(made, "http://127.0.0.1:8000", region, **config)
        self.client.meta.events.register("before-send.sesv2", self._send)
        self.sent: list[AWSPreparedRequest] = []

    def __getattr__(self, operation: str) -> Any:
        method = getattr(self.client, operation)

        async def call(**members: Any) -> dict[str, Any]:
            answer = await asyncio.to_thread(method, **members)
            assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
            return answer

        return call

    async def refused(self, operation: str, **members: Any) -> Refused:
        """Run a call that must be refused."""
        try:
            answer = await asyncio.to_thread(getattr(self.client, operation), **members)
        except ClientError as refusal:
            return told(refusal)
        raise AssertionError(answer)

    def _send(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        self.sent.append(request)
        return asyncio.run_coroutine_threadsafe(self._answer(request), self._loop).result(30)

    async def _answer(self, request: AWSPreparedRequest) -> AWSResponse:
        answer = await send(self._app, request)
        headers = HeadersDict(dict(answer.headers))
        return AWSResponse(request.url, answer.status_code, headers, _Raw(answer.content))


async def send(app: ASGIApp, request: AWSPreparedRequest, **changes: Any) -> httpx.Response:
    """Send what boto3 signed, perhaps with another method, url, headers or content."""
    parts: dict[str, Any] = {
        "method": request.method,
        "url": request.url,
        "headers": {name: _text(value) for name, value in request.headers.items()},
        "content": request.body or b"",
    }
    async with asgi.client(app) as client:
        return await client.request(**parts | changes)


def told(refusal: ClientError) -> Refused:
    """Read what boto3 makes of a refusal."""
    answer: dict[str, Any] = dict(refusal.response)
    error = answer["Error"]
    return Refused(answer["ResponseMetadata"]["HTTPStatusCode"], error["Code"], error["Message"])


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
