"""Examples of the published JSON, which the reference shows and the tests send."""

from typing import Any, Final

Example = dict[str, Any]

SHOWN: Final[Example] = {
    "name": "lead_score",
    "label": "Lead score",
    "aliases": ["Score"],
    "type": "number",
    "is_standard": False,
    "is_hidden": False,
    "type_is_set": True,
    "contacts": 1280,
    "share": 0.64,
    "max_length": 3,
    "created_at": "2024-01-15T10:30:00.000Z",
    "last_used_at": "2024-03-01T18:04:11.250Z",
}
NEW: Final[Example] = {
    "name": "lead_score",
    "label": "Lead score",
    "type": "number",
    "aliases": ["Score"],
}
VALUES: Final[Example] = {
    "as_of": "2024-03-01T18:05:00.000Z",
    "is_counting": False,
    "different": 3,
    "data": [{"value": 85, "contacts": 700}, {"value": 40, "contacts": 500}],
}
