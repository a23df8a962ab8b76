"""Examples of the published JSON, which the reference shows and the tests send."""

from typing import Any, Final

Example = dict[str, Any]

JOB: Final[Example] = {
    "id": "019123e4-567e-789b-92d3-a45642661700",
    "action": "rename",
    "name": "lead_score",
    "target": "score",
    "state": "running",
    "total": 1280,
    "done": 500,
    "changed": 500,
    "cleared": 0,
    "refused": 0,
    "created_at": "2024-03-01T18:04:11.250Z",
    "started_at": "2024-03-01T18:04:11.300Z",
    "finished_at": None,
}
BEGUN: Final[Example] = JOB | {"state": "queued", "done": 0, "changed": 0, "started_at": None}
PREVIEW: Final[Example] = {
    "contacts": 1280,
    "converted": 1204,
    "unfit": 2,
    "both": 0,
    "equal": 0,
    "misfits": [
        {
            "contact_id": "019123e4-567e-789b-92d3-a45642661400",
            "contact": "customer@example.com",
            "value": "high",
            "contacts": 2,
            "message": 'The field lead_score does not take "high": it expects a number, like 12.5',
        }
    ],
}
