"""Yes and no in the five languages of the mapping; no I/O."""

from typing import Final

from signalbook.fields.model import Unfit
from signalbook.kit.spelling import fold

TRUE: Final = frozenset(
    {"true", "t", "yes", "y", "1", "on", "x", "✓", "✔", "oui", "o", "vrai", "ja", "j", "wahr"}
    | {"si", "s", "verdadero", "sim", "verdadeiro"}
)
FALSE: Final = frozenset(
    {"false", "f", "no", "n", "0", "off", "non", "faux", "nein", "falsch", "falso", "nao"}
)


def boolean(text: str) -> bool:
    """Read a truth value; raises Unfit."""
    word = fold(text.strip())
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise Unfit
