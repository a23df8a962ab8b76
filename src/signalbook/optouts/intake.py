"""What people write back: STOP takes them out, START lets them in again.

Whoever receives messages (an SMS provider's webhook, a mail gateway) calls `received` with each.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from signalbook.kit.db import Tx
from signalbook.ledger.model import Channel, Reason
from signalbook.optouts import actions, words
from signalbook.optouts.model import By, Outcome, Restriction
from signalbook.optouts.words import Meaning

REPLY: Final = "reply"
_KEPT_CHARACTERS: Final = 160


class Heard(msgspec.Struct, frozen=True):
    """What a message asked for, if anything, and what came of it."""

    meaning: Meaning | None
    outcome: Outcome | None = None


async def received(
    tx: Tx,
    account_id: int,
    channel: str,
    from_address: str,
    text: str,
    *,
    at: datetime,
    actor: str | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> Heard:
    """Do what a message from an address asks for; any other message changes nothing.

    STOP restricts the channel it came by (reason `contact`), START lifts what the person has said
    there and never what the account, a bounce or a complaint has. The words are kept as evidence.
    The outcome is rejected with OptoutInvalid where the address is none of that channel.
    """
    said = words.meaning(text)
    if said is None:
        return Heard(None)
    asked = Restriction(
        channel=Channel(channel),
        address=from_address,
        reason=Reason.CONTACT,
        source=REPLY,
        actor=actor,
        evidence={**(evidence or {}), "text": text.strip()[:_KEPT_CHARACTERS]},
    )
    if said is Meaning.STOP:
        (outcome,) = await actions.restrict(tx, account_id, [asked], at=at)
    else:
        (outcome,) = await actions.lift(tx, account_id, [asked], by=By.PERSON, at=at)
    return Heard(said, outcome)
