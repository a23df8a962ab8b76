"""What a notice of SES says is taken in at once: an opt-out before it is answered."""

import asyncio
import urllib.request
from typing import Final
from urllib.error import URLError

from signalbook.connector import absorbing, dossiers, hooks, notices, outbox_queries, queries
from signalbook.connector import seen_queries as seen
from signalbook.connector.errors import HookUnknown, NoticeRefused
from signalbook.connector.model import Connection, Mode
from signalbook.connector.notices import Envelope, Said
from signalbook.kit import clock, ids
from signalbook.kit.db import Database, Tx

_SECONDS: Final = 5
_MOST_BYTES: Final = 65_536
_MOST_KNOWN: Final = 16
_certificates: dict[str, bytes] = {}


async def take(db: Database, secret_key: str, token: str, raw: bytes) -> None:
    """Take in what SNS sent to the address of a connection; raises HookUnknown, NoticeRefused.

    A subscription to the topic is confirmed, where AWS has signed the wish for it.
    """
    opened = hooks.opened(secret_key, token)
    if opened is None:
        raise HookUnknown
    async with db.read() as read:
        connection = await queries.by_id(read, opened)
    if connection is None:
        raise HookUnknown
    envelope = notices.read(raw)
    notices.verify(envelope, await _certificate(notices.checked_url(envelope.signing_cert_url)))
    if envelope.type == "SubscriptionConfirmation":
        await fetched(notices.checked_url(envelope.subscribe_url))
    elif envelope.type == "Notification":
        said = notices.said(envelope.message)
        if said is not None and said.list_name == connection.list_name:
            await _obey(db, connection, said, envelope)


async def _obey(db: Database, connection: Connection, said: Said, envelope: Envelope) -> None:
    """Write the opt-outs down, and let the contacts be compared with SES soon."""
    async with db.read() as read:
        one = await dossiers.here(
            read, connection.account_id, connection.region, connection.list_name
        )
    more = {"message_id": envelope.message_id, "chosen_by": said.source}
    await absorbing.absorb(
        db, connection, one, said.remotes, seen_in="Subscription event", more=more
    )
    addresses = sorted({remote.address.lower() for remote in said.remotes})

    async def soon(tx: Tx) -> None:
        if connection.mode is Mode.FOLLOW:
            for address in addresses:
                await seen.want(tx, connection.account_id, address)
        else:
            await outbox_queries.post(
                tx, connection.account_id, addresses, version=ids.new_id(), at=clock.now()
            )

    await db.transact(soon)


async def _certificate(url: str) -> bytes:
    known = _certificates.get(url)
    if known is None:
        known = await fetched(url)
        if len(_certificates) >= _MOST_KNOWN:
            _certificates.clear()
        _certificates[url] = known
    return known


async def fetched(url: str) -> bytes:
    """Fetch what lies at an address of SNS; raises NoticeRefused where it does not answer."""
    try:
        return await asyncio.to_thread(_fetch, url)
    except (URLError, OSError, ValueError) as failed:
        raise NoticeRefused(said="SNS does not give what the notice names") from failed


def _fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310  # https, of SNS
        return bytes(answer.read(_MOST_BYTES))
