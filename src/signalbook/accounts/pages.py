"""Signing in and out, accepting an invitation, switching accounts."""

from litestar import get, post
from litestar.params import FromPath, FromQuery

from signalbook.accounts import (
    auth,
    forms,
    invitation_actions,
    key_pages,
    people_pages,
    plan_pages,
    session_actions,
    settings_pages,
)
from signalbook.accounts.errors import (
    AnotherPersonSignedIn,
    InvitationSpent,
    NoAccountLeft,
    SessionUnknown,
    SignInBusy,
    SignInNeeded,
    SignInTooOften,
    SignInWrong,
)
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.frames import Answer, TheCaller, ThePage, frame_of
from signalbook.accounts.model import Caller
from signalbook.kit.errors import AppError, Invalid
from signalbook.web.access import ANYONE_SIGNED_IN, PUBLIC
from signalbook.web.errors import status_of
from signalbook.web.flash import Toast
from signalbook.web.render import Page

_CLEAR = '"cache"'


@get("/", access=PUBLIC, sync_to_thread=False)
def home(page: ThePage) -> Answer:
    """Send everybody to the first page; who is not signed in goes on from there."""
    return page.go(auth.HOME)


@get(auth.SIGN_IN, access=PUBLIC)
async def sign_in_form(request: AnyRequest, page: ThePage, next: FromQuery[str] = "") -> Answer:
    """Show the form; somebody signed in goes on at once."""
    if await _caller(request) is not None:
        return page.go(auth.safe_next(next))
    return page.show("accounts/login.html", email="", problem="", next=auth.safe_next(next))


@post(auth.SIGN_IN, access=PUBLIC)
async def sign_in(request: AnyRequest, page: ThePage) -> Answer:
    """Sign in and go on to where one wanted to be."""
    form = await forms.fields(request, ("email", "password", "next"))
    held, place = forms.held(request), forms.place_of(request)
    target = auth.safe_next(form["next"])
    try:
        token = await session_actions.sign_in(
            held.db, held.passwords, form["email"], form["password"], place
        )
    except (SignInWrong, SignInTooOften, SignInBusy, NoAccountLeft) as refusal:
        return page.show(
            "accounts/login.html",
            status=status_of(refusal),
            email=form["email"],
            problem=refusal.message,
            next=target,
        )
    answer = page.go(target)
    answer.set_cookie(forms.session_cookie(held.settings, token))
    return answer


@post("/logout", access=ANYONE_SIGNED_IN)
async def sign_out(request: AnyRequest, caller: TheCaller, page: ThePage) -> Answer:
    """End this session."""
    held = forms.held(request)
    async with held.db.tx() as tx:
        await session_actions.sign_out(tx, caller)
    held.sessions.forget(forms.token_of(request) or "")
    answer = page.go(auth.SIGN_IN, Toast("You are signed out."))
    answer.set_cookie(forms.no_session_cookie(held.settings))
    answer.headers["Clear-Site-Data"] = _CLEAR
    return answer


@post("/account/switch", access=ANYONE_SIGNED_IN)
async def switch_account(request: AnyRequest, caller: TheCaller, page: ThePage) -> Answer:
    """Turn to another account one belongs to."""
    form = await forms.fields(request, ("account",))
    held = forms.held(request)
    if not form["account"].isdecimal() or len(form["account"]) > 9:  # noqa: PLR2004  # an integer
        raise SessionUnknown
    async with held.db.tx() as tx:
        await session_actions.switch_account(tx, caller, int(form["account"]))
    held.sessions.forget(forms.token_of(request) or "")
    return page.go(auth.HOME)


@get("/invitations/{token:str}", access=PUBLIC)
async def invitation(request: AnyRequest, token: FromPath[str], page: ThePage) -> Answer:
    """Show what an invitation is for."""
    return await _invitation(request, page, token)


@post("/invitations/{token:str}", access=PUBLIC)
async def accept_as_new(request: AnyRequest, token: FromPath[str], page: ThePage) -> Answer:
    """Accept with a new password, and be signed in."""
    form = await forms.fields(request, ("name", "password"))
    held = forms.held(request)
    try:
        session = await invitation_actions.accept_as_new(
            held.db,
            held.passwords,
            token,
            forms.place_of(request),
            name=form["name"],
            password=form["password"],
        )
    except (Invalid, SignInBusy, AnotherPersonSignedIn, InvitationSpent) as refusal:
        return await _invitation(request, page, token, name=form["name"], refusal=refusal)
    answer = page.go(auth.HOME, Toast("Welcome to Signalbook."))
    answer.set_cookie(forms.session_cookie(held.settings, session))
    return answer


@post("/invitations/{token:str}/membership", access=ANYONE_SIGNED_IN)
async def accept_as_member(
    request: AnyRequest, token: FromPath[str], caller: TheCaller, page: ThePage
) -> Answer:
    """Accept as the person one is signed in as."""
    held = forms.held(request)
    async with held.db.tx() as tx:
        await invitation_actions.accept_as_member(tx, caller, token)
    held.sessions.forget(forms.token_of(request) or "")
    return page.go(auth.HOME, Toast("The account is now among yours."))


async def _invitation(
    request: AnyRequest,
    page: Page,
    token: str,
    *,
    name: str = "",
    refusal: AppError | None = None,
) -> Answer:
    async with forms.held(request).db.read() as read:
        try:
            opened = await invitation_actions.opened(read, token)
        except InvitationSpent as spent:
            return page.show(
                "error.html",
                status=status_of(spent),
                heading="This invitation cannot be used",
                message=spent.message,
            )
    caller = await _caller(request)
    page = Page(request, frame_of(caller, forms.held(request).settings))
    return page.show(
        "accounts/invitation.html",
        status=status_of(refusal) if refusal else 200,
        invitation=opened.invitation,
        is_known=opened.is_known,
        is_signed_in=caller is not None and caller.email == opened.invitation.email,
        token=token,
        name=name,
        refusal=refusal,
    )


async def _caller(request: AnyRequest) -> Caller | None:
    try:
        return await forms.held(request).sessions.authenticate(forms.token_of(request))
    except SignInNeeded:
        return None


ROUTES = [
    home,
    sign_in_form,
    sign_in,
    sign_out,
    switch_account,
    invitation,
    accept_as_new,
    accept_as_member,
    *key_pages.ROUTES,
    *people_pages.ROUTES,
    *plan_pages.ROUTES,
    *settings_pages.ROUTES,
]
