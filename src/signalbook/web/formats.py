"""How values are written on a page: numbers grouped, times relative, names as initials."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from zlib import crc32
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

HUES: Final = 12

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY
_JUST_NOW_SECONDS = 45
_CHIP_PIXELS = 35
_CHIP_MOST_PIXELS = 154
_LETTER_PIXELS = 6.1
_MORE_PIXELS = 34


def grouped(number: float) -> str:
    """Write a number with its thousands grouped: 1,234,567."""
    return f"{number:,}"


def percent(part: float) -> str:
    """Write a part of 100, never as nothing or all unless it is: 64 %, 0.4 %, <0.1 %, >99.9 %."""
    if 0 < part < 0.1:  # noqa: PLR2004  # what one decimal cannot show
        return "<0.1 %"
    if 99.9 < part < 100:  # noqa: PLR2004  # as above
        return ">99.9 %"
    return f"{part:.0f} %" if part >= 10 or part == 0 else f"{part:.1f} %"  # noqa: PLR2004


def plural(number: int, one: str, many: str = "") -> str:
    """Write a count with its noun: `1 contact`, `2,310 contacts`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def short(number: int) -> str:
    """Write a large number in little room: 950, 12.3k, 1.2M."""
    for size, letter in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{number / size:.1f}".removesuffix(".0") + letter
    return str(number)


def fitting(names: Sequence[str], room: int) -> int:
    """Count how many tags fit into one line of `room` pixels; the first always does."""
    used, count = 0.0, 0
    for name in names:
        used += min(_CHIP_PIXELS + len(name) * _LETTER_PIXELS, _CHIP_MOST_PIXELS)
        if count and used > room - (_MORE_PIXELS if count + 1 < len(names) else 0):
            break
        count += 1
    return count


def initials(name: str) -> str:
    """Return at most two letters for an avatar: of the first and last word, or of an address."""
    words = name.partition("@")[0].replace(".", " ").replace("_", " ").split()
    letters = [word[0] for word in words if word[0].isalnum()]
    if not letters:
        return "#" if name else "?"
    return (letters[0] + letters[-1] if len(letters) > 1 else letters[0]).upper()


def hue(name: str) -> int:
    """Choose one of the twelve hues for a name, always the same."""
    return crc32(name.casefold().encode()) % HUES


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone of this name, or UTC where the system does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def exact(at: datetime, zone: str = "UTC") -> str:
    """Write a moment in full, in a person's time zone: Sat 21 Nov 2026, 06:04:12 CET."""
    local = at.astimezone(zone_of(zone))
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M:%S %Z}"


def clock_time(at: datetime, zone: str = "UTC") -> str:
    """Write the time of day of a moment, in a person's time zone: 06:04."""
    return f"{at.astimezone(zone_of(zone)):%H:%M}"


def ago(at: datetime, now: datetime, zone: str = "UTC") -> str:
    """Write how long ago a moment was, or its date when that says more: 5 min ago, 3 Mar 2025."""
    seconds = (now - at).total_seconds()
    if seconds < -_JUST_NOW_SECONDS:
        return _ahead(-seconds, at, now, zone)
    if seconds < _JUST_NOW_SECONDS:
        return "just now"
    if seconds < _HOUR:
        return f"{max(1, round(seconds / _MINUTE))} min ago"
    if seconds < _DAY:
        return f"{round(seconds / _HOUR)} h ago"
    if seconds < _WEEK:
        return _days(round(seconds / _DAY)) + " ago"
    return date(at, now, zone)


def date(at: datetime, now: datetime | None = None, zone: str = "UTC") -> str:
    """Write the day of a moment in a person's time zone, with the year where it is not this one."""
    local = at.astimezone(zone_of(zone))
    this_year = (now or datetime.min.replace(tzinfo=UTC)).year
    return f"{local.day} {local:%b}" if local.year == this_year else f"{local.day} {local:%b %Y}"


def day_name(at: datetime, now: datetime, zone: str = "UTC") -> str:
    """Name the day of a moment as a heading: Today, Yesterday, Friday 20 November."""
    local, today = at.astimezone(zone_of(zone)), now.astimezone(zone_of(zone))
    days = (today.date() - local.date()).days
    if days in {0, 1}:
        return ("Today", "Yesterday")[days]
    named = f"{local:%A} {local.day} {local:%B}"
    return named if local.year == today.year else f"{named} {local.year}"


def duration(seconds: float) -> str:
    """Write how long something takes, roughly: 40 s, 3 min, 2 h 10 min."""
    if seconds < _MINUTE:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / _MINUTE)
    if minutes < _MINUTE:
        return f"{minutes} min"
    hours, rest = divmod(minutes, _MINUTE)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _ahead(seconds: float, at: datetime, now: datetime, zone: str) -> str:
    if seconds < _HOUR:
        return f"in {max(1, round(seconds / _MINUTE))} min"
    if seconds < _DAY:
        return f"in {round(seconds / _HOUR)} h"
    return f"in {_days(round(seconds / _DAY))}" if seconds < _WEEK else date(at, now, zone)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
