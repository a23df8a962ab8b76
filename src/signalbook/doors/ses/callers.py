"""Who signed this request: its key, its region, and that nothing was changed on the way."""

from typing import Final

import msgspec
from litestar.datastructures import State
from litestar.types import HTTPScope, Receive

from signalbook.accounts.model import Caller
from signalbook.doors.ses.errors import AuthenticationMissing
from signalbook.web.asgi import Headers

MAX_BODY_BYTES: Final = 1024 * 1024


class LetIn(msgspec.Struct, frozen=True):
    """A request that was let in: who sent it, by which key, for which region, and its body."""

    caller: Caller
    access_key: str
    region: str
    body: bytes


async def let_in(
    scope: HTTPScope, raw_path: str, receive: Receive, state: State, headers: Headers
) -> LetIn:
    """Verify the signature of a request and count it; raises what AWS answers otherwise."""
    del scope, raw_path, receive, state, headers
    raise AuthenticationMissing
