"""What was said on either side of a connection to SES, so what must be true at the end."""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

EMAIL = "email"


@dataclass
class Said:
    """All that was said of one address.

    `n` is the number that was written last and acknowledged, None after a deletion; `maybe` are
    those written since without an answer. `out` are channels opted out of, and when that was
    acknowledged; on an address that is `free` opt-outs are lifted too, and only equality counts.
    """

    n: int | None = None
    maybe: list[int | None] = field(default_factory=list)
    out: dict[str, float] = field(default_factory=dict)
    free: bool = False


class Journal:
    """What several writers said; each address has one writer on each side."""

    def __init__(self) -> None:
        self.said: defaultdict[str, Said] = defaultdict(Said)
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> int:
        """Return a number that was never written."""
        with self._lock:
            self._last += 1
            return self._last

    def try_value(self, address: str, n: int | None) -> None:
        """Note that a value is being written, or that the contact is being deleted."""
        self.said[address].maybe.append(n)

    def took_value(self, address: str, n: int | None) -> None:
        """Note that it was acknowledged."""
        said = self.said[address]
        said.n, said.maybe = n, []

    def took_optout(self, address: str, channel: str) -> None:
        """Note that an opt-out was acknowledged."""
        self.said[address].out.setdefault(channel, time.time())

    def optouts(self) -> int:
        return sum(len(said.out) for said in self.said.values() if not said.free)
