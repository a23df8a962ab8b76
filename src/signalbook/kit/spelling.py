"""How words are compared when their spelling must not matter; no I/O."""

import unicodedata
from typing import Final

_LETTERS_AND_MARKS: Final = frozenset("LMN")


def fold(text: str) -> str:
    """Return text without case and accents, the form in which names are compared."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def plain(text: str) -> str:
    """Return text without case, accents, blanks and punctuation: `E-mail adress` → `emailadress`.

    What is plain stays as it is. The vowel signs of Hindi and its like are letters, not accents.
    """
    folded = fold(text) if text.isascii() else fold(fold(text))  # "℡" folds to capitals
    return "".join(sign for sign in folded if _is_written(sign))


def _is_written(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign)[0] in _LETTERS_AND_MARKS
