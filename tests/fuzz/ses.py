"""Anything at all at the AWS SES door of a real server: `make fuzz-ses T="--examples 100"`.

Requests are made up from AWS's own model, right and wrong, and from nothing: members of other
types, texts nobody writes, paths, queries and bodies. Whatever comes, the answer is never a server
error, has AWS's shape, fits the model where it is a success, and tells nothing of another account.
"""

import argparse
import http.client
import json
import sys
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import botocore.session
import hypothesis
from botocore.model import OperationModel, Shape
from hypothesis import strategies as st

from tests import aws
from tests.aws import SesKey
from tests.fuzz import ses_requests as made
from tests.served import Served, serving

SECRET = "contoso-has-a-secret"
STATUSES = {
    "AccessDeniedException": 403,
    "AlreadyExistsException": 400,
    "BadRequestException": 400,
    "ConcurrentModificationException": 409,
    "IncompleteSignatureException": 403,
    "InvalidNextTokenException": 400,
    "InvalidSignatureException": 403,
    "LimitExceededException": 400,
    "MissingAuthenticationTokenException": 403,
    "NotFoundException": 404,
    "RequestEntityTooLargeException": 413,
    "SerializationException": 400,
    "TooManyRequestsException": 429,
    "UnknownOperationException": 404,
    "UnrecognizedClientException": 403,
}
_HUGE = 50 * 1024 * 1024
_LARGE = 16 * 1024


class Said(NamedTuple):
    """An answer, read."""

    status: int
    headers: dict[str, str]
    body: bytes


class Target:
    """A server with two accounts, and one key of each."""

    def __init__(self, server: Served) -> None:
        """Make keys, the list `news` in both accounts, and a secret in the other."""
        self.parts = urlsplit(server.url)
        self.url = server.url
        server.cli("account", "create", "Contoso")
        self.key = _key(server, "default")
        theirs = _key(server, "Contoso")
        self._connection = http.client.HTTPConnection(self.parts.netloc, timeout=60)
        whole = {"ContactListName": "news", "Topics": [made.topic("Sports"), made.topic("Cats")]}
        for key, email in ((self.key, "known@example.com"), (theirs, f"{SECRET}@example.com")):
            for path, body in (
                (made.LISTS, whole),
                (
                    f"{made.LISTS}/news/contacts",
                    {"EmailAddress": email, "AttributesData": f'{{"Name":"{email}"}}'},
                ),
            ):
                said = self.ask(key, "POST", path, json.dumps(body).encode())
                assert said is not None
                assert said.status == 200, said
        self.foreign_token = self._token(theirs)

    def ask(self, key: SesKey, method: str, path: str, body: bytes, **besides: str) -> Said | None:
        """Send a signed request; `besides` replaces headers after they were signed."""
        headers = aws.signed(key, method, self.url + path, body)
        return self.send(method, path, headers | besides, body)

    def send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Said | None:
        """Send a request as it is."""
        for last in (False, True):
            try:
                self._connection.request(method, path, body, headers)
                answer = self._connection.getresponse()
                told = {name.lower(): text for name, text in answer.getheaders()}
                return Said(answer.status, told, answer.read())
            except (OSError, http.client.HTTPException):
                self._connection.close()  # it may have been closed after the answer before
                if last and len(body) <= _LARGE:
                    raise
        return None  # refused before it was read, and the rest of it not waited for

    def _token(self, key: SesKey) -> str:
        for email in ("second@example.com", "third@example.com"):
            body = json.dumps({"EmailAddress": email}).encode()
            self.ask(key, "POST", f"{made.LISTS}/news/contacts", body)
        said = self.ask(key, "POST", f"{made.LISTS}/news/contacts/list", b'{"PageSize":1}')
        assert said is not None
        return json.loads(said.body)["NextToken"]


def check(said: Said | None, operation: OperationModel | None = None) -> None:
    """Check that an answer is one that AWS could have given, and none of anybody else's."""
    if said is None:
        return
    assert said.status < 500, said
    assert said.headers["content-type"] == "application/json", said
    assert said.headers["x-amzn-requestid"], said
    assert SECRET.encode() not in said.body, said
    told = json.loads(said.body)
    assert isinstance(told, dict), said
    if said.status == 200:
        if operation:
            answers: Any = operation.output_shape
            fits(told, answers)
        return
    code = said.headers["x-amzn-errortype"]
    assert STATUSES[code] == said.status, said
    assert isinstance(told["message"], str), said
    assert told["message"], said


