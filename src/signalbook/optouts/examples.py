"""Examples of the published JSON, which the reference shows and the tests send."""

from typing import Any, Final

from signalbook.contacts import examples as contacts

Example = dict[str, Any]

NUMBER: Final = "+442071838750"
SHOWN: Final[Example] = {
    "address": "customer@example.com",
    "channel": "email",
    "reason": "contact",
    "since": "2024-01-15T10:30:00.000Z",
    "source": "preferences",
}
LINE: Final[Example] = {
    "at": "2024-01-15T10:30:00.000Z",
    "address": "customer@example.com",
    "channel": "email",
    "kind": "out",
    "reason": "contact",
    "source": "preferences",
    "actor": None,
    "evidence": {"ip": "192.0.2.7", "user_agent": "Mozilla/5.0"},
}
NEW: Final[Example] = {
    "channel": "email",
    "address": "customer@example.com",
    "reason": "hardbounced",
    "evidence": {"message_id": "0100018d-example"},
}
OF_CONTACT: Final[Example] = {"channel": "all", "contact_id": contacts.SHOWN["id"]}
DOMAIN: Final[Example] = {"channel": "email", "address": "@example.com", "reason": "user"}
LIFT: Final[Example] = {"channel": "email", "address": "customer@example.com", "reason": "user"}
_PLACE: Final[Example] = {
    "channel": "email",
    "address": "customer@example.com",
    "reason": "hardbounced",
}
RESULT: Final[Example] = {
    "status": "restricted",
    "written": [_PLACE],
    "left": [_PLACE],
    "contacts": [contacts.SHOWN["id"]],
    "error": None,
}
LIFTED: Final[Example] = RESULT | {
    "status": "lifted",
    "written": [_PLACE | {"reason": "user"}],
    "left": [],
}
REJECTED: Final[Example] = {
    "status": "rejected",
    "written": [],
    "left": [],
    "contacts": [],
    "error": {"code": "contact_not_found", "message": "There is no such contact."},
}
MANY: Final[Example] = {"add": [NEW, OF_CONTACT], "lift": [LIFT]}
DONE: Final[Example] = {"added": [RESULT, REJECTED], "lifted": [LIFTED]}
REPLY: Final[Example] = {
    "channel": "sms",
    "from_address": NUMBER,
    "text": "STOP",
    "message_id": "SM0123",
}
HEARD: Final[Example] = {
    "meaning": "stop",
    "result": RESULT
    | {
        "written": [{"channel": "sms", "address": NUMBER, "reason": "contact"}],
        "left": [{"channel": "sms", "address": NUMBER, "reason": "contact"}],
    },
}
DIFFERENCE: Final[Example] = {
    "channel": "email",
    "dry_run": True,
    "added": 2,
    "lifted": 1,
    "unchanged": 1840,
    "rejected": 1,
    "first_added": ["new@example.com", "@blocked.example"],
    "first_lifted": ["former@example.com"],
    "first_rejected": ['"nobody" is not an e-mail address'],
}
REACHABILITY: Final[Example] = {
    "id": contacts.SHOWN["id"],
    "channels": [
        {
            "channel": "email",
            "reachable": False,
            "addresses": ["customer@example.com"],
            "why_not": [
                {
                    "code": "contact",
                    "says": "The person opted out",
                    "address": "customer@example.com",
                    "since": "2024-01-15T10:30:00.000Z",
                    "source": "preferences",
                }
            ],
        },
        {"channel": "sms", "reachable": True, "addresses": [NUMBER], "why_not": []},
    ],
}
