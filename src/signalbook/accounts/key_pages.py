"""The page of API keys: make one and see it once, name it, see when it was used, revoke it."""

from typing import Literal
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from signalbook.accounts import forms, key_actions, key_queries
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.frames import Answer, TheCaller, ThePage
from signalbook.accounts.model import Caller, Created
from signalbook.kit.errors import Invalid
from signalbook.web.access import person
from signalbook.web.errors import status_of
from signalbook.web.flash import Toast
from signalbook.web.render import Page

_HERE = "/keys"


@get(_HERE, access=person("admin"))
async def index(request: AnyRequest, caller: TheCaller, page: ThePage) -> Answer:
    """List the keys of the account."""
    return await _show(request, caller, page)


@post(_HERE, access=person("admin"))
async def create(request: AnyRequest, caller: TheCaller, page: ThePage) -> Answer:
    """Make a key and show it, this once."""
    form = await forms.fields(request, ("name", "kind"))
    kind, scope = _kind_and_scope(form["kind"])
    try:
        async with forms.held(request).db.tx() as tx:
            made = await key_actions.create(
                tx, caller.account_id, kind, name=form["name"], scope=scope, actor=caller.actor
            )
    except Invalid as refusal:
        return await _show(request, caller, page, form=form, refusal=refusal)
    return await _show(request, caller, page, made=made)


@post("/keys/{key_id:uuid}/name", access=person("admin"))
async def rename(
    request: AnyRequest, key_id: FromPath[UUID], caller: TheCaller, page: ThePage
) -> Answer:
    """Give a key another name."""
    form = await forms.fields(request, ("name",))
    try:
        async with forms.held(request).db.tx() as tx:
            await key_actions.rename(tx, caller.account_id, key_id, form["name"])
    except Invalid as refusal:
        return page.go(_HERE, Toast(refusal.message, "bad"))
    return page.go(_HERE, Toast("The key has its new name."))


@post("/keys/{key_id:uuid}/revocation", access=person("admin"))
async def revoke(
    request: AnyRequest, key_id: FromPath[UUID], caller: TheCaller, page: ThePage
) -> Answer:
    """Make a key worthless."""
    async with forms.held(request).db.tx() as tx:
        await key_actions.revoke(tx, caller.account_id, key_id, actor=caller.actor)
    return page.go(_HERE, Toast("The key is revoked. Calls with it are refused from now on."))


def _kind_and_scope(choice: str) -> tuple[str, Literal["read", "write"]]:
    """Read the one choice of the form: an upload key, or an API key that reads or also writes."""
    if choice in {"read", "write"}:
        return "api", "read" if choice == "read" else "write"
    return choice, "write"


async def _show(
    request: AnyRequest,
    caller: Caller,
    page: Page,
    *,
    form: dict[str, str] | None = None,
    refusal: Invalid | None = None,
    made: Created | None = None,
) -> Answer:
    async with forms.held(request).db.read() as read:
        keys = await key_queries.list_all(read, caller.account_id)
    return page.show(
        "accounts/keys.html",
        status=status_of(refusal) if refusal else 200,
        keys=[key for key in keys if key.revoked_at is None],
        revoked=[key for key in keys if key.revoked_at is not None],
        made=made,
        form=form or {"name": "", "kind": "write"},
        problem=refusal.message if refusal else "",
    )


ROUTES = [index, create, rename, revoke]