def fits(value: Any, shape: Shape) -> None:
    """Check a value against a shape of the model as the strictest clients do."""
    kind = shape.type_name
    if kind == "structure":
        members: Any = shape.members  # pyright: ignore[reportAttributeAccessIssue]
        assert set(value) <= set(members), (set(value), shape.name)
        for name, one in value.items():
            fits(one, members[name])
    elif kind == "list":
        for one in value:
            fits(one, shape.member)  # pyright: ignore[reportAttributeAccessIssue]
    elif kind in {"timestamp", "double"}:
        assert isinstance(value, int | float), (shape.name, value)
        assert not isinstance(value, bool), (shape.name, value)
    elif kind == "string":
        assert isinstance(value, str), (shape.name, value)
        assert not shape.enum or value in shape.enum, (shape.name, value)  # pyright: ignore[reportAttributeAccessIssue]
    else:
        assert isinstance(value, {"boolean": bool, "integer": int}[kind]), (shape.name, value)


def fuzzes(target: Target, examples: int) -> dict[str, Callable[[], None]]:
    """Name what is tried."""
    model = botocore.session.Session().get_service_model("sesv2")
    settled = hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        print_blob=False,
        suppress_health_check=[
            hypothesis.HealthCheck.too_slow,
            hypothesis.HealthCheck.large_base_example,
        ],
    )

    @settled
    @hypothesis.given(made.of_model(model))
    def operations(request: made.Request) -> None:
        said = target.ask(target.key, request.method, request.path, request.body)
        check(said, model.operation_model(request.operation))

    @settled
    @hypothesis.given(st.sampled_from(made.METHODS), made.paths(), made.bodies())
    def paths(method: str, path: str, body: bytes) -> None:
        check(target.ask(target.key, method, path, body))

    @settled
    @hypothesis.given(made.right_paths(), made.bodies())
    def bodies(right: tuple[str, str], body: bytes) -> None:
        check(target.ask(target.key, *right, body))

    @settled
    @hypothesis.given(made.right_paths(), made.headers())
    def signatures(right: tuple[str, str], headers: dict[str, str]) -> None:
        said = target.ask(target.key, *right, b"", **headers)
        check(said)
        assert said is None or said.status in {200, 400, 403, 404, 429}, said

    @settled
    @hypothesis.given(made.tokens(target.foreign_token))
    def tokens(token: str) -> None:
        body = json.dumps({"NextToken": token}).encode()
        path = f"{made.LISTS}/news/contacts/list"
        check(target.ask(target.key, "POST", path, body))

    return {one.__name__: one for one in (operations, paths, bodies, signatures, tokens)}


def huge(target: Target) -> None:
    """A body of 50 MB is refused, announced or not, and the server goes on."""
    body = b'{"EmailAddress":"' + b"x" * _HUGE + b'"}'
    for sent in (body, b"[" * 1_000_000, b'{"a":' * 1_000_000):
        said = target.ask(target.key, "POST", f"{made.LISTS}/news/contacts", sent)
        check(said)
        assert said is None or said.status in {400, 413}, said
    check(target.ask(target.key, "GET", f"{made.LISTS}/news", b""))


def _key(server: Served, account: str) -> SesKey:
    told = server.cli("key", "create", "--account", account, "--kind", "ses", "--json")
    read = json.loads(told)
    return SesKey(read["access_key_id"], read["secret_access_key"])


def main() -> int:
    """Try everything; the exit code is the number of fuzzes that found something."""
    parser = argparse.ArgumentParser(prog="fuzz-ses")
    parser.add_argument("--examples", type=int, default=5_000, help="of each kind")
    parser.add_argument("--only", help="operations, paths, bodies, signatures or tokens")
    asked = parser.parse_args()
    found = 0
    with serving(SIGNALBOOK_LOG_LEVEL="warning") as server:
        target = Target(server)
        tried = {**fuzzes(target, asked.examples), "huge": lambda: huge(target)}
        for name, fuzz in tried.items():
            if asked.only in {None, name}:
                try:
                    fuzz()
                except (Exception, ExceptionGroup) as failure:  # noqa: BLE001  # told, then the next
                    found += 1
                    for one in getattr(failure, "exceptions", [failure]):
                        print(f"{name}: {type(one).__name__}: {str(one)[:1000]}")
                        print("\n".join(getattr(one, "__notes__", ()))[:1000])
                else:
                    print(f"{name}: nothing found")
    return found


if __name__ == "__main__":
    sys.exit(main())
