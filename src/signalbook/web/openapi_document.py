"""The OpenAPI 3.1 document, made from what every operation declares about itself."""

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec
from litestar.routes import ASGIRoute, BaseRoute, HTTPRoute

from signalbook import __version__
from signalbook.web.access import Access
from signalbook.web.errors import PHRASE, Refusal
from signalbook.web.openapi import Answered, Operation, Param, Schema

_REF: Final = "#/components/schemas/{name}"
_PLACEHOLDER = re.compile(r"\{(\w+):\w+\}")
_CONFLICT: Final = 409
_ABOUT = {
    400: "What was sent cannot be accepted; `errors` names every problem.",
    401: "The key is missing, unknown or revoked.",
    403: "The key may not do this.",
    404: "There is nothing by that name.",
    409: "It contradicts what is there, or the first call with this Idempotency-Key still runs.",
    413: "The body is larger than the stated limit.",
    415: "The body is of a type this call does not take.",
    422: "The Idempotency-Key was used for another request.",
    429: "The plan's limit is used up; `Retry-After` says when there is room.",
    503: "The database or the queue cannot take it now; nothing was changed.",
}
_KEY = Param(
    "Idempotency-Key",
    "Makes a repetition harmless: the same key and body get the first answer again, for 24 hours.",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    where="header",
)
_LIMIT_HEADERS: dict[str, Any] = {
    "X-RateLimit-Limit": "Calls the plan allows in a window.",
    "X-RateLimit-Remaining": "Calls left in it.",
    "X-RateLimit-Reset": "When there is more room, in Unix seconds.",
}
_ABOUT_API = """Contacts of one account, known by e-mail, mobile number or your own id.

Send your API key as `X-API-Key`. Bodies are JSON in UTF-8, at most 1 MB, batches 16 MB. Every
refusal has the same shape: `statusCode`, `message`, `error`, a stable `code`, and in `errors` each
problem with its field. Times are ISO 8601 in UTC. Every POST takes an `Idempotency-Key`."""


class Declared(msgspec.Struct, frozen=True):
    """One operation where it is served."""

    path: str
    method: str
    operation: Operation
    access: Access | None


def declared(routes: Iterable[BaseRoute]) -> list[Declared]:
    """List the operations of all routes that declare one, tag by tag, as they are registered."""
    found: list[Declared] = []
    for route in routes:
        path = _PLACEHOLDER.sub(r"{\1}", route.path)
        if isinstance(route, HTTPRoute):
            handlers = [(handler, handler.http_methods) for handler in route.route_handlers]
        elif isinstance(route, ASGIRoute):
            handlers = [(route.route_handler, {"POST"})]
        else:
            continue
        for handler, methods in handlers:
            operation = handler.opt.get("operation")
            if isinstance(operation, Operation):
                access = handler.opt.get("access")
                found += [Declared(path, m.lower(), operation, access) for m in methods]
    tags = list(dict.fromkeys(one.operation.tag for one in found))
    return sorted(found, key=lambda one: tags.index(one.operation.tag))


def document(routes: Iterable[BaseRoute], server: str) -> dict[str, Any]:
    """Write the document; `server` is where the API is reached."""
    operations = declared(routes)
    shapes = _shapes(operations)
    schemas, components = msgspec.json.schema_components(shapes, ref_template=_REF)
    by_shape = {id(shape): schema for shape, schema in zip(shapes, schemas, strict=True)}
    paths: dict[str, Any] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method] = _operation(one, by_shape, operations)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Signalbook API", "version": __version__, "description": _ABOUT_API},
        "servers": [{"url": server}],
        "security": [{"key": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.operation.tag for one in operations)],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "upload key": {"type": "apiKey", "in": "header", "name": "template-key"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _shapes(operations: Iterable[Declared]) -> list[Any]:
    shapes: dict[int, Any] = {id(Refusal): Refusal}
    for one in operations:
        if one.operation.body is not None and not isinstance(one.operation.body, dict):
            shapes[id(one.operation.body)] = one.operation.body
        for answer in one.operation.answers.values():
            shapes |= {id(shape): shape for shape in _structs(answer)}
    return list(shapes.values())


def _structs(answer: Answered) -> tuple[Any, ...]:
    """List the published structs of an answer, one of which it will be."""
    if isinstance(answer.shape, tuple):
        return answer.shape  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return () if isinstance(answer.shape, dict) else (answer.shape,)


def _operation(
    one: Declared, schemas: dict[int, Schema], operations: list[Declared]
) -> dict[str, Any]:
    operation = one.operation
    written: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
    }
    if operation.about:
        written["description"] = operation.about
    params = list(operation.params)
    if one.method == "post" and not operation.has_own_errors:
        params.append(_KEY)
    if params:
        written["parameters"] = [_param(param) for param in params]
    if operation.body is not None or operation.more_types:
        schema: Any = schemas.get(id(operation.body), operation.body)
        written["requestBody"] = _body(operation, schema)
    if operation.has_own_errors:
        written["security"] = [{scheme: []} for scheme in operation.signed_with]
    written["responses"] = {
        str(status): _answer(answer, schemas) | _links(one, status, operations)
        for status, answer in operation.answers.items()
    } | {str(status): _refusal(status, schemas) for status in _refusals(one)}
    return written


