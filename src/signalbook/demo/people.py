"""The made-up people: who they are, and how their days with the shop went; no I/O.

Everything follows from one seed and the moment the demonstration starts: the same people, the same
days before today.
"""

import random
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from signalbook.contacts.model import ContactChange, Source
from signalbook.demo.places import COMPANIES, COUNTRIES, DOMAINS, Country

PEOPLE = 10_000
DAYS = 90
SEED = 20_261_121

PRODUCTS = ("red-sneakers", "rain-jacket", "trail-shoes", "wool-socks", "city-backpack",
            "sun-hat", "yoga-mat", "road-bike", "camping-stove", "head-torch", "tent",
            "water-bottle", "running-belt", "ski-gloves")  # fmt: skip
PRICES = (89, 149, 119, 14, 79, 29, 39, 1_190, 65, 35, 249, 19, 25, 49)
ARRIVALS = ("newsletter", "shop", "friend", "trade-fair", "search")
_SHOP = Source("add-contact")
_SITE = Source("api")
_TOWN_HALL = (7, 8, 9, 10, 11, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 20, 21, 21, 22, 23)
_PLAIN = str.maketrans({"ł": "l", "Ł": "L", "ß": "ss", "ı": "i", "'": None, "ø": "o"})


class Person(NamedTuple):
    """Somebody, and everything that happened with them, oldest first."""

    number: int
    joined_at: datetime
    changes: list[ContactChange]
    complaint: str | None
    complained_at: datetime


def people(now: datetime) -> Iterator[Person]:
    """Make everybody, in the order in which they came."""
    chance = random.Random(SEED)
    days = sorted((_joined_days_ago(chance) for _ in range(PEOPLE)), reverse=True)
    countries = [country for country in COUNTRIES for _ in range(country.share)]
    for number, ago in enumerate(days, 1):
        yield _person(number, chance, chance.choice(countries), now - timedelta(days=ago), now)


def _joined_days_ago(chance: random.Random) -> float:
    """Four in ten came during the last ninety days, ever more towards today."""
    return DAYS * chance.random() ** 1.4 if chance.random() < 0.4 else chance.uniform(DAYS, 730)


def _person(
    number: int, chance: random.Random, country: Country, around: datetime, now: datetime
) -> Person:
    joined = min(_awake(chance, around, country), now - timedelta(minutes=number % 600 + 5))
    first, family, latin, gender = _name(chance, country)
    who: dict[str, Any] = {}
    if chance.random() < 0.93:
        who["email"] = f"{latin}{number}@{chance.choice(DOMAINS)}"
    if chance.random() < 0.55 or not who:
        who["mobile"] = _mobile(country, number)
    if chance.random() < 0.3:
        who["external_id"] = f"customer-{100_000 + number}"
    fields = _fields(chance, country, first, family, gender, joined)
    tags = ["newsletter"] if chance.random() < 0.6 else []
    arrival = ContactChange(
        **who, source=_SHOP, at=joined, fields=fields, tags_add=(*tags, f"from-{fields['came_by']}")
    )
    changes = [arrival, *_visits(chance, country, who, joined, now)]
    changes += _end(chance, who, joined, now, changes)
    complaint = _complaint(chance) if "email" in who else None
    return Person(
        number, joined, changes, complaint, joined + (now - joined) * chance.uniform(0.3, 0.95)
    )


def _name(chance: random.Random, country: Country) -> tuple[str, str, str, str]:
    is_woman = chance.random() < 0.52
    first = chance.choice((country.women if is_woman else country.men).split())
    family = chance.choice(country.families.split())
    written, latin = zip(*((part.partition("=")[0], part.rpartition("=")[2])
                           for part in (first, family)), strict=True)  # fmt: skip
    gender = ("Female" if is_woman else "Male") if chance.random() < 0.97 else "Other"
    return written[0], written[1], _ascii(f"{latin[0]}.{latin[1]}"), gender


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return plain.encode("ascii", "ignore").decode().lower()


def _mobile(country: Country, number: int) -> str:
    """Give everybody a number of their own, scattered over the country's block."""
    prefix, digits = country.mobile
    if country.name == "United States":
        areas = ("201", "202", "212", "303", "312", "404", "415", "503", "512", "617")
        prefix = f"+1{areas[number % len(areas)]}555"
    return f"{prefix}{number * 7_919 % 10**digits:0{digits}}"


