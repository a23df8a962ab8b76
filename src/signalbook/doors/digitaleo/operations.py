"""What this door promises, for the OpenAPI document.

Sources: <https://developers.digitaleo.com/rest-apis-v1/authentication>, …/node/38 and
…/contacts-api/fields, and the public clients digitaleo/Digitaleo-api-python (b94bd04),
digitaleo/Digitaleo-api-php (c0fe07f) and digitaleo/php-sdk (14d2f56). What is documented nowhere is
told in docs/howto/switch-from-digitaleo.md.
"""

from typing import Any, Final

from signalbook.doors.digitaleo.model import (
    CONTACT,
    DEFAULT_LIMIT,
    FIELD,
    IMPORT,
    LIST,
    MAX_LIMIT,
    MAX_OFFSET,
    OPTOUT,
    STATISTIC,
)
from signalbook.web.openapi import Answered, Operation, Param, Schema

TAG: Final = "Digitaleo"
_SIGNED: Final = ("key", "token")

_TEXT: Final[Schema] = {"type": "string", "maxLength": 1024, "pattern": r"^[^\x00]*$"}
_DIGITS: Final[Schema] = {"type": "string", "pattern": "^[0-9]{1,18}(,[0-9]{1,18})*$"}
_VALUE: Final[Schema] = {"type": ["string", "number", "null"]}
_FORM: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"
_TIME: Final = "2026-11-21 19:22:00"

_REFUSED: Final[Schema] = {
    "type": "object",
    "required": ["status", "message", "errorCode", "httpStatusCode", "messages"],
    "properties": {
        "status": {"type": "integer"},
        "message": {"type": "string"},
        "details": {"type": "string"},
        "errorCode": {"type": "string"},
        "httpStatusCode": {"type": "integer"},
        "time": {"type": "string"},
        "links": {"type": "array", "items": {"type": "object"}},
        "messages": {"type": "array", "items": {"type": "object"}},
    },
}
_LISTED: Final[Schema] = {
    "type": "object",
    "required": ["size", "list"],
    "properties": {
        "size": {"type": "integer"},
        "total": {"type": "integer"},
        "list": {"type": "array", "items": {"type": "object"}},
    },
}
_COUNTED: Final[Schema] = {
    "type": "object",
    "required": ["count"],
    "properties": {"count": {"type": "integer"}},
}
_ID: Final = Param("id", "The number of a record; several by comma.", _DIGITS, "1")


def _refused(status: int, message: str, code: str, about: str) -> Answered:
    example: dict[str, Any] = {
        "status": status,
        "message": message,
        "details": "",
        "errorCode": code,
        "httpStatusCode": status,
        "time": _TIME,
        "links": [],
        "messages": [],
    }
    return Answered(_REFUSED, example, about)


_ERRORS: Final[dict[int, Answered]] = {
    400: _refused(400, "The body is not JSON.", "json_malformed", "The body cannot be read."),
    401: _refused(401, "This access token is older than an hour.", "token_stale", "Ask /token."),
    403: _refused(403, "This key may not do this.", "scope_missing", "The key may only read."),
    413: _refused(413, "The body is too large.", "body_too_large", "More than 16 MB or 10,000."),
    415: _refused(415, "The body is XML.", "unsupported_media_type", "Another type of body."),
    417: _refused(417, '"ada" is not an e-mail address', "values_invalid", "A value is wrong."),
    429: _refused(429, "The limit is used up.", "rate_limited", "`Retry-After` says when."),
    503: _refused(503, "Try again in a moment.", "database_down", "Nothing was changed."),
}
_NOT_FOUND: Final = _refused(404, "There is no such list.", "record_not_found", "Nothing has it.")
_CONFLICT: Final = _refused(409, "The name is taken.", "list_name_taken", "It is another's.")


def _params(known: tuple[str, ...], default: str) -> tuple[Param, ...]:
    filters = ", ".join(known)
    return (
        *((_ID,) if "id" in known else ()),
        Param(
            "properties",
            f"What is shown, by comma; DEFAULT is {default}. Each of these is a filter as well,"
            f" any of a comma list: {filters}.",
            _TEXT,
            "DEFAULT",
        ),
        Param("sort", "Properties by comma, each with ASC or DESC.", _TEXT, "id DESC"),
        Param("limit", f"{DEFAULT_LIMIT} unless said, {MAX_LIMIT} at most.", _TEXT, "10"),
        Param("offset", f"How many are skipped, {MAX_OFFSET:,} at most.", _TEXT, "0"),
        Param("total", "0 leaves the total out, which then is not counted.", _TEXT, "1"),
        Param(
            "complex",
            "A nested filter, in brackets (`complex[or][0][city]=Paris`) or as JSON.",
            _TEXT,
            '{"or": [{"city": "Paris"}, {"email": {"like": "%@example.com"}}]}',
        ),
    )


