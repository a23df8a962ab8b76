"""The application with two more routes that do nothing, to compare with.

One is an `@asgi` route like any other, through the router; the other is entered by the same short
way as the hot route, past the router, which is the least an answer can cost here.
"""

from typing import Final

from litestar import asgi
from litestar.types import ASGIApp, Receive, Scope, Send

from signalbook import app
from signalbook.web.access import PUBLIC
from signalbook.web.asgi import answer, read_body

NOOP: Final = "/noop"
BARE_NOOP: Final = "/bare-noop"
_ANSWER: Final = b'{"success":true,"message":"Contact added"}'


async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body and answer as `add-contact` does, having done nothing."""
    await read_body(receive, 256 * 1024)
    await answer(send, 200, [], _ANSWER)


@asgi(NOOP, access=PUBLIC, copy_scope=False)
async def noop(scope: Scope, receive: Receive, send: Send) -> None:
    """Do nothing, as a route."""
    await nothing(scope, receive, send)


def create() -> ASGIApp:
    """Make the application of a worker, with both in it."""
    app.ROUTES.append(noop)
    app.HOT[BARE_NOOP] = nothing
    return app.create()
