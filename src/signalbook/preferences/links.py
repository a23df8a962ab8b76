"""Links made and opened: what sends messages asks for a signer, what gets a token opens it.

    signer = await links.signer(account_id)
    signer.unsubscribe_url("ada@example.com", Channel.EMAIL, contact_id=contact.id, ref="may-news")
    message.headers |= signer.headers("ada@example.com", contact_id=contact.id, ref="may-news")

Take one signer for as many messages as go out together: making a link asks nobody.
"""

import secrets
from typing import Final, NamedTuple
from uuid import UUID

from signalbook.kit import clock
from signalbook.kit.db import Database, Tx
from signalbook.ledger.model import Channel, channels_of
from signalbook.preferences import queries, tokens
from signalbook.preferences.errors import LinkBroken
from signalbook.preferences.model import MAX_REF, Link, LinkKey, Purpose
from signalbook.preferences.tokens import Key

UNSUBSCRIBE: Final = "/u/"
PREFERENCES: Final = "/p/"
LOGO: Final = PREFERENCES + "logo/"

_SALT_BYTES: Final = 32
_MOST_KNOWN: Final = 10_000
_NOBODYS: Final = tokens.key_of("", 0, 0, b"")


class Signer(NamedTuple):
    """Makes links of one account with its newest key."""

    account_id: int
    key: Key
    public_url: str

    def unsubscribe_url(
        self,
        address: str,
        channel: Channel | None = Channel.EMAIL,
        *,
        contact_id: UUID | None = None,
        ref: str = "",
    ) -> str:
        """Return a link to unsubscribe from a channel, or from everything where it is None.

        `address` is the one written to, in the form of the ledger: an e-mail in lower case, a
        number in E.164, `id:` and an external id. `ref` names the campaign or the message, in at
        most 100 bytes. Raises ValueError where the address is not of the channel.
        """
        if channel is not None and channel not in channels_of(address):
            raise ValueError(channel)
        return self._url(UNSUBSCRIBE, Purpose.UNSUBSCRIBE, address, channel, contact_id, ref)

    def preferences_url(
        self, address: str, *, contact_id: UUID | None = None, ref: str = ""
    ) -> str:
        """Return a link to the page where somebody chooses, channel by channel."""
        return self._url(PREFERENCES, Purpose.PREFERENCES, address, None, contact_id, ref)

    def headers(
        self, address: str, *, contact_id: UUID | None = None, ref: str = ""
    ) -> dict[str, str]:
        """Return the headers that let a mail program unsubscribe with one click (RFC 8058).

        They take effect where the message's DKIM signature covers both.
        """
        url = self.unsubscribe_url(address, Channel.EMAIL, contact_id=contact_id, ref=ref)
        return {
            "List-Unsubscribe": f"<{url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    def _url(
        self,
        path: str,
        purpose: Purpose,
        address: str,
        channel: Channel | None,
        contact_id: UUID | None,
        ref: str,
    ) -> str:
        link = Link(
            account_id=self.account_id,
            purpose=purpose,
            address=address,
            channel=channel,
            contact_id=contact_id,
            ref=ref.encode()[:MAX_REF].decode(errors="ignore"),
        )
        return self.public_url.rstrip("/") + path + tokens.write(self.key, link)


class Links:
    """Signs and opens the links of every account; keys that were seen once are remembered."""

    def __init__(self, db: Database, secret_key: str, public_url: str) -> None:
        """Know keys by `db` and the installation's secret."""
        self._db = db
        self._secret_key = secret_key
        self._public_url = public_url
        self._known: dict[tuple[int, int], Key] = {}

    async def signer(self, account_id: int) -> Signer:
        """Return what makes links of an account, with its first key where it had none."""
        async with self._db.read() as read:
            newest = await queries.newest_key(read, account_id)
        if newest is None:
            newest = await self._db.transact(lambda tx: first_key(tx, account_id))
        return Signer(account_id, self._key(account_id, newest), self._public_url)

    async def opened(self, token: str, purpose: Purpose) -> Link:
        """Return what a link says; raises LinkBroken, whatever is wrong with it."""
        sealed = tokens.opened(token)
        if sealed is None:
            raise LinkBroken
        key = await self._find(sealed.account_id, sealed.key_number)
        link = tokens.read(key or _NOBODYS, sealed, purpose)
        if key is None or link is None:
            raise LinkBroken
        return link

    async def _find(self, account_id: int, number: int) -> Key | None:
        known = self._known.get((account_id, number))
        if known is None:
            async with self._db.read() as read:
                stored = await queries.key(read, account_id, number)
            known = self._key(account_id, stored) if stored is not None else None
        return known

    def _key(self, account_id: int, stored: LinkKey) -> Key:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        key = tokens.key_of(self._secret_key, account_id, stored.number, stored.salt)
        self._known[account_id, stored.number] = key
        return key


async def first_key(tx: Tx, account_id: int) -> LinkKey:
    """Make the first key of an account, unless somebody else just did."""
    await _insert(tx, account_id, 1, "signalbook")
    newest = await queries.newest_key(tx, account_id)
    if newest is None:
        raise LookupError(account_id)
    return newest


async def next_key(tx: Tx, account_id: int, actor: str) -> LinkKey:
    """Make a key that signs from now on; those before it are still accepted."""
    while True:
        newest = await queries.newest_key(tx, account_id)
        made = await _insert(tx, account_id, newest.number + 1 if newest else 1, actor)
        if made is not None:
            return made


async def _insert(tx: Tx, account_id: int, number: int, actor: str) -> LinkKey | None:
    """Make the key of a number; None where there is one."""
    made = LinkKey(number, secrets.token_bytes(_SALT_BYTES), clock.now(), actor)
    added = await queries.insert_key(
        tx, account_id, number, made.salt, actor=actor, at=made.created_at
    )
    return made if added else None