def _refusals(one: Declared) -> list[int]:
    """List the statuses an operation may refuse with, besides its own."""
    operation = one.operation
    if operation.has_own_errors:
        return []
    statuses = {400, 401, 403, 429, 503}
    if "{" in one.path or operation.names_others:
        statuses.add(404)
    if operation.body is not None or operation.more_types or one.method in {"post", "delete"}:
        statuses |= {413, 415}
    if operation.conflicts or one.method == "post":
        statuses.add(_CONFLICT)
    if one.method == "post":
        statuses.add(422)
    return sorted(statuses - set(operation.answers))


def _param(param: Param) -> dict[str, Any]:
    written: dict[str, Any] = {
        "name": param.name,
        "in": param.where,
        "description": param.about,
        "schema": param.schema,
    }
    if param.where == "path" or param.is_required:
        written["required"] = True
    if param.example is not None:
        written["example"] = param.example
    return written


def _body(operation: Operation, schema: Schema) -> dict[str, Any]:
    examples = {name: {"value": value} for name, value in operation.examples.items()}
    content: dict[str, Any] = {}
    if operation.body is not None:
        content["application/json"] = {"schema": schema, "examples": examples}
    for media_type, other in operation.more_types.items():
        content[media_type] = {"schema": other, "example": operation.more_examples[media_type]}
    return {"required": not operation.body_may_be_empty, "content": content}


def _answer(answer: Answered, schemas: dict[int, Schema]) -> dict[str, Any]:
    options = [schemas[id(shape)] for shape in _structs(answer)] or [answer.shape]
    schema: Any = options[0] if len(options) == 1 else {"anyOf": options}
    written: dict[str, Any] = {"description": answer.about or "Done.", "headers": _headers()}
    if answer.media_type:
        written["content"] = {answer.media_type: {"schema": schema, "example": answer.example}}
        written["content"] |= {other: {"schema": schema} for other in answer.more_media}
    return written


def _refusal(status: int, schemas: dict[int, Schema]) -> dict[str, Any]:
    phrase = PHRASE[status]
    example = {
        "statusCode": status,
        "message": _EXAMPLES.get(status, _ABOUT[status]),
        "error": phrase,
        "code": _CODES.get(status, phrase.lower().replace(" ", "_")),
    }
    return {
        "description": _ABOUT[status],
        "headers": _headers(),
        "content": {"application/json": {"schema": schemas[id(Refusal)], "example": example}},
    }


def _headers() -> dict[str, Any]:
    return {
        name: {"description": about, "schema": {"type": "string"}}
        for name, about in _LIMIT_HEADERS.items()
    }


def _links(one: Declared, status: int, operations: list[Declared]) -> dict[str, Any]:
    """Lead from an answer that holds a contact's id to everything one can do with it."""
    pointer = one.operation.answers[status].leads_with
    if not pointer:
        return {}
    return {
        "links": {
            other.operation.id: {
                "operationId": other.operation.id,
                "parameters": {"id": f"$response.body#{pointer}"},
            }
            for other in operations
            if "/{id}" in other.path and other.operation.tag == one.operation.tag
        }
    }


_EXAMPLES = {
    404: "Contact not found",
    409: "You already have a contact with email john.doe@example.com",
}
_CODES = {
    400: "body_invalid",
    401: "key_unknown",
    403: "scope_missing",
    404: "contact_not_found",
    409: "email_taken",
    413: "body_too_large",
    422: "idempotency_key_reused",
    429: "rate_limited",
    503: "database_down",
}
