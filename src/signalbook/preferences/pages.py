"""The console's part: how the public pages look, their keys, and the page of one contact."""

from typing import Any, Final, TypeAlias
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency

from signalbook.accounts import forms
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts import queries as contacts
from signalbook.contacts.errors import ContactNotFound
from signalbook.kit.db import Database
from signalbook.kit.errors import AppError, Invalid, TooLarge
from signalbook.ledger.model import Channel
from signalbook.lists import who
from signalbook.preferences import actions, public_pages, queries
from signalbook.preferences.links import LOGO, Links
from signalbook.preferences.model import ACCENT, Look
from signalbook.preferences.person import places_of
from signalbook.preferences.words import WORDS
from signalbook.web.access import person
from signalbook.web.errors import status_of
from signalbook.web.flash import Toast
from signalbook.web.render import Page

HERE: Final = "/settings/public-pages"

TheLinks: TypeAlias = NamedDependency[Links]
_NO_PROBLEMS: Final = {"name": "", "accent": "", "background": "", "channels": ""}
_MOST_SENT: Final = 5_000_000
"""What a form may hold; a picture larger than is taken is told so on the page."""


@get(HERE, access=person("admin"))
async def index(caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show how the public pages look."""
    return await _show(caller, page, db)


@post(HERE, access=person("admin"))
async def change(request: AnyRequest, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Say how the public pages look."""
    form = await forms.fields(request, ("name", "accent", "background"))
    given = (await request.form()).getall("channel", [])
    chosen = tuple(channel for channel in Channel if str(channel) in given)
    look = Look(
        name=form["name"], accent=form["accent"], background=form["background"], channels=chosen
    )
    try:
        async with db.tx() as tx:
            await actions.set_look(tx, caller.account_id, look, caller.actor)
    except Invalid as refusal:
        return await _show(caller, page, db, tried=look, refusal=refusal)
    return page.go(HERE, Toast("The pages look as you said."))


@post(HERE + "/logo", access=person("admin"), request_max_body_size=_MOST_SENT)
async def set_logo(request: AnyRequest, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show a logo, or none."""
    form = await request.form()
    sent = form.get("logo")
    content = await sent.read() if isinstance(sent, UploadFile) else b""
    try:
        async with db.tx() as tx:
            if form.get("act") == "remove":
                await actions.remove_logo(tx, caller.account_id, caller.actor)
            else:
                await actions.set_logo(tx, caller.account_id, content, caller.actor)
    except (Invalid, TooLarge) as refusal:
        return await _show(caller, page, db, refusal=refusal, part="logo")
    return page.go(HERE, Toast("The logo is changed."))


@post(HERE + "/keys", access=person("admin"))
async def rotate(caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Sign links with a new key from now on."""
    made = await db.transact(lambda tx: actions.rotate(tx, caller.account_id, caller.actor))
    return page.go(HERE, Toast(f"Links are signed with key {made.number} from now on."))


@get(HERE + "/preview", access=person("admin"))
async def preview(request: Request[Any, Any, Any], caller: Caller, db: Database) -> Response[bytes]:
    """Show the preference page as somebody would see it, with nothing that can be pressed."""
    async with db.read() as read:
        look = await queries.look(read, caller.account_id) or Look()
    return public_pages.previewed(request, look, caller.account_id, look.name or caller.account)


@get("/contacts/{contact_id:uuid}/preferences", access=person("editor"))
async def open_page(
    contact_id: UUID, caller: Caller, page: Page, db: Database, links: TheLinks
) -> Response[Any]:
    """Go on to the preference page of a contact, which is the very page they would see."""
    async with db.read() as read:
        contact = await contacts.get(read, caller.account_id, contact_id)
    if contact is None:
        raise ContactNotFound
    signer = await links.signer(caller.account_id)
    address = places_of(contact)[0][1]
    return page.go(signer.preferences_url(address, contact_id=contact.id))


async def _show(
    caller: Caller,
    page: Page,
    db: Database,
    *,
    tried: Look | None = None,
    refusal: AppError | None = None,
    part: str = "look",
) -> Response[Any]:
    async with db.read() as read:
        kept = await queries.look(read, caller.account_id) or Look()
        keys = await queries.keys(read, caller.account_id)
        names = await who.names(read, caller.account_id, {key.created_by for key in keys})
    told = {problem.field: problem.message for problem in getattr(refusal, "problems", ())}
    return page.show(
        "preferences/settings.html",
        status=status_of(refusal) if refusal else 200,
        nav="settings",
        look=tried or kept,
        logo=kept.logo,
        logo_path=f"{LOGO}{caller.account_id}/",
        accent=ACCENT,
        problems=_NO_PROBLEMS | told,
        logo_problem=refusal.message if refusal and part == "logo" else "",
        channels=[(channel, WORDS["en"].channels[channel]) for channel in Channel],
        keys=keys,
        names=names,
    )


ROUTES = [index, change, set_logo, rotate, preview, open_page]
