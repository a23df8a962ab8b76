"""What the pages of this feature read from a request: its form, and where it came from."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from litestar import Request
from litestar.datastructures import Cookie

from signalbook.accounts import auth
from signalbook.accounts.model import SESSION_LIFE
from signalbook.accounts.passwords import Passwords
from signalbook.accounts.session_actions import Place
from signalbook.accounts.sessions import Sessions
from signalbook.kit.config import Settings
from signalbook.kit.db import Database

AnyRequest = Request[Any, Any, Any]

_LONGEST_FIELD = 2_000


class Held(NamedTuple):
    """What the application holds for its pages."""

    db: Database
    settings: Settings
    sessions: Sessions
    passwords: Passwords


def held(request: AnyRequest) -> Held:
    """Take what the application holds."""
    state = request.app.state
    return Held(state["db"], state["settings"], state["sessions"], state["passwords"])


async def fields(request: AnyRequest, names: Sequence[str]) -> dict[str, str]:
    """Read these fields of a form as text a database takes; a missing one or a file is empty."""
    form = await request.form()
    return {name: _text(form.get(name)) for name in names}


def place_of(request: AnyRequest) -> Place:
    """Say where somebody signs in from."""
    return Place(
        ip=auth.ip_of(request),
        user_agent=request.headers.get("user-agent", ""),
        old_token=token_of(request),
    )


def token_of(request: AnyRequest) -> str | None:
    """Find the token in the session's cookie."""
    return request.cookies.get(auth.cookie_name(held(request).settings))


def session_cookie(settings: Settings, token: str) -> Cookie:
    """Keep a session in the browser: not for scripts, not for other sites, not for other hosts."""
    return Cookie(
        key=auth.cookie_name(settings),
        value=token,
        path="/",
        max_age=int(SESSION_LIFE.total_seconds()),
        secure=settings.public_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )


def no_session_cookie(settings: Settings) -> Cookie:
    """Drop the session's cookie from the browser."""
    cookie = session_cookie(settings, "")
    cookie.max_age = 0
    return cookie


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return value[:_LONGEST_FIELD].replace("\0", "").encode("utf-8", "ignore").decode()
