"""What is stored as it is published."""

from collections.abc import Iterable
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import replace

from signalbook.contacts.model import Contact
from signalbook.ledger.model import Channel
from signalbook.preferences.links import LOGO, Signer
from signalbook.preferences.model import LinkKey, Look, Purpose
from signalbook.preferences.person import places_of
from signalbook.preferences.schemas import (
    ContactLinks,
    LinkKeyOut,
    LinkKeys,
    LinkOut,
    LogoOut,
    LookIn,
    LookOut,
)
from signalbook.web.moments import shown


def look_out(look: Look, account: str, account_id: int, public_url: str) -> LookOut:
    """Show how the pages look."""
    logo = look.logo
    address = f"{public_url.rstrip('/')}{LOGO}{account_id}/"
    return LookOut(
        name=look.name,
        public_name=look.name or account,
        accent=look.accent,
        background=look.background,
        channels=list(look.channels),
        logo=LogoOut(address + logo.digest, logo.type, logo.width, logo.height) if logo else None,
    )


def changed(look: Look, asked: LookIn) -> Look:
    """Lay what was sent over what is there."""
    said = {name: getattr(asked, name) for name in ("name", "accent", "background")}
    if asked.channels is not UNSET:
        said["channels"] = tuple(asked.channels)
    return replace(look, **{name: value for name, value in said.items() if value is not UNSET})


def key_out(key: LinkKey) -> LinkKeyOut:
    """Show a signing key, and nothing of its secret."""
    return LinkKeyOut(key.number, shown(key.created_at), key.created_by)


def keys_out(keys: Iterable[LinkKey]) -> LinkKeys:
    """Show signing keys."""
    return LinkKeys([key_out(key) for key in keys])


def links_out(signer: Signer, contact: Contact) -> ContactLinks:
    """Make every link of a contact, each with the address that it goes out to."""
    places = places_of(contact)
    first = places[0][1]
    found = [
        LinkOut(
            Purpose.PREFERENCES, None, first, signer.preferences_url(first, contact_id=contact.id)
        )
    ]
    return ContactLinks(found + [_leaving(signer, Channel(c), a, contact.id) for c, a in places])


def _leaving(signer: Signer, channel: Channel, address: str, contact_id: UUID) -> LinkOut:
    url = signer.unsubscribe_url(address, channel, contact_id=contact_id)
    is_mail = channel is Channel.EMAIL
    headers = signer.headers(address, contact_id=contact_id) if is_mail else {}
    return LinkOut(Purpose.UNSUBSCRIBE, channel, address, url, headers)
