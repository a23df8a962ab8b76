"""Looking a contact list up for a stream of calls: those that ask together share one read.

Whoever asks gets what was read after they asked, so a list that another worker has just deleted or
changed is never shown as it was; and a thousand calls a second cost a hundred reads.
"""

import asyncio
from typing import Final, TypeAlias

from signalbook.kit.db import Database
from signalbook.ses import queries
from signalbook.ses.errors import ContactListNotFound
from signalbook.ses.model import SesList

PAUSE_SECONDS: Final = 0.008
"""So far apart are two reads of a list; a call that comes alone does not wait."""

_Key: TypeAlias = tuple[Database, int, str, str]
_Look: TypeAlias = asyncio.Task[SesList | None]

_waiting: dict[_Key, _Look] = {}
_running: dict[_Key, _Look] = {}
_resting: dict[_Key, float] = {}
"""Until when the loop's clock says so."""


async def existing(db: Database, account_id: int, region: str, name: str) -> SesList:
    """Return a contact list that must be there; raises ContactListNotFound."""
    key = (db, account_id, region, name)
    look = _waiting.get(key)
    if look is None:
        look = _waiting[key] = asyncio.create_task(_looked(key, _running.get(key)))
    found = await asyncio.shield(look)
    if found is None:
        raise ContactListNotFound(name=name)
    return found


async def _looked(key: _Key, before: _Look | None) -> SesList | None:
    """Read a while after the read before; from then on whoever comes asks for another."""
    loop = asyncio.get_running_loop()
    if before is not None:
        await asyncio.wait([before])
    if key in _resting:
        await asyncio.sleep(_resting[key] - loop.time())
    own = _running[key] = _waiting.pop(key)
    db, account_id, region, name = key
    try:
        async with db.read() as read:
            return await queries.get(read, account_id, region, name)
    finally:
        if _running.get(key) is own:
            del _running[key]
        _resting[key] = loop.time() + PAUSE_SECONDS
        loop.call_at(_resting[key], _resting.pop, key, None)
