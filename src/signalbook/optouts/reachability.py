"""Why not? For a contact and each channel: reachable, or every reason with its date and source.

Reachable by a channel is who has an address there, is active, is on no deactivated list, and has no
opt-out there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from signalbook.contacts import list_queries, reach
from signalbook.contacts.model import Contact
from signalbook.kit.db import Read
from signalbook.ledger.model import (
    LANDLINE_CHANNELS,
    MOBILE_CHANNELS,
    STRENGTH,
    Channel,
    Place,
    Reason,
    domain_of,
)
from signalbook.optouts import queries
from signalbook.optouts.model import InForce


class Obstacle(NamedTuple):
    """One reason why somebody cannot be reached; the ledger's codes are its reasons.

    `href` is the page where the console shows what is in the way, and may end it.
    """

    code: str
    says: str
    address: str = ""
    since: datetime | None = None
    source: str = ""
    href: str = ""


class Reached(NamedTuple):
    """Whether a contact can be reached by a channel, at which addresses, and if not, why not."""

    channel: Channel
    addresses: list[str]
    why_not: list[Obstacle]

    @property
    def is_reachable(self) -> bool:
        """Tell whether nothing is in the way."""
        return not self.why_not


NAMES: Final = {
    Channel.EMAIL: "E-mail",
    Channel.SMS: "SMS",
    Channel.VOICE: "Voice",
    Channel.VOICEMAIL: "Voicemail",
    Channel.WHATSAPP: "WhatsApp",
    Channel.PUSH: "Push",
}
SAYS: Final = {
    Reason.SPAM: "They complained",
    Reason.HARDBOUNCED: "The address does not exist",
    Reason.CONTACT: "The person opted out",
    Reason.USER: "Your account blocks it",
}
_MISSING: Final = {
    Channel.EMAIL: "No e-mail is known",
    Channel.SMS: "No mobile number is known",
    Channel.VOICE: "No number is known",
    Channel.VOICEMAIL: "No number is known",
    Channel.WHATSAPP: "No mobile number is known",
    Channel.PUSH: "No external id is known",
}


async def of(db: Read, account_id: int, contact: Contact) -> list[Reached]:
    """Tell of every channel whether a contact can be reached by it, and if not, why not."""
    states = await queries.of_addresses(db, account_id, sorted(reach.addresses(contact)))
    general = [] if contact.is_active else [Obstacle("inactive", "The contact is inactive")]
    general += [
        Obstacle(
            "list_deactivated",
            f"The list {name} is deactivated",
            since=at,
            source=name,
            href=f"/lists/{id}",
        )
        for _, id, name, at in await list_queries.holding(db, account_id, [contact.id])
    ]
    return [_reached(channel, contact, states, general) for channel in Channel]


def _reached(
    channel: Channel, contact: Contact, states: Sequence[InForce], general: list[Obstacle]
) -> Reached:
    addresses = _addresses(channel, contact)
    if not addresses:
        return Reached(channel, [], [Obstacle("no_address", _MISSING[channel])])
    places: set[Place] = {(channel, address) for address in addresses}
    places |= {(channel, domain) for one in addresses if (domain := domain_of(one)) is not None}
    held = sorted(
        (state for state in states if (state.channel, state.address) in places),
        key=lambda state: STRENGTH[Reason(state.reason)],
    )
    return Reached(channel, addresses, [*map(_obstacle, held), *general])


def _addresses(channel: Channel, contact: Contact) -> list[str]:
    """List the addresses of a channel, the one that would be taken first."""
    found: list[str | None] = []
    if channel is Channel.EMAIL:
        found = [contact.email and contact.email.lower()]
    elif channel is Channel.PUSH:
        found = [contact.external_id and f"id:{contact.external_id}"]
    else:
        found = [contact.mobile if channel in MOBILE_CHANNELS else None]
        if channel in LANDLINE_CHANNELS:
            phone = contact.fields.get("phone")
            found.append(phone.strip() if isinstance(phone, str) else None)
    return list(dict.fromkeys(one for one in found if one))


def _obstacle(state: InForce) -> Obstacle:
    reason = Reason(state.reason)
    if state.address.startswith("@"):
        says = f"Your account blocks all of {state.address[1:]}"
        return Obstacle("domain", says, state.address, state.since, state.source)
    return Obstacle(reason.value, SAYS[reason], state.address, state.since, state.source)
