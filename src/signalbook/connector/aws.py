"""AWS's own library: clients with the right credentials, and what its errors mean to us."""

# pyright: reportMissingTypeStubs=false

import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final, cast

from botocore import exceptions as wrong
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.session import Session

from signalbook.connector.errors import (
    AwsKeyMissing,
    AwsKeyWrong,
    ContactGone,
    ContactRefused,
    ContactThere,
    ListUnknown,
    PermissionMissing,
    RegionUnknown,
    SesAway,
    TopicMissing,
)
from signalbook.connector.model import Target
from signalbook.kit.errors import AppError

CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 15

_WRONG_KEY: Final = frozenset(
    {
        "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException",
        "SignatureDoesNotMatch", "IncompleteSignature", "IncompleteSignatureException",
        "MissingAuthenticationToken", "MissingAuthenticationTokenException", "ExpiredToken",
        "ExpiredTokenException", "InvalidAccessKeyId", "AuthFailure", "OptInRequired",
    }
)  # fmt: skip
_FORBIDDEN: Final = frozenset({"AccessDenied", "AccessDeniedException", "403"})
_THROTTLED: Final = frozenset(
    {"TooManyRequestsException", "ThrottlingException", "Throttling", "429", "SlowDown"}
)
_ACTION = re.compile(r"(?:perform:? |perform the action )([a-z0-9]+:\w+)", re.IGNORECASE)
_TOPIC = re.compile(r"doesn't contain Topic: (\S+)")
_SERVER_ERROR: Final = 500


class Failed(Exception):  # an instruction to try again, not a failure yet
    """SES did not answer as it should, which another try may change."""

    def __init__(self, said: str, *, is_throttled: bool = False) -> None:
        """Say what happened."""
        super().__init__(said)
        self.said = said
        self.is_throttled = is_throttled


def client(target: Target, service: str, endpoint: str | None = None) -> Any:  # noqa: ANN401  # boto3 makes its classes as it goes
    """Make a client of a service of AWS; it retries nothing, as each try has to wait its turn.

    Raises RegionUnknown. AWS_ENDPOINT_URL_<SERVICE> is honoured where the connection names none.
    """
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": 1},
        user_agent_extra="signalbook",
        s3={"addressing_style": "path"} if endpoint else None,
    )
    access = target.access
    session = cast("Any", Session())
    if access is not None:
        session.set_credentials(
            access.access_key_id, access.secret_access_key, access.session_token or None
        )
    if target.role:
        _assume(session, target.role, target.region)
    endpoint = target.endpoint if service == "sesv2" else endpoint
    try:
        return session.create_client(
            service, region_name=target.region, endpoint_url=endpoint, config=config
        )
    except (wrong.InvalidRegionError, wrong.NoRegionError, ValueError) as unknown:
        raise RegionUnknown(region=target.region) from unknown


def _assume(session: Any, role: str, region: str) -> None:  # noqa: ANN401  # as above
    """Let a session take on a role, anew whenever its time runs out."""

    def making(service: str, **said: Any) -> Any:  # noqa: ANN401  # as above
        return cast("Any", Session()).create_client(service, **{"region_name": region, **said})

    fetcher = AssumeRoleCredentialFetcher(
        client_creator=making,
        source_credentials=session.get_credentials(),
        role_arn=role,
        extra_args={"RoleSessionName": "signalbook"},
    )
    session._credentials = DeferredRefreshableCredentials(  # noqa: SLF001  # it offers no other way
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )


def is_known_region(region: str) -> bool:
    """Tell whether AWS offers SES there, as far as the installed library knows."""
    session = cast("Any", Session())
    return any(
        region in session.get_available_regions("sesv2", partition)
        for partition in session.get_available_partitions()
    )


@contextmanager
def told(operation: str, target: Target, address: str = "") -> Generator[None]:
    """Turn what the library raises into our errors, or into Failed where another try may help."""
    try:
        yield
    except wrong.ClientError as error:
        raise _meaning(error, operation, target, address) from error
    except (wrong.NoCredentialsError, wrong.PartialCredentialsError) as missing:
        raise AwsKeyMissing from missing
    except (wrong.CredentialRetrievalError, wrong.TokenRetrievalError) as failed:
        raise AwsKeyWrong(said=str(failed)) from failed
    except wrong.ParamValidationError as refused:
        raise ContactRefused(said=str(refused).replace("\n", " ")) from refused
    except wrong.EndpointConnectionError as unreachable:
        if target.endpoint is None and not is_known_region(target.region):
            raise RegionUnknown(region=target.region) from unreachable
        raise Failed(_sentence(unreachable)) from unreachable
    except (wrong.HTTPClientError, wrong.ConnectionError, wrong.BotoCoreError) as cut:
        raise Failed(_sentence(cut)) from cut


def _meaning(
    error: wrong.ClientError, operation: str, target: Target, address: str
) -> AppError | Failed:
    answer = cast("dict[str, Any]", error.response)
    code = str(answer.get("Error", {}).get("Code", ""))
    said = str(answer.get("Error", {}).get("Message", "")).strip() or code
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in _THROTTLED or status == 429:  # noqa: PLR2004  # Too Many Requests
        return Failed(said, is_throttled=True)
    if status >= _SERVER_ERROR:
        return Failed(f"it answered {status} {said}".strip())
    if code in _WRONG_KEY:
        return AwsKeyWrong(said=said)
    if code in _FORBIDDEN:
        named = _ACTION.search(said)
        return PermissionMissing(action=named.group(1) if named else _camel(operation))
    return _of_contact(code, said, target, address)


def _of_contact(code: str, said: str, target: Target, address: str) -> AppError:
    if code == "NotFoundException":
        if address and "List with name" not in said:
            return ContactGone()
        return ListUnknown(name=target.list_name, region=target.region)
    if code == "AlreadyExistsException":
        return ContactThere()
    topic = _TOPIC.search(said)
    if topic is not None:
        return TopicMissing(topic=topic.group(1))
    if address:
        return ContactRefused(said=said)
    return SesAway(said=f"it answered {code} {said}")


def _sentence(error: Exception) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__


def _camel(operation: str) -> str:
    return (
        operation
        if ":" in operation
        else "ses:" + "".join(word.title() for word in operation.split("_"))
    )
