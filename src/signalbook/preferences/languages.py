"""Which language a page speaks: the one that was picked, else the best the browser asks for."""

from typing import Final

from signalbook.preferences.words import WORDS

FIRST: Final = next(iter(WORDS))

_MOST_ASKED: Final = 20


def chosen(picked: str | None, accepted: str) -> str:
    """Return the code of a language we speak; `accepted` is Accept-Language (RFC 9110 §12.5.4)."""
    if picked in WORDS:
        return str(picked)
    wanted = [_weighed(part) for part in accepted[:1_000].split(",")[:_MOST_ASKED]]
    for weight, _, code in sorted((-weight, at, code) for at, (weight, code) in enumerate(wanted)):
        if weight < 0 and code in WORDS:
            return code
    return FIRST


def _weighed(part: str) -> tuple[float, str]:
    """Read `de-CH;q=0.8` as its weight and its language."""
    tag, _, options = part.partition(";")
    name, _, value = options.strip().partition("=")
    try:
        weight = float(value) if name.strip() == "q" else 1.0
    except ValueError:
        weight = 0.0
    return (weight if 0 <= weight <= 1 else 0.0), tag.strip().lower().partition("-")[0]
