"""Which operation a request asks for: by its method and its path as it came over the wire.

The path is split at its slashes before anything in it is decoded, so that an address may have a
slash in it. Beside each operation of today stand the addresses that clients from before 2023 use:
they list contacts and import jobs by GET, with the members in the query, in the body, or in both.
"""

from typing import Final, Literal
from urllib.parse import unquote

import msgspec

from signalbook.doors.ses.errors import NotDecoded, OperationUnknown

ROOT: Final = "/v2/email/"

Access = Literal["read", "write"]


class Route(msgspec.Struct, frozen=True):
    """One operation at one address; `None` in the path stands for a parameter."""

    method: str
    operation: str
    path: tuple[str | None, ...]
    names: tuple[str, ...]
    scope: Access
    is_legacy: bool = False


class Asked(msgspec.Struct, frozen=True):
    """The operation of a request, and the parameters of its path, decoded."""

    route: Route
    parameters: dict[str, str]


def _route(scope: Access, operation: str, method: str, path: str, *, legacy: bool = False) -> Route:
    parts = path.split("/")
    names = tuple(part[1:-1] for part in parts if part.startswith("{"))
    pattern = tuple(None if part.startswith("{") else part for part in parts)
    return Route(method, operation, pattern, names, scope, legacy)


_LIST = "contact-lists/{ContactListName}"
_CONTACT = "contact-lists/{ContactListName}/contacts/{EmailAddress}"
_SUPPRESSED = "suppression/addresses"

ROUTES: Final = (
    _route("write", "CreateContactList", "POST", "contact-lists"),
    _route("read", "ListContactLists", "GET", "contact-lists"),
    _route("read", "GetContactList", "GET", _LIST),
    _route("write", "UpdateContactList", "PUT", _LIST),
    _route("write", "DeleteContactList", "DELETE", _LIST),
    _route("write", "CreateContact", "POST", _LIST + "/contacts"),
    _route("read", "ListContacts", "POST", _LIST + "/contacts/list"),
    _route("read", "ListContacts", "GET", _LIST + "/contacts", legacy=True),
    _route("read", "GetContact", "GET", _CONTACT),
    _route("write", "UpdateContact", "PUT", _CONTACT),
    _route("write", "DeleteContact", "DELETE", _CONTACT),
    _route("write", "CreateImportJob", "POST", "import-jobs"),
    _route("read", "GetImportJob", "GET", "import-jobs/{JobId}"),
    _route("read", "ListImportJobs", "POST", "import-jobs/list"),
    _route("read", "ListImportJobs", "GET", "import-jobs", legacy=True),
    _route("write", "PutSuppressedDestination", "PUT", _SUPPRESSED),
    _route("read", "ListSuppressedDestinations", "GET", _SUPPRESSED),
    _route("read", "GetSuppressedDestination", "GET", _SUPPRESSED + "/{EmailAddress}"),
    _route("write", "DeleteSuppressedDestination", "DELETE", _SUPPRESSED + "/{EmailAddress}"),
    _route("read", "GetAccount", "GET", "account"),
    _route("write", "PutAccountSuppressionAttributes", "PUT", "account/suppression"),
    _route("write", "TagResource", "POST", "tags"),
    _route("write", "UntagResource", "DELETE", "tags"),
    _route("read", "ListTagsForResource", "GET", "tags"),
)


def _by_shape() -> dict[tuple[str, int], list[Route]]:
    found: dict[tuple[str, int], list[Route]] = {}
    for route in ROUTES:
        found.setdefault((route.method, len(route.path)), []).append(route)
    return found


_BY_SHAPE: Final = _by_shape()


def asked(method: str, raw_path: str) -> Asked:
    """Find the operation of a path below `/v2/email/`; raises OperationUnknown, NotDecoded."""
    is_below = raw_path.startswith(ROOT)  # and not only once decoded, or without its dots
    parts = raw_path[len(ROOT) :].split("/") if is_below else []
    for route in _BY_SHAPE.get((method, len(parts)), ()):
        given = _fitting(route, parts)
        if given is not None:
            return Asked(
                route, {name: _text(one) for name, one in zip(route.names, given, strict=True)}
            )
    raise OperationUnknown(method=method[:16], path=raw_path[:200])


def _fitting(route: Route, parts: list[str]) -> list[str] | None:
    given: list[str] = []
    for wanted, part in zip(route.path, parts, strict=True):
        if wanted is None and part:
            given.append(part)
        elif wanted != part:
            return None
    return given


def _text(encoded: str) -> str:
    if "%" not in encoded:
        return encoded
    try:
        text = unquote(encoded, errors="strict")
    except UnicodeDecodeError:
        raise NotDecoded("The path is not UTF-8 text.") from None
    if "\x00" in text:
        raise NotDecoded("The path holds a character that no name has.")
    return text
