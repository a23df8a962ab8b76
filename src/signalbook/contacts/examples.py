"""Examples of the published JSON, which the reference shows and the tests send."""

from typing import Any, Final

Example = dict[str, Any]

NEW: Final[Example] = {
    "external_id": "USER_12345",
    "email": "customer@example.com",
    "first_name": "Sarah",
    "last_name": "Johnson",
    "tags": ["customer", "premium"],
    "custom_fields": {"company": "TechStart Inc", "plan": "pro"},
    "metadata": {"source": "signup_form", "campaign": "launch_week"},
}
UPDATE: Final[Example] = {
    "custom_fields": {"plan": "enterprise", "upgrade_date": "2024-01-20"},
}
SHOWN: Final[Example] = {
    "id": "019123e4-567e-789b-92d3-a45642661417",
    "external_id": "USER_12345",
    "email": "customer@example.com",
    "mobile": None,
    "first_name": "Sarah",
    "last_name": "Johnson",
    "full_name": None,
    "phone": None,
    "tags": ["customer", "premium"],
    "is_active": True,
    "is_unsubscribed": False,
    "unsubscribed_at": None,
    "reachability": {"email": True, "sms": False, "voice": False},
    "custom_fields": {"company": "TechStart Inc", "plan": "pro"},
    "metadata": {"source": "signup_form", "campaign": "launch_week"},
    "preferences": {},
    "created_at": "2024-01-15T10:30:00.000Z",
    "updated_at": "2024-01-15T10:30:00.000Z",
}
UNSUBSCRIBED: Final[Example] = SHOWN | {
    "is_unsubscribed": True,
    "unsubscribed_at": "2024-02-01T08:00:00.000Z",
    "reachability": {"email": False, "sms": False, "voice": False},
    "updated_at": "2024-02-01T08:00:00.000Z",
}
LISTED: Final[Example] = {
    "data": [SHOWN],
    "has_more": True,
    "next_cursor": "lQEBr2NyZWF0ZWRfYXQ6ZGVzY8DZJDAxOTEyM2U0",
}
DELETED: Final[Example] = {"deleted": True, "id": "019123e4-567e-789b-92d3-a45642661417"}
BULK: Final[Example] = {
    "contacts": [
        {"email": "user1@example.com", "first_name": "User", "last_name": "One"},
        {"email": "customer@example.com", "first_name": "Sarah"},
        {"email": "not an address"},
    ]
}
BULKED: Final[Example] = {
    "created": [SHOWN | {"email": "user1@example.com", "external_id": None}],
    "skipped": [
        {
            "email": "customer@example.com",
            "external_id": None,
            "reason": "You already have a contact with email customer@example.com",
        }
    ],
    "errors": [
        {
            "email": "not an address",
            "error": '"not an address" is not an e-mail address: it has no @-sign',
            "index": 2,
        }
    ],
    "user_id": "1",
    "total_processed": 3,
    "summary": {"created_count": 1, "skipped_count": 1, "error_count": 1},
}
BATCH: Final[list[Example]] = [
    {"email": "ada@example.com", "first_name": "Ada", "add_tags": ["viewed-red-sneakers"]},
    {"op": "delete", "external_id": "USER_99"},
]
BATCHED: Final[Example] = {
    "dry_run": False,
    "summary": {"created": 1, "updated": 0, "unchanged": 0, "deleted": 0, "rejected": 1},
    "results": [
        {"status": "created", "id": "019123e4-567e-789b-92d3-a45642661417"},
        {
            "status": "rejected",
            "error": {"code": "contact_not_found", "message": "Contact not found"},
        },
    ],
}
