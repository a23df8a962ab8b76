"""Examples of the published JSON, which the reference shows and the tests send."""

from typing import Any, Final

from signalbook.lists.examples import ID

Example = dict[str, Any]


def _steps(*kept_and_lost: tuple[int, int]) -> list[Example]:
    names = ("address", "valid", "active", "lists", "contact", "user", "spam")
    return [
        {"step": name, "contacts": kept, "lost": lost}
        for name, (kept, lost) in zip(names, kept_and_lost, strict=True)
    ]


ABOUT: Final[Example] = {"kind": "list", "id": ID, "name": "Spring newsletter"}
SHOWN: Final[Example] = {
    "about": ABOUT,
    "contacts": 1280,
    "with_email": 1250,
    "with_mobile": 640,
    "with_landline": 90,
    "active": 1270,
    "unsubscribed": 41,
    "reachable": {"email": 1165, "sms": 618, "voice": 690},
    "waterfalls": {
        "email": _steps(
            (1250, 30), (1217, 33), (1208, 9), (1208, 0), (1171, 37), (1167, 4), (1165, 2)
        ),
        "sms": _steps((640, 640), (640, 0), (634, 6), (634, 0), (620, 14), (618, 2), (618, 0)),
        "voice": _steps((700, 580), (700, 0), (693, 7), (693, 0), (692, 1), (690, 2), (690, 0)),
    },
    "countries": [{"country": "GB", "contacts": 1100}, {"country": None, "contacts": 180}],
    "sources": [{"source": "import", "contacts": 900}, {"source": "api", "contacts": 380}],
}
GROWN: Final[Example] = {
    "about": ABOUT,
    "joined": 42,
    "left": 3,
    "opted_out": 5,
    "days": [
        {"day": "2024-03-01", "joined": 30, "left": 1, "opted_out": 2, "contacts": 1270},
        {"day": "2024-03-02", "joined": 12, "left": 2, "opted_out": 3, "contacts": 1280},
    ],
}
