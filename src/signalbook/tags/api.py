"""`/api/v1/tags`: the registry, and renaming, merging and deleting of tags."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, delete, get, patch, post

from signalbook.accounts.frames import TheCaller
from signalbook.kit.db import Tx
from signalbook.tags import actions, queries
from signalbook.tags.errors import TagNotFound
from signalbook.tags.model import Tag
from signalbook.tags.queries import Rank
from signalbook.tags.schemas import TagDeleted, TagList, TagMergeIn, TagNameIn, TagOut
from signalbook.web import bodies, cursors, idempotency
from signalbook.web.access import key
from signalbook.web.bodies import Shape
from signalbook.web.held import TheDb
from signalbook.web.idempotency import Answer
from signalbook.web.moments import shown
from signalbook.web.openapi import TEXT, Answered, Operation, Param, whole
from signalbook.web.options import allowed
from signalbook.web.params import Params

TAGS: Final = "/api/v1/tags"
ONE: Final = TAGS + "/{id:str}"
TAG: Final = "Tags"

_Asked = Request[Any, Any, Any]
_MAX_ID = 2**31 - 1
_COUNT = Annotated[int, msgspec.Meta(ge=0, lt=2**62)]
_name, _merge = Shape(TagNameIn), Shape(TagMergeIn)
_SHOWN: dict[str, Any] = {
    "id": 7,
    "name": "viewed-red-sneakers",
    "contacts": 1280,
    "signals": 3911,
    "first_seen_at": "2024-01-15T10:30:00.000Z",
    "last_seen_at": "2024-03-01T18:04:11.250Z",
}
_ID = Param("id", "The tag's id.", whole(1, _MAX_ID), 7, "path")


@get(
    TAGS,
    access=key("read"),
    operation=Operation(
        id="listTags",
        tag=TAG,
        summary="List tags with their counts",
        params=(
            Param("search", "Tags whose name contains this.", TEXT, "sneakers"),
            Param("limit", "Tags on a page.", whole(1, 1000, 100), 100),
            Param("starting_after", "The next_cursor of the page before.", TEXT),
        ),
        answers={
            200: Answered(
                TagList,
                {"data": [_SHOWN], "has_more": False, "next_cursor": None},
                "Tags.",
                "/data/0/id",
            )
        },
    ),
)
async def index(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """List tags, the most carried first."""
    params = Params(request)
    search = params.text("search") or ""
    size = params.whole("limit", 1, 1000) or 100
    after = params.text("starting_after")
    params.done()
    account = caller.account_id
    rank = Rank(*cursors.read(after, account, "tags", (_COUNT, str))) if after else None
    async with db.read() as read:
        found = await queries.page(read, account, size + 1, search, rank)
    tags, has_more = found[:size], len(found) > size
    cursor = cursors.write(account, "tags", tags[-1].contacts, tags[-1].name) if has_more else None
    return _answer(TagList([_out(tag) for tag in tags], has_more, cursor))


@get(
    ONE,
    access=key("read"),
    operation=Operation(
        id="getTag",
        tag=TAG,
        summary="Show a tag",
        params=(_ID,),
        answers={200: Answered(TagOut, _SHOWN, "The tag.")},
    ),
)
async def show(request: _Asked, caller: TheCaller, db: TheDb, id: str) -> Response[bytes]:
    """Show one tag."""
    Params(request).done()
    async with db.read() as read:
        tag = await queries.get(read, caller.account_id, _id_of(id))
    if tag is None:
        raise TagNotFound
    return _answer(_out(tag))


@patch(
    ONE,
    access=key("write"),
    operation=Operation(
        id="renameTag",
        tag=TAG,
        summary="Rename a tag",
        about="For everybody who carries it, at once.",
        params=(_ID,),
        body=TagNameIn,
        examples={"name": {"name": "viewed-sneakers"}},
        answers={200: Answered(TagOut, _SHOWN | {"name": "viewed-sneakers"}, "The tag.")},
        conflicts=True,
    ),
)
async def rename(request: _Asked, caller: TheCaller, db: TheDb, id: str) -> Response[bytes]:
    """Rename a tag."""
    Params(request).done()
    body = _name.accepted(await bodies.read(request))
    async with db.tx() as tx:
        tag = await actions.rename(tx, caller.account_id, _id_of(id), body.name)
    return _answer(_out(tag))


@delete(
    ONE,
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="deleteTag",
        tag=TAG,
        summary="Delete a tag",
        about="It is taken from every contact that carries it.",
        params=(_ID,),
        answers={200: Answered(TagDeleted, {"deleted": True, "id": 7}, "It is gone.")},
    ),
)
async def remove(request: _Asked, caller: TheCaller, db: TheDb, id: str) -> Response[bytes]:
    """Delete a tag."""
    Params(request).done()
    await bodies.read(request)
    tag = await actions.delete(db, caller.account_id, _id_of(id))
    return _answer(TagDeleted(deleted=True, id=tag.id))


@post(
    ONE + "/merge",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="mergeTag",
        tag=TAG,
        summary="Merge a tag into another",
        about="Contacts that carry it carry the other one afterwards, with their timelines; the"
        " tag itself is gone.",
        params=(_ID,),
        body=TagMergeIn,
        examples={"into": {"into": 8}},
        answers={200: Answered(TagOut, _SHOWN | {"id": 8}, "The tag that is left.")},
    ),
)
async def merge(request: _Asked, caller: TheCaller, db: TheDb, id: str) -> Response[bytes]:
    """Merge a tag into another."""
    Params(request).done()
    raw = await bodies.read(request)
    body = _merge.accepted(raw)
    account, into = caller.account_id, _id_of(str(body.into))

    async def merged() -> Answer:
        tag = await actions.merge(db, account, _id_of(id), into)
        return Answer(200, msgspec.json.encode(_out(tag)))

    if idempotency.key_of(request) is None:
        return idempotency.respond(await merged())

    async def work(_: Tx) -> Answer:
        return await merged()

    return await idempotency.once(request, db, account, raw, work)


def _id_of(ref: str) -> int:
    """Read an id; what is none is nobody's."""
    if not (ref.isascii() and ref.isdigit()) or not 0 < int(ref[:11]) <= _MAX_ID:
        raise TagNotFound
    return int(ref)


def _out(tag: Tag) -> TagOut:
    return TagOut(
        id=tag.id,
        name=tag.name,
        contacts=tag.contacts,
        signals=tag.signals,
        first_seen_at=shown(tag.first_seen_at),
        last_seen_at=shown(tag.last_seen_at),
    )


def _answer(body: msgspec.Struct) -> Response[bytes]:
    return idempotency.respond(Answer(200, msgspec.json.encode(body)))


ROUTES = [allowed(ONE), index, show, rename, remove, merge]
