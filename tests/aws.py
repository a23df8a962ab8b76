"""AWS's own Python client against the application in this process, or a server beside it.

    aws = Aws(app, credentials)
    await aws.create_contact(ContactListName="Shop", EmailAddress="ada@example.com")

botocore signs, serialises, retries and parses as it does for everybody; only the bytes it would
send go straight to the application, as a server hands them over: the path undecoded beside the
decoded one. `refused` runs a call that must fail and returns its status, code and message.
"""

import asyncio
import io
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

import botocore.session
import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse, HeadersDict
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from litestar.types import ASGIApp

from signalbook.accounts.made import Created
from tests import asgi

ENDPOINT = "http://127.0.0.1:8000"
REGION = "eu-west-1"
ONCE = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
"""Nothing is checked or tried again by the client: the server answers for itself."""


class SesKey(NamedTuple):
    """What a client of AWS is configured with; `token` goes with temporary credentials."""

    access_key_id: str
    secret_access_key: str
    token: str | None = None


class Answer(NamedTuple):
    """An answer as it came."""

    status: int
    headers: HeadersDict
    body: bytes


class Refused(NamedTuple):
    """What a client learns of a refusal."""

    status: int
    code: str
    message: str


class Door:
    """The application as AWS's clients reach it."""

    def __init__(self, app: ASGIApp, loop: asyncio.AbstractEventLoop) -> None:
        self._app = app
        self._loop = loop

    def send(self, method: str, url: str, headers: Mapping[str, Any], body: bytes = b"") -> Answer:
        """Send a request from another thread than the application's, and wait for the answer."""
        sending = self.asked(method, url, headers, body)
        return asyncio.run_coroutine_threadsafe(sending, self._loop).result(60)

    async def asked(
        self, method: str, url: str, headers: Mapping[str, Any], body: bytes = b""
    ) -> Answer:
        """Send a request as it is, byte for byte."""
        parts = urlsplit(url)
        named = {name.lower().encode(): _text(value) for name, value in headers.items()}
        named.setdefault(b"host", parts.netloc.encode())
        if body or method in {"POST", "PUT", "DELETE"}:
            named.setdefault(b"content-length", str(len(body)).encode())
        scope: Any = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": list(named.items()),
            "client": ("127.0.0.1", 40_000),
            "server": ("127.0.0.1", 8000),
            "root_path": "",
            "extensions": {},
        }
        return await _answered(self._app, scope, body)


def boto(made: Created, url: str, region: str = REGION, **config: Any) -> Any:
    """A client of sesv2 with these credentials, which tries once."""
    key = SesKey(made.access_key_id, made.key, made.session_token or None)
    return _client(key, url, region, Config(**{"retries": {"total_max_attempts": 1}} | config))


def client(door: Door, key: SesKey, region: str = REGION, config: Config = ONCE) -> Any:
    """Make a client whose requests go to the application."""
    return passing(_client(key, ENDPOINT, region, config), door)


def passing(client: Any, door: Door) -> Any:
    """Let a client send to the application."""

    def passed(request: Any, **_: object) -> AWSResponse:
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        answer = door.send(request.method, request.url, request.headers, body)
        return AWSResponse(request.url, answer.status, answer.headers, _Raw(answer.body))

    client.meta.events.register("before-send.sesv2", passed)
    return client


def _client(key: SesKey, url: str, region: str, config: Config) -> Any:
    return _session().create_client(
        "sesv2",
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=key.access_key_id,
        aws_secret_access_key=key.secret_access_key,
        aws_session_token=key.token,
        config=config,
    )


class Aws:
    """Every operation as a coroutine, by the names that boto3 gives them; `sent` keeps requests."""

    def __init__(self, app: ASGIApp, made: Created, region: str = REGION, **config: Any) -> None:
        self.sent: list[AWSPreparedRequest] = []
        self.client = boto(made, ENDPOINT, region, **config)
        self.client.meta.events.register("before-send.sesv2", self._note)
        passing(self.client, Door(app, asyncio.get_running_loop()))

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
            answer = await getattr(self, operation)(**members)
        except ClientError as refusal:
            return told(refusal)
        raise AssertionError(f"{operation} was not refused: {answer}")

    def _note(self, request: AWSPreparedRequest, **_: object) -> None:
        self.sent.append(request)


class Ses:
    """The operations by their names in the API; a parameter is what it is in the API."""

    def __init__(self, client: Any) -> None:
        self.client = client

    async def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call an operation; raises ClientError where it is refused."""
        answer = await asyncio.to_thread(self._now, operation, parameters)
        assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
        return answer

    async def refused(self, operation: str, **parameters: Any) -> Refused:
        """Call an operation that must be refused, and say how."""
        try:
            answer = await self(operation, **parameters)
        except ClientError as refusal:
            return told(refusal)
        raise AssertionError(f"{operation} was not refused: {answer}")

    def _now(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.client._make_api_call(operation, parameters)


def signed(
    key: SesKey,
    method: str,
    url: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    region: str = REGION,
    service: str = "ses",
) -> dict[str, str]:
    """Sign a request of any shape as AWS's clients do; gives the headers to send."""
    given = dict(headers or ({"Content-Type": "application/json"} if body else {}))
    request = AWSRequest(method, url, data=body, headers=given)
    credentials = Credentials(key.access_key_id, key.secret_access_key, key.token)
    SigV4Auth(credentials, service, region).add_auth(request)
    return {name: _text(value).decode() for name, value in request.headers.items()}


async def send(app: ASGIApp, request: AWSPreparedRequest, **changes: Any) -> httpx.Response:
    """Send what botocore signed, perhaps with another method, url, headers or content."""
    parts: dict[str, Any] = {
        "method": request.method,
        "url": request.url,
        "headers": {name: _text(value).decode() for name, value in request.headers.items()},
        "content": request.body or b"",
    }
    async with asgi.client(app) as client:
        return await client.request(**parts | changes)


def told(refusal: ClientError) -> Refused:
    """Read what a client makes of a refusal."""
    answer: dict[str, Any] = dict(refusal.response)
    error = answer["Error"]
    return Refused(answer["ResponseMetadata"]["HTTPStatusCode"], error["Code"], error["Message"])


def quoted(text: str) -> str:
    """Write a text into a path or a query, as AWS's clients do."""
    return quote(text, safe="-_.~")


async def _answered(app: ASGIApp, scope: Any, body: bytes) -> Answer:
    pieces = [{"type": "http.request", "body": body, "more_body": False}]
    start: dict[str, Any] = {}
    written: list[bytes] = []

    async def receive() -> Any:
        return pieces.pop(0) if pieces else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            written.append(message.get("body", b""))

    await app(scope, receive, send)
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], HeadersDict(headers), b"".join(written))


class _Raw(io.BytesIO):
    """What botocore reads a body from."""

    def stream(self, **_: object) -> Any:
        yield self.read()


def _text(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


_made: list[botocore.session.Session] = []


def _session() -> botocore.session.Session:
    """One session for a whole run: reading AWS's models is what makes a client dear."""
    if not _made:
        _made.append(botocore.session.Session())
    return _made[0]
