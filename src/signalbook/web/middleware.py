"""What every answer gets, whoever made it: a request id, safe headers, limits, a measurement."""

import time
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any, Final

import structlog
from litestar import Litestar
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from prometheus_client import Counter, Histogram

from signalbook.kit import ids
from signalbook.kit.config import Settings
from signalbook.web import limits

_CSP = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    b" font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    b" frame-ancestors 'none'; manifest-src 'self'"
)
SAFE_HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"content-security-policy", _CSP),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_MAX_REQUEST_ID = 64
_SLOW_SECONDS = 1.0
_SERVER_ERROR = 500
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
_UNTOLD = frozenset({"static", "probe"})

REQUESTS = Counter(
    "signalbook_http_requests_total", "Answers by door and status class", ("door", "status")
)
SECONDS = Histogram(
    "signalbook_http_request_seconds",
    "Seconds from the request's head to the answer's",
    ("door",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)

_log = structlog.get_logger("signalbook.request")


class Answered:
    """The outermost ASGI application: it wraps the router and sees every answer leave."""

    def __init__(
        self,
        app: Litestar,
        hot: Mapping[str, ASGIApp],
        settings: Settings,
        door: ASGIApp | None = None,
    ) -> None:
        """Wrap `app`; routes in `hot`, by their paths, add headers and measurements themselves.

        They are called here and not by the router, which would cost each call 10 µs; a path that
        ends in a slash stands for all below it. What else comes in goes through `door`, which may
        translate before the router sees it.
        """
        self.app = app
        self._door = door or app
        self._hot = dict(hot)
        self._below = [(path, app) for path, app in hot.items() if path.endswith("/")]
        https = settings.public_url.startswith("https://")
        self._headers = [*SAFE_HEADERS, *([_HSTS] if https else [])]
        self._proxies = tuple(
            ip_network(part.strip()) for part in settings.proxies.split(",") if part.strip()
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._door(scope, receive, send)
            return
        if self._proxies:
            self._settle_client(scope)
        hot = self._hot.get(scope["path"]) or self._mounted(scope)
        if hot is not None:
            scope["litestar_app"] = self.app
            await hot(scope, receive, send)
            return
        request_id = _request_id(scope)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began, status = time.perf_counter(), _SERVER_ERROR
        state: dict[str, Any] = scope.setdefault("state", {})

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message["headers"])
                present = {name.lower() for name, _ in headers}
                headers += [header for header in self._headers if header[0] not in present]
                headers += state.get(limits.STATE_KEY, ())
                headers.append((b"x-request-id", request_id.encode()))
                message["headers"] = headers
            await send(message)

        try:
            await self._door(scope, receive, answer)
        finally:
            _measure(scope, status, time.perf_counter() - began)
            structlog.contextvars.unbind_contextvars("request_id")

    def _mounted(self, scope: HTTPScope) -> ASGIApp | None:
        """Find a hot route by a path that is not quite its own.

        Of a base address that ends in a slash come two in a row: they are read as one. `raw_path`
        stays as it was sent, since signatures are made of that.
        """
        path = scope["path"]
        if path.startswith("//"):
            path = scope["path"] = "/" + path.lstrip("/")
            if path in self._hot:
                return self._hot[path]
        return next((app for above, app in self._below if path.startswith(above)), None)

    def _settle_client(self, scope: HTTPScope) -> None:
        """Name the client behind our own proxies: the last address that is not one of them."""
        peer = scope["client"]
        if peer is None or not self._is_ours(peer[0]):
            return
        told = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        chain = b",".join(told).decode("latin-1").split(",")
        for hop in reversed([one.strip() for one in chain if one.strip()]):
            if not self._is_ours(hop):
                scope["client"] = (hop, 0)
                return

    def _is_ours(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self._proxies)
        except ValueError:
            return False


def door_of(path: str) -> str:
    """Name the door a path belongs to, for metrics and usage."""
    if path.startswith("/api/"):
        return "api"
    if path.startswith("/rest/") or path in {"/rest", "/token"}:
        return "digitaleo"
    if path.startswith("/static/"):
        return "static"
    return "probe" if path in _PROBES else "console"


def _measure(scope: Mapping[str, object], status: int, seconds: float) -> None:
    door = door_of(str(scope["path"]))
    REQUESTS.labels(door, f"{status // 100}xx").inc()
    SECONDS.labels(door).observe(seconds)
    told = {
        "method": scope["method"],
        "route": scope.get("path_template", ""),
        "status": status,
        "ms": round(seconds * 1000, 1),
    }
    if status >= _SERVER_ERROR or seconds > _SLOW_SECONDS:
        _log.warning("answered", **told)
    elif door not in _UNTOLD:
        _log.info("answered", **told)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and 0 < len(value) <= _MAX_REQUEST_ID and value.isalnum():
            return value.decode("ascii")
    return ids.new_id().hex
