"""`POST /token`: client credentials become an access token (RFC 6749 §4.4), good for an hour.

Source: <https://developers.digitaleo.com/rest-apis-v1/authentication>. There `expires_in` is shown
as a text; its own Python client adds it up and fails with one, so here it is a number.
"""

import binascii
from base64 import b64decode
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_plus

from litestar import MediaType, Request, Response, post

from signalbook.accounts import auth, plans, tokens
from signalbook.accounts.errors import ClientUnknown
from signalbook.accounts.plans import Meter
from signalbook.doors.digitaleo import asking
from signalbook.doors.digitaleo.errors import CredentialsMissing, GrantUnknown
from signalbook.doors.digitaleo.model import members_of
from signalbook.doors.digitaleo.operations import TOKEN_OPERATION
from signalbook.doors.digitaleo.refusals import TOKEN
from signalbook.web import limits
from signalbook.web.access import PUBLIC
from signalbook.web.held import TheDb, TheSettings
from signalbook.web.options import allowed

MAX_BODY_BYTES: Final = 64 * 1024

_Asked = Request[Any, Any, Any]


class _Credentials(NamedTuple):
    client_id: str
    client_secret: str


@post(TOKEN, access=PUBLIC, status_code=200, operation=TOKEN_OPERATION)
async def create(request: _Asked, db: TheDb, settings: TheSettings) -> Response[dict[str, Any]]:
    """Give out an access token for the credentials of an oauth key."""
    meter: Meter = request.app.state["meter"]
    try:
        given = _credentials_in(request, await asking.read(request, MAX_BODY_BYTES))
        async with db.read() as read:
            issued = await tokens.issue(read, settings.secret_key, *given)
    except ClientUnknown:
        stranger = await meter.stranger(auth.ip_of(request))
        auth.state_of(request)[limits.STATE_KEY] = limits.headers(stranger)
        plans.refuse(stranger)
        raise
    allowance = await meter.admit(issued.caller, "api")
    auth.state_of(request)[limits.STATE_KEY] = limits.headers(allowance)
    plans.refuse(allowance)
    told = {
        "access_token": issued.text,
        "expires_in": issued.life_seconds,
        "token_type": "bearer",
        "scope": "basic",
    }
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return Response(told, status_code=200, media_type=MediaType.JSON, headers=headers)


def _credentials_in(request: _Asked, asked: asking.Asked) -> _Credentials:
    """Read the credentials, from the header or the body; raises CredentialsMissing, GrantUnknown.

    A secret in an address would be written into logs, so the query is not looked at.
    """
    members = members_of(asked.body) or {}
    said = {name: value for name, value in members.items() if isinstance(value, str)}
    grant = said.get("grant_type", "")
    if not grant:
        raise CredentialsMissing
    if grant != "client_credentials":
        raise GrantUnknown
    given = _basic(request.headers.get("authorization", "")) or _Credentials(
        said.get("client_id", ""), said.get("client_secret", "")
    )
    if not given.client_id or not given.client_secret:
        raise CredentialsMissing
    return given


def _basic(header: str) -> _Credentials | None:
    """Read HTTP Basic, both halves form-encoded as RFC 6749 §2.3.1 says; raises ClientUnknown."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as odd:
        raise ClientUnknown from odd
    return _Credentials(unquote_plus(user), unquote_plus(password))


ROUTES = [allowed(TOKEN), create]
