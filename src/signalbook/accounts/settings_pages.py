"""The page of settings: oneself, one's password, where one is signed in, and the account's name."""

import zoneinfo
from functools import cache
from typing import Literal
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from signalbook.accounts import actions, forms, people_actions, session_actions, session_queries
from signalbook.accounts.errors import AccountNameTaken, SignInBusy, SignInTooOften
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.frames import Answer, TheCaller, ThePage
from signalbook.accounts.model import SESSION_IDLE, Caller
from signalbook.kit import clock
from signalbook.kit.errors import AppError, Invalid
from signalbook.web.access import ANYONE_SIGNED_IN, person
from signalbook.web.errors import status_of
from signalbook.web.flash import Toast
from signalbook.web.render import Page

_HERE = "/settings"
_Part = Literal["profile", "password", "account"]
_NO_PROBLEMS = {"profile": "", "password": "", "account": ""}


@get(_HERE, access=ANYONE_SIGNED_IN)
async def index(request: AnyRequest, caller: TheCaller, page: ThePage) -> Answer:
    """Show everything one may set."""
    return await _show(request, caller, page)


@post("/settings/profile", access=ANYONE_SIGNED_IN)
async def change_profile(request: AnyRequest, caller: TheCaller, page: ThePage) -> Answer:
    """Change one's name and time zone."""
    form = await forms.fields(request, ("name", "time_zone"))
    held = forms.held(request)
    try:
        async with held.db.tx() as tx:
            await people_actions.change_profile(tx, caller, form["name"], form["time_zone"])
    except Invalid as refusal:
        return await _show(request, caller, page, part="profile", form=form, refusal=refusal)
    held.sessions.forget(forms.token_of(request) or "")
    return page.go(_HERE, Toast("Your profile is saved."))


@post("/settings/password", access=ANYONE_SIGNED_IN)
async def change_password(request: AnyRequest, caller: TheCaller, page: ThePage) -> Answer:
    """Change one's password, which signs one out everywhere else."""
    form = await forms.fields(request, ("current", "new"))
    held = forms.held(request)
    try:
        token = await session_actions.change_password(
            held.db,
            held.passwords,
            caller,
            forms.place_of(request),
            current=form["current"],
            new=form["new"],
        )
    except (Invalid, SignInTooOften, SignInBusy) as refusal:
        return await _show(request, caller, page, part="password", refusal=refusal)
    answer = page.go(_HERE, Toast("Your password is changed. You are signed out everywhere else."))
    answer.set_cookie(forms.session_cookie(held.settings, token))
    return answer


@post("/settings/account", access=person("admin"))
async def rename_account(request: AnyRequest, caller: TheCaller, page: ThePage) -> Answer:
    """Give the account another name."""
    form = await forms.fields(request, ("account_name",))
    held = forms.held(request)
    try:
        async with held.db.tx() as tx:
            await actions.rename(tx, caller.account_id, form["account_name"].strip())
    except (Invalid, AccountNameTaken) as refusal:
        return await _show(request, caller, page, part="account", form=form, refusal=refusal)
    held.sessions.forget(forms.token_of(request) or "")
    return page.go(_HERE, Toast("The account has its new name."))


@post("/settings/sessions/{session_id:uuid}/end", access=ANYONE_SIGNED_IN)
async def end_session(
    request: AnyRequest, session_id: FromPath[UUID], caller: TheCaller, page: ThePage
) -> Answer:
    """Sign out in another place."""
    async with forms.held(request).db.tx() as tx:
        await session_actions.revoke(tx, caller, session_id)
    return page.go(_HERE, Toast("You are signed out there."))


@post("/settings/sessions/others/end", access=ANYONE_SIGNED_IN)
async def end_other_sessions(request: AnyRequest, caller: TheCaller, page: ThePage) -> Answer:
    """Sign out everywhere but here."""
    async with forms.held(request).db.tx() as tx:
        await session_actions.revoke_others(tx, caller)
    return page.go(_HERE, Toast("You are signed out everywhere else."))


async def _show(
    request: AnyRequest,
    caller: Caller,
    page: Page,
    *,
    part: _Part | None = None,
    form: dict[str, str] | None = None,
    refusal: AppError | None = None,
) -> Answer:
    at = clock.now()
    async with forms.held(request).db.read() as read:
        sessions = caller.user_id and await session_queries.list_open(
            read, caller.user_id, at=at, seen_since=at - SESSION_IDLE
        )
    kept = {"name": caller.name, "time_zone": caller.time_zone, "account_name": caller.account}
    return page.show(
        "accounts/settings.html",
        status=status_of(refusal) if refusal else 200,
        form=kept | (form or {}),
        problems=_NO_PROBLEMS | ({part: refusal.message} if part and refusal else {}),
        zones=zones(),
        sessions=sessions or [],
        here=caller.session_id,
    )


@cache
def zones() -> list[tuple[str, str]]:
    """List the time zones one can choose, by continent and city."""
    names = sorted(
        name for name in zoneinfo.available_timezones() if "/" in name and name[:4] != "Etc/"
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


ROUTES = [
    index,
    change_profile,
    change_password,
    rename_account,
    end_session,
    end_other_sessions,
]
