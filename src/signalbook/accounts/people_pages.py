"""The page of people: who may do what here, and whom to let in."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from signalbook.accounts import (
    forms,
    invitation_actions,
    invitation_queries,
    people_actions,
    people_queries,
)
from signalbook.accounts.errors import AlreadyMember, LastOwner, OwnerNeeded
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.frames import Answer, TheCaller, ThePage
from signalbook.accounts.model import Caller
from signalbook.kit import clock
from signalbook.kit.errors import AppError, Invalid
from signalbook.web.access import person
from signalbook.web.errors import status_of
from signalbook.web.flash import Toast
from signalbook.web.render import Page

_HERE = "/people"


@get(_HERE, access=person("admin"))
async def index(request: AnyRequest, caller: TheCaller, page: ThePage) -> Answer:
    """List the people of the account and the invitations that wait."""
    return await _show(request, caller, page)


@post("/people/invitations", access=person("admin"))
async def invite(request: AnyRequest, caller: TheCaller, page: ThePage) -> Answer:
    """Make an invitation and show its link, this once."""
    form = await forms.fields(request, ("email", "role"))
    held = forms.held(request)
    try:
        async with held.db.tx() as tx:
            token = await invitation_actions.invite(tx, caller, form["email"], form["role"])
    except (Invalid, AlreadyMember, OwnerNeeded) as refusal:
        return await _show(request, caller, page, form=form, refusal=refusal)
    link = f"{held.settings.public_url.rstrip('/')}/invitations/{token}"
    return await _show(request, caller, page, link=link, invited=form["email"])


@post("/people/invitations/{invitation_id:uuid}/withdrawal", access=person("admin"))
async def withdraw(
    request: AnyRequest, invitation_id: FromPath[UUID], caller: TheCaller, page: ThePage
) -> Answer:
    """Make an invitation worthless."""
    async with forms.held(request).db.tx() as tx:
        await invitation_actions.withdraw(tx, caller, invitation_id)
    return page.go(_HERE, Toast("The invitation is withdrawn; its link no longer works."))


@post("/people/{person_id:uuid}/role", access=person("admin"))
async def set_role(
    request: AnyRequest, person_id: FromPath[UUID], caller: TheCaller, page: ThePage
) -> Answer:
    """Change what somebody may do."""
    form = await forms.fields(request, ("role",))
    try:
        async with forms.held(request).db.tx() as tx:
            await people_actions.set_role(tx, caller, person_id, form["role"])
    except (Invalid, LastOwner, OwnerNeeded) as refusal:
        return page.go(_HERE, Toast(refusal.message, "bad"))
    return page.go(_HERE, Toast("The role is changed; it counts within a second."))


@post("/people/{person_id:uuid}/removal", access=person("admin"))
async def remove(
    request: AnyRequest, person_id: FromPath[UUID], caller: TheCaller, page: ThePage
) -> Answer:
    """Take somebody out of the account."""
    try:
        async with forms.held(request).db.tx() as tx:
            await people_actions.remove(tx, caller, person_id)
    except (LastOwner, OwnerNeeded) as refusal:
        return page.go(_HERE, Toast(refusal.message, "bad"))
    return page.go(_HERE, Toast("The person no longer belongs to this account."))


async def _show(
    request: AnyRequest,
    caller: Caller,
    page: Page,
    *,
    form: dict[str, str] | None = None,
    refusal: AppError | None = None,
    link: str = "",
    invited: str = "",
) -> Answer:
    async with forms.held(request).db.read() as read:
        members = await people_queries.members(read, caller.account_id)
        waiting = await invitation_queries.list_open(read, caller.account_id, clock.now())
    return page.show(
        "accounts/people.html",
        status=status_of(refusal) if refusal else 200,
        members=members,
        owners=sum(member.role == "owner" for member in members),
        waiting=waiting,
        myself=caller.user_id,
        form=form or {"email": "", "role": "editor"},
        problem=refusal.message if refusal else "",
        link=link,
        invited=invited,
    )


ROUTES = [index, invite, withdraw, set_role, remove]
