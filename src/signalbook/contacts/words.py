"""What a contact is found and sorted by: words for the search, keys for the order; no I/O."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from signalbook.kit.spelling import fold

_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_MAX_WORD = 60
_MAX_KEY = 80
_MAX_WORDS = 24


class Asked(NamedTuple):
    """One word of a search: what a contact's words must match, or its e-mail or number begin so."""

    query: str
    email: str
    mobile: str


def search_words(
    account_id: int,
    email_key: str | None,
    external_id: str | None,
    fields: Mapping[str, object],
) -> str:
    """Return the words a contact is found by, each led by its account, joined by spaces.

    An index over words cannot have account_id in front, so every word carries it: `7:ada`. E-mails
    and numbers are not among them: the indexes that keep them unique find their beginnings too, and
    a word that nobody else has costs an index of words most (a contact 22 µs with, 16 without). Of
    an e-mail there is the domain, and the whole where it has accents.
    """
    found: dict[str, None] = {}
    if email_key:
        if not email_key.isascii():
            found[fold(email_key)] = None
        found[email_key.rpartition("@")[2]] = None
    if external_id:
        found[fold(external_id)] = None
    for name in ("full_name", "first_name", "last_name"):
        value = fields.get(name)
        if isinstance(value, str):
            found.update(dict.fromkeys(_WORD.findall(fold(value))))
    lead = f"{account_id}:"
    return " ".join(
        [lead + word[:_MAX_WORD].replace(" ", "_") for word in list(found)[:_MAX_WORDS]]
    )


def asked_words(account_id: int, query: str) -> list[Asked]:
    """Return the words of a search: every one must begin some word, e-mail or number of a contact.

    A word with a digit or an @ inside is one, as `crm-001` is; `jean-luc` is several, as in names.
    """
    asked: list[Asked] = []
    for part in query.lower().split():
        word = fold(part).lstrip("+")
        pieces = _WORD.findall(word)
        if not pieces:
            continue
        split = " & ".join(_begins(account_id, piece) for piece in pieces)
        if pieces == [word]:
            found = split
        elif "@" in word or _DIGIT.search(word):
            found = _begins(account_id, word)
        else:
            found = f"({_begins(account_id, word)} | {split})"
        asked.append(Asked(found, part, f"+{word}" if word.isdecimal() else ""))
    return asked


def _begins(account_id: int, word: str) -> str:
    quoted = f"{account_id}:{word[:_MAX_WORD]}".replace("\\", "").replace("'", "''")
    return f"'{quoted}':*"


def name_keys(fields: Mapping[str, object]) -> tuple[str | None, str | None]:
    """Return the keys that names sort by: first name first, and last name first."""
    first, last = (_clean(fields.get(name)) for name in ("first_name", "last_name"))
    shown = f"{first} {last}".strip() or _clean(fields.get("full_name"))
    by_last = f"{last} {first}".strip() if last else None
    return shown or None, by_last


def _clean(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return " ".join(fold(value)[:_MAX_KEY].split())
