"""The page of the AWS API: speaking it to Signalbook, and contacts stored in AWS SES itself."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from litestar import Response, get, post

from signalbook.accounts import forms
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.connector import (
    access,
    actions,
    checking,
    comparing,
    outbox_queries,
    policy,
    queries,
    shown,
)
from signalbook.connector.actions import Wish
from signalbook.connector.model import AWS_PER_SECOND, Access, Connection, Mode, RemoteList, Target
from signalbook.contacts.reading import as_id
from signalbook.kit import clock
from signalbook.kit.config import Settings
from signalbook.kit.db import Database, Read
from signalbook.kit.errors import AppError
from signalbook.kit.jobs import Worker
from signalbook.kit.vault import SecretLocked
from signalbook.ses import page_queries as ses_pages
from signalbook.ses import queries as ses
from signalbook.ses.model import SesList
from signalbook.ses.pages import REGIONS
from signalbook.web.access import person
from signalbook.web.flash import Toast
from signalbook.web.formats import plural
from signalbook.web.render import Page

HOME: Final = "/aws"
CONNECTION: Final = "/aws/connection"
MOST_LISTS: Final = 50
REFUSED_SHOWN: Final = 50

_FIELDS: Final = (
    "mode",
    "region",
    "list_name",
    "access_key_id",
    "secret_access_key",
    "session_token",
    "role",
    "bucket",
    "endpoint",
)
_SECRET: Final = ("secret_access_key", "session_token")
_REFUSED: Final = 400
"""Whatever it is that AWS says of a connection, for us it is a form to be filled otherwise."""
_PACE_ELSEWHERE: Final = 50.0
"""Requests per second to an endpoint that is not AWS's own."""


@get(HOME, access=person("viewer"))
async def index(caller: Caller, page: Page, db: Database, contact_list: str = "") -> Response[Any]:
    """Show how programs speak the AWS API to Signalbook: addresses, a profile, commands."""
    chosen = as_id(contact_list)
    async with db.read() as read:
        lists = await ses.page(read, caller.account_id, None, ("", ""), MOST_LISTS)
    return page.show(
        "connector/index.html",
        nav="settings",
        lists=lists,
        one=next((one for one in lists if one.id == chosen), lists[0] if lists else None),
        endpoint=page.frame.public_url,
        shown=shown,
    )


@get(CONNECTION, access=person("viewer"))
async def connection(
    caller: Caller, page: Page, db: Database, settings: Settings, change: str = ""
) -> Response[Any]:
    """Show how the connection to SES stands, or how one is made."""
    return await _show(caller, page, db, settings, is_changing=bool(change))