def _listed(
    name: str,
    what: str,
    known: tuple[str, ...],
    row: dict[str, Any],
    params: tuple[Param, ...] | None = None,
) -> Operation:
    return Operation(
        id=f"digitaleoList{name}",
        tag=TAG,
        summary=f"List {what}",
        about="In JSON, XML or CSV by `Accept`; errors are always JSON.",
        params=_params(known, "all of them") if params is None else params,
        answers={
            200: Answered(_LISTED, {"size": 1, "total": 1, "list": [row]}, "What was found."),
            **_ERRORS,
        },
        has_own_errors=True,
        signed_with=_SIGNED,
    )


def _write(  # one operation
    id: str,
    summary: str,
    about: str,
    *,
    example: Any = None,  # noqa: ANN401  # a JSON value
    params: tuple[Param, ...] = (),
    answer: Answered | None = None,
    multipart: Schema | None = None,
) -> Operation:
    shown = answer or Answered(_COUNTED, {"count": 1}, "How many that were.")
    body: Schema = {"type": ["object", "array"]}
    types = {_FORM: {"type": "object"}}
    samples: dict[str, Any] = {_FORM: {"id": "1"}}
    if multipart is not None:
        types[_MULTIPART] = multipart
        samples[_MULTIPART] = {"contactFile": "Email\nada@example.com\n"}
    return Operation(
        id=f"digitaleo{id}",
        tag=TAG,
        summary=summary,
        about=about,
        params=params,
        body=body if example is not None else None,
        body_may_be_empty=example is None,
        examples={"json": example} if example is not None else {},
        more_types=types if example is not None else {},
        more_examples=samples if example is not None else {},
        answers={200: shown, 404: _NOT_FOUND, 409: _CONFLICT, **_ERRORS},
        has_own_errors=True,
        signed_with=_SIGNED,
    )


_CONTACT: Final = {"id": "1", "listIds": ["2"], "email": "ada@example.com", "firstName": "Ada"}
_LIST: Final = {"id": "2", "name": "Winter", "active": "1", "count": "1"}
_OPTOUT: Final = {"id": "4", "media": "EMAIL", "meanOfContact": "ada@example.com"}
_ACTION: Final = Param("action", "What is done, where it is not creating.", _TEXT)
_UPDATE: Final = "`id` and `metaData` (an object, or JSON in a text) in the address or the body."

