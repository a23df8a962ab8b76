"""The file of the import benchmark: e-mail, mobile, first and last name, city, country, plan, tags.

Row n is always the same person. A file is made once and kept for the next run.
"""

import csv
import random
import tempfile
from pathlib import Path

from tests.bench import bodies

COLUMNS = ("email", "mobile", "first_name", "last_name", "city", "country", "plan", "tags")
_PLANS = ("free", "starter", "team", "business")
_FORMAT = 2


def people_file(rows: range, *, is_changed: bool = False) -> Path:
    """Return a CSV of these people; where it is changed, everybody has moved and got a tag."""
    kind = "changed" if is_changed else "people"
    path = (
        Path(tempfile.gettempdir())
        / "signalbook-bench"
        / f"{kind}-{rows.start}-{rows.stop}-{_FORMAT}.csv"
    )
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        draft = path.with_suffix(".draft")
        with draft.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(_row(number, is_changed=is_changed) for number in rows)
        draft.rename(path)
    return path


def _row(number: int, *, is_changed: bool) -> tuple[str, ...]:
    chance = random.Random(number)
    first, last = chance.choice(bodies.FIRST), chance.choice(bodies.LAST)
    place = chance.randrange(len(bodies.CITIES))
    tags = chance.sample(bodies.TAGS, 3)
    if is_changed:
        place = (place + 1) % len(bodies.CITIES)
        tags[2] = f"moved-{number % 40}"
    city, country = bodies.CITIES[place]
    return (
        f"p{number}@example{number % 50}.com",
        f"+91{7_000_000_000 + number}",
        first,
        last,
        city,
        country,
        _PLANS[number % len(_PLANS)],
        ", ".join(tags),
    )
