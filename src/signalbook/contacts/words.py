"""What a contact is found and sorted by: words for the search, keys for the order; no I/O."""

import re
import unicodedata
from collections.abc import Mapping

_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_MAX_WORD = 60
_MAX_KEY = 80
_MAX_WORDS = 24


def fold(text: str) -> str:
    """Return text without case and accents, the form in which names are compared."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def search_words(
    account_id: int,
    email_key: str | None,
    mobile: str | None,
    external_id: str | None,
    fields: Mapping[str, object],
) -> str:
    """Return the words a contact is found by, each led by its account, joined by spaces.

    An index over words cannot have account_id in front, so every word carries it: `7:ada`. The
    e-mail is one word and its domain another; a number stands without its plus.
    """
    found: dict[str, None] = {}
    if email_key:
        found[fold(email_key)] = None
        found[email_key.rpartition("@")[2]] = None
    if mobile:
        found[mobile[1:]] = None
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


def asked_words(account_id: int, query: str) -> str:
    """Return a search as a tsquery: every word of it must begin some word of the contact.

    A word with a digit or an @ inside is one, as `crm-001` is; `jean-luc` is several, as in names.
    """
    asked: list[str] = []
    for part in fold(query).split():
        word = part.lstrip("+")
        pieces = _WORD.findall(word)
        if not pieces:
            continue
        split = " & ".join(_begins(account_id, piece) for piece in pieces)
        if pieces == [word]:
            asked.append(split)
        elif "@" in word or _DIGIT.search(word):
            asked.append(_begins(account_id, word))
        else:
            asked.append(f"({_begins(account_id, word)} | {split})")
    return " & ".join(asked)


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
