"""OPTIONS for addresses that answer several methods, naming all of them."""

from typing import Any, Final

from litestar import Request, Response, route
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from signalbook.web.access import PUBLIC

_NO_CONTENT: Final = 204


def allowed(*paths: str) -> HTTPRouteHandler:
    """Make the handler that answers OPTIONS at these addresses.

    Register it before all others there: Litestar's own is made with the first handler of an
    address and names only that one's methods (2.25).
    """

    @route(list(paths), http_method=["OPTIONS"], status_code=_NO_CONTENT, access=PUBLIC)
    async def answer(request: Request[Any, Any, Any]) -> Response[None]:
        here: object = request.scope.get("path_template")  # pyright: ignore[reportUnknownMemberType]
        methods: set[str] = set()
        for one in request.app.routes:
            if isinstance(one, HTTPRoute) and one.path_format == here:
                methods |= set(one.methods)
        return Response(
            None, status_code=_NO_CONTENT, headers={"Allow": ", ".join(sorted(methods))}
        )

    return answer
