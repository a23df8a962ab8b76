"""Examples of the published JSON, in the OpenAPI document and the reference."""

from typing import Any, Final

WANTED: Final[dict[str, Any]] = {
    "mode": "mirror",
    "region": "eu-west-1",
    "list_name": "Customers",
    "credentials": {
        "access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    },
    "bucket": "northwind-contacts/signalbook",
}
SHOWN: Final[dict[str, Any]] = {
    "state": "waiting",
    "error": None,
    "failing_since": None,
    "mode": "mirror",
    "region": "eu-west-1",
    "list_name": "Customers",
    "endpoint": None,
    "has_credentials": True,
    "role": None,
    "bucket": "northwind-contacts/signalbook",
    "requests_per_second": 1.0,
    "waiting": 3,
    "lag_seconds": 4.2,
    "refused": 0,
    "succeeded_at": "2026-11-21T20:04:00.000Z",
    "filled_at": "2026-11-21T20:01:00.000Z",
    "listing": {
        "started_at": None,
        "contacts": 0,
        "completed_at": None,
        "completed_contacts": 0,
    },
    "notices_url": "https://contacts.example.com/ses/notices/"
    "01912300-0000-7000-8000-000000000001.q1n6YV5M2mJ0cJm8nq0m7k3c5o1r9pYb0h2w4z6x8yA",
    "created_at": "2026-11-21T20:00:00.000Z",
    "created_by": "key:01912300-0000-7000-8000-000000000002",
}
TESTED: Final[dict[str, Any]] = {
    "region": "eu-west-1",
    "list_name": "Customers",
    "description": None,
    "topics": [{"name": "Sports", "display_name": "Sports", "default_status": "OPT_IN"}],
}
REFUSED: Final[dict[str, Any]] = {
    "email": "ada@example",
    "said": "SES does not take this contact: EmailAddress ada@example is invalid",
    "at": "2026-11-21T20:04:00.000Z",
    "times": 1,
}
POLICY: Final[dict[str, Any]] = {
    "policy": {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ContactsOfTheList",
                "Effect": "Allow",
                "Action": ["ses:GetContactList", "ses:GetContact"],
                "Resource": "arn:aws:ses:eu-west-1:*:contact-list/Customers",
            }
        ],
    }
}
DRIFT: Final[dict[str, Any]] = {
    "at": "2026-11-21T20:10:00.000Z",
    "compared": 12_000,
    "unread": 0,
    "waiting": 2,
    "nameless": 40,
    "counts": {"only_here": 1, "only_there": 0, "different": 0, "optouts": 1},
    "only_here": ["ada@example.com"],
    "only_there": [],
    "different": [],
    "optouts": [{"email": "grace@example.com", "what": ["unsubscribed"]}],
    "repaired": 0,
    "running": None,
    "failed": "",
}
