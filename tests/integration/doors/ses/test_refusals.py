"""Errors that are not AWS's become what AWS's clients understand, and try again when it helps."""

import asyncio
from typing import Any

import pytest

from signalbook.accounts import actions
from signalbook.accounts.errors import RateLimited
from signalbook.contacts.writer import QueueFull
from signalbook.doors.ses import api, tokens
from signalbook.doors.ses.errors import (
    NextTokenForeign,
    NextTokenUnusable,
    ParameterRefused,
    code_of,
    status_of,
)
from signalbook.kit.errors import Conflict, DatabaseDown, Forbidden, Invalid, NotFound, Unavailable
from signalbook.ses.errors import ContactListNotFound, InListAlready
from tests.aws import Aws


def answering(monkeypatch: pytest.MonkeyPatch, *answers: Any) -> list[Any]:
    """Let GetAccount raise or return these, one after the other."""
    left = list(answers)

    async def give(_: object) -> object:
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(api, "HANDLERS", {"GetAccount": give})
    return left


LIMITED = RateLimited(limit="1", window="1", retry=1)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ContactListNotFound(name="L"), 404, "NotFoundException"),
        (InListAlready(email="a@b.example"), 400, "AlreadyExistsException"),
        (ParameterRefused("EmailAddress can't be blank."), 400, "BadRequestException"),
        (NextTokenForeign(), 400, "InvalidNextTokenException"),
        (DatabaseDown(), 503, "ServiceUnavailableException"),
        (QueueFull(), 503, "ServiceUnavailableException"),
        (LIMITED, 429, "TooManyRequestsException"),
        (ZeroDivisionError(), 500, "InternalServiceErrorException"),
    ],
)
async def test_every_error_has_a_code_of_awss(aws, monkeypatch, error, status, code):
    answering(monkeypatch, error)
    refusal = await aws.refused("get_account")
    assert refusal[:2] == (status, code)
    assert not isinstance(error, ContactListNotFound) or (
        refusal.message == "List with name: L doesn't exist."
    )


def test_every_kind_of_error_has_a_status():
    for kind in (Invalid, NotFound, Conflict, Forbidden, Unavailable):
        assert status_of(code_of(kind("Told."))) >= 400


@pytest.mark.parametrize("mode", ["legacy", "standard"])
@pytest.mark.parametrize("error", [LIMITED, DatabaseDown(), ZeroDivisionError()])
async def test_awss_clients_try_again_by_themselves(app, signer, monkeypatch, error, mode):
    monkeypatch.setattr("random.random", lambda: 0.01)  # how long botocore waits
    patient = Aws(app, signer, retries={"mode": mode, "total_max_attempts": 3})
    left = answering(monkeypatch, error, error, {"EnforcementStatus": "HEALTHY"})
    assert await patient.get_account() == {"EnforcementStatus": "HEALTHY"}
    assert not left


async def test_a_plan_that_is_used_up_throttles_and_strangers_do_not_use_it_up(
    app, aws, signer, northwind, new_signer, db, monkeypatch
):
    async with db.tx() as tx:
        await actions.set_plan(tx, northwind.id, "enterprise", api_per_hour=3)
    await asyncio.sleep(0.6)
    answering(monkeypatch, *[{}] * 9)
    stranger = Aws(app, type(signer)(signer.id, "ses", "x" * 40, signer.access_key_id))
    for _ in range(5):
        assert (await stranger.refused("get_account"))[1] == "InvalidSignatureException"
    for _ in range(3):
        await aws.get_account()
    assert (await aws.refused("get_account"))[:2] == (429, "TooManyRequestsException")


async def test_a_next_token_is_good_for_the_same_call_alone(aws, app, signer, monkeypatch):
    kept: list[Any] = []

    async def keep(call: Any) -> None:
        kept.append(call)

    operations = ("ListContacts", "ListSuppressedDestinations")
    monkeypatch.setattr(api, "HANDLERS", dict.fromkeys(operations, keep))
    await aws.list_contacts(ContactListName="L")
    await Aws(app, signer, "us-east-1").list_contacts(ContactListName="L")
    await aws.list_suppressed_destinations()
    here, elsewhere, other = kept

    token = tokens.write(here, {"list": "L", "filter": None}, "ada@example.com", 5)
    same = {"list": "L", "filter": None}
    assert tokens.read(here, same, token, (str, int)) == ["ada@example.com", 5]
    for call, parameters, text, types in (
        (elsewhere, same, token, (str, int)),
        (here, {"list": "M", "filter": None}, token, (str, int)),
        (here, same, token, (str,)),
        (here, same, token[:-4] + "AAAA", (str, int)),
        (here, same, "", (str, int)),
        (here, same, "é", (str, int)),
        (here, same, "A" * 5000, (str, int)),
    ):
        with pytest.raises(NextTokenUnusable):
            tokens.read(call, parameters, text, types)
    with pytest.raises(NextTokenForeign):
        tokens.read(other, same, token, (str, int))
