"""From an error to an HTTP answer: the one place where a kind becomes a status."""

from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException

from signalbook.kit.errors import AppError

STATUS = {
    "invalid": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "too_large": 413,
    "mismatch": 422,
    "too_many": 429,
    "unavailable": 503,
}
PHRASE = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Payload Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
BUG = "Something went wrong on our side. Nothing was half done; please try again."

_log = structlog.get_logger(__name__)


class Refusal(msgspec.Struct, omit_defaults=True, frozen=True):
    """The native error: `errors` lists every problem with the body, each with its field."""

    statusCode: int  # noqa: N815  # as published
    message: str
    error: str
    code: str
    errors: tuple[dict[str, str], ...] = ()


def status_of(error: AppError) -> int:
    """Return the HTTP status of an error's kind."""
    return STATUS[error.kind]


def refusal_of(error: AppError) -> Refusal:
    """Describe an error in the native shape."""
    status = status_of(error)
    return Refusal(
        statusCode=status,
        message=error.message,
        error=PHRASE[status],
        code=error.code(),
        errors=tuple(
            {"field": problem.field, "message": problem.message, "code": problem.code}
            for problem in error.problems
        ),
    )


def retry_headers(error: AppError) -> dict[str, str]:
    """Return Retry-After where the error says when trying again makes sense."""
    seconds = error.retry_after_seconds
    return {} if seconds is None else {"Retry-After": str(seconds)}


def told(request: Request[Any, Any, Any], error: Exception) -> Response[Refusal]:
    """Answer any error in the native shape; an unforeseen one is logged and told as our fault."""
    if isinstance(error, AppError):
        return _answer(refusal_of(error), retry_headers(error))
    if isinstance(error, HTTPException):
        status = error.status_code
        phrase = PHRASE.get(status, "Error")
        sentence = _ROUTER_SENTENCES.get(status) or error.detail or phrase
        refusal = Refusal(status, sentence, phrase, phrase.lower().replace(" ", "_"))
        return _answer(refusal, dict(error.headers or {}))
    _log.error("unhandled", route=_route_of(request.scope), exc_info=error)
    return _answer(Refusal(500, BUG, PHRASE[500], "internal_error"), {})


def is_for_people(request: Request[Any, Any, Any]) -> bool:
    """Tell whether an answer is read by a person: a page or a part of one."""
    return not request.scope["path"].startswith(_PROGRAMS) and (
        "hx-request" in request.headers or "text/html" in request.headers.get("accept", "")
    )


def _route_of(scope: Mapping[str, object]) -> object:
    return scope.get("path_template", "")


def heading(status: int) -> str:
    """Name what happened, for the top of an error page."""
    return _HEADINGS.get(status, PHRASE.get(status, "Error"))


def _answer(refusal: Refusal, headers: dict[str, str]) -> Response[Refusal]:
    return Response(
        refusal, status_code=refusal.statusCode, media_type=MediaType.JSON, headers=headers
    )


_PROGRAMS = ("/api/", "/metrics", "/healthz", "/readyz", "/openapi.json")
_ROUTER_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not answer that method; see the Allow header.",
}
_HEADINGS = {
    403: "You may not do this",
    404: "Not found",
    500: "Something went wrong",
    503: "Back in a moment",
}
