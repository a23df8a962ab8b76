"""The reference of the API, served by the server itself: for programs, and as a page."""

from typing import Any, Final

import msgspec
from litestar import MediaType, Request, Response, get
from markupsafe import Markup, escape

from signalbook.web import openapi_document
from signalbook.web.access import PUBLIC
from signalbook.web.held import TheSettings
from signalbook.web.render import Frame, render

_DOCUMENT: Final = "openapi_document"
_HOUR: Final = {"cache-control": "public, max-age=300"}


@get(["/openapi.json", "/api/v1/openapi.json"], access=PUBLIC)
async def openapi(request: Request[Any, Any, Any], settings: TheSettings) -> Response[bytes]:
    """Give the OpenAPI document."""
    body = msgspec.json.encode(_document(request, settings.public_url))
    return Response(body, media_type=MediaType.JSON, headers=_HOUR)


@get(["/docs", "/api/docs"], access=PUBLIC)
async def page(request: Request[Any, Any, Any], settings: TheSettings) -> Response[str]:
    """Show the reference as a page."""
    written = _document(request, settings.public_url)
    operations = [
        {"path": path, "method": method.upper(), "tag": operation["tags"][0], **operation}
        for path, methods in written["paths"].items()
        for method, operation in methods.items()
    ]
    html = render(
        "reference/page.html",
        Frame(public_url=settings.public_url),
        title="API reference",
        document=written,
        operations=operations,
        curl=_curl,
        marked=_marked,
        pretty=_pretty,
        rows_of=_rows_of,
    )
    return Response(html, media_type=MediaType.HTML, headers=_HOUR)


def _document(request: Request[Any, Any, Any], server: str) -> dict[str, Any]:
    state = request.app.state
    if _DOCUMENT not in state:
        state[_DOCUMENT] = openapi_document.document(request.app.routes, server)
    return state[_DOCUMENT]


def _marked(text: str) -> Markup:
    """Set what stands between backticks as code."""
    parts = text.split("`")
    code = Markup("<code>{}</code>")
    pieces = [code.format(one) if at % 2 else escape(one) for at, one in enumerate(parts)]
    return Markup("").join(pieces)


def _pretty(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value)).decode()


def _curl(operation: dict[str, Any], server: str) -> str:
    """Write an operation as a command to paste."""
    path = operation["path"]
    for param in operation.get("parameters", []):
        if param["in"] == "path":
            path = path.replace("{" + param["name"] + "}", str(param.get("example", "")))
    header = "template-key: cu_…" if operation.get("security") else "X-API-Key: sk_live_…"
    lines = [f"curl -X {operation['method']} {server}{path}", f'-H "{header}"']
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content:
        example = next(iter(content["examples"].values()))["value"]
        lines += ['-H "Content-Type: application/json"', f"-d '{_pretty(example)}'"]
    return " \\\n  ".join(lines)


def _rows_of(schema: dict[str, Any], document: dict[str, Any]) -> list[tuple[str, str, str]]:
    """List a body's members as (name, type, what it is)."""
    found = _resolved(schema, document)
    if found.get("type") == "array":
        found = _resolved(found.get("items", {}), document)
    return [
        (name, _type_of(one, document), one.get("description", ""))
        for name, one in found.get("properties", {}).items()
    ]


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _type_of(schema: dict[str, Any], document: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type_of(one, document) for one in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(str(choice) for choice in schema["enum"])
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    kind = schema.get("type", "any")
    shown = " or ".join(kind) if isinstance(kind, list) else kind  # pyright: ignore[reportUnknownArgumentType]
    if shown == "array":
        return f"list of {_type_of(schema.get('items', {}), document)}"
    form = schema.get("format")
    return f"{shown} ({form})" if form else str(shown)


ROUTES = [openapi, page]
