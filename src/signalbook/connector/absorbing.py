"""Opt-outs that SES has and we have not come into our ledger: an opt-out on either side wins.

They are the person's (`contact`), as a person makes them through the links of SES, and so the
account cannot lift them. One that was lifted here after SES last changed the contact is not taken
in; it is lifted there.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from signalbook.connector import document, dossiers
from signalbook.connector.model import Connection, Remote
from signalbook.contacts import restricting
from signalbook.kit import clock
from signalbook.kit.db import Database, Read, Tx
from signalbook.ledger.model import Channel, Order, Reason
from signalbook.ses.model import SesList, channel_of

SOURCE: Final = "ses"
"""From where these opt-outs are, as the ledger tells it."""

Out = tuple[str, str, Remote]
"""An e-mail in lower case, a channel, and what SES holds."""


async def absorb(
    db: Database,
    connection: Connection,
    one: SesList | None,
    remotes: Sequence[Remote],
    *,
    seen_in: str,
    more: Mapping[str, Any] | None = None,
) -> set[str]:
    """Take in the opt-outs of these contacts of SES; return whose e-mails have new ones."""
    said = [remote for remote in remotes if _is_out(remote)]
    if not said:
        return set()
    async with db.read() as read:
        missing = await _missing(read, connection.account_id, one, said)
    if not missing:
        return set()
    at = clock.now()
    orders = [
        order(address, channel, at, {**_evidence(connection, remote, seen_in), **(more or {})})
        for address, channel, remote in missing
    ]

    async def work(tx: Tx) -> None:
        await restricting.obey(tx, connection.account_id, orders, at=at)

    await db.transact(work)
    return {address for address, _, _ in missing}


def order(address: str, channel: str, at: datetime, evidence: Mapping[str, Any]) -> Order:
    """Write down that the person has opted out in SES."""
    return Order(
        kind="out",
        channel=channel,
        reasons=(Reason.CONTACT,),
        source=SOURCE,
        at=at,
        address=address,
        evidence=evidence,
    )


async def _missing(
    db: Read, account_id: int, one: SesList | None, remotes: Sequence[Remote]
) -> list[Out]:
    keys = [remote.address.lower() for remote in remotes]
    in_force = await dossiers.in_force(db, account_id, keys)
    lifted = await dossiers.lifted(db, account_id, keys)
    return [
        (key, channel, remote)
        for key, remote in zip(keys, remotes, strict=True)
        for channel in channels(remote, one)
        if (key, channel) not in in_force and not _is_later(lifted.get((key, channel)), remote)
    ]


def channels(remote: Remote, one: SesList | None) -> Iterable[str]:
    """List the channels on which SES says that somebody is out; a topic's, where we know it."""
    if remote.unsubscribed:
        yield Channel.EMAIL
    kept = document.read(remote.attributes).kept
    defaulted = kept.defaulted if kept else ()
    for topic in one.topics if one else ():
        if remote.topics.get(topic.name) == "OPT_OUT" and topic.name not in defaulted:
            yield channel_of(topic.list_id)


def _is_out(remote: Remote) -> bool:
    return remote.unsubscribed or "OPT_OUT" in remote.topics.values()


def _is_later(lifted_at: datetime | None, remote: Remote) -> bool:
    return lifted_at is not None and remote.updated_at is not None and lifted_at > remote.updated_at


def _evidence(connection: Connection, remote: Remote, seen_in: str) -> dict[str, Any]:
    changed = None if remote.updated_at is None else remote.updated_at.isoformat()
    return {
        "region": connection.region,
        "list": connection.list_name,
        "changed_at": changed,
        "seen_in": seen_in,
    }
