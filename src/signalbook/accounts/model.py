"""What accounts, people, keys and sessions are, and the rules that need nothing but themselves."""

import ipaddress
import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias, get_args
from uuid import UUID

import msgspec

Plan: TypeAlias = Literal["free", "paid", "enterprise", "unlimited"]
Role: TypeAlias = Literal["viewer", "editor", "admin", "owner"]
Scope: TypeAlias = Literal["read", "write", "upload"]
KeyKind: TypeAlias = Literal["api", "upload", "oauth", "ses"]
Door: TypeAlias = Literal["upload", "api"]

PLANS: Final[tuple[Plan, ...]] = get_args(Plan)
ROLES: Final[tuple[Role, ...]] = get_args(Role)
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
KEY_KINDS: Final[tuple[KeyKind, ...]] = get_args(KeyKind)

PASSWORD_MIN_CHARACTERS: Final = 12
PASSWORD_MAX_BYTES: Final = 1024
NAME_MAX_CHARACTERS: Final = 100
SESSION_IDLE: Final = timedelta(hours=12)
SESSION_LIFE: Final = timedelta(days=14)
INVITATION_LIFE: Final = timedelta(days=7)
TOKEN_LIFE: Final = timedelta(hours=1)
UPLOAD_MAX_PER_MINUTE: Final = 60_000
API_MAX_PER_HOUR: Final = 1_000_000_000

_IPV4_BITS = 24
_IPV6_BITS = 64
_IPV4 = 4
# In this order: every browser names others that came before it.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_ACCOUNT_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9])?")


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who is calling, for which account, and what they may do.

    `accounts` are the ids and names of all accounts that a person belongs to.
    """

    account_id: int
    account: str
    plan: Plan
    kind: Literal["key", "person", "cli"]
    actor: str
    key_id: UUID | None = None
    user_id: UUID | None = None
    role: Role | None = None
    scopes: frozenset[str] = frozenset()
    upload_per_minute: int | None = None
    api_per_hour: int | None = None
    session_id: UUID | None = None
    time_zone: str = "UTC"
    name: str = ""
    email: str = ""
    accounts: tuple[tuple[int, str], ...] = ()

    def has_role(self, role: Role) -> bool:
        """Tell whether this person holds at least `role` in the account."""
        return self.role is not None and ROLES.index(self.role) >= ROLES.index(role)


class Account(msgspec.Struct, frozen=True):
    """One customer of this server."""

    id: int
    name: str
    plan: Plan
    upload_per_minute: int | None
    api_per_hour: int | None
    settings: dict[str, Any]
    created_at: datetime


class Person(msgspec.Struct, frozen=True):
    """Somebody who signs in."""

    id: UUID
    email: str
    name: str
    time_zone: str
    created_at: datetime
    disabled_at: datetime | None


class Credentials(msgspec.Struct, frozen=True):
    """What a password is checked against."""

    id: UUID
    password_hash: str
    disabled_at: datetime | None


class Member(msgspec.Struct, frozen=True):
    """A person in an account."""

    id: UUID
    email: str
    name: str
    role: Role
    created_at: datetime
    last_seen_at: datetime | None
    disabled_at: datetime | None


class Membership(msgspec.Struct, frozen=True):
    """An account a person belongs to."""

    account_id: int
    account: str
    role: Role


class ApiKey(msgspec.Struct, frozen=True):
    """A key as it may be shown: never the key itself."""

    id: UUID
    kind: KeyKind
    name: str
    prefix: str
    scopes: list[Scope]
    created_at: datetime
    created_by: str
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None

    def ended_at(self, now: datetime) -> datetime | None:
        """When the key became worthless, None while it is in use."""
        if self.revoked_at is not None or self.expires_at is None:
            return self.revoked_at
        return self.expires_at if self.expires_at <= now else None

    @property
    def shown(self) -> str:
        """The key as it may always be shown: whole where it is no secret, else its start."""
        return self.prefix if self.kind == "ses" else f"{self.prefix}…"


class KnownKey(msgspec.Struct, frozen=True):
    """What a key stands for, as authentication reads it."""

    id: UUID
    account_id: int
    account: str
    plan: Plan
    upload_per_minute: int | None
    api_per_hour: int | None
    scopes: list[str]
    revoked_at: datetime | None


class KnownSigner(KnownKey, frozen=True):
    """What an access key id stands for; the secret is encrypted, of the session token the hash."""

    secret: bytes
    session: bytes | None
    expires_at: datetime | None


class Invitation(msgspec.Struct, frozen=True):
    """A link that lets one person in once."""

    id: UUID
    account_id: int
    account: str
    email: str
    role: Role
    created_at: datetime
    created_by: str
    expires_at: datetime


class Session(msgspec.Struct, frozen=True):
    """One place where a person is signed in."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    user_agent: str
    ip: str

    @property
    def browser(self) -> str:
        """Name the browser and the system in two words, as far as they can be known."""
        agent = self.user_agent
        browser = next((name for mark, name in _BROWSERS if mark in agent), "")
        system = next((name for mark, name in _SYSTEMS if mark in agent), "")
        if not browser:
            return agent.partition("/")[0][:40] or "Unknown"
        return f"{browser} on {system}" if system else browser


