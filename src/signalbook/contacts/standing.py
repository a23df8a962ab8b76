"""How a contact stands with us, in one word; no I/O."""

from enum import StrEnum

from signalbook.contacts.model import Contact


class Standing(StrEnum):
    """The one word of the status column; where several hold, the first in this order."""

    INACTIVE = "inactive"
    COMPLAINED = "complained"
    BOUNCED = "bounced"
    UNSUBSCRIBED = "unsubscribed"
    SUBSCRIBED = "subscribed"


def standing_of(contact: Contact) -> Standing:
    """Say how a contact stands; `filters` asks the same of the database."""
    if not contact.is_active:
        return Standing.INACTIVE
    if contact.email_optout == "spam":
        return Standing.COMPLAINED
    if contact.email_optout == "hardbounced":
        return Standing.BOUNCED
    return Standing.UNSUBSCRIBED if contact.unsubscribed_at else Standing.SUBSCRIBED
