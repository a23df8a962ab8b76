"""Examples of the published JSON, in the OpenAPI document and the reference."""

from typing import Any, Final

_TOKEN: Final = "AQEBqwvXa2G6_r5WoxpUkVlzylCYVpW1PbuFeD3gpmU-s9pRO_0twywz-JCuzC-6nPoZrrwMsCAAXSer"  # noqa: S105  # made up
_HERE: Final = "https://contacts.example.com"

LOOK: Final[dict[str, Any]] = {
    "name": "Northwind Coffee",
    "public_name": "Northwind Coffee",
    "accent": "#0b6e4f",
    "background": "",
    "channels": ["email", "sms"],
    "logo": {
        "url": f"{_HERE}/p/logo/1/5f2b0c9d1e7a43b86d20",
        "type": "image/png",
        "width": 240,
        "height": 80,
    },
}
WANTED: Final[dict[str, Any]] = {
    "name": "Northwind Coffee", "accent": "#0b6e4f", "channels": ["email", "sms"],
}  # fmt: skip
KEY: Final[dict[str, Any]] = {
    "number": 2,
    "created_at": "2026-11-21T20:04:00.000Z",
    "created_by": "key:01912300-0000-7000-8000-000000000001",
}
LINKS: Final[dict[str, Any]] = {
    "data": [
        {
            "purpose": "preferences",
            "channel": None,
            "address": "ada@example.com",
            "url": f"{_HERE}/p/{_TOKEN}",
            "headers": {},
        },
        {
            "purpose": "unsubscribe",
            "channel": "email",
            "address": "ada@example.com",
            "url": f"{_HERE}/u/{_TOKEN}",
            "headers": {
                "List-Unsubscribe": f"<{_HERE}/u/{_TOKEN}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        },
    ]
}
