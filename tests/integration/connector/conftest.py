"""Accounts are worked on step by step here, against a strict stand-in for AWS SES."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from signalbook.connector import actions, outbox_queries, queries, working
from signalbook.connector.actions import Wish
from signalbook.connector.model import Access, Connection, Mode, Target
from signalbook.contacts import actions as contacts
from signalbook.contacts import following
from signalbook.contacts.model import ContactChange, Outcome, Source
from signalbook.kit.config import Settings
from signalbook.kit.db import Database, Tx
from signalbook.lists import batch_queries
from tests.quiet import database, dsn, sweeper
from tests.ses_server import LIST, REGION, SesServer, ses_server, topic
from tests.world import Place

__all__ = ["database", "dsn", "sweeper"]

ACCESS = Access("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


@pytest.fixture(autouse=True)
def lists_follow():
    """Lists follow contacts, as in the application."""
    following.follow("lists", batch_queries.FOLLOWER)


@pytest.fixture(scope="session")
def running_ses(tmp_path_factory):
    with ses_server(tmp_path_factory.mktemp("ses")) as server:
        server.make_list(LIST, [topic("Sports"), topic("News", "OPT_OUT")])
        yield server


@pytest.fixture
def ses(running_ses: SesServer):
    """SES with the list Main and two topics, and nobody on it."""
    running_ses.strike()
    for address in running_ses.contacts():
        running_ses.delete(address)
    yield running_ses
    running_ses.strike()


@pytest.fixture
def wish(ses: SesServer) -> Callable[..., Wish]:
    def make(mode: Mode = Mode.MIRROR, **more) -> Wish:
        bucket = more.pop("bucket", None)
        target = {
            "region": REGION, "list_name": LIST, "endpoint": ses.url, "access": ACCESS,
            "requests_per_second": 1000.0,
        }  # fmt: skip
        return Wish(mode=mode, target=Target(**(target | more)), bucket=bucket)

    return make


class Desk:
    """An account and its list in SES, as a test works with them."""

    def __init__(self, db: Database, settings: Settings, account_id: int) -> None:
        self.db = db
        self.settings = settings
        self.account_id = account_id

    async def connect(self, wish: Wish) -> Connection:
        return await actions.connect(
            self.db, self.settings.secret_key, self.account_id, wish, actor="test"
        )

    async def write(self, *changes: dict) -> list[Outcome]:
        made = [ContactChange(source=Source("test"), **one) for one in changes]
        return await self.db.transact(lambda tx: contacts.apply(tx, self.account_id, made))

    async def work(self) -> None:
        """Do all that a worker would."""
        await working.work(self.db, self.settings, self.account_id)

    async def work_until_well(self) -> None:
        """Work as a worker does that is refused again and again, without its rests."""
        for _ in range(60):
            await self.work()
            if (await self.connection()).error is None and not await self.waiting():
                return
            await asyncio.sleep(0.05)
        raise AssertionError((await self.connection()).error)

    async def connection(self) -> Connection:
        async with self.db.read() as read:
            return await actions.existing(read, self.account_id)

    async def waiting(self) -> list[str]:
        async with self.db.read() as read:
            return [one.address for one in await outbox_queries.oldest(read, self.account_id, 999)]

    async def refused(self) -> dict[str, str]:
        async with self.db.read() as read:
            found = await outbox_queries.refused(read, self.account_id, "", 999)
        return {one.address: one.said for one in found}

    async def optouts(self, address: str) -> set[tuple[str, str]]:
        async with self.db.read() as read:
            rows = await read.rows(
                "SELECT channel, reason FROM optout_states"
                " WHERE account_id = %(a)s AND address = %(b)s",
                {"a": self.account_id, "b": address},
            )
        return {(row[0].split(":")[0], row[1]) for row in rows}

    async def topic(self, name: str):
        async with self.db.read() as read:
            return await read.value(
                "SELECT list_id FROM ses_topics WHERE account_id = %(a)s AND name = %(b)s",
                {"a": self.account_id, "b": name},
            )

    async def contacts(self) -> dict[str, dict]:
        async with self.db.read() as read:
            rows = await read.rows(
                "SELECT email_key, fields FROM contacts WHERE account_id = %(a)s",
                {"a": self.account_id},
            )
        return {row[0]: row[1] for row in rows}

    async def tx(self, work) -> None:
        async def inside(tx: Tx) -> None:
            await work(tx)

        await self.db.transact(inside)


@pytest.fixture
def settings(dsn: str, tmp_path, running_ses: SesServer) -> Settings:
    return Settings.from_env(
        {
            "SIGNALBOOK_DATABASE_URL": dsn,
            "SIGNALBOOK_DATA_DIR": str(tmp_path),
            "SIGNALBOOK_SES_S3_ENDPOINT": running_ses.url,
        }
    )


@pytest.fixture
async def desk(db: Database, settings: Settings, northwind: Place) -> AsyncIterator[Desk]:
    yield Desk(db, settings, northwind.id)
    async with db.tx() as tx:
        await queries.delete(tx, northwind.id)
