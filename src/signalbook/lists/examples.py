"""Examples of the published JSON, which the reference shows and the tests send."""

from typing import Any, Final

from signalbook.contacts import examples as contacts

Example = dict[str, Any]

ID: Final = "019123e4-567e-789b-92d3-a45642661500"
SHOWN: Final[Example] = {
    "id": ID,
    "name": "Spring newsletter",
    "description": "Everybody who asked for it at the fair",
    "kind": "static",
    "is_active": True,
    "members": 1280,
    "created_at": "2024-01-15T10:30:00.000Z",
    "created_by": "key:019123e4-567e-789b-92d3-a45642661300",
}
NEW: Final[Example] = {"name": SHOWN["name"], "description": SHOWN["description"]}
NAMED: Final[Example] = {
    "emails": ["customer@example.com"],
    "mobiles": ["+442071838750"],
    "external_ids": ["USER_12345"],
}
MATCHING: Final[Example] = {"filter": {"tags": ["premium"], "reachable": "email"}}
CHANGED: Final[Example] = {
    "changed": 2,
    "unchanged": 0,
    "not_found": ["USER_12345"],
    "members": 1282,
}
JOB: Final[Example] = {
    "id": "019123e4-567e-789b-92d3-a45642661600",
    "list_id": ID,
    "action": "add",
    "state": "running",
    "total": 100_000,
    "done": 35_000,
    "changed": 34_120,
    "unchanged": 880,
    "created_at": "2024-01-15T10:30:00.000Z",
    "started_at": "2024-01-15T10:30:00.120Z",
    "finished_at": None,
}
COMBINED: Final[Example] = {
    "name": "Fair and shop, without staff",
    "from": {
        "all": ["019123e4-567e-789b-92d3-a45642661501", "019123e4-567e-789b-92d3-a45642661502"],
        "none": ["019123e4-567e-789b-92d3-a45642661503"],
    },
}
COMBINING: Final[Example] = {
    "list": SHOWN | {"name": COMBINED["name"], "description": "", "members": 0},
    "job": JOB
    | {"state": "queued", "total": None, "done": 0, "changed": 0, "unchanged": 0}
    | {"started_at": None},
}
SWITCHING: Final[Example] = {
    "list": SHOWN | {"is_active": False},
    "job": COMBINING["job"] | {"action": "deactivate"},
}
MEMBER: Final[Example] = contacts.SHOWN | {
    "joined_at": "2024-01-16T09:00:00.000Z",
    "joined_by": "key:019123e4-567e-789b-92d3-a45642661300",
}
