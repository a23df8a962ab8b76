"""What the load consists of: the documented `add-contact` body, varied as real callers vary it.

Contact number n is always the same person, so that a load may ask for contacts that are there
already ("known") and for others that are not ("new"). Nothing here is drawn from a clock.
"""

import json
import random
from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate

CITIES = (
    ("Hyderabad", "India"),
    ("Lyon", "France"),
    ("Leeds", "United Kingdom"),
    ("Porto", "Portugal"),
    ("Kraków", "Poland"),
    ("Austin", "United States"),
    ("Osaka", "Japan"),
    ("Nairobi", "Kenya"),
)
FIRST = ("John", "Asha", "Marie", "Kenji", "Olga", "Wanjiru", "Luís", "Zoë", "Chen", "Amina")
LAST = ("Due", "Rao", "Dupont", "Sato", "Novak", "Mwangi", "Silva", "Smith", "Wei", "Khan")
TAGS = tuple(f"{verb}-{thing:02}" for verb in ("viewed", "added", "bought", "liked", "opened")
             for thing in range(40))  # fmt: skip
RARE_TAG = "viewed-red-sneakers-once"
_ZIPF = tuple(accumulate(1 / (rank + 1) for rank in range(len(TAGS))))
_LOCAL_NUMBERS = 100_000_000


def person(number: int) -> dict[str, str]:
    """Give the identifiers and fields of contact number n."""
    chance = random.Random(number)
    first, last = chance.choice(FIRST), chance.choice(LAST)
    city, country = chance.choice(CITIES)
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(1950, 2007)
    return {
        "email": f"{first}.{last}.{number}@example{number % 50}.com".lower()
        .replace("ë", "e")
        .replace("í", "i"),
        "mobile": f"+91{7_000_000_000 + number % _LOCAL_NUMBERS}",
        "full_name": f"{first} {last}",
        "dob": f"{day:02}-{month:02}-{year}",
        "gender": chance.choice(("Male", "Female", "Other")),
        "city": city,
        "country": country,
    }


def tags(chance: random.Random, count: int) -> list[str]:
    """Draw different tags, few of them often and most of them rarely (Zipf)."""
    drawn = {TAGS[bisect(_ZIPF, chance.random() * _ZIPF[-1])] for _ in range(count)}
    return sorted(drawn)


def add_contact(number: int, chance: random.Random) -> bytes:
    """Write the body of one `POST /add-contact` about contact number n."""
    body = person(number)
    if chance.random() < 0.2:
        body["city"], body["country"] = chance.choice(CITIES)
    if chance.random() < 0.3:
        body["status"] = "Unsubscribe" if chance.random() < 0.03 else "Subscribed"
    body["add_tags"] = ",".join(tags(chance, chance.randint(1, 3)))
    if chance.random() < 0.2:
        body["remove_tags"] = ",".join(tags(chance, chance.randint(1, 2)))
    return json.dumps(body, ensure_ascii=False).encode()


def batch(numbers: range, known: int, chance: random.Random) -> bytes:
    """Write the body of one `POST /api/v1/contacts/batch`; every second contact is a known one."""
    changes: list[dict[str, object]] = []
    for number in numbers:
        one = person(chance.randrange(known) if number % 2 and known else number)
        dob = one.pop("dob")
        first, last = one.pop("full_name").split(" ")
        own = {key: one.pop(key) for key in ("gender", "city", "country")}
        fields = {**own, "birth_date": "-".join(reversed(dob.split("-")))}
        changes.append({**one, "first_name": first, "last_name": last, "custom_fields": fields,
                        "add_tags": tags(chance, chance.randint(1, 3))})  # fmt: skip
    return json.dumps(changes, ensure_ascii=False).encode()


def mixed(first_new: int, known: int, count: int, seed: int) -> Iterator[bytes]:
    """Give `count` bodies, half of them about new contacts, half about the first `known` ones."""
    chance = random.Random(seed)
    for at in range(count):
        yield add_contact(
            first_new + at if at % 2 or not known else chance.randrange(known), chance
        )


def request(path: str, headers: dict[str, str], body: bytes | None, method: str = "") -> bytes:
    """Write a whole HTTP/1.1 request."""
    method = method or ("GET" if body is None else "POST")
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1"]
    if body is not None:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")
