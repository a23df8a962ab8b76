"""When the addresses of a batch must be looked up by their seals as well; no I/O."""

from collections.abc import Iterable, Sequence

from signalbook.contacts import reach
from signalbook.contacts.model import Contact
from signalbook.kit.db import Row
from signalbook.ledger import seals


def are_there(restricted: Sequence[Row]) -> bool:
    """Tell whether the account has seals: of the rows of `ledger.restrictions` one says so."""
    return any(not row[1] for row in restricted)


def seals_of(
    account_id: int, restricted: Sequence[Row], asked: Iterable[str], contacts: Sequence[Contact]
) -> dict[str, str]:
    """Return the seals of addresses that no contact here has, if the account has any."""
    if not are_there(restricted):
        return {}
    known = {address for one in contacts for address in reach.addresses(one)}
    return {address: seals.seal(account_id, address) for address in asked if address not in known}


def seals_for(account_id: int, contacts: Iterable[Contact]) -> dict[str, str]:
    """Return the seal of every address that contacts have."""
    theirs = {address for one in contacts for _, address in reach.places(one)}
    return {address: seals.seal(account_id, address) for address in theirs}
