"""The files of import jobs: written to S3 with the credentials of the connection, read by SES."""

import urllib.request
from typing import Any, Final
from urllib.error import URLError

import structlog

from signalbook.connector import aws
from signalbook.connector.aws import Failed
from signalbook.connector.errors import SesAway
from signalbook.connector.model import Target
from signalbook.kit.errors import AppError

_SECONDS: Final = 15
_MOST_BYTES: Final = 32 * 1024 * 1024
_log = structlog.stdlib.get_logger(__name__)


class Files:
    """The S3 of a connection; its calls block."""

    def __init__(self, target: Target, endpoint: str | None) -> None:
        """Prepare; `endpoint` is where S3 is, unless at AWS."""
        self._target = target
        self._endpoint = endpoint
        self._client: Any = None

    def put(self, url: str, content: bytes) -> None:
        """Write a file; raises SesAway, PermissionMissing and what else is wrong."""
        bucket, key = _split(url)
        try:
            with aws.told("s3:PutObject", self._target):
                self._s3().put_object(Bucket=bucket, Key=key, Body=content)
        except Failed as failed:
            raise SesAway(said=f"S3: {failed.said}") from failed

    def remove(self, url: str) -> None:
        """Remove a file; one that stays does no harm."""
        bucket, key = _split(url)
        try:
            with aws.told("s3:DeleteObject", self._target):
                self._s3().delete_object(Bucket=bucket, Key=key)
        except (Failed, AppError) as left:
            _log.info("ses_file_left", url=url, said=str(left))

    def fetched(self, url: str) -> str:
        """Fetch what AWS gives an address of, empty where it cannot be had."""
        if not url.startswith(("https://", "http://")):
            return ""
        try:
            with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310  # as checked
                return bytes(answer.read(_MOST_BYTES)).decode("utf-8", "replace")
        except (URLError, OSError, ValueError) as failed:
            _log.info("ses_failures_unread", said=str(failed))
        return ""

    def _s3(self) -> Any:  # noqa: ANN401  # boto3 makes its classes as it goes
        if self._client is None:
            self._client = aws.client(self._target, "s3", self._endpoint)
        return self._client


def _split(url: str) -> tuple[str, str]:
    bucket, _, key = url.removeprefix("s3://").partition("/")
    return bucket, key