class SignedIn(msgspec.Struct, frozen=True):
    """What a session stands for, as authentication reads it."""

    session_id: UUID
    last_seen_at: datetime
    person_id: UUID
    name: str
    email: str
    time_zone: str
    account_id: int
    account: str
    plan: Plan
    upload_per_minute: int | None
    api_per_hour: int | None
    role: Role
    accounts: list[tuple[int, str]] = []


class UsagePoint(msgspec.Struct, frozen=True):
    """Calls through one door in one stretch of time that starts at `minute`."""

    door: str
    minute: datetime
    calls: int
    refused: int
    over: int


class AccessToken(msgspec.Struct, frozen=True):
    """What `POST /token` gives for an oauth key; it opens what the key opens until it is stale."""

    text: str
    life_seconds: int
    caller: Caller


def caller_of_key(known: KnownKey) -> Caller:
    """Say who calls with this key."""
    return Caller(
        account_id=known.account_id,
        account=known.account,
        plan=known.plan,
        kind="key",
        actor=f"key:{known.id}",
        key_id=known.id,
        scopes=frozenset(known.scopes),
        upload_per_minute=known.upload_per_minute,
        api_per_hour=known.api_per_hour,
    )


def caller_of_person(known: SignedIn) -> Caller:
    """Say who calls with this session."""
    return Caller(
        account_id=known.account_id,
        account=known.account,
        plan=known.plan,
        kind="person",
        actor=f"user:{known.person_id}",
        user_id=known.person_id,
        role=known.role,
        scopes=frozenset({"read"}) if known.role == "viewer" else frozenset({"read", "write"}),
        upload_per_minute=known.upload_per_minute,
        api_per_hour=known.api_per_hour,
        session_id=known.session_id,
        time_zone=known.time_zone,
        name=known.name,
        email=known.email,
        accounts=tuple((int(one[0]), str(one[1])) for one in known.accounts),
    )


def caller_of_cli(account: Account) -> Caller:
    """Say who calls from the command line of this machine: somebody who may do everything."""
    return Caller(
        account_id=account.id,
        account=account.name,
        plan=account.plan,
        kind="cli",
        actor="cli",
        role="owner",
        scopes=frozenset(SCOPES),
        upload_per_minute=account.upload_per_minute,
        api_per_hour=account.api_per_hour,
    )


def account_name_ok(name: str) -> bool:
    """Tell whether an account may be called so: 1 to 64 plain characters, none odd at the ends."""
    return _ACCOUNT_NAME.fullmatch(name) is not None


def email_key(email: str) -> str:
    """Fold an e-mail so that every way to type it finds the same person."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", email.strip()).casefold())


def scopes_of(kind: KeyKind, scope: Literal["read", "write"]) -> list[Scope]:
    """Give the scopes of a new key: `write` includes `read`; an upload key can only upload."""
    if kind == "upload":
        return ["upload"]
    if scope == "read":
        return ["read"]
    return ["read", "write"] if kind == "ses" else ["read", "write", "upload"]


def network_of(ip: str) -> str:
    """Name the network an address belongs to: /24 for IPv4, /64 for IPv6."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    bits = _IPV4_BITS if address.version == _IPV4 else _IPV6_BITS
    return str(ipaddress.ip_network((address, bits), strict=False))
