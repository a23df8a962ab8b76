"""Where the contacts of an account are stored besides here, as the page of contacts says it."""

from datetime import datetime
from typing import Final, Literal, NamedTuple

import msgspec

from signalbook.web import formats

COUNTED_TO: Final = 10_000
_SOON_SECONDS: Final = 10
"""What waits shorter than this is on its way, not late."""


class Says(NamedTuple):
    """How a store stands, in a few words, with their look."""

    kind: Literal["good", "info", "warn", "bad"]
    icon: str
    text: str


class Stored(msgspec.Struct, frozen=True):
    """A contact list of AWS SES; `waiting` changes are yet to reach it, the oldest `since` then."""

    mode: Literal["store", "mirror", "follow"]
    region: str
    list_name: str
    error: str | None
    succeeded_at: datetime | None
    is_begun: bool
    waiting: int
    since: datetime | None

    @property
    def where(self) -> str:
        """Name the place: who has the contacts, in which list, in which region."""
        lead = {"store": "Stored in", "mirror": "Mirrored to", "follow": "Following"}[self.mode]
        return f"{lead} AWS SES · list {self.list_name} · {self.region}"

    def says(self, now: datetime) -> Says:
        """Tell how it stands; what is wrong comes before what is under way."""
        if self.error is not None:
            return Says("bad", "warn", "Not in step")
        if not self.is_begun:
            return Says("info", "refresh", "Comparing everybody")
        if not self.waiting or self.since is None:
            return Says("good", "ok", "In step")
        more = "+" if self.waiting > COUNTED_TO else ""
        number = f"{min(self.waiting, COUNTED_TO):,}{more}"
        lag = (now - self.since).total_seconds()
        if lag < _SOON_SECONDS:
            return Says("info", "refresh", f"{number} on their way")
        return Says("warn", "clock", f"{number} waiting, {formats.duration(lag)} behind")
