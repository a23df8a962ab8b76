"""What is asked of the ledger, who may lift what, and what comes of it; no I/O."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

import msgspec

from signalbook.kit.errors import AppError
from signalbook.kit.jobs import Message
from signalbook.ledger.model import Place, Reason

MOST_AT_ONCE: Final = 5_000
"""How many opt-outs one call may name."""
MAX_NOTE: Final = 1_000


class Restriction(msgspec.Struct, frozen=True, kw_only=True):
    """An opt-out to set or to lift.

    It names a channel, `all`, or a topic (`topic:` and the id of its list), and either an address
    (an e-mail, a number in E.164 form, `id:<external_id>` for push, `@example.com` for a whole
    domain) or a contact, and so every address it has on that channel. A topic is an e-mail
    address's alone. To lift, a reason may be left out: then it is every one that may be lifted.
    `evidence` is kept with the entry: ip, user_agent, message_id, file, row, key, note, whatever
    proves it.
    """

    channel: str
    source: str
    address: str = ""
    contact_id: UUID | None = None
    reason: str | None = None
    actor: str | None = None
    evidence: Mapping[str, Any] | None = None


class InForce(msgspec.Struct, frozen=True):
    """An opt-out in force: why, since when, and from where it came."""

    address: str
    channel: str
    reason: str
    since: datetime
    source: str


class Line(msgspec.Struct, frozen=True):
    """A line of the ledger: `out` restricted, `in` lifted."""

    id: UUID
    at: datetime
    address: str
    channel: str
    kind: str
    reason: str
    source: str
    actor: str | None
    evidence: dict[str, Any] | None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which opt-outs to list; an address is the beginning of one, as the ledger knows it."""

    channel: str | None = None
    reason: str | None = None
    source: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    address: str = ""


class By(StrEnum):
    """Who lifts: the account (a key, a rule), the person reached, or a named person of the account.

    The last is somebody signed in at the console or at the command line, and writes down why.
    """

    ACCOUNT = "account"
    PERSON = "person"
    OPERATOR = "operator"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one opt-out; `left` are the reasons that still hold at its places."""

    status: Literal["restricted", "lifted", "unchanged", "rejected"]
    written: list[tuple[Place, str]] = []
    left: list[tuple[Place, str]] = []
    contacts: list[UUID] = []
    error: AppError | None = None


class AlignDomain(Message, frozen=True):
    """Bring every contact of a domain in line with what holds for all of it."""

    is_long: ClassVar[bool] = True

    account_id: int
    domain: str
    source: str
    actor: str | None


LIFTED_BY: Final[dict[Reason, str]] = {
    Reason.USER: "the account",
    Reason.CONTACT: "the person alone, on the preference page or by writing START",
    Reason.HARDBOUNCED: "a named person in the console or at the command line, with a reason",
    Reason.SPAM: "a named person in the console or at the command line, with a reason",
}
LIFTS: Final[dict[By, tuple[Reason, ...]]] = {
    By.ACCOUNT: (Reason.USER,),
    By.PERSON: (Reason.CONTACT,),
    By.OPERATOR: (Reason.USER, Reason.HARDBOUNCED, Reason.SPAM),
}
NEED_A_NOTE: Final = frozenset({Reason.HARDBOUNCED, Reason.SPAM})
