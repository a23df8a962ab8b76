"""The page of API keys: make one and see it once, name it, see when it was used, revoke it."""

import re
from typing import Final, Literal
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from signalbook.accounts import forms, key_actions, key_queries
from signalbook.accounts.errors import LifeInvalid
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.frames import Answer, TheCaller, ThePage
from signalbook.accounts.made import Created, life_of
from signalbook.accounts.model import Caller
from signalbook.kit import clock
from signalbook.kit.db import Tx
from signalbook.kit.errors import Invalid
from signalbook.web.access import person
from signalbook.web.errors import status_of
from signalbook.web.flash import Toast
from signalbook.web.render import Page

_HERE = "/keys"
_KINDS: Final[dict[str, tuple[str, Literal["read", "write"]]]] = {
    "write": ("api", "write"),
    "read": ("api", "read"),
    "ses-read": ("ses", "read"),
}
"""Choices of the form that are not the name of a kind: the kind, and what such a key may do."""
_BLANK: Final = {"name": "", "kind": "write", "life": "", "region": ""}
_REGION: Final = re.compile(r"[a-z0-9-]{1,40}")
_ANY_REGION: Final = "eu-west-1"
"""A ses key works in every region; a profile has to name one."""


@get(_HERE, access=person("admin"))
async def index(
    request: AnyRequest, caller: TheCaller, page: ThePage, kind: str = "", region: str = ""
) -> Answer:
    """List the keys of the account; the form is set to `kind`, for AWS clients in `region`."""
    form = _BLANK | {"kind": kind or _BLANK["kind"], "region": region}
    return await _show(request, caller, page, form=form)


@post(_HERE, access=person("admin"))
async def create(request: AnyRequest, caller: TheCaller, page: ThePage) -> Answer:
    """Make a key and show it, this once."""
    form = await forms.fields(request, tuple(_BLANK))
    try:
        async with forms.held(request).db.tx() as tx:
            made = await _made(tx, caller, form, forms.held(request).settings.secret_key)
    except Invalid as refusal:
        return await _show(request, caller, page, form=form, refusal=refusal)
    form = _BLANK | {"region": form["region"]}
    return await _show(request, caller, page, form=form, made=made)


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


async def _made(tx: Tx, caller: Caller, form: dict[str, str], secret_key: str) -> Created:
    """Make what the one choice of the form says; raises KindUnknown, LifeInvalid, NameInvalid."""
    kind, scope = _KINDS.get(form["kind"], (form["kind"], "write"))
    named = {"name": form["name"], "actor": caller.actor}
    life = life_of(form["life"]) if kind == "ses" else None
    if form["life"] and life is None:
        raise LifeInvalid
    if kind != "ses":
        return await key_actions.create(tx, caller.account_id, kind, scope=scope, **named)
    return await key_actions.create_signer(
        tx, caller.account_id, secret_key, scope=scope, life=life, **named
    )


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
    at, form = "life" if isinstance(refusal, LifeInvalid) else "name", form or _BLANK
    now = clock.now()
    return page.show(
        "accounts/keys.html",
        status=status_of(refusal) if refusal else 200,
        keys=[key for key in keys if key.ended_at(now) is None],
        ended=[(key, end) for key in keys if (end := key.ended_at(now))],
        made=made,
        form=form,
        region=form["region"] if _REGION.fullmatch(form["region"]) else _ANY_REGION,
        problems={at: refusal.message} if refusal else {},
    )


ROUTES = [index, create, rename, revoke]
