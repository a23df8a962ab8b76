"""The properties of each resource in Digitaleo's words, and what they are here; no I/O.

Sources: <https://developers.digitaleo.com/node/38> (contacts) and
<https://developers.digitaleo.com/contacts-api/fields>. Of lists, optouts and statistics no property
is documented; those here follow its style and are told in docs/howto/switch-from-digitaleo.md.
"""

from typing import Any, Final, Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal[
    "id",
    "lists",
    "created",
    "updated",
    "email",
    "mobile",
    "field",
    "number",
    "day",
    "optout",
    "media",
    "address",
    "reason",
    "since",
]
Row: TypeAlias = dict[str, Any]
"""One record of an answer, its properties by name."""

DEFAULT: Final = "DEFAULT"
DEFAULT_LIMIT: Final = 100
MAX_LIMIT: Final = 1_000
MAX_OFFSET: Final = 1_000_000
OWN_ID: Final = "digitaleo-"
"""How the external_id begins of a contact that came without e-mail and mobile."""


class Property(NamedTuple):
    """One property of a contact: what it holds, and in which field or for which channel."""

    kind: Kind
    of: str = ""


CONTACT: Final[dict[str, Property]] = {
    "id": Property("id"),
    "listIds": Property("lists"),
    "dateUpdated": Property("updated"),
    "dateCreated": Property("created"),
    "email": Property("email"),
    "phone": Property("field", "phone"),
    "mobile": Property("mobile"),
    "fax": Property("field", "fax"),
    "facebookId": Property("field", "facebook_id"),
    "twitterId": Property("field", "twitter_id"),
    "civility": Property("field", "civility"),
    "firstName": Property("field", "first_name"),
    "lastName": Property("field", "last_name"),
    "address1": Property("field", "address1"),
    "address2": Property("field", "address2"),
    "zipcode": Property("field", "zipcode"),
    "city": Property("field", "city"),
    "state": Property("field", "state"),
    "longitude": Property("number", "longitude"),
    "latitude": Property("number", "latitude"),
    "country": Property("field", "country"),
    "birthDate": Property("day", "birth_date"),
    "reference": Property("field", "reference"),
    "company": Property("field", "company"),
    **{f"field{number:02}": Property("field", f"field{number:02}") for number in range(1, 16)},
    "smsOptout": Property("optout", "sms"),
    "emailOptout": Property("optout", "email"),
    "voiceOptout": Property("optout", "voice"),
    "voicemailOptout": Property("optout", "voicemail"),
}
ABOUT: Final[dict[str, dict[str, str]]] = {
    "lists": {
        "id": "digits, for ever the same",
        "name": "1 to 100 characters, unique without regard to case; may be set",
        "description": "at most 500 characters; may be set",
        "active": "`1`, or `0` where nobody on it can be reached while that lasts; may be set",
        "count": "how many contacts are on it",
        "dateCreated": "when it was made",
    },
    "fields": {
        "name": "that of the property of contacts",
        "max": "how many characters its longest value has",
        "count": "how many contacts have a value in it",
        "alias": "what it is called, also in files; may be set, except of `email` and `mobile`",
    },
    "optouts": {
        "id": "digits; an address that is blocked anew gets another",
        "media": "`EMAIL`, `SMS`, `VOICE` or `VOICEMAIL`; other channels are not shown here",
        "meanOfContact": "the address or number; for a whole domain `@example.com`",
        "reason": "`contact`, `user`, `hardbounced` or `spam`",
        "dateCreated": "since when it is in force",
    },
    "statistics": {
        "listId": "the list; null for all contacts",
        "listName": "its name; null for all contacts",
        "total": "how many contacts there are",
        "smsReachable": "how many of them an SMS may be sent to",
        "emailReachable": "how many of them an e-mail may be sent to",
        "voiceReachable": "how many of them may be called",
    },
    "imports": {
        "id": "digits",
        "name": "what the file is called",
        "status": "`checking`, `applying`, `done`, `failed`, or another state of an import",
        "count": "how many rows are done",
        "created": "rows that made a contact",
        "updated": "rows that changed one",
        "unchanged": "rows that changed nothing",
        "rejected": "rows that were refused",
        "message": "why the first of them was, or the whole file",
        "dateCreated": "when it was sent",
    },
}
"""The properties of what Digitaleo does not document, or not in full, and what they say."""
LIST: Final = tuple(ABOUT["lists"])
FIELD: Final = tuple(ABOUT["fields"])
STATISTIC: Final = tuple(ABOUT["statistics"])
IMPORT: Final = tuple(ABOUT["imports"])
OPTOUT: Final[dict[str, Property]] = {
    "id": Property("id"),
    "media": Property("media"),
    "meanOfContact": Property("address"),
    "reason": Property("reason"),
    "dateCreated": Property("since"),
}
MEDIA: Final = ("EMAIL", "SMS", "VOICE", "VOICEMAIL")
ALIASES: Final = {
    "civility": "Civility",
    "firstName": "First name",
    "lastName": "Last name",
    "email": "Email",
    "phone": "Fixed Telephone",
    "mobile": "Mobile",
    "fax": "Fax",
    "address1": "Address 1",
    "address2": "Address 2",
    "zipcode": "Postal code",
    "city": "City",
    "state": "State",
    "country": "Country",
    "birthDate": "Date of birth",
    "reference": "Reference",
    "company": "Company",
}
"""What a field is called until the account says otherwise."""

REASONS: Final[dict[str, tuple[str, ...]]] = {
    "email": ("contact", "user", "hardbounced", "spam"),
    "sms": ("contact", "user"),
    "voice": ("contact", "user"),
    "voicemail": ("contact", "user"),
}

# Campaigns call the one list of theirs listId.
_SPELT: Final = {name.lower(): name for name in CONTACT} | {"listid": "listIds"}


def contact_property(name: str) -> str | None:
    """Find a property however it is capitalised: `firstname`, `zipCode`, `birthdate`."""
    return _SPELT.get(name.lower())


def spelt(name: str, known: tuple[str, ...]) -> str | None:
    """Find one of these properties however it is capitalised."""
    return next((one for one in known if one.lower() == name.lower()), None)


def members_of(value: object) -> dict[str, Any] | None:
    """Return the members of an object; a form's list, whose members are numbered, is none."""
    if not isinstance(value, dict):
        return None
    members: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
    return None if members and all(name.isdigit() for name in members) else members


def items_of(value: object) -> list[Any]:
    """Read what may be a list, or a form's idea of one: members numbered 0, 1, 2."""
    if isinstance(value, list):
        return value  # pyright: ignore[reportUnknownVariableType]  # any JSON list
    if isinstance(value, dict):
        members: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        if members and all(name.isdigit() for name in members):
            return [members[name] for name in sorted(members, key=int)]
    return [] if value is None else [value]


def texts_of(value: object) -> list[str]:
    """Read several values: by comma in one text, a list, or a form's idea of one."""
    found: list[str] = []
    for one in items_of(value):
        text = text_of(one)
        found += [part.strip() for part in text.split(",")] if isinstance(one, str) else [text]
    return [text for text in dict.fromkeys(found) if text]


def text_of(value: object) -> str:
    """Write a plain value as a form would have sent it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)
