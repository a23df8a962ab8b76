"""Both sides compared, contact by contact, and brought together again: `signalbook ses drift`.

SES is listed, a thousand contacts a call, which shows who is there, who opted out and of what. With
`deep` each contact is read as well, a second each at AWS's pace, and all of it is compared; what
was read before and has not changed in SES is not read again. What waits for SES is no drift.

Repair: an opt-out of either side holds on both. Beyond that Signalbook is right in the mode mirror,
SES in the mode follow; in the mode store SES is right about contacts that it has, and one that it
does not have is sent there, so that nothing is lost.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from signalbook.connector import (
    absorbing,
    access,
    actions,
    document,
    dossiers,
    following,
    outbox_queries,
    restoring,
)
from signalbook.connector import copy_queries as copies
from signalbook.connector.client import Ses
from signalbook.connector.copying import Copy, Step, Told, remote_of
from signalbook.connector.document import Dossier
from signalbook.connector.model import Mode, Remote, Seen
from signalbook.connector.pushing import Desk
from signalbook.contacts.model import Source
from signalbook.kit import clock
from signalbook.kit.db import Database, Tx
from signalbook.ses.model import SesList

_AT_ONCE: Final = 500
_NAMED: Final = 1_000
_KINDS: Final = ("only_here", "only_there", "different", "optouts")
_SOURCE: Final = Source("ses drift")


class Difference(msgspec.Struct, frozen=True):
    """A contact that is on both sides and in what it differs."""

    email: str
    what: list[str]


class Drift(msgspec.Struct, kw_only=True):
    """What a comparison found; of each kind at most a thousand are named, all are counted.

    `unread` contacts were compared in all but their attributes; `nameless` have no e-mail.
    """

    at: datetime
    mode: Mode
    compared: int = 0
    unread: int = 0
    waiting: int = 0
    nameless: int = 0
    counts: dict[str, int] = msgspec.field(default_factory=lambda: dict.fromkeys(_KINDS, 0))
    only_here: list[str] = []
    only_there: list[str] = []
    different: list[Difference] = []
    optouts: list[Difference] = []
    repaired: int = 0

    @property
    def is_none(self) -> bool:
        """Tell whether both sides are the same."""
        return not any(self.counts.values())


async def look(
    db: Database,
    secret_key: str,
    account_id: int,
    told: Told,
    *,
    deep: bool = False,
    repair: bool = False,
) -> Drift:
    """Compare an account with SES and keep the report; with `repair`, bring both together.

    Raises NotConnected and what SES answers; a comparison that is broken off is begun anew.
    """
    async with db.read() as read:
        connection = await actions.existing(read, account_id)
    desk = Desk(db, connection, Ses(db, access.target_of(secret_key, connection)))
    copy = Copy(db, account_id, desk.ses, told)
    await copy.list()
    if deep:
        await copy.read()
    found = await _Comparison(desk, told, repair=repair).compare()
    async with db.tx() as tx:
        await copies.keep_report(tx, account_id, found.at, msgspec.to_builtins(found))
    return found


class _Comparison:
    """One comparison of the copy with what is here."""

    def __init__(self, desk: Desk, told: Told, *, repair: bool) -> None:
        self._desk = desk
        self._account_id = desk.connection.account_id
        self._told = told
        self._repair = repair
        self._drift = Drift(at=clock.now(), mode=desk.connection.mode)

    async def compare(self) -> Drift:
        """Go through the copy, then through those who are only here."""
        connection, drift, after = self._desk.connection, self._drift, ""
        async with self._desk.db.read() as read:
            total, _ = await copies.counts(read, self._account_id)
            drift.nameless = await copies.nameless(read, self._account_id)
        while True:
            async with self._desk.db.read() as read:
                page = await copies.page(read, self._account_id, after, _AT_ONCE)
                one = await dossiers.here(
                    read, self._account_id, connection.region, connection.list_name
                )
            if not page:
                break
            await self._page(one, page)
            after = page[-1].address
            self._told(Step("comparing", drift.compared, total))
        await self._only_here()
        return drift

    async def _page(self, one: SesList | None, page: Sequence[Seen]) -> None:
        keys = [seen.address.lower() for seen in page]
        async with self._desk.db.read() as read:
            here = await dossiers.gather(read, self._account_id, one, keys)
            waiting = {row.address for row in await outbox_queries.of(read, self._account_id, keys)}
        quiet = [seen for seen in page if seen.address.lower() not in waiting]
        self._drift.compared += len(page)
        self._drift.waiting += len(page) - len(quiet)
        wrong: list[str] = []
        for seen in quiet:
            dossier = here.get(seen.address.lower())
            if dossier is None:
                self._count("only_there", seen.address)
                wrong.append(seen.address)
            elif self._differs(one, dossier, seen):
                wrong.append(seen.address)
        if self._repair and wrong:
            await self._mend(one, [seen for seen in quiet if seen.address in set(wrong)], here)

    def _differs(self, one: SesList | None, dossier: Dossier, seen: Seen) -> bool:
        """Note in what a contact differs; tell whether it does."""
        remote = remote_of(seen)
        topics = dossiers.topics_of(one)
        wanted = document.wanted(dossier, remote, topics)
        optouts = ["unsubscribed"] if wanted.unsubscribed != remote.unsubscribed else []
        what: list[str] = []
        for name in sorted({*wanted.topics, *remote.topics}):
            pair = {wanted.topics.get(name), remote.topics.get(name)}
            if len(pair) > 1:
                (optouts if "OPT_OUT" in pair else what).append(f"topic {name}")
        if not seen.is_known:
            self._drift.unread += 1
        elif not self._has_same_attributes(dossier, wanted, remote):
            what.append("attributes")
        if optouts:
            self._count("optouts", Difference(dossier.email, optouts))
        if what:
            self._count("different", Difference(dossier.email, what))
        return bool(optouts or what)

    def _has_same_attributes(self, dossier: Dossier, wanted: Remote, remote: Remote) -> bool:
        """Compare as far as the mode keeps them the same: who follows writes nothing of its own."""
        if self._desk.connection.mode is not Mode.FOLLOW:
            return wanted.attributes == remote.attributes
        theirs = document.read(remote.attributes).whole
        ours = dossier.attributes
        return document.parsed(theirs or "{}") == document.parsed(ours or "{}")

    async def _only_here(self) -> None:
        after = ""
        while True:
            async with self._desk.db.read() as read:
                found = await copies.only_here(read, self._account_id, after, _AT_ONCE)
            if not found:
                return
            after = found[-1]
            for address in found:
                self._count("only_here", address)
            if not self._repair:
                continue
            if self._desk.connection.mode is Mode.FOLLOW:
                for address in found:
                    await following.take(self._desk, address)
            else:
                await self._send(found)
            self._drift.repaired += len(found)

    async def _mend(
        self, one: SesList | None, wrong: Sequence[Seen], here: dict[str, Dossier]
    ) -> None:
        """Bring contacts of SES and ours together; opt-outs of SES come first, in every mode."""
        mode = self._desk.connection.mode
        remotes = [remote_of(seen) for seen in wrong]
        await absorbing.absorb(self._desk.db, self._desk.connection, one, remotes, seen_in="drift")
        addresses = [seen.address for seen in wrong]
        if mode is not Mode.MIRROR:
            missing = [one for one in addresses if one.lower() not in here]
            if mode is Mode.STORE:
                await self._restore(one, missing)
            for address in addresses:
                if mode is Mode.FOLLOW or address not in missing:
                    await following.take(self._desk, address)
        await self._send(addresses)  # what SES does not have of our opt-outs, and in mirror all
        self._drift.repaired += len(wrong)

    async def _restore(self, one: SesList | None, addresses: Sequence[str]) -> None:
        """Make contacts again that SES has and we have not."""
        found = [await self._desk.ses.get(address) for address in addresses]
        remotes: list[Remote] = [remote for remote in found if remote is not None]

        async def work(tx: Tx) -> None:
            made = restoring.Restoring(tx, self._account_id, one, _SOURCE)
            await made.restore(remotes)
            await made.end()
            tx.touched.clear()  # SES is where they are from

        if remotes:
            await self._desk.db.transact(work)

    async def _send(self, addresses: Sequence[str]) -> None:
        async with self._desk.db.tx() as tx:
            await actions.enqueue(tx, self._account_id, addresses)

    def _count(self, kind: str, one: str | Difference) -> None:
        self._drift.counts[kind] += 1
        named: list[str | Difference] = getattr(self._drift, kind)
        if len(named) < _NAMED:
            named.append(one)
