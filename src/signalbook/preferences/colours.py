"""Colours that can be read: contrast as WCAG 2.2 measures it; no I/O.

https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio and #dfn-relative-luminance
"""

import re
from typing import Final

WHITE: Final = "#ffffff"
BLACK: Final = "#14161a"
DARK: Final = "#17191e"
"""The page where a person prefers the dark and the account has chosen no background."""
TEXT_RATIO: Final = 4.5
CONTROL_RATIO: Final = 3.0

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
_STEPS: Final = 20


def colour(raw: str) -> str | None:
    """Read `#rgb` or `#rrggbb` as six digits, None where it is neither."""
    text = raw.strip().lower()
    if not _HEX.fullmatch(text):
        return None
    return text if len(text) > 4 else "#" + "".join(2 * digit for digit in text[1:])  # noqa: PLR2004  # `#rgb`


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink(on: str) -> str:
    """Return the colour in which text on this one is read best; black itself where need be."""
    best = max((WHITE, BLACK), key=lambda text: contrast(text, on))
    return best if contrast(best, on) >= TEXT_RATIO else "#000000"


def readable(wanted: str, on: str, ratio: float = TEXT_RATIO) -> str:
    """Return this colour, drawn towards black or white until it is readable on the other."""
    towards = ink(on)
    for step in range(_STEPS + 1):
        found = mixed(wanted, towards, step / _STEPS)
        if contrast(found, on) >= ratio:
            return found
    return towards


def mixed(one: str, other: str, share: float) -> str:
    """Return the colour that lies this share of the way from one to the other."""
    parts = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # sRGB
