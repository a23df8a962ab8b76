"""What an opt-out as it is sent means: its address as the ledger knows it, its faults; no I/O."""

from datetime import datetime
from typing import Final

from email_validator import EmailNotValidError, validate_email

from signalbook.contacts import identifiers
from signalbook.kit.errors import Problem
from signalbook.ledger import seals
from signalbook.ledger.model import (
    ALL,
    OWN_ID,
    Channel,
    Reason,
    channels_of,
    is_topic,
    list_of,
)
from signalbook.optouts.errors import OptoutInvalid
from signalbook.optouts.model import InForce, Restriction
from signalbook.web import cursors

LISTED: Final = "optouts"

_CHANNELS = frozenset({ALL, *Channel})
_NAMES = ", ".join(Channel)


def address_of(raw: str) -> str:
    """Return an address as the ledger knows it; raises identifiers.Refused.

    An e-mail is compared without regard to case, a number is strictly E.164, `id:` leads an
    external id and `@` a domain.
    """
    text = raw.strip()
    if text.startswith(OWN_ID):
        return OWN_ID + identifiers.external_id(text.removeprefix(OWN_ID))
    if text.startswith("@"):
        return _domain(text)
    if "@" in text:
        return identifiers.email(text).lower()
    return identifiers.mobile(text)


def checked(asked: Restriction) -> str:
    """Return the address an opt-out names, or "" where it names a contact; raises OptoutInvalid."""
    problems: list[Problem] = []
    if asked.channel not in _CHANNELS and list_of(asked.channel) is None:
        told = f'"{asked.channel[:48]}" is no channel: write {_NAMES}, all or topic:LIST_ID'
        problems.append(Problem("channel", told, "channel_unknown"))
    if asked.reason is not None and asked.reason not in set(Reason):
        told = f'"{asked.reason[:40]}" is no reason: write {", ".join(Reason)}'
        problems.append(Problem("reason", told, "reason_unknown"))
    if any("\x00" in str(value) for value in (asked.evidence or {}).values()):
        problems.append(Problem("evidence", "Evidence has no character NUL", "nul"))
    address = ""
    if (asked.contact_id is None) == (not asked.address.strip()):
        told = "Say who: an address or a contact, and not both"
        problems.append(Problem("address", told, "address_missing"))
    elif asked.address:
        address = _address(asked, problems)
    if problems:
        raise OptoutInvalid(problems=problems)
    return address


def _address(asked: Restriction, problems: list[Problem]) -> str:
    try:
        address = address_of(asked.address)
    except identifiers.Refused as reason:
        problems.append(Problem("address", str(reason), "address_invalid"))
        return ""
    fit = channels_of(address)
    if asked.channel in set(Channel) and asked.channel not in fit:
        told = f"{address[:80]} cannot be reached by {asked.channel}, but by {', '.join(fit)}"
        problems.append(Problem("channel", told, "channel_unfit"))
    if is_topic(asked.channel) and (fit != (Channel.EMAIL,) or address.startswith("@")):
        told = f"{address[:80]} is no e-mail address, and only those are opted out of a topic"
        problems.append(Problem("channel", told, "channel_unfit"))
    if address.startswith("@") and asked.reason not in {None, Reason.USER}:
        told = "A whole domain is blocked by the account alone: reason user"
        problems.append(Problem("reason", told, "reason_unfit"))
    return address


def _domain(text: str) -> str:
    """Return a domain as e-mail addresses of it are stored, with its @; raises Refused."""
    try:
        found = validate_email(f"a{text}", check_deliverability=False)
    except EmailNotValidError as reason:
        sentence = f'"{text[:80]}" is not a domain: write it as @example.com'
        raise identifiers.Refused(sentence) from reason
    return f"@{found.domain.lower()}"


def channel_of(text: str) -> str | None:
    """Return a channel, or a topic's, whatever its case; None where it is neither."""
    folded = text.strip().lower()
    return folded if folded in set(Channel) or list_of(folded) is not None else None


def beginning_of(text: str) -> str:
    """Return the beginning of an address as the ledger would write it; an own id keeps its case."""
    text = text.strip()
    return text if text.startswith((OWN_ID, seals.PREFIX)) else text.lower()


def cursor_of(account_id: int, last: InForce) -> str:
    """Write where a page ended."""
    return cursors.write(account_id, LISTED, last.since, last.address, last.channel, last.reason)


def after_of(cursor: str, account_id: int) -> tuple[datetime, str, str, str]:
    """Read where a page ended; raises CursorUnusable."""
    since, address, channel, reason = cursors.read(
        cursor, account_id, LISTED, (datetime, str, str, str)
    )
    return since, address, channel, reason