def _fields(
    chance: random.Random,
    country: Country,
    first: str,
    family: str,
    gender: str,
    joined: datetime,
) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "first_name": first,
        "last_name": family,
        "city": chance.choice(country.cities.split()).replace("_", " "),
        "country": country.name,
        "language": country.language,
        "timezone": country.timezone,
        "came_by": chance.choice(ARRIVALS),
        "plan": chance.choices(("free", "plus", "pro"), (70, 22, 8))[0],
    }
    if chance.random() < 0.7:
        fields["gender"] = gender
    if chance.random() < 0.6:
        born = joined - timedelta(days=chance.randint(19 * 365, 75 * 365))
        fields["birth_date"] = born.date().isoformat()
    if chance.random() < 0.18:
        fields["company"] = chance.choice(COMPANIES)
    if chance.random() < 0.25:
        fields["loyalty_points"] = chance.randint(0, 400) * 5
    return fields


def _visits(
    chance: random.Random, country: Country, who: dict[str, Any], joined: datetime, now: datetime
) -> Iterator[ContactChange]:
    """Let somebody come by: most rarely, some often, a few all the time, a third never."""
    least, most = chance.choices(((0, 0), (1, 4), (5, 14), (25, 80)), (34, 46, 17, 3))[0]
    loved = chance.randrange(len(PRODUCTS))
    spent, since = 0, max(joined, now - timedelta(days=DAYS))
    room = (now - since).total_seconds()
    moments = sorted(
        _awake(chance, since + timedelta(seconds=chance.random() * room), country)
        for _ in range(chance.randint(least, most))
    )
    for at in moments:
        if not joined < at < now:
            continue
        tags = ["logged-in"] if least > 4 or chance.random() < 0.4 else []
        seen = [loved if chance.random() < 0.5 else chance.randrange(len(PRODUCTS))
                for _ in range(chance.randint(1, 3))]  # fmt: skip
        tags += [f"viewed-{PRODUCTS[one]}" for one in dict.fromkeys(seen)]
        fields: dict[str, Any] = {}
        if chance.random() < 0.3:
            tags.append("added-to-cart")
            if chance.random() < 0.45:
                tags += ["purchased", f"bought-{PRODUCTS[seen[0]]}"]
                spent += PRICES[seen[0]]
                fields = {"lifetime_value": spent, "last_order_date": at.date().isoformat()}
            else:
                tags.append("left-cart")
        yield ContactChange(**who, source=_SITE, at=at, fields=fields, tags_add=tuple(tags))
    bought = [at for at in moments if joined < at < now]
    if spent > 1_000 and bought:
        at = bought[-1] + min(timedelta(hours=2), (now - bought[-1]) * chance.uniform(0.1, 0.9))
        yield ContactChange(**who, source=_SITE, at=at, tags_add=("vip",))


def _end(
    chance: random.Random,
    who: dict[str, Any],
    joined: datetime,
    now: datetime,
    changes: list[ContactChange],
) -> Iterator[ContactChange]:
    """Let one in twenty leave, some of them come back, and a few be switched off."""
    last = changes[-1].at or joined
    fate = chance.random()
    at = last + (now - last) * chance.uniform(0.1, 0.9)
    if fate < 0.055:
        yield ContactChange(**who, source=_SHOP, at=at, status="unsubscribe",
                            tags_remove=("newsletter",))  # fmt: skip
        if fate < 0.008:
            back = at + (now - at) * chance.uniform(0.1, 0.9)
            yield ContactChange(**who, source=_SHOP, at=back, status="resubscribe",
                                tags_add=("newsletter", "came-back"))  # fmt: skip
    elif fate < 0.08:
        yield ContactChange(**who, source=_SITE, at=at, is_active=False)


def _complaint(chance: random.Random) -> str | None:
    fate = chance.random()
    return "hardbounced" if fate < 0.025 else "spam" if fate < 0.029 else None


def _awake(chance: random.Random, around: datetime, country: Country) -> datetime:
    """Move a moment to an hour of that day at which people there are up."""
    there = around.astimezone(ZoneInfo(country.timezone))
    moved = there.replace(
        hour=chance.choice(_TOWN_HALL), minute=chance.randrange(60), second=chance.randrange(60),
        microsecond=0,
    )  # fmt: skip
    return moved.astimezone(around.tzinfo)
