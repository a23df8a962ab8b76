"""What becomes of one value of a field that is rewritten; no I/O."""

from typing import Any, Final, NamedTuple

from signalbook.contacts.rewriting.model import Held, Wish
from signalbook.fields.model import Registered, Unfit, fit

_GONE: Final = None


class Verdict(NamedTuple):
    """The values a contact gets, and whether its own had to be given up, or could not be."""

    fields: dict[str, Any]
    is_cleared: bool = False
    is_refused: bool = False


class Judge:
    """Decides by the wish, and by the field that the values are for afterwards."""

    def __init__(self, wish: Wish, after: Registered) -> None:
        """Judge values for `after`: the field as it is now that the wish is begun."""
        self._wish = wish
        self._after = after

    def fitted(self, value: object) -> object:
        """Return a value in the form in which it is kept; raises Unfit."""
        if not self._after.type_is_set:
            return value
        return fit(self._after.name, self._after.type, value)

    def verdict(self, held: Held) -> Verdict:
        """Say which values a contact gets; no fields where it stays as it is."""
        wish = self._wish
        if wish.action in {"delete", "empty"}:
            return Verdict({wish.name: _GONE})
        is_type = wish.action == "type"
        if not is_type and held.other is not None and wish.winner == "target":
            return Verdict({wish.name: _GONE, wish.target: held.other})
        try:
            value = self.fitted(held.value)
        except Unfit:
            if wish.unfit == "refuse":
                return Verdict({}, is_refused=True)
            stays = {} if is_type else {wish.target: held.other}
            return Verdict({wish.name: _GONE, **stays}, is_cleared=True)
        if not is_type:
            return Verdict({wish.name: _GONE, wish.target: value})
        same = value == held.value and type(value) is type(held.value)
        return Verdict({} if same else {wish.name: value})
