"""Toasts that survive one redirect: said by the action, shown by the page that follows."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Final, Literal

import msgspec
from litestar.datastructures import Cookie

COOKIE: Final = "signalbook_toast"

_SECONDS = 60
_LONGEST = 2_000


class Toast(msgspec.Struct, frozen=True):
    """A short note that something happened; `link` names `href`, `undo` is where to POST."""

    text: str
    kind: Literal["good", "info", "warn", "bad"] = "good"
    href: str = ""
    link: str = ""
    undo: str = ""


def cookie_of(toast: Toast, *, secure: bool) -> Cookie:
    """Keep a toast for the next page."""
    kept = urlsafe_b64encode(msgspec.json.encode(toast)).decode()
    return Cookie(
        COOKIE, value=kept, max_age=_SECONDS, httponly=True, samesite="lax", secure=secure
    )


def forgotten() -> Cookie:
    """Drop the toast that was shown."""
    return Cookie(COOKIE, value="", max_age=0, httponly=True, samesite="lax")


def toasts_in(cookies: Mapping[str, str]) -> list[Toast]:
    """Return what the last action left to say; a cookie that is not ours says nothing."""
    kept = cookies.get(COOKIE, "")
    if not kept or len(kept) > _LONGEST:
        return []
    try:
        toast = msgspec.json.decode(urlsafe_b64decode(kept), type=Toast)
    except (ValueError, msgspec.MsgspecError):
        return []
    return [toast] if _local(toast.href) and _local(toast.undo) else []


def _local(href: str) -> bool:
    return not href or (href.startswith("/") and not href.startswith("//"))
