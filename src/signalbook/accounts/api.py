"""`GET /api/v1/account`: whose key this is, and what it may do."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get

from signalbook.accounts import people_queries, plans
from signalbook.accounts.frames import TheCaller
from signalbook.accounts.model import Plan
from signalbook.web import idempotency
from signalbook.web.access import key
from signalbook.web.held import TheDb
from signalbook.web.idempotency import Answer
from signalbook.web.limits import UNLIMITED
from signalbook.web.openapi import Answered, Operation
from signalbook.web.params import Params


class Limits(msgspec.Struct):
    """What the plan allows; null is no limit."""

    api_per_hour: int | None
    upload_per_minute: int | None


class AccountOut(msgspec.Struct):
    """The account of a key; `email` is its owner's, and credits are not counted here."""

    id: int
    name: str
    email: str | None
    plan: Plan
    credits_remaining: int | None
    limits: Limits
    key_id: UUID | None
    scopes: list[str]


_EXAMPLE: dict[str, Any] = {
    "id": 1,
    "name": "default",
    "email": "owner@example.com",
    "plan": "unlimited",
    "credits_remaining": None,
    "limits": {"api_per_hour": None, "upload_per_minute": None},
    "key_id": "01912300-0000-7000-8000-000000000001",
    "scopes": ["read", "upload", "write"],
}


@get(
    "/api/v1/account",
    access=key("read"),
    operation=Operation(
        id="getAccount",
        tag="Account",
        summary="Show the account of a key",
        about="The quickest way to find out whether a key works.",
        answers={200: Answered(AccountOut, _EXAMPLE, "The account.")},
    ),
)
async def show(request: Request[Any, Any, Any], caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Show the account of a key."""
    Params(request).done()
    async with db.read() as read:
        members = await people_queries.members(read, caller.account_id)
    owners = [member.email for member in members if member.role == "owner"]
    calls = plans.policy_of("api", caller.plan, caller.api_per_hour)
    uploads = plans.policy_of("upload", caller.plan, caller.upload_per_minute)
    account = AccountOut(
        id=caller.account_id,
        name=caller.account,
        email=owners[0] if owners else None,
        plan=caller.plan,
        credits_remaining=None,
        limits=Limits(_limit(calls.limit), _limit(uploads.limit)),
        key_id=caller.key_id,
        scopes=sorted(caller.scopes),
    )
    return idempotency.respond(Answer(200, msgspec.json.encode(account)))


def _limit(number: int) -> int | None:
    return None if number >= UNLIMITED else number


ROUTES = [show]
