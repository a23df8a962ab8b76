"""Pages: a template and what it shows, answered as HTML, whole or only the part that changed.

A page's author calls `Page.show`; what stands around the content (account, person, token, toasts)
comes with the `Page`.
"""

import gzip
import json
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
from jinja2 import Template
from litestar import MediaType, Request, Response

from signalbook.kit import clock
from signalbook.web.access import PersonRole
from signalbook.web.flash import Toast, cookie_of, forgotten, toasts_in
from signalbook.web.jinja import Components, environment

_PRIVATE = {"cache-control": "no-store", "vary": "Accept-Encoding, HX-Request, HX-Target"}
_WORTH_PACKING = 1_000


class SignedIn(Protocol):
    """What a page shows of the caller."""

    @property
    def account(self) -> str:
        """The name of the account."""
        ...

    def has_role(self, role: PersonRole) -> bool:
        """Tell whether the caller holds at least this role."""
        ...


class Person(msgspec.Struct, frozen=True):
    """The person whom a page is for."""

    name: str
    email: str
    time_zone: str = "UTC"


class AccountChoice(msgspec.Struct, frozen=True):
    """An account to which the person may switch."""

    id: int
    name: str


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around the content of every page; without a caller it is a page for anybody."""

    public_url: str = ""
    csrf_token: str = ""
    caller: SignedIn | None = None
    person: Person | None = None
    accounts: tuple[AccountChoice, ...] = ()


class Page:
    """The answer to one request for HTML; handlers get it as their parameter `page`."""

    def __init__(self, request: Request[Any, Any, Any], frame: Frame) -> None:
        """Answer `request` with pages in `frame`."""
        self._request = request
        self.frame = frame

    @property
    def target(self) -> str:
        """The id of the element that htmx will replace; empty when the whole page is wanted."""
        headers = self._request.headers
        whole = "hx-request" not in headers or "hx-history-restore-request" in headers
        return "" if whole or "hx-boosted" in headers else headers.get("hx-target", "body")

    def show(
        self,
        template: str,
        *,
        status: int = 200,
        parts: Mapping[str, str] | None = None,
        **context: object,
    ) -> Response[bytes]:
        """Answer with a template, or, for htmx, with the part that belongs to its target.

        `parts` names the template of each element that can be replaced alone, by the element's id:
        `parts={"rows": "contacts/_rows.html"}`. The same context serves both.
        """
        part = (parts or {}).get(self.target) if self.target else None
        toasts = [] if part else toasts_in(self._request.cookies)
        html = render(part or template, self.frame, flash=toasts, status=status, **context)
        answer = self._answer(html, status)
        if toasts:
            answer.set_cookie(forgotten())
        return answer

    def part(
        self, template: str, *, status: int = 200, toast: Toast | None = None, **context: object
    ) -> Response[bytes]:
        """Answer htmx with a fragment, and perhaps a toast beside it."""
        html = render(template, self.frame, **context)
        answer = self._answer(html, status)
        if toast is not None:
            answer.headers["HX-Trigger"] = json.dumps({"toast": msgspec.to_builtins(toast)})
        return answer

    def go(self, url: str, toast: Toast | None = None) -> Response[None]:
        """Send the browser to another page, where the toast appears; for forms and htmx alike."""
        answer = Response(None, status_code=303, headers={"location": url})
        if self.target:
            answer = Response(None, status_code=200, headers={"HX-Redirect": url})
        if toast is not None:
            answer.set_cookie(cookie_of(toast, secure=self.frame.public_url.startswith("https:")))
        return answer

    def _answer(self, html: str, status: int) -> Response[bytes]:
        content, headers = html.encode(), dict(_PRIVATE)
        takes_gzip = "gzip" in self._request.headers.get("accept-encoding", "")
        if takes_gzip and len(content) >= _WORTH_PACKING:
            content = gzip.compress(content, compresslevel=4, mtime=0)
            headers["content-encoding"] = "gzip"
        return Response(content, status_code=status, media_type=MediaType.HTML, headers=headers)


def render(template: str | Template, frame: Frame, **context: object) -> str:
    """Render a template in a frame; the context of every page is documented in docs/explain."""
    shared: dict[str, Any] = {
        "now": clock.now(),
        "zone": frame.person.time_zone if frame.person else "UTC",
        "csrf_token": frame.csrf_token,
    }
    whole: dict[str, Any] = {
        "caller": frame.caller,
        "person": frame.person,
        "accounts": frame.accounts,
        "account": frame.caller.account if frame.caller else "",
        "can": frame.caller.has_role if frame.caller else _nothing,
        "public_url": frame.public_url,
        "nav": "",
        "flash": (),
        "ui": Components(environment(), shared),
    }
    return environment().get_template(template).render(whole | shared | context)


def _nothing(_role: PersonRole) -> bool:
    return False
