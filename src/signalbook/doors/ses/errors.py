"""What can go wrong at the SES door, in AWS's words, and by which code AWS's clients know it.

`aws` is the code on the wire; an error of a feature that has none gets the one of its kind. Sources
of codes and sentences: the service model of botocore (sesv2, 2019-09-27), the SES API reference,
and what is reported of the real service.
"""

from typing import ClassVar, Final

from signalbook.kit.errors import (
    AppError,
    Forbidden,
    Invalid,
    NotFound,
    TooLarge,
    Unauthenticated,
)

BUG_CODE: Final = "InternalServiceErrorException"

_STATUS: Final = {
    "AccessDeniedException": 403,
    "AlreadyExistsException": 400,
    "BadRequestException": 400,
    "ExpiredTokenException": 403,
    "IncompleteSignatureException": 403,
    BUG_CODE: 500,
    "InvalidNextTokenException": 400,
    "InvalidSignatureException": 403,
    "LimitExceededException": 400,
    "MissingAuthenticationTokenException": 403,
    "NotFoundException": 404,
    "RequestEntityTooLargeException": 413,
    "SerializationException": 400,
    "ServiceUnavailableException": 503,  # every AWS client tries again after 500, 502, 503 and 504
    "TooManyRequestsException": 429,
    "UnknownOperationException": 404,
    "UnrecognizedClientException": 403,
}
_OF_KIND: Final = {
    "invalid": "BadRequestException",
    "unauthenticated": "UnrecognizedClientException",
    "forbidden": "AccessDeniedException",
    "not_found": "NotFoundException",
    "conflict": "AlreadyExistsException",
    "too_large": "RequestEntityTooLargeException",
    "mismatch": "BadRequestException",
    "too_many": "TooManyRequestsException",
    "unavailable": "ServiceUnavailableException",
}


def code_of(error: AppError) -> str:
    """Name an error as AWS's clients do."""
    return str(getattr(error, "aws", "")) or _OF_KIND[error.kind]


def status_of(code: str) -> int:
    """Return the HTTP status of one of AWS's codes."""
    return _STATUS[code]


class ParameterRefused(Invalid):
    """A parameter was not accepted; the message says which, in AWS's words."""


class ConstraintBroken(Invalid):
    """{count} validation {noun} detected: {found}"""

    def __init__(self, broken: list[str]) -> None:
        """Tell all members that break a constraint of the service's model at once."""
        noun = "error" if len(broken) == 1 else "errors"
        super().__init__(count=len(broken), noun=noun, found="; ".join(broken))


class NotDecoded(Invalid):
    """The request could not be decoded: it is not JSON, or a member has another type."""

    aws: ClassVar[str] = "SerializationException"


class NextTokenUnusable(Invalid):
    """This NextToken does not belong to this call; use that of its last page, or begin anew."""


class NextTokenForeign(Invalid):
    """This NextToken does not belong to this list; use that of its last page, or begin anew."""

    aws: ClassVar[str] = "InvalidNextTokenException"


class ResourceUnknown(NotFound):
    """There is no resource {arn}"""


class LimitReached(Invalid):
    """There are as many of these as there may be."""

    aws: ClassVar[str] = "LimitExceededException"


class OperationUnknown(NotFound):
    """There is no operation {method} {path} here."""

    aws: ClassVar[str] = "UnknownOperationException"


class AuthenticationMissing(Unauthenticated):
    """Missing Authentication Token."""

    aws: ClassVar[str] = "MissingAuthenticationTokenException"

    def __init__(self) -> None:
        """Say it as AWS does, without a full stop."""
        super().__init__("Missing Authentication Token")


class SignatureIncomplete(Unauthenticated):
    """The signature cannot be read: {reason}."""

    aws: ClassVar[str] = "IncompleteSignatureException"


class AccessKeyUnknown(Unauthenticated):
    """The security token included in the request is invalid."""

    aws: ClassVar[str] = "UnrecognizedClientException"


class SignatureWrong(Unauthenticated):
    """The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."""

    aws: ClassVar[str] = "InvalidSignatureException"


class CredentialsExpired(Unauthenticated):
    """The security token included in the request is expired."""

    aws: ClassVar[str] = "ExpiredTokenException"

    def __init__(self) -> None:
        """Say it as AWS does, without a full stop."""
        super().__init__("The security token included in the request is expired")


class ActionDenied(Forbidden):
    """User: {key} is not authorized to perform: ses:{operation} because this key may only read."""


class RequestTooLarge(TooLarge):
    """A request has at most {most:,} bytes."""
