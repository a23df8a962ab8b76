"""`/api/v1/public-pages` and `/api/v1/contacts/{id}/links`: how pages look, and who gets a link."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import msgspec
from litestar import Request, Response, delete, get, patch, post, put
from litestar.di import NamedDependency

from signalbook.accounts.frames import TheCaller
from signalbook.accounts.model import Caller
from signalbook.contacts import api as contacts_api
from signalbook.contacts import reading
from signalbook.kit.db import Database, Read, Tx
from signalbook.preferences import actions, examples, queries, wire
from signalbook.preferences.links import Links
from signalbook.preferences.model import MOST_LOGO_BYTES, Look
from signalbook.preferences.schemas import ContactLinks, LinkKeyOut, LinkKeys, LookIn, LookOut
from signalbook.web import bodies, idempotency
from signalbook.web.access import key
from signalbook.web.bodies import Shape
from signalbook.web.held import TheDb, TheSettings
from signalbook.web.idempotency import Answer
from signalbook.web.openapi import Answered, Operation, Schema
from signalbook.web.options import allowed
from signalbook.web.params import Params

PAGES: Final = "/api/v1/public-pages"
TAG: Final = "Public pages"
PICTURES: Final = ("image/png", "image/jpeg", "image/webp")

TheLinks: TypeAlias = NamedDependency[Links]
_Asked = Request[Any, Any, Any]
_look = Shape(LookIn)
_SHOWN: Final = Answered(LookOut, examples.LOOK, "How they look.")
_BYTES: Final[Schema] = {"type": "string", "format": "binary"}
_PIXEL: Final = "\x89PNG\r\n\x1a\n…"


@get(
    PAGES,
    access=key("read"),
    operation=Operation(
        id="getPublicPages",
        tag=TAG,
        summary="Show how the public pages look",
        about="The pages on which people unsubscribe and choose what they get.",
        answers={200: _SHOWN},
    ),
)
async def show(
    request: _Asked, caller: TheCaller, db: TheDb, settings: TheSettings
) -> Response[bytes]:
    """Show how the public pages look."""
    Params(request).done()
    async with db.read() as read:
        return idempotency.respond(await _shown(read, caller, settings.public_url))


@patch(
    PAGES,
    access=key("write"),
    operation=Operation(
        id="updatePublicPages",
        tag=TAG,
        summary="Say how the public pages look",
        about="The accent is the colour of buttons; one that can hardly be seen on the background"
        " (a contrast under 3) is refused. Text on both is always made readable. Without a"
        " background the page is light or dark, as the person prefers.",
        body=LookIn,
        examples={"look": examples.WANTED},
        answers={200: _SHOWN},
    ),
)
async def change(
    request: _Asked, caller: TheCaller, db: TheDb, settings: TheSettings
) -> Response[bytes]:
    """Say how the public pages look."""
    Params(request).done()
    body = _look.accepted(await bodies.read(request))
    async with db.tx() as tx:
        before = await queries.look(tx, caller.account_id) or Look()
        await actions.set_look(tx, caller.account_id, wire.changed(before, body), caller.actor)
        return idempotency.respond(await _shown(tx, caller, settings.public_url))


@put(
    PAGES + "/logo",
    access=key("write"),
    operation=Operation(
        id="setLogo",
        tag=TAG,
        summary="Show a logo on the public pages",
        about="The body is the picture: PNG, JPEG or WebP, at most 200,000 bytes. It is shown at"
        " most 200 pixels wide and 64 high. What it is, its content says and not its type.",
        more_types=dict.fromkeys(PICTURES, _BYTES),
        more_examples=dict.fromkeys(PICTURES, _PIXEL),
        answers={200: _SHOWN},
    ),
)
async def set_logo(
    request: _Asked, caller: TheCaller, db: TheDb, settings: TheSettings
) -> Response[bytes]:
    """Show a logo on the public pages."""
    Params(request).done()
    kinds = (*PICTURES, "application/octet-stream")
    content = await bodies.read(request, MOST_LOGO_BYTES, kinds)
    async with db.tx() as tx:
        await actions.set_logo(tx, caller.account_id, content, caller.actor)
        return idempotency.respond(await _shown(tx, caller, settings.public_url))


@delete(
    PAGES + "/logo",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="removeLogo",
        tag=TAG,
        summary="Show no logo any more",
        about="The name is shown instead.",
        answers={200: Answered(LookOut, examples.LOOK | {"logo": None}, "How they look.")},
    ),
)
async def remove_logo(
    request: _Asked, caller: TheCaller, db: TheDb, settings: TheSettings
) -> Response[bytes]:
    """Show no logo any more."""
    Params(request).done()
    await bodies.read(request)
    async with db.tx() as tx:
        await actions.remove_logo(tx, caller.account_id, caller.actor)
        return idempotency.respond(await _shown(tx, caller, settings.public_url))


@get(
    PAGES + "/keys",
    access=key("read"),
    operation=Operation(
        id="listLinkKeys",
        tag=TAG,
        summary="List the keys that sign links",
        about="The newest signs; links of the older ones are accepted for as long as they are"
        " there, which is for ever.",
        answers={200: Answered(LinkKeys, {"data": [examples.KEY]}, "The keys.")},
    ),
)
async def keys(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """List the keys that sign links."""
    Params(request).done()
    async with db.read() as read:
        found = await queries.keys(read, caller.account_id)
    return idempotency.respond(_answer(wire.keys_out(found)))


@post(
    PAGES + "/keys",
    access=key("write"),
    status_code=201,
    operation=Operation(
        id="rotateLinkKey",
        tag=TAG,
        summary="Sign links with a new key",
        about="Links that are out keep working.",
        answers={201: Answered(LinkKeyOut, examples.KEY, "The new key.")},
    ),
)
async def rotate(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Sign links with a new key from now on."""
    Params(request).done()
    raw = await bodies.read(request)

    async def work(tx: Tx) -> Answer:
        made = await actions.rotate(tx, caller.account_id, caller.actor)
        return _answer(wire.key_out(made), 201)

    return await _written(request, caller, db, raw, work)


