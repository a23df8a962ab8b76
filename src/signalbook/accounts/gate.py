"""The one way in for calls with a key: who is it, is there room, may they do this.

In that order, so that a refused call is counted too and every answer can carry the headers of the
limit: they are left in the state of the request, where the outermost middleware finds them.
"""

from typing import Any

from signalbook.accounts import plans
from signalbook.accounts.errors import ScopeMissing
from signalbook.accounts.keys import Keys
from signalbook.accounts.model import Caller, Door, Scope
from signalbook.accounts.plans import Meter
from signalbook.kit.errors import Unauthenticated
from signalbook.web import limits


class Gate:
    """Lets calls with a key in."""

    def __init__(self, keys: Keys, meter: Meter) -> None:
        """Know keys by `keys` and count with `meter`."""
        self.keys = keys
        self.meter = meter

    async def enter(
        self, raw: str | None, scope: Scope, door: Door, *, ip: str, state: dict[str, Any]
    ) -> Caller:
        """Return the caller; `state` gets `caller` and, whatever is raised, the limit's headers.

        Raises KeyMissing, KeyUnknown, KeyRevoked, StrangerLimited, RateLimited, ScopeMissing.
        """
        try:
            caller = await self.keys.identify(raw)
        except Unauthenticated:
            stranger = await self.meter.stranger(ip)
            state[limits.STATE_KEY] = limits.headers(stranger)
            plans.refuse(stranger)
            raise
        state["caller"] = caller
        allowance = await self.meter.admit(caller, door)
        state[limits.STATE_KEY] = limits.headers(allowance)
        plans.refuse(allowance)
        if scope not in caller.scopes:
            raise ScopeMissing(scope=scope)
        return caller
