"""Who holds a link: the contact where there still is one, else the address alone."""

from typing import NamedTuple

from signalbook.contacts import queries as contacts
from signalbook.contacts import reach
from signalbook.contacts.model import Contact
from signalbook.kit.db import Read
from signalbook.ledger import seals
from signalbook.ledger.model import OWN_ID, Channel, Place, channels_of, domain_of
from signalbook.preferences import queries
from signalbook.preferences.model import Choice, Link, Standing, choices


class Person(NamedTuple):
    """The holder of a link: whom we know, and how they stand where they can be reached.

    `is_elsewhere` tells that the link's address is not one of the contact's, or not any more.
    """

    contact: Contact | None
    is_elsewhere: bool
    choices: list[Choice]

    def on(self, channel: Channel | None) -> list[Choice]:
        """Return how they stand on a channel, or on all of them."""
        return [one for one in self.choices if channel in {None, one.channel}]

    def gets(self, channel: Channel | None) -> bool:
        """Tell whether anything still comes on a channel, or on any."""
        return any(one.standing is Standing.ON for one in self.on(channel))

    def has_left(self, channel: Channel | None) -> bool:
        """Tell whether they themselves have left a channel, or any, and could come back."""
        return any(one.standing is Standing.OFF for one in self.on(channel))


async def holder(db: Read, link: Link) -> Person:
    """Find who holds a link, and what holds for them.

    What they had decided for an address that a mail once went to counts beside their present ones.
    """
    contact = None
    if link.contact_id is not None:
        contact = await contacts.get(db, link.account_id, link.contact_id)
    known = places_of(contact) if contact is not None else []
    is_elsewhere = all(address != link.address for _, address in known)
    if is_elsewhere:
        known += [(channel, link.address) for channel in channels_of(link.address)]
    in_force = await _in_force(db, link.account_id, known)
    return Person(contact, is_elsewhere, choices(known, in_force))


def places_of(contact: Contact) -> list[Place]:
    """List where a contact can be reached, the first where most would write to them."""
    return [place for place in reach.places(contact) if _is_theirs(place)]


async def _in_force(db: Read, account_id: int, places: list[Place]) -> dict[Place, list[str]]:
    """Say what holds at each place: by itself, by its domain, and from before it was erased."""
    same: dict[str, list[str]] = {}
    for _, address in places:
        for name in (address, domain_of(address), seals.seal(account_id, address)):
            if name is not None and address not in same.setdefault(name, []):
                same[name].append(address)
    found: dict[Place, list[str]] = {}
    for channel, name, reason in await queries.in_force(db, account_id, same):
        for address in same[name]:
            found.setdefault((channel, address), []).append(reason)
    return found


def _is_theirs(place: Place) -> bool:
    """Leave out the own id that stands for an e-mail which is not there."""
    channel, address = place
    return channel == Channel.PUSH or not address.startswith(OWN_ID)
