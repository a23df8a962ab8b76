"""What SES says of contacts is brought here, where SES is the truth."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from signalbook.connector import document, dossiers
from signalbook.connector import outbox_queries as outbox
from signalbook.connector.absorbing import SOURCE
from signalbook.connector.model import Remote
from signalbook.connector.pushing import Desk
from signalbook.contacts import actions as contacts
from signalbook.contacts import identifiers
from signalbook.contacts.model import ContactChange, Listed, Outcome, Source, Status
from signalbook.contacts.model import Mode as Presence
from signalbook.kit import clock, ids
from signalbook.kit.db import Tx
from signalbook.ledger.model import Channel
from signalbook.ses.model import SesList, channel_of

_FROM = Source(SOURCE)


async def receive(
    desk: Desk, one: SesList | None, remotes: Sequence[Remote], *, whole: bool = False
) -> None:
    """Make and change contacts as SES has them; with `whole` their attributes are known as well.

    A contact that we cannot take is kept with the sentence, and holds up nobody. What SES told us
    does not go back to it; an opt-out of ours that SES does not have does.
    """
    if one is None or not remotes:
        return
    account_id = desk.connection.account_id
    changes: list[ContactChange] = []
    refused: list[tuple[str, str]] = []
    for remote in remotes:
        try:
            changes.append(_change(one, remote, whole=whole))
        except identifiers.Refused as refusal:
            refused.append((remote.address.lower(), str(refusal)))

    async def work(tx: Tx) -> None:
        keys = [remote.address.lower() for remote in remotes]
        before = {row.address for row in await outbox.of(tx, account_id, keys)}
        outcomes = await contacts.apply(tx, account_id, changes) if changes else []
        await outbox.forget(tx, account_id, set(keys) - before)
        for address, said in [*refused, *_rejected(changes, outcomes)]:
            await outbox.refuse(tx, account_id, address, f"Not taken here: {said}", clock.now())

    await desk.db.transact(work)
    await _send_optouts(desk, one, remotes)


async def let_go(desk: Desk, one: SesList | None, address: str) -> None:
    """Delete a contact that SES has no more; the opt-outs of its address stay."""
    if one is None:
        return
    account_id = desk.connection.account_id
    change = ContactChange(
        source=_FROM,
        email=address,
        mode=Presence.UPDATE,
        listed=Listed(list_id=one.id, leave=True),
    )

    async def work(tx: Tx) -> None:
        await contacts.apply(tx, account_id, [change])
        await outbox.forget(tx, account_id, [address])

    await desk.db.transact(work)


def _change(one: SesList, remote: Remote, *, whole: bool) -> ContactChange:
    joins = {topic.list_id for topic in one.topics if remote.topics.get(topic.name) == "OPT_IN"}
    leaves: set[UUID] = {topic.list_id for topic in one.topics} - joins
    told: dict[str, Any] = {}
    if whole:
        told["attributes"] = document.read(remote.attributes).whole
    return ContactChange(
        source=_FROM,
        email=identifiers.email(remote.address),
        joins=frozenset(joins),
        leaves=frozenset(leaves),
        listed=Listed(list_id=one.id, **told),
    )


def _rejected(
    changes: Sequence[ContactChange], outcomes: Sequence[Outcome]
) -> list[tuple[str, str]]:
    return [
        (str(change.email).lower(), outcome.error.message)
        for change, outcome in zip(changes, outcomes, strict=True)
        if outcome.status is Status.REJECTED and outcome.error is not None
    ]


async def _send_optouts(desk: Desk, one: SesList, remotes: Sequence[Remote]) -> None:
    """Let SES hear of opt-outs that it does not have."""
    account_id = desk.connection.account_id
    async with desk.db.read() as read:
        out = await dossiers.in_force(read, account_id, [r.address for r in remotes])
    if not out:
        return
    missing = [remote.address.lower() for remote in remotes if _lacks(one, remote, out)]
    if missing:
        async with desk.db.tx() as tx:
            await outbox.post(tx, account_id, missing, version=ids.new_id(), at=clock.now())


def _lacks(one: SesList, remote: Remote, out: set[tuple[str, str]]) -> bool:
    key = remote.address.lower()
    if (key, Channel.EMAIL) in out and not remote.unsubscribed:
        return True
    return any(
        (key, channel_of(topic.list_id)) in out and remote.topics.get(topic.name) != "OPT_OUT"
        for topic in one.topics
    )
