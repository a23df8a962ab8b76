"""What `POST /add-contact` promises, for the OpenAPI document.

Sources: <https://docs.sendwithses.com/features/contacts> and, for `isd_code` and the older status
words, <https://docs.sendwithses.com/api/contacts-api>.
"""

from typing import Any, Final

from signalbook.fields.model import STANDARD, FieldType
from signalbook.web.openapi import Answered, Operation

_VALUE: Final[dict[str, Any]] = {"type": ["string", "number", "null"], "pattern": r"^[^\x00]*$"}
_TAGS: Final[dict[str, Any]] = {
    "type": ["string", "null"],
    "maxLength": 128,
    "pattern": r"^[^\x00-\x1f\x7f]*$",
    "description": "Tags separated by commas.",
}
_BODY: Final[dict[str, Any]] = {
    "type": "object",
    "description": "One of email and mobile says whom. Any other member becomes a field.",
    "properties": {
        **{name: _VALUE for name, one in STANDARD.items() if one.type is FieldType.TEXT},
        "email": {"type": ["string", "null"], "anyOf": [{"format": "email"}, {"maxLength": 0}]},
        "mobile": {
            "type": ["string", "null"],
            "anyOf": [{"format": "e164"}, {"maxLength": 0}],
            "description": "In E.164 form.",
        },
        "status": {
            "enum": ["Subscribe", "Subscribed", "Unsubscribe", "Unsubscribed", "", None],
            "description": "In any case. Subscribing lifts only what the account itself had set.",
        },
        "dob": {
            "type": ["string", "null"],
            "pattern": "^((0[1-9]|1[0-9]|2[0-8])-(0[1-9]|1[0-2])-(19|20)[0-9]{2})?$",
            "description": "DD-MM-YYYY.",
        },
        "add_tags": _TAGS,
        "remove_tags": _TAGS,
    },
    "propertyNames": {"format": "field-name"},
    "anyOf": [
        {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}}
        for name in ("email", "mobile")
    ],
}
_DONE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["success", "message"],
    "properties": {
        "success": {"const": True},
        "message": {"type": "string"},
        "note": {"type": "string"},
    },
}
_REFUSED: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["success", "message", "error"],
    "properties": {
        "success": {"const": False},
        "message": {"type": "string"},
        "error": {"type": "string"},
    },
}


def _refused(message: str, error: str, about: str) -> Answered:
    return Answered(_REFUSED, {"success": False, "message": message, "error": error}, about)


ADD_CONTACT: Final = Operation(
    id="addContact",
    tag="Send With SES",
    summary="Add a contact or update it, as Send With SES does",
    about="Answered after the contact is safely stored. The key comes in `template-key`, or in the"
    " older `x-api-key`.",
    body=_BODY,
    examples={
        "contact": {
            "email": "ada@example.com",
            "mobile": "+442071838750",
            "full_name": "Ada Lovelace",
            "status": "Subscribed",
            "dob": "10-12-1985",
            "city": "London",
            "add_tags": "viewed-red-sneakers",
        }
    },
    answers={
        200: Answered(_DONE, {"success": True, "message": "Contact added"}, "It is stored."),
        400: _refused(
            '"ada" is not an e-mail address: it has no @-sign', "email_invalid", "What is wrong."
        ),
        401: _refused("This key is not known.", "key_unknown", "The key is not known."),
        403: _refused("This key may not do this.", "scope_missing", "The key may not upload."),
        409: _refused(
            "These identifiers belong to two different contacts.",
            "contacts_conflict",
            "E-mail and mobile belong to two contacts, or a limit is reached.",
        ),
        413: _refused("The body is too large.", "body_too_large", "It is larger than 256 kB."),
        429: _refused("The limit is used up.", "rate_limited", "`Retry-After` says when."),
        503: _refused("Try again in a moment.", "queue_full", "Nothing was changed."),
    },
    has_own_errors=True,
)
