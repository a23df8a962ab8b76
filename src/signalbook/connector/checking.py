"""Whether a connection can be what somebody wants, before AWS is asked; no I/O."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from signalbook.connector.errors import ConnectionInvalid
from signalbook.connector.model import (
    AWS_PER_SECOND,
    LEAST_PER_SECOND,
    MOST_PER_SECOND,
    Access,
    Target,
)
from signalbook.kit.errors import Problem
from signalbook.ses.model import is_name

if TYPE_CHECKING:
    from signalbook.connector.actions import Wish

_REGION = re.compile(r"[a-z]{2,}(-[a-z0-9]+)+-\d")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,512}")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w!.*'()/-]{1,512})?")
_KEY = re.compile(r"[\x21-\x7e]{4,4096}")


def check(wish: "Wish") -> None:
    """Raise ConnectionInvalid with everything that is wrong."""
    problems = [*_of_target(wish.target)]
    if wish.bucket is not None and not _BUCKET.fullmatch(wish.bucket):
        told = "bucket is the name of an S3 bucket, and a folder in it if you like: my-bucket/ses"
        problems.append(Problem("bucket", told, "bucket_invalid"))
    if problems:
        raise ConnectionInvalid(problems=problems)


def _of_target(target: Target) -> Iterable[Problem]:
    if not _REGION.fullmatch(target.region):
        yield Problem("region", "region is like eu-west-1", "region_invalid")
    if not is_name(target.list_name):
        told = "list_name has 1 to 64 letters, digits, hyphens and underscores"
        yield Problem("list_name", told, "list_name_invalid")
    if target.role is not None and not _ROLE.fullmatch(target.role):
        told = "role is like arn:aws:iam::123456789012:role/signalbook"
        yield Problem("role", told, "role_invalid")
    if target.access is not None:
        yield from _of_access(target.access)
    yield from _of_endpoint(target)


def _of_access(access: Access) -> Iterable[Problem]:
    for name, value in (
        ("access_key_id", access.access_key_id),
        ("secret_access_key", access.secret_access_key),
    ):
        if not _KEY.fullmatch(value):
            yield Problem(name, f"{name} is as AWS shows it, without spaces", f"{name}_invalid")
    if access.session_token and not _KEY.fullmatch(access.session_token):
        told = "session_token is as AWS shows it, without spaces"
        yield Problem("session_token", told, "session_token_invalid")


def _of_endpoint(target: Target) -> Iterable[Problem]:
    """Nobody but AWS itself is sent what the machine's own credentials have signed."""
    if target.endpoint is not None:
        parts = urlsplit(target.endpoint)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            yield Problem("endpoint", "endpoint is a URL: https://…", "endpoint_invalid")
        if target.access is None:
            told = "An endpoint that is not AWS's own needs an access key of its own"
            yield Problem("endpoint", told, "endpoint_needs_key")
    most = MOST_PER_SECOND if target.endpoint else AWS_PER_SECOND
    if not LEAST_PER_SECOND <= target.requests_per_second <= most:
        told = f"requests_per_second is from {LEAST_PER_SECOND:g} to {most:g} there"
        yield Problem("requests_per_second", told, "requests_per_second_invalid")
