"""What stands around every page: the account, the person, the accounts to switch to, the token."""

from typing import Any, TypeAlias, cast

from litestar import Request, Response
from litestar.di import NamedDependency, Provide

from signalbook.accounts import auth
from signalbook.accounts.model import Caller
from signalbook.kit.config import Settings
from signalbook.web import csrf
from signalbook.web.render import AccountChoice, Frame, Page, Person

TheCaller: TypeAlias = NamedDependency[Caller]
ThePage: TypeAlias = NamedDependency[Page]
Answer: TypeAlias = Response[Any]


def caller(request: Request[Any, Any, Any]) -> Caller:
    """Give a handler its caller."""
    return auth.caller_in(request.scope)


def page(request: Request[Any, Any, Any]) -> Page:
    """Give a handler the page it answers with, in the frame of its caller or of nobody."""
    settings = cast("Settings", request.app.state["settings"])
    return Page(request, frame_of(auth.state_of(request).get("caller"), settings))


def frame_of(caller: Caller | None, settings: Settings) -> Frame:
    """Make the frame for somebody signed in, or for anybody."""
    if caller is None or caller.session_id is None:
        return Frame(public_url=settings.public_url)
    return Frame(
        public_url=settings.public_url,
        csrf_token=csrf.token(settings.secret_key, caller.session_id),
        caller=caller,
        person=Person(caller.name, caller.email, caller.time_zone),
        accounts=tuple(AccountChoice(*one) for one in caller.accounts),
    )


DEPENDENCIES = {
    "caller": Provide(caller, sync_to_thread=False),
    "page": Provide(page, sync_to_thread=False),
}
