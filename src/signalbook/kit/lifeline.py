"""The life of a worker: no longer than its parent's, and ended without refusing anybody."""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]

_PR_SET_PDEATHSIG = 1
_leaving = threading.Event()


def end_with_parent() -> None:
    """Have this process killed the moment its parent dies, however the parent dies.

    The kernel does it on Linux; elsewhere a thread looks four times a second. A worker must not
    outlive its server: it would keep the port and answer in the place of the next one.
    """
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=[parent], daemon=True).start()


def ignore_the_terminal() -> None:
    """Leave the terminal's Ctrl-C to the parent, which then stops us in order."""
    os.setpgrp()


def gentle(app: Application, on_ready: Callable[[], object]) -> Application:
    """Wrap an ASGI application so that it tells when it is ready, and can be replaced unnoticed.

    From SIGUSR1 on, every answer asks its client to close the connection (RFC 9112 §9.6), so that
    the next request goes to the successor. Otherwise a kept connection is cut when the worker ends,
    and the request that was just being sent on it fails. Answers without an end ask `is_leaving`.
    """

    def leave(*_: object) -> None:
        _leaving.set()

    signal.signal(signal.SIGUSR1, leave)

    def application(scope: Message, receive: Receive, send: Send) -> Awaitable[None]:
        if _leaving.is_set():
            return app(scope, receive, _closing(send))
        if scope["type"] == "lifespan":
            return app(scope, receive, _telling(send, on_ready))
        return app(scope, receive, send)

    return application


def is_leaving() -> bool:
    """Tell whether this worker has been told to end, so that a stream ends and is asked anew."""
    return _leaving.is_set()


def _closing(send: Send) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        await send(message)

    return answer


def _telling(send: Send, on_ready: Callable[[], object]) -> Send:
    async def answer(message: Message) -> None:
        await send(message)
        if message["type"] == "lifespan.startup.complete":
            on_ready()

    return answer


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.25)
    os.kill(os.getpid(), signal.SIGKILL)
