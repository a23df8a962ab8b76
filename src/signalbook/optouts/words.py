"""The words by which somebody says STOP or START in a message; no I/O.

In the United States "stop", "quit", "end", "revoke", "opt out", "cancel" and "unsubscribe" are each
a revocation of consent (47 CFR 64.1200(a)(10)). The words of other languages are those that
messages there ask their readers to send, with and without accents, and for Hindi in both scripts.

A message counts when it is one of these words and nothing else but politeness and punctuation:
"Stop!" and "STOP please" do, "Don't stop" and "when does the sale stop?" do not.
"""

import re
import unicodedata
from enum import StrEnum
from typing import Final


class Meaning(StrEnum):
    """What somebody asks for."""

    STOP = "stop"
    START = "start"


STOP: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        *("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"),
        *("stop all", "remove", "remove me", "unsubscribe me", "no more"),
    ),
    "fr": (
        *("arret", "arreter", "arretez", "desabonner", "desabonnement", "desinscrire"),
        *("desinscription", "stopper", "me desabonner", "me desinscrire", "resilier"),
    ),
    "es": (
        *("baja", "alto", "parar", "cancelar", "cancelar suscripcion", "detener", "basta"),
        *("darme de baja", "dar de baja", "no mas"),
    ),
    "de": (
        *("stopp", "abmelden", "abbestellen", "ende", "beenden", "kundigen", "kuendigen"),
        *("austragen", "abbestellung", "abmeldung"),
    ),
    "pt": ("sair", "parar", "pare", "cancelar", "cancela", "remover", "descadastrar", "nao quero"),
    "hi": (
        *("रोकें", "रोको", "रोके", "बंद", "बंद करें", "बंद करो", "रद्द", "रद्द करें", "बंद कर दो"),
        *("roko", "band", "band karo", "band karen"),
    ),
}
START: Final[dict[str, tuple[str, ...]]] = {
    "en": ("start", "unstop", "resume", "opt in", "subscribe", "resubscribe"),
    "fr": ("demarrer", "reprendre", "reabonner", "me reabonner", "reinscrire", "abonner"),
    "es": ("alta", "iniciar", "reanudar", "suscribir", "suscribirme", "empezar"),
    "de": ("anmelden", "starten", "weiter", "wieder anmelden", "abonnieren"),
    "pt": ("iniciar", "comecar", "voltar", "retomar", "inscrever", "assinar"),
    "hi": ("शुरू", "शुरू करें", "शुरू करो", "चालू", "चालू करें", "shuru", "shuru karo", "chalu"),
}
_POLITE: Final = frozenset(
    {
        *("please", "pls", "plz", "thanks", "thank you", "now", "sms", "texts", "messages"),
        *("svp", "s il vous plait", "merci", "por favor", "gracias", "obrigado", "obrigada"),
        *("bitte", "danke", "कृपया", "धन्यवाद", "kripya", "dhanyavad"),
    }
)
_LONGEST: Final = 40
_OF_SEVERAL_LETTERS: Final = re.compile(r"(?<=\b\w)[\s.\-*]+(?=\w\b)")


def meaning(text: str) -> Meaning | None:
    """Tell what a message asks for, or None where it is a sentence like any other.

    Case, accents, punctuation, blanks and single letters apart ("S T O P", "s.t.o.p.") make no
    difference. Where a word is ambiguous between languages it stops: that is what cannot wait.
    """
    if len(text) > _LONGEST:
        return None
    said = _plain(text)
    for candidate in (said, _without_politeness(said)):
        if candidate in _STOPS:
            return Meaning.STOP
        if candidate in _STARTS:
            return Meaning.START
    return None


def _plain(text: str) -> str:
    """Return the words alone: folded, without accents, one blank between."""
    joined = _OF_SEVERAL_LETTERS.sub("", unicodedata.normalize("NFKC", text).strip())
    decomposed = unicodedata.normalize("NFKD", joined.casefold())
    letters = "".join(
        letter
        for letter in decomposed
        if unicodedata.category(letter) != "Cf" and not _is_accent(letter)
    )
    words = "".join(
        letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " "
        for letter in letters
    )
    return " ".join(words.replace("opt-", "opt ").split())


def _is_accent(letter: str) -> bool:
    """Tell whether this is an accent, which the signs of Devanagari are not."""
    return "\u0300" <= letter <= "\u036f"


def _without_politeness(said: str) -> str:
    for phrase in sorted(_POLITE, key=len, reverse=True):
        said = said.removeprefix(f"{phrase} ").removesuffix(f" {phrase}")
    return said.strip()


_STOPS: Final = frozenset(_plain(word) for words in STOP.values() for word in words) | {
    word.replace(" ", "") for words in STOP.values() for word in map(_plain, words)
}
_STARTS: Final = (
    frozenset(_plain(word) for words in START.values() for word in words)
    | {word.replace(" ", "") for words in START.values() for word in map(_plain, words)}
) - _STOPS
