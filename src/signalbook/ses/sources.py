"""Where the sources of import jobs lie: in S3, and in a folder that the operator has opened.

S3 is spoken by boto3, in threads, with the credentials that AWS's own programs would find and with
the endpoint of SIGNALBOOK_SES_S3_ENDPOINT. A `file://` source lies below SIGNALBOOK_SES_FILES, when
every link on its way is followed.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# (boto3 makes its clients from data, and ships no types for them.)

import asyncio
import os
import re
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from signalbook.ses.errors import SourceForbidden, SourceMissing, SourceUnreachable

S3_PATTERN: Final = r"^s3:\/\/([^\/]+)\/(.*?([^\/]+)\/?)$"
"""What an S3Url is in AWS's own model of the API."""
SIGNED_SECONDS: Final = 7 * 24 * 3_600

_PIECE_BYTES: Final = 1 << 20
_FILE: Final = "file://"
_GONE: Final = frozenset({"NoSuchBucket", "NoSuchKey", "404", "NotFound", "InvalidBucketName"})
_BUSY: Final = frozenset({"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable"})


class Stores(NamedTuple):
    """What the operator allows: another S3 than AWS's, a folder of files."""

    endpoint: str | None = None
    folder: Path | None = None


def is_source(url: str, stores: Stores) -> bool:
    """Tell whether an address can be one of a source here."""
    if url.startswith(_FILE):
        return stores.folder is not None
    return re.match(S3_PATTERN, url) is not None


async def pieces(url: str, region: str, stores: Stores) -> AsyncGenerator[bytes]:
    """Give a source as it comes; raises SourceMissing, SourceForbidden, SourceUnreachable."""
    opened = await asyncio.to_thread(_open, url, region, stores)
    try:
        while piece := await asyncio.to_thread(_read, opened, url):
            yield piece
    finally:
        await asyncio.to_thread(opened.close)


async def keep_beside(url: str, region: str, stores: Stores, ending: str, path: Path) -> str:
    """Put a file beside a source, under its name and this ending; return its address.

    Raises SourceMissing, SourceForbidden, SourceUnreachable.
    """
    return await asyncio.to_thread(_keep, url.rstrip("/") + ending, region, stores, path)


async def signed(url: str, region: str, stores: Stores) -> str:
    """Return an address at which anybody reads what lies in S3, for a week; a file's as it is."""
    if url.startswith(_FILE):
        return url
    return await asyncio.to_thread(_sign, url, region, stores)


class _Opened(NamedTuple):
    read: Callable[[int], bytes]
    close: Callable[[], None]


def _open(url: str, region: str, stores: Stores) -> _Opened:
    if url.startswith(_FILE):
        file = os.fdopen(_descriptor(url, stores), "rb")
        return _Opened(file.read, file.close)
    with _told(url):
        bucket, key = _place(url)
        body: Any = _client(region, stores).get_object(Bucket=bucket, Key=key)["Body"]
    return _Opened(body.read, body.close)


def _read(opened: _Opened, url: str) -> bytes:
    with _told(url):
        return opened.read(_PIECE_BYTES)


def _keep(url: str, region: str, stores: Stores, path: Path) -> str:
    if not url.startswith(_FILE):
        with _told(url):
            bucket, key = _place(url)
            _client(region, stores).upload_file(str(path), bucket, key)
        return url
    beside = _inside(url, stores)
    landing = beside.with_name(f".{beside.name}.part")
    try:
        with suppress(FileNotFoundError):
            landing.unlink()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
        with path.open("rb") as source, os.fdopen(os.open(landing, flags, 0o640), "wb") as target:
            while piece := source.read(_PIECE_BYTES):
                target.write(piece)
        landing.replace(beside)
    except OSError as error:
        raise SourceForbidden(url=url, reason=f"{error.strerror}".lower()) from error
    return url


def _sign(url: str, region: str, stores: Stores) -> str:
    with _told(url):
        bucket, key = _place(url)
        return str(
            _client(region, stores).generate_presigned_url(
                "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=SIGNED_SECONDS
            )
        )


def _client(region: str, stores: Stores) -> Any:  # noqa: ANN401  # boto3 makes its classes at run time
    import boto3  # noqa: PLC0415  # 30 MB that only those pay who import from S3
    from botocore.config import Config  # noqa: PLC0415  # as above

    config = Config(
        connect_timeout=5,
        read_timeout=60,
        signature_version="s3v4",
        retries={"mode": "standard", "max_attempts": 3},
        s3={"addressing_style": "path" if stores.endpoint else "auto"},
    )
    session = boto3.Session(region_name=region)
    return session.client("s3", endpoint_url=stores.endpoint, config=config)


def _place(url: str) -> tuple[str, str]:
    bucket, _, key = url.removeprefix("s3://").partition("/")
    return bucket, key


@contextmanager
def _told(url: str) -> Generator[None]:
    """Tell what boto3 says as what it means for the source."""
    from botocore.exceptions import (  # noqa: PLC0415  # as in `_client`
        BotoCoreError,
        ClientError,
        NoCredentialsError,
        ParamValidationError,
        PartialCredentialsError,
    )

    try:
        yield
    except ClientError as refusal:
        error: Any = refusal.response.get("Error", {})
        code, reason = str(error.get("Code", "")), str(error.get("Message") or error.get("Code"))
        reason = reason.rstrip(".")[:200]
        if code in _GONE:
            raise SourceMissing(url=url, reason=reason) from refusal
        if code in _BUSY or code.startswith("5"):
            raise SourceUnreachable(url=url, reason=reason) from refusal
        raise SourceForbidden(url=url, reason=reason) from refusal
    except (NoCredentialsError, PartialCredentialsError) as missing:
        reason = "this server has no AWS credentials for S3"
        raise SourceForbidden(url=url, reason=reason) from missing
    except (ParamValidationError, ValueError) as odd:
        raise SourceMissing(url=url, reason="this is no bucket and key") from odd
    except (BotoCoreError, OSError) as fault:
        raise SourceUnreachable(url=url, reason=type(fault).__name__) from fault


def _descriptor(url: str, stores: Stores) -> int:
    """Open a file that lies in the folder; what it was found to be cannot be changed after that."""
    place = _inside(url, stores)
    try:
        flags = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(place, flags | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise SourceMissing(url=url, reason="there is no such file") from error
    if not place.is_file():
        os.close(descriptor)
        raise SourceMissing(url=url, reason="this is no file")
    return descriptor


def _inside(url: str, stores: Stores) -> Path:
    """Return where a file lies, all links followed; raises SourceForbidden outside the folder."""
    if stores.folder is None:
        reason = "the operator has opened no folder for files (SIGNALBOOK_SES_FILES)"
        raise SourceForbidden(url=url, reason=reason)
    said = unquote(url.removeprefix(_FILE)).removeprefix("localhost/")
    if "\x00" in said:
        raise SourceForbidden(url=url.replace("\x00", ""), reason="this is no name of a file")
    folder = Path(os.path.realpath(stores.folder))
    for named in (Path("/", said), folder / said.lstrip("/")):
        place = Path(os.path.realpath(named))
        if place != folder and place.is_relative_to(folder):
            return place
    raise SourceForbidden(url=url, reason="it lies outside the folder for files")
