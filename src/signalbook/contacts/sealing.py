"""When the addresses of a batch must be looked up by their seals as well; no I/O."""

from collections.abc import Iterable, Sequence

from signalbook.contacts import reach
from signalbook.contacts.model import Contact
from signalbook.kit.db import Row
from signalbook.ledger import seals


def seals_of(
    account_id: int, restricted: Sequence[Row], asked: Iterable[str], contacts: Sequence[Contact]
) -> dict[str, str]:
    """Return the seals of addresses that no contact here has, if the account has erased anybody.

    `restricted` are rows of `ledger.restrictions`; the row that tells of seals has no channel.
    """
    if all(row[1] for row in restricted):
        return {}
    known = {address for one in contacts for address in reach.addresses(one)}
    return {address: seals.seal(account_id, address) for address in asked if address not in known}
