"""Examples of the published JSON, which the reference shows and the tests send."""

from typing import Any, Final

Example = dict[str, Any]

ID: Final = "019123e4-567e-789b-92d3-a45642661417"
MAPPING: Final[Example] = {
    "mapping": {
        "E-mail": "email",
        "Mobile No": "mobile",
        "Town": "city",
        "Score": {"target": "field:score", "type": "number"},
        "Groups": {"target": "tags", "separator": ";"},
    },
    "options": {"country": "IN", "tags": ["spring-fair"]},
}
UPLOAD: Final[Example] = {"name": "customers.csv", "bytes": 734003200}
_AT: Final = f"/api/v1/imports/{ID}"
SHOWN: Final[Example] = {
    "id": ID,
    "name": "customers.csv",
    "state": "checked",
    "dry_run": True,
    "bytes": 734003200,
    "expected_bytes": 734003200,
    "layout": "",
    "source": {
        "kind": "csv",
        "compression": "",
        "member": "",
        "encoding": "utf-8",
        "delimiter": ",",
        "sheet": "",
        "sheets": [],
        "header_row": 1,
        "rows_estimate": 5400000,
        "notes": [],
    },
    "columns": [
        {
            "column": 0,
            "name": "E-mail",
            "target": "email",
            "type": None,
            "separator": "",
            "confidence": 0.99,
            "reason": "The values are e-mail addresses",
            "samples": ["ada@example.com", "grace@example.com"],
        },
        {
            "column": 1,
            "name": "Town",
            "target": "field:city",
            "type": None,
            "separator": "",
            "confidence": 1.0,
            "reason": "You said so",
            "samples": ["London", "New York"],
        },
    ],
    "options": {
        "action": "upsert",
        "blank": "keep",
        "tags": ["spring-fair"],
        "list": "",
        "country": "IN",
        "date_order": "",
    },
    "progress": {
        "phase": "",
        "total_rows": 5400000,
        "done_rows": 5400000,
        "percent": 100,
        "rows_per_second": 38297,
        "seconds": 141.0,
        "seconds_left": None,
    },
    "counts": {
        "created": 5000000,
        "updated": 300000,
        "unchanged": 99000,
        "deleted": 0,
        "rejected": 990,
        "superseded": 10,
        "conflicts": 2,
        "protected": 1200,
        "opted_out": 0,
    },
    "reasons": [
        {
            "code": "email_invalid",
            "count": 988,
            "row_no": 17,
            "field": "email",
            "value": "ada.example.com",
            "reason": '"ada.example.com" is not an e-mail address: it has no @-sign',
        }
    ],
    "samples": [
        {
            "row_no": 4,
            "contact_id": ID,
            "name": "Ada Lovelace",
            "fields": {"city": ["Paris", "London"]},
            "tags": ["spring-fair"],
        }
    ],
    "notes": {"mobile_from_national": 120},
    "new_fields": {},
    "failure": "",
    "can": {"start": True, "pause": False, "resume": False, "cancel": True, "undo": False},
    "created_by": "key:019123e4-0000-7000-8000-000000000001",
    "created_at": "2026-11-21T09:00:00.000Z",
    "started_at": "2026-11-21T09:00:41.000Z",
    "checked_at": "2026-11-21T09:03:02.000Z",
    "finished_at": None,
    "links": {
        "self": _AT,
        "mapping": f"{_AT}/mapping",
        "start": f"{_AT}/start",
        "rows": f"{_AT}/rows",
        "rejected": f"{_AT}/rejected.csv",
        "events": f"{_AT}/events",
    },
}
LISTED: Final[Example] = {
    "data": [
        {
            "id": ID,
            "name": "customers.csv",
            "state": "done",
            "dry_run": False,
            "action": "upsert",
            "bytes": 734003200,
            "layout": "Mailchimp",
            "rows": 5400000,
            "rejected": 990,
            "failure": "",
            "created_by": "user:019123e4-0000-7000-8000-000000000002",
            "created_at": "2026-11-21T09:00:00.000Z",
            "finished_at": "2026-11-21T09:05:30.000Z",
        }
    ],
    "has_more": False,
    "next_cursor": None,
}
KEPT: Final[Example] = {
    "data": [{"row": 17, "contact_id": ID}],
    "has_more": False,
    "next_after": None,
}
ROWS: Final[Example] = {
    "data": [
        {
            "row": 17,
            "outcome": "rejected",
            "contact_id": None,
            "field": "email",
            "value": "ada.example.com",
            "code": "email_invalid",
            "reason": '"ada.example.com" is not an e-mail address: it has no @-sign',
        }
    ],
    "has_more": True,
    "next_after": 17,
}
REJECTED: Final = (
    "E-mail,Town,reason\r\n"
    'ada.example.com,London,"""ada.example.com"" is not an e-mail address: it has no @-sign"\r\n'
)
EVENTS: Final = 'event: progress\ndata: {"id": "019123e4…", "state": "applying", …}\n\nevent: end\n'
