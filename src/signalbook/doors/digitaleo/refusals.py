"""Errors as Digitaleo tells them: always JSON, with `message`, at every address under /rest."""

from typing import Any, Final

from litestar import MediaType, Request, Response

from signalbook.doors.digitaleo.errors import CredentialsMissing, FormNotRead, GrantUnknown
from signalbook.kit import clock
from signalbook.kit.errors import Invalid, Problem
from signalbook.web import errors
from signalbook.web.bodies import BodyMissing, JsonMalformed
from signalbook.web.errors import Refusal

REST: Final = "/rest"
TOKEN: Final = "/token"  # noqa: S105  # an address

_Asked = Request[Any, Any, Any]
_BAD, _UNKNOWN, _NOT_FOUND, _VALUE_WRONG, _FAULT = 400, 401, 404, 417, 500
_UNREADABLE: Final = (FormNotRead, JsonMalformed, BodyMissing)
_RESOURCES: Final = "contacts, lists, fields, optouts, statistics, imports"
_OAUTH: Final = {
    "client_unknown": "invalid_client",
    GrantUnknown.code(): "unsupported_grant_type",
    CredentialsMissing.code(): "invalid_request",
}
_SAID: Final = {
    "key_missing": "Send an access token as Authorization: Bearer …; POST /token gives one for the"
    " client_id and client_secret of an oauth key.",
    "key_unknown": "This access token is not known here; ask POST /token for another.",
    "file_missing": "There is no file in this upload; send it as the part contactFile.",
}
"""What the native sentence says of keys and parts of a form, in the words of this door."""


def speaks(path: str) -> bool:
    """Tell whether an address belongs to this door, and so its errors."""
    return path.rstrip("/") in {TOKEN, REST} or path.startswith(REST + "/")


def told(request: _Asked, error: Exception) -> Response[Any]:
    """Answer any error in the words of this door."""
    native = errors.told(request, error)
    refusal, headers = native.content, dict(native.headers)
    if request.url.path.rstrip("/") == TOKEN:
        return _token_refused(request, refusal, headers)
    status, message = refusal.statusCode, refusal.message
    if isinstance(error, Invalid) and not isinstance(error, _UNREADABLE):
        status = _VALUE_WRONG
    if status == _NOT_FOUND and refusal.code == "not_found":
        message = f"There is nothing at this address; below {REST} are {_RESOURCES}."
    if "x-api-key" not in request.headers:
        message = _SAID.get(refusal.code, message)
    if status == _UNKNOWN:
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    body = _body(refusal, status, message)
    return Response(body, status_code=status, media_type=MediaType.JSON, headers=headers)


def message_of(problem: Problem) -> dict[str, str]:
    """Tell one thing that is wrong with one field."""
    return {
        "field": problem.field,
        "message": problem.message,
        "errorCode": problem.code,
        "details": "",
    }


def _body(refusal: Refusal, status: int, message: str) -> dict[str, Any]:
    return {
        "status": status,
        "message": message,
        "details": refusal.error,
        "errorCode": refusal.code,
        "httpStatusCode": status,
        "time": f"{clock.now():%Y-%m-%d %H:%M:%S}",
        "links": [{"href": "/docs", "rel": "help", "title": "The reference of this API"}],
        "messages": [
            message_of(Problem(one["field"], one["message"], one["code"])) for one in refusal.errors
        ],
    }


def _token_refused(
    request: _Asked, refusal: Refusal, headers: dict[str, str]
) -> Response[dict[str, str]]:
    """Refuse a token as RFC 6749 §5.2 says, and with 400 as Digitaleo does.

    Only who sent credentials in a header is told 401 and how to send them, as the standard demands.
    """
    status = refusal.statusCode
    if status == _UNKNOWN and "authorization" in request.headers:
        headers["WWW-Authenticate"] = 'Basic realm="token"'
    elif status == _UNKNOWN:
        status = _BAD
    assumed = "invalid_request" if status < _FAULT else "server_error"
    named = _OAUTH.get(refusal.code, assumed)
    body = {"error": named, "error_description": refusal.message, "message": refusal.message}
    headers |= {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return Response(body, status_code=status, media_type=MediaType.JSON, headers=headers)
