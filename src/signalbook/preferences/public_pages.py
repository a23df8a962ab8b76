"""`/u/{token}` and `/p/{token}`: the pages of those who hold a link.

Looking changes nothing, so that whatever opens links to look for harm does none. A mail program
unsubscribes with the one POST of RFC 8058; a person presses the button of the page, which sends a
form without scripts, cookies or a token of its own: the link is the right. Whatever is wrong with a
link, the answer is the same.
"""

import zlib
from typing import Any, Final, NamedTuple, TypeAlias, cast

from litestar import MediaType, Request, Response, get, post, route
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException

from signalbook.accounts import auth
from signalbook.accounts import queries as accounts
from signalbook.accounts.model import network_of
from signalbook.kit.db import Database
from signalbook.ledger.model import Channel
from signalbook.preferences import actions, languages, looks, queries
from signalbook.preferences.errors import LinkBroken, LogoMissing, TooManyLinks
from signalbook.preferences.links import LOGO, PREFERENCES, UNSUBSCRIBE, Links
from signalbook.preferences.model import ACCENT, Choice, Link, Look, Purpose, Standing, masked
from signalbook.preferences.person import holder
from signalbook.preferences.words import WORDS
from signalbook.web import static
from signalbook.web.access import LINK, PUBLIC
from signalbook.web.held import TheDb
from signalbook.web.jinja import environment
from signalbook.web.limits import Limiter, Policy

ONE_CLICK: Final = ("List-Unsubscribe", "one-click")
"""What a mail program sends, compared without regard to case (RFC 8058 §3.2)."""

_Asked: TypeAlias = Request[Any, Any, Any]
_Answer: TypeAlias = Response[bytes]
_Form: TypeAlias = dict[str, list[str]]
_LOOKING: Final = [HttpMethod.GET, HttpMethod.HEAD]
_WRONG: Final = Policy("broken-links", 60, 60, 60)
_RIGHT: Final = Policy("links", 120, 60, 120)
_SLOTS: Final = 1024
_MOST_FORM_BYTES: Final = 16_384
_MOST_AGENT: Final = 300
_EXAMPLES: Final = {Channel.EMAIL: "ada@example.com", Channel.PUSH: "id:ada"}
_MOST_ACCOUNT: Final = 2**31 - 1
_HEADERS: Final = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "vary": "Accept-Language",
}


class _Visit(NamedTuple):
    """A link that works, whom it is from, and how their pages look."""

    link: Link
    account: str
    look: Look


def _refused(request: _Asked, refusal: Exception) -> _Answer:
    """Answer what is not let in; it tells nobody what was wrong with a link."""
    if isinstance(refusal, TooManyLinks):
        answer = _page(request, None, "plain", status=429, kind="busy")
        answer.headers["Retry-After"] = str(refusal.retry_after_seconds)
        return answer
    return _page(request, None, "plain", status=404, kind="broken")


_REFUSALS: Final[dict[int | type[Exception], Any]] = {
    LinkBroken: _refused,
    TooManyLinks: _refused,
}


@route(UNSUBSCRIBE + "{token:str}", http_method=_LOOKING, access=LINK, exception_handlers=_REFUSALS)
async def ask(request: _Asked, token: str, db: TheDb) -> _Answer:
    """Ask whether somebody wants to unsubscribe; this changes nothing."""
    return await _unsubscribing(request, await _let_in(request, token, Purpose.UNSUBSCRIBE), db, "")


@post(
    UNSUBSCRIBE + "{token:str}",
    access=LINK,
    status_code=200,
    exception_handlers=_REFUSALS,
    request_max_body_size=_MOST_FORM_BYTES,
)
async def unsubscribe(request: _Asked, token: str, db: TheDb) -> _Answer:
    """Unsubscribe, with one click or with the button; or take it back."""
    visit = await _let_in(request, token, Purpose.UNSUBSCRIBE)
    form = await _form(request)
    name, value = ONE_CLICK
    is_one_click = value in {text.lower() for text in form.get(name, [])}
    act = "stop" if is_one_click else _act(form)
    proof = _proof(request, "one click" if is_one_click else "page")
    if act == "stop":
        await db.transact(lambda tx: actions.unsubscribe(tx, visit.link, proof))
    elif act == "undo":
        await db.transact(lambda tx: actions.subscribe_again(tx, visit.link, proof))
    return await _unsubscribing(request, visit, db, act)


@route(PREFERENCES + "{token:str}", http_method=_LOOKING, access=LINK, exception_handlers=_REFUSALS)
async def show(request: _Asked, token: str, db: TheDb) -> _Answer:
    """Show what somebody gets, channel by channel; this changes nothing."""
    return await _choosing(request, await _let_in(request, token, Purpose.PREFERENCES), db)


@post(
    PREFERENCES + "{token:str}",
    access=LINK,
    status_code=200,
    exception_handlers=_REFUSALS,
    request_max_body_size=_MOST_FORM_BYTES,
)
async def choose(request: _Asked, token: str, db: TheDb) -> _Answer:
    """Save what somebody chose, leave everything, or take it back."""
    visit = await _let_in(request, token, Purpose.PREFERENCES)
    form, proof = await _form(request), _proof(request, "page")
    act, link = _act(form), visit.link
    wanted = {Channel(one) for one in form.get("on", []) if one in set(Channel)}
    before = await _standing(db, link)
    if act == "leave":
        await db.transact(lambda tx: actions.leave_all(tx, link, proof))
    elif act in {"save", "undo"}:
        # What is taken back may be more than the page offers: everything was left at once.
        among = set(Channel) if act == "undo" else set(visit.look.channels)
        await db.transact(lambda tx: actions.choose(tx, link, wanted, among, proof))
    else:
        return await _choosing(request, visit, db)
    after = await _standing(db, link)
    formerly, now = _on(before), _on(after)
    return _page(
        request,
        visit,
        "saved",
        choices=_offered(visit, after),
        formerly=formerly,
        has_stopped=not set(formerly) <= set(now),
        can_undo=after != before,
    )


