"""The guard of every route: it reads what the route declared, and lets the right callers in.

A route that declares nothing lets nobody in. An API route takes a key and never a cookie; a page
takes a cookie and never a key, and a form on it must come from one of our own pages.
"""

from typing import Any, cast
from urllib.parse import quote, urlsplit

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.exceptions import SerializationException
from litestar.handlers import BaseRouteHandler
from litestar.response import Redirect

from signalbook.accounts.errors import (
    ForeignOrigin,
    FormExpired,
    RoleMissing,
    SignInNeeded,
)
from signalbook.accounts.gate import Gate
from signalbook.accounts.model import Caller
from signalbook.accounts.sessions import Sessions
from signalbook.kit.config import Settings
from signalbook.kit.errors import Forbidden
from signalbook.web import csrf
from signalbook.web.access import PUBLIC, Access

HOME = "/contacts"
SIGN_IN = "/login"

_Connection = ASGIConnection[Any, Any, Any, Any]


class AccessUndeclared(Forbidden):
    """Nobody may call this route yet: it does not declare who may."""


async def guard(connection: _Connection, handler: BaseRouteHandler) -> None:
    """Let the request through with `caller` in its state, or raise the error that says why.

    The application's state holds `api_keys`, `meter`, `sessions` and `settings`.
    """
    access = declared(connection, handler)
    if access.kind == "key":
        if not access.at_door:
            await _let_key_in(connection, access)
    elif access.kind == "public":
        _own_pages_only(connection)
    elif access.kind != "link":
        await _let_person_in(connection, access)


async def _let_key_in(connection: _Connection, access: Access) -> None:
    held = connection.app.state
    await Gate(held["api_keys"], held["meter"]).enter(
        key_in(connection.headers),
        access.scope or "write",
        "api",
        ip=ip_of(connection),
        state=state_of(connection),
    )


async def _let_person_in(connection: _Connection, access: Access) -> None:
    held = connection.app.state
    sessions, settings = cast("Sessions", held["sessions"]), cast("Settings", held["settings"])
    caller = await sessions.authenticate(connection.cookies.get(cookie_name(settings)))
    state_of(connection)["caller"] = caller
    _own_pages_only(connection)
    if method_of(connection) not in csrf.SAFE_METHODS:
        await _own_form_only(connection, caller, settings)
    if access.role is not None and not caller.has_role(access.role):
        raise RoleMissing(role=access.role)


def _own_pages_only(connection: _Connection) -> None:
    settings = cast("Settings", connection.app.state["settings"])
    if method_of(connection) not in csrf.SAFE_METHODS and csrf.is_foreign(
        connection.headers, settings.public_url
    ):
        raise ForeignOrigin


async def _own_form_only(connection: _Connection, caller: Caller, settings: Settings) -> None:
    given = connection.headers.get(csrf.HEADER) or await _token_in(connection)
    session = caller.session_id
    if session is None or not csrf.is_valid(settings.secret_key, session, given):
        raise FormExpired


def declared(connection: _Connection, handler: BaseRouteHandler) -> Access:
    """Read what a route declared; raises AccessUndeclared. OPTIONS tells nothing secret."""
    access = handler.opt.get("access")
    if isinstance(access, Access):
        return access
    if method_of(connection) == "OPTIONS":
        return PUBLIC
    raise AccessUndeclared


def key_in(headers: Any) -> str | None:  # noqa: ANN401  # any mapping of header names
    """Find the API key of a request: `X-API-Key`, or `Authorization: Bearer sk_…`."""
    raw = headers.get("x-api-key")
    if raw:
        return str(raw).strip()
    scheme, _, credentials = str(headers.get("authorization") or "").partition(" ")
    return credentials.strip() or None if scheme.lower() == "bearer" else None


def cookie_name(settings: Settings) -> str:
    """Name the session's cookie: `__Host-` binds it to this host wherever there is TLS."""
    secure = settings.public_url.startswith("https://")
    return "__Host-signalbook" if secure else "signalbook"


def safe_next(wanted: str | None) -> str:
    """Return a place on this server to go on to: `wanted` if it is one, else the contacts.

    Only a path of ours: no scheme, no host, no backslash or control character that a browser
    might read as one.
    """
    if not wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return HOME
    if "\\" in wanted or not wanted.isprintable() or " " in wanted:
        return HOME
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return HOME
    if parts.scheme or parts.netloc or "//" in parts.path or parts.path.startswith(SIGN_IN):
        return HOME
    return wanted


def to_sign_in(request: Request[Any, Any, Any], _: Exception) -> Response[Any]:
    """Send a page's caller to sign in and back again; htmx is told to turn the whole page."""
    place = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.headers.get("hx-request"):
        current = urlsplit(request.headers.get("hx-current-url", ""))
        place = current.path + (f"?{current.query}" if current.query else "")
    elif request.method not in csrf.SAFE_METHODS:
        place = HOME
    target = f"{SIGN_IN}?next={quote(safe_next(place), safe='/')}"
    if request.headers.get("hx-request"):
        return Response(None, status_code=401, headers={"HX-Redirect": target})
    return Redirect(target, status_code=303)


exception_handlers = {SignInNeeded: to_sign_in}


def caller_in(scope: Any) -> Caller:  # noqa: ANN401  # an ASGI scope
    """Give a handler its caller, whom the guard has let in."""
    return cast("Caller", scope["state"]["caller"])


def state_of(connection: _Connection) -> dict[str, Any]:
    """Give the dictionary that travels with the request."""
    scope = cast("dict[str, Any]", connection.scope)
    return scope.setdefault("state", {})


def ip_of(connection: _Connection) -> str:
    """Name the address the request came from, as the middleware settled it."""
    return connection.client.host if connection.client else ""


def method_of(connection: _Connection) -> str:
    """Name the method; a WebSocket counts as a GET."""
    return str(cast("dict[str, Any]", connection.scope).get("method", "GET"))


async def _token_in(connection: _Connection) -> str:
    """Find the token of a form: among its fields, or in its address where it sends a file.

    A file may have two gigabytes, and its handler alone reads it, as it comes.
    """
    if not isinstance(connection, Request):
        return ""
    kind = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
    in_address = connection.query_params.get(csrf.FIELD)
    if in_address and kind == "multipart/form-data":
        return in_address
    if kind not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return ""
    try:
        form = await connection.form()
    except (SerializationException, ValueError):
        return ""
    given = form.get(csrf.FIELD)
    return given if isinstance(given, str) else ""
