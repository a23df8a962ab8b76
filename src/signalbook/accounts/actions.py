"""Every way an account itself changes."""

from typing import Any, cast, get_args

from signalbook.accounts import queries
from signalbook.accounts.errors import (
    AccountNameInvalid,
    AccountNameTaken,
    AccountUnknown,
    LimitInvalid,
    PlanUnknown,
)
from signalbook.accounts.model import (
    API_MAX_PER_HOUR,
    UPLOAD_MAX_PER_MINUTE,
    Account,
    Plan,
    account_name_ok,
)
from signalbook.kit import clock
from signalbook.kit.db import Read, Tx
from signalbook.kit.errors import constraint


async def create(
    tx: Tx,
    name: str,
    plan: str = "unlimited",
    *,
    upload_per_minute: int | None = None,
    api_per_hour: int | None = None,
    actor: str,
) -> Account:
    """Open an account; raises AccountNameInvalid, AccountNameTaken, PlanUnknown, LimitInvalid."""
    if not account_name_ok(name):
        raise AccountNameInvalid
    limits = _limits(upload_per_minute, api_per_hour)
    with constraint(accounts_name_key=AccountNameTaken):
        return await queries.insert(
            tx, name, _plan(plan), limits=limits, actor=actor, at=clock.now()
        )


async def named(db: Read, name: str) -> Account:
    """Find an account by name; raises AccountUnknown."""
    account = await queries.find(db, name)
    if account is None:
        raise AccountUnknown(name=name)
    return account


async def set_plan(
    tx: Tx,
    account_id: int,
    plan: str,
    *,
    upload_per_minute: int | None = None,
    api_per_hour: int | None = None,
) -> None:
    """Move an account to another plan; the two limits count for `enterprise` only."""
    await queries.set_plan(tx, account_id, _plan(plan), _limits(upload_per_minute, api_per_hour))


async def rename(tx: Tx, account_id: int, name: str) -> None:
    """Give an account another name; raises AccountNameInvalid, AccountNameTaken."""
    if not account_name_ok(name):
        raise AccountNameInvalid
    with constraint(accounts_name_key=AccountNameTaken):
        await queries.set_name(tx, account_id, name)


async def change_settings(tx: Tx, account_id: int, settings: dict[str, Any]) -> None:
    """Set these settings of the account and leave the others."""
    await queries.set_settings(tx, account_id, settings)


def _plan(plan: str) -> Plan:
    if plan not in get_args(Plan):
        raise PlanUnknown(plan=plan)
    return cast("Plan", plan)


def _limits(
    upload_per_minute: int | None, api_per_hour: int | None
) -> tuple[int | None, int | None]:
    for limit, most in (
        (upload_per_minute, UPLOAD_MAX_PER_MINUTE),
        (api_per_hour, API_MAX_PER_HOUR),
    ):
        if limit is not None and not 1 <= limit <= most:
            raise LimitInvalid
    return upload_per_minute, api_per_hour