@get(
    contacts_api.ONE + "/links",
    access=key("write"),
    operation=Operation(
        id="getContactLinks",
        tag=contacts_api.TAG,
        summary="Make the links of a contact",
        about="To its preference page, and to leave each channel. They never expire, and who has"
        " one speaks for the contact: so this takes a key that may write.",
        params=(contacts_api.REF,),
        answers={200: Answered(ContactLinks, examples.LINKS, "The links.")},
    ),
)
async def links_of(
    request: _Asked, caller: TheCaller, db: TheDb, links: TheLinks, id: str
) -> Response[bytes]:
    """Make the links of a contact."""
    Params(request).done()
    async with db.read() as read:
        contact = await reading.find(read, caller.account_id, id)
    signer = await links.signer(caller.account_id)
    return idempotency.respond(_answer(wire.links_out(signer, contact)))


async def _shown(read: Read, caller: Caller, public_url: str) -> Answer:
    look = await queries.look(read, caller.account_id) or Look()
    return _answer(wire.look_out(look, caller.account, caller.account_id, public_url))


async def _written(
    request: _Asked,
    caller: Caller,
    db: Database,
    raw: bytes,
    work: Callable[[Tx], Awaitable[Answer]],
) -> Response[bytes]:
    if idempotency.key_of(request) is None:
        return idempotency.respond(await db.transact(work))
    return await idempotency.once(request, db, caller.account_id, raw, work)


def _answer(body: msgspec.Struct, status: int = 200) -> Answer:
    return Answer(status, msgspec.json.encode(body))


ROUTES = [
    allowed(PAGES, PAGES + "/logo", PAGES + "/keys"),
    show, change, set_logo, remove_logo, keys, rotate, links_of,
]  # fmt: skip