TOKEN_OPERATION: Final = Operation(
    id="digitaleoToken",
    tag=TAG,
    summary="Get an access token",
    about="OAuth 2 client credentials, in the body as JSON, form or multipart form, or as HTTP"
    " Basic. The token goes into `Authorization: Bearer …`.",
    body={
        "type": "object",
        "required": ["grant_type"],
        "properties": {
            "grant_type": {"type": "string"},
            "client_id": {"type": "string"},
            "client_secret": {"type": "string"},
        },
    },
    examples={
        "credentials": {
            "grant_type": "client_credentials",
            "client_id": "019aa1c0a7f07e6b8f2b3c4d5e6f7081",
            "client_secret": "cs_…",
        }
    },
    answers={
        200: Answered(
            {"type": "object", "required": ["access_token", "expires_in", "token_type", "scope"]},
            {"access_token": "at_…", "expires_in": 3600, "token_type": "bearer", "scope": "basic"},
            "Good for an hour, or until the key is revoked.",
        ),
        **{
            status: Answered(
                {"type": "object", "required": ["error", "error_description"]},
                {"error": error, "error_description": about, "message": about},
                about,
            )
            for status, error, about in (
                (400, "invalid_client", "The client credentials are invalid"),
                (401, "invalid_client", "The client credentials are invalid"),
                (413, "invalid_request", "The body is larger than 64 kB."),
                (415, "invalid_request", "The body is of another type."),
                (429, "invalid_request", "Too many tries; `Retry-After` says when."),
                (503, "server_error", "Try again in a moment."),
            )
        },
    },
    has_own_errors=True,
    signed_with=(),
)
LIST_CONTACTS: Final = _listed("Contacts", "contacts", tuple(CONTACT), _CONTACT)
CREATE_CONTACTS: Final = _write(
    "CreateContacts",
    "Add contacts, or import a file of them",
    "One contact, a list, or `{contacts: […]}`. One whose e-mail or mobile is there already is"
    " updated. Where one value is wrong nothing is written (417). An opt-out of a channel for which"
    " the contact has no address is not kept, and `messages` says so. With `action=import` the part"
    " `contactFile` of a multipart form is imported, its columns found by the aliases of fields;"
    " `listId`, `listName`, `country`, `dateOrder` and `name` may be said in the address.",
    example={"contacts": [{"email": "ada@example.com", "firstName": "Ada"}]},
    params=(_ACTION,),
    answer=Answered(_LISTED, {"size": 1, "total": 1, "list": [_CONTACT]}, "They are stored."),
    multipart={
        "type": "object",
        "required": ["contactFile"],
        "properties": {"contactFile": {"type": "string", "format": "binary"}},
    },
)
UPDATE_CONTACTS: Final = _write(
    "UpdateContacts",
    "Change contacts",
    _UPDATE + " Only what is sent changes; a blank value removes one. An optout that is null is"
    " lifted where the account itself had set it.",
    example={"id": "1", "metaData": {"lastName": "Lovelace"}},
    params=(_ID,),
)
DELETE_CONTACTS: Final = _write(
    "DeleteContacts",
    "Delete contacts",
    "For good; only the ledger of opt-outs stays.",
    params=(_ID,),
)
LIST_LISTS: Final = _listed("Lists", "lists", LIST, _LIST)
CREATE_LISTS: Final = _write(
    "CreateLists",
    "Make lists, or change who is on one",
    "With `action=contactadd` or `contactremove`: `id` is the list and `metaData` holds"
    " `contactIds`, by comma. A name that is taken answers the list that has it.",
    example={"name": "Winter"},
    params=(_ACTION,),
    answer=Answered(
        {"anyOf": [_LISTED, _COUNTED]}, {"size": 1, "total": 1, "list": [_LIST]}, "Done."
    ),
)
UPDATE_LISTS: Final = _write(
    "UpdateLists",
    "Change lists",
    _UPDATE + " A list that is not active makes its contacts unreachable while it lasts.",
    example={"id": "2", "metaData": {"name": "Spring", "active": "0"}},
    params=(_ID,),
)
DELETE_LISTS: Final = _write(
    "DeleteLists", "Delete lists", "The contacts on them stay.", params=(_ID,)
)
LIST_OPTOUTS: Final = _listed("Optouts", "opt-outs in force", tuple(OPTOUT), _OPTOUT)
CREATE_OPTOUTS: Final = _write(
    "CreateOptouts",
    "Block addresses",
    "`media` (SMS, EMAIL, VOICE, VOICEMAIL) with `meanOfContact` (an address or a number) or"
    " `contactId`, and a `reason`, which is user unless said. All are written or none.",
    example={"media": "EMAIL", "meanOfContact": "ada@example.com", "reason": "user"},
    answer=Answered(_LISTED, {"size": 1, "total": 1, "list": [_OPTOUT]}, "They are in force."),
)
DELETE_OPTOUTS: Final = _write(
    "DeleteOptouts",
    "Lift opt-outs",
    "Named by `id`, or by `media` and `meanOfContact`. Only what the account itself has set (user)"
    " is lifted here: a person lifts their own.",
    params=(
        _ID,
        Param("media", "SMS, EMAIL, VOICE, VOICEMAIL; several by comma.", _TEXT, "EMAIL"),
        Param("meanOfContact", "Addresses or numbers, by comma.", _TEXT, "ada@example.com"),
    ),
)
LIST_FIELDS: Final = _listed(
    "Fields",
    "the properties that hold something of a person",
    FIELD,
    {"name": "field01", "max": "11", "count": "1234", "alias": "Shoe size"},
)
UPDATE_FIELDS: Final = _write(
    "UpdateFields",
    "Give a field an alias",
    "`name` says which and `metaData` holds `alias`, which is unique in the account without regard"
    " to case and accents, and replaces any other alias of the field. A blank one removes it.",
    example={"name": "field01", "metaData": {"alias": "Shoe size"}},
)
LIST_STATISTICS: Final = _listed(
    "Statistics",
    "the numbers of all contacts, or of the lists in `listId` or `listName`",
    STATISTIC,
    {
        "listId": "2",
        "listName": "Winter",
        "total": "120",
        "smsReachable": "80",
        "emailReachable": "96",
        "voiceReachable": "80",
    },
)
SHOW_IMPORTS: Final = _listed(
    "Imports",
    "imports by their ids",
    IMPORT,
    {"id": "3", "status": "done", "count": "1"},
    params=(_ID,),
)