@get("/aws/state", access=person("viewer"))
async def state(caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show again how the connection stands."""
    async with db.read() as read:
        await actions.existing(read, caller.account_id)
        found = await _connection(read, caller.account_id)
    return page.part("connector/_state.html", **found)


@post("/aws/test", access=person("admin"))
async def test(
    request: AnyRequest, caller: Caller, page: Page, db: Database, settings: Settings
) -> Response[Any]:
    """Ask SES for the list, and say what it answered; nothing is kept."""
    form = await forms.fields(request, _FIELDS)
    refusal, found = None, None
    try:
        wish = await _wish(db, settings, caller, form)
        checking.check(wish)
        found = await actions.test(db, wish.target)
    except AppError as refused:
        refusal = refused
    return await _show(caller, page, db, settings, form=form, refusal=refusal, found=found)


@post(CONNECTION, access=person("admin"))
async def connect(
    request: AnyRequest, caller: Caller, page: Page, db: Database, settings: Settings
) -> Response[Any]:
    """Connect the account to a list of SES, or set its connection anew."""
    form = await forms.fields(request, _FIELDS)
    async with db.read() as read:
        known = await queries.get(read, caller.account_id)
    act = actions.connect if known is None else actions.change
    try:
        wish = await _wish(db, settings, caller, form)
        made = await act(db, settings.secret_key, caller.account_id, wish, actor=caller.actor)
    except AppError as refusal:
        return await _show(caller, page, db, settings, form=form, refusal=refusal, status=_REFUSED)
    return page.go(CONNECTION, Toast(f"Connected to {made.list_name} in {made.region}."))


@post("/aws/sync", access=person("editor"))
async def sync(caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Compare everybody with SES now."""
    await db.transact(lambda tx: actions.sync(tx, caller.account_id))
    return page.go(CONNECTION, Toast("Everybody is compared with SES now."))


@get("/aws/drift", access=person("viewer"))
async def drift(caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show what the last comparison with SES found, or how far the one under way is."""
    async with db.read() as read:
        await actions.existing(read, caller.account_id)
        found = await _connection(read, caller.account_id)
    if not page.target:
        return page.go(f"{CONNECTION}#aws-drift")
    return page.part("connector/_drift.html", **found)


@post("/aws/drift", access=person("editor"))
async def compare(
    request: AnyRequest, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Compare the account with SES, and repair what differs where that is asked for."""
    form = await forms.fields(request, ("deep", "repair"))
    deep, repair = bool(form["deep"]), bool(form["repair"])
    await db.transact(lambda tx: comparing.begin(tx, caller.account_id, deep=deep, repair=repair))
    worker.nudge()
    return page.go(f"{CONNECTION}#aws-drift")


@post("/aws/disconnection", access=person("admin"))
async def disconnect(caller: Caller, page: Page, db: Database) -> Response[Any]:
    """End the connection; contacts stay on both sides."""
    gone = await db.transact(lambda tx: actions.disconnect(tx, caller.account_id))
    said = f"Disconnected from {gone.list_name}. The contacts stay, here and in SES."
    return page.go(CONNECTION, Toast(said))


async def _wish(db: Database, settings: Settings, caller: Caller, form: Mapping[str, str]) -> Wish:
    """Read the form; a secret that is left blank stays the one that is kept for its key."""
    said = {name: text.strip() for name, text in form.items()}
    async with db.read() as read:
        known = await queries.get(read, caller.account_id)
    return Wish(
        mode=Mode(said["mode"]) if said["mode"] in {*Mode} else Mode.MIRROR,
        target=Target(
            region=said["region"].lower(),
            list_name=said["list_name"],
            endpoint=said["endpoint"] or None,
            access=_access(said, settings, known),
            role=said["role"] or None,
            requests_per_second=_PACE_ELSEWHERE if said["endpoint"] else AWS_PER_SECOND,
        ),
        bucket=said["bucket"] or None,
    )


def _access(said: Mapping[str, str], settings: Settings, known: Connection | None) -> Access | None:
    if not said["access_key_id"]:
        return None
    kept = _kept(settings, known)
    is_kept = kept is not None and kept.access_key_id == said["access_key_id"]
    if kept is not None and is_kept and not said["secret_access_key"]:
        return kept
    return Access(said["access_key_id"], said["secret_access_key"], said["session_token"])


def _kept(settings: Settings, known: Connection | None) -> Access | None:
    """Open the credentials that are kept; where another key has locked them they are given anew."""
    if known is None or known.credentials is None:
        return None
    with suppress(SecretLocked):
        return access.target_of(settings.secret_key, known).access
    return None


async def _show(  # what a page is made of
    caller: Caller,
    page: Page,
    db: Database,
    settings: Settings,
    *,
    is_changing: bool = False,
    form: Mapping[str, str] | None = None,
    refusal: AppError | None = None,
    found: RemoteList | None = None,
    status: int = 200,
) -> Response[Any]:
    async with db.read() as read:
        lists = await ses.page(read, caller.account_id, None, ("", ""), MOST_LISTS)
        standing = await _connection(read, caller.account_id)
    known = standing["connection"]
    kept = _form_of(known, _kept(settings, known), lists)
    given = kept | ({name: form[name] for name in form if name not in _SECRET} if form else {})
    told = {problem.field: problem.message for problem in getattr(refusal, "problems", ())}
    return page.show(
        "connector/connection.html",
        status=status,
        parts={"aws-said": "connector/_said.html"},
        nav="settings",
        shown=shown,
        form=given,
        problems=dict.fromkeys(_FIELDS, "") | told,
        refusal=refusal,
        found=found,
        topics=plural(len(found.topics), "topic") if found else "",
        policy=policy.text(given["region"], given["list_name"], given["bucket"]),
        regions=REGIONS,
        is_open=form is not None or is_changing or known is None,
        **standing,
    )


async def _connection(read: Read, account_id: int) -> dict[str, Any]:
    """Read how the connection of an account stands, for the templates that show it."""
    found = await queries.get(read, account_id)
    if found is None:
        return {"connection": None}
    backlog = await queries.backlog(read, account_id)
    return {
        "connection": found,
        "backlog": backlog,
        "stands": shown.standing(found, backlog, clock.now()),
        "refused": await outbox_queries.refused(read, account_id, "", REFUSED_SHOWN),
        "everybody": await ses_pages.with_email(read, account_id),
        "leads": shown.LEADS[found.mode],
        "drift": await comparing.report(read, account_id),
        "repairs": shown.REPAIRS[found.mode],
    }


def _form_of(known: Connection | None, kept: Access | None, lists: list[SesList]) -> dict[str, str]:
    """Fill the form with the connection as it is, or with what is likely meant."""
    blank = dict.fromkeys(_FIELDS, "") | {"mode": Mode.MIRROR.value}
    if known is None:
        first = lists[0] if lists else None
        return blank | ({"region": first.region, "list_name": first.name} if first else {})
    return blank | {
        "mode": known.mode.value,
        "region": known.region,
        "list_name": known.list_name,
        "access_key_id": kept.access_key_id if kept else "",
        "role": known.role or "",
        "bucket": known.bucket or "",
        "endpoint": known.endpoint or "",
    }


ROUTES = [index, connection, state, test, connect, sync, drift, compare, disconnect]
