"""Examples of the published JSON of exports."""

from typing import Any, Final

ID: Final = "01912500-3333-7444-9555-d45642661417"
WANTED: Final[dict[str, Any]] = {
    "filter": {"tags": ["premium"], "standing": "subscribed"},
    "columns": ["email", "first_name", "city", "tags"],
    "format": "csv",
}
SHOWN: Final[dict[str, Any]] = {
    "id": ID,
    "state": "done",
    "format": "csv",
    "gzip": False,
    "raw": False,
    "columns": ["email", "first_name", "city", "tags"],
    "filter": {"tags": ["premium"], "standing": "subscribed"},
    "total": 128000,
    "done": 128000,
    "rows_per_second": 80000,
    "seconds_left": None,
    "bytes": 9123456,
    "file": f"/api/v1/exports/{ID}/file",
    "created_at": "2026-11-21T10:30:00.000Z",
    "finished_at": "2026-11-21T10:30:02.000Z",
    "expires_at": "2026-11-22T10:30:02.000Z",
}
CANCELLED: Final[dict[str, Any]] = SHOWN | {
    "state": "cancelled",
    "done": 60000,
    "file": None,
    "expires_at": None,
}
LISTED: Final[dict[str, Any]] = {"data": [SHOWN], "has_more": False, "next_cursor": None}
DELETED: Final[dict[str, Any]] = {"deleted": True, "id": ID}
KNOWN: Final[dict[str, Any]] = {
    "exported_at": "2026-11-21T10:30:00.000Z",
    "contact": {"id": "01912400-1111-7222-9333-a45642661417", "email": "ada@example.com"},
    "tags": [
        {
            "tag": "viewed-red-sneakers",
            "is_attached": True,
            "first_seen_at": "2026-01-15T10:31:00.000Z",
            "last_seen_at": "2026-03-02T08:12:40.000Z",
            "times": 4,
        }
    ],
    "lists": [],
    "optouts": [],
    "signals_by_day": [{"day": "2026-01-15", "tag": "viewed-red-sneakers", "count": 3}],
    "bulk_changes": [],
    "imported_rows": [],
    "timeline": [
        {
            "id": "01912400-1111-7222-9333-a45642661418",
            "at": "2026-01-15T10:31:00.000Z",
            "kind": "tagged",
            "tag": "viewed-red-sneakers",
            "source": "add-contact",
            "actor": None,
            "changes": {},
        }
    ],
}
