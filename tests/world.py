"""The world of the tests: Ada and Grace of Northwind, Kenji of Contoso; two accounts, always.

Ada owns Northwind, Grace may only look. Kenji owns Contoso, and nothing of Northwind's is his.
"""

from functools import cache
from uuid import UUID

import msgspec
from argon2 import PasswordHasher

from signalbook.accounts import actions as accounts
from signalbook.accounts import key_actions as keys
from signalbook.accounts import people_actions as people
from signalbook.accounts.model import Account, Caller, Plan, Role, caller_of_cli, caller_of_person
from signalbook.accounts.model import SignedIn as Seen
from signalbook.kit import clock
from signalbook.kit.db import Tx
from signalbook.kit.ids import new_id

PASSWORD = "a quiet walk by the sea"


class Somebody(msgspec.Struct, frozen=True):
    """A person of the world, with the password they would type."""

    id: UUID
    email: str
    name: str
    role: Role
    password: str = PASSWORD


class Place(msgspec.Struct, frozen=True):
    """An account of the world, its people, and a key of each kind."""

    account: Account
    people: dict[str, Somebody]
    api_key: str
    read_key: str
    upload_key: str

    @property
    def id(self) -> int:
        return self.account.id

    @property
    def cli(self) -> Caller:
        """Somebody at the command line of this account, who may do everything."""
        return caller_of_cli(self.account)

    def caller(self, name: str) -> Caller:
        """One of its people, signed in."""
        person = self.people[name]
        return caller_of_person(
            Seen(
                session_id=new_id(),
                last_seen_at=clock.now(),
                person_id=person.id,
                name=person.name,
                email=person.email,
                time_zone="UTC",
                account_id=self.account.id,
                account=self.account.name,
                plan=self.account.plan,
                upload_per_minute=self.account.upload_per_minute,
                api_per_hour=self.account.api_per_hour,
                role=person.role,
            )
        )


class World(msgspec.Struct, frozen=True):
    """Both accounts."""

    northwind: Place
    contoso: Place


async def populate(tx: Tx) -> World:
    """Let there be Northwind and Contoso."""
    return World(
        northwind=await place(tx, "Northwind", {"Ada": "owner", "Grace": "viewer"}),
        contoso=await place(tx, "Contoso", {"Kenji": "owner"}),
    )


async def place(tx: Tx, name: str, roles: dict[str, Role], plan: Plan = "unlimited") -> Place:
    """Open an account with these people and three keys."""
    account = await accounts.create(tx, name, plan, actor="test")
    return Place(
        account=account,
        people={who: await somebody(tx, account, who, role) for who, role in roles.items()},
        api_key=(await keys.create(tx, account.id, "api", actor="test")).key,
        read_key=(await keys.create(tx, account.id, "api", scope="read", actor="test")).key,
        upload_key=(await keys.create(tx, account.id, "upload", actor="test")).key,
    )


async def somebody(tx: Tx, account: Account, name: str, role: Role) -> Somebody:
    """Bring a person into an account: Ada of Northwind is ada@northwind.example."""
    email = f"{name.lower()}@{account.name.lower()}.example"
    person, _ = await people.create(
        tx, account.id, email, role, password_hash=hashed(), name=name, actor="test"
    )
    return Somebody(id=person.id, email=email, name=name, role=role)


@cache
def hashed() -> str:
    """The password of the world as a hash that is quick to check."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