@get(LOGO + "{account_id:int}/{digest:str}", access=PUBLIC)
async def logo(account_id: int, digest: str, db: TheDb) -> _Answer:
    """Send an account's logo, under an address that names its content."""
    named = digest[:64].replace("\x00", "")
    async with db.read() as read:
        found = await queries.logo(read, min(max(account_id, 0), _MOST_ACCOUNT), named)
    if found is None:
        raise LogoMissing
    headers = {
        "cache-control": static.FOREVER,
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return Response(found[1], media_type=found[0], headers=headers)


def previewed(request: _Asked, look: Look, account_id: int, name: str) -> _Answer:
    """Write the preference page of nobody in particular, on which nothing can be pressed."""
    link = Link(account_id=account_id, purpose=Purpose.PREFERENCES, address="ada@example.com")
    choices = [
        Choice(channel, (_EXAMPLES.get(channel, "+442071838750"),), Standing.ON)
        for channel in look.channels
    ]
    visit = _Visit(link, name, look)
    return _page(request, visit, "choose", choices=choices, gets_any=True, is_preview=True)


async def _let_in(request: _Asked, token: str, purpose: Purpose) -> _Visit:
    """Open a link and read whose it is; raises LinkBroken, TooManyLinks.

    Those who try links that are none are counted by their network; a link that works by itself,
    since the one click of many people comes from the few servers of their mail provider.
    """
    state = request.app.state
    links, limiter = cast("Links", state["links"]), cast("Limiter", state["limiter"])
    try:
        link = await links.opened(token, purpose)
    except LinkBroken:
        await _count(limiter, _WRONG, network_of(auth.ip_of(request)))
        raise
    await _count(limiter, _RIGHT, token)
    async with cast("Database", state["db"]).read() as read:
        account = await accounts.get(read, link.account_id)
        look = await queries.look(read, link.account_id) or Look()
    if account is None:
        raise LinkBroken
    return _Visit(link, look.name or account.name, look)


async def _count(limiter: Limiter, policy: Policy, who: str) -> None:
    allowance = await limiter.admit(policy, zlib.crc32(who.encode()) % _SLOTS)
    if not allowance.allowed:
        raise TooManyLinks(retry_after_seconds=allowance.retry_after_seconds or 60)


async def _standing(db: Database, link: Link) -> list[Choice]:
    async with db.read() as read:
        return (await holder(read, link)).choices


def _offered(visit: _Visit, choices: list[Choice]) -> list[Choice]:
    return [one for one in choices if one.channel in visit.look.channels]


def _on(choices: list[Choice]) -> list[Channel]:
    return [one.channel for one in choices if one.standing is Standing.ON]


async def _choosing(request: _Asked, visit: _Visit, db: Database) -> _Answer:
    choices = await _standing(db, visit.link)
    return _page(
        request,
        visit,
        "choose",
        choices=_offered(visit, choices),
        gets_any=any(one.standing is Standing.ON for one in choices),
    )


async def _unsubscribing(request: _Asked, visit: _Visit, db: Database, act: str) -> _Answer:
    """Show the question, or how it stands after an act."""
    channel = visit.link.channel
    choices = [one for one in await _standing(db, visit.link) if channel in {None, one.channel}]
    gets_any = any(one.standing is Standing.ON for one in choices)
    return _page(
        request,
        visit,
        "unsubscribe",
        channel=channel,
        address=masked(visit.link.address),
        step=("back" if act == "undo" else "ask") if gets_any else "done",
        is_new=act == "stop",
        can_undo=any(one.standing is Standing.OFF for one in choices),
        blocked=[one.reason for one in choices if one.reason is not None][:1],
    )


def _page(
    request: _Asked, visit: _Visit | None, template: str, *, status: int = 200, **context: object
) -> _Answer:
    """Write a page in the language and the colours it is to have."""
    picked = request.query_params.get("lang")
    language = languages.chosen(picked, request.headers.get("accept-language", ""))
    look = visit.look if visit is not None else Look()
    dress = looks.dress(look.accent or ACCENT, look.background)
    html = (
        environment()
        .get_template(f"preferences/public/{template}.html")
        .render(
            {"is_preview": False} | context,
            account=visit.account if visit is not None else "",
            account_id=visit.link.account_id if visit is not None else 0,
            logo=look.logo,
            logo_path=LOGO,
            css=dress.css,
            words=WORDS[language],
            language=language,
            languages=WORDS,
            here=f"?lang={language}" if picked == language else "",
            masked=masked,
        )
    )
    headers = _HEADERS | {"content-security-policy": dress.policy, "content-language": language}
    return Response(html.encode(), status_code=status, media_type=MediaType.HTML, headers=headers)


async def _form(request: _Asked) -> _Form:
    """Read a form of either kind; what is none, or too long to be ours, says nothing."""
    try:
        given = await request.form()
    except (HTTPException, ValueError):
        return {}
    return {name: [text for text in given.getall(name) if isinstance(text, str)] for name in given}


def _act(form: _Form) -> str:
    return (form.get("act") or [""])[0]


def _proof(request: _Asked, way: str) -> dict[str, str]:
    """Say where a choice came from, which is kept with it."""
    agent = request.headers.get("user-agent", "")[:_MOST_AGENT].replace("\x00", "")
    return {"ip": auth.ip_of(request), "user_agent": agent, "way": way}


ROUTES = [ask, unsubscribe, show, choose, logo]
