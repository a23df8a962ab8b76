"""Texts that are no link of ours, made from links that are; none of them may be accepted.

Keys are at hand in memory, of three accounts with two keys each, so a text that names any of them
comes as far as the signature.
"""

import random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from itertools import product
from typing import Final
from uuid import UUID

from signalbook.ledger.model import Channel
from signalbook.preferences import tokens
from signalbook.preferences.model import Link, Purpose

SECRET: Final = "not the secret of any installation"
ACCOUNTS: Final = (1, 2, 70_000)
KEYS: Final = {
    (account, number): tokens.key_of(SECRET, account, number, b"salt %d %d" % (account, number))
    for account, number in product(ACCOUNTS, (1, 2))
}
PEOPLE: Final = (
    ("ada@example.com", UUID(int=7), Channel.EMAIL),
    ("grace@example.org", UUID(int=8), Channel.EMAIL),
    ("+442071838750", UUID(int=7), Channel.SMS),
    ("ada@example.com", None, None),
)


def accepted(text: str, purpose: Purpose) -> Link | None:
    """Open a text as the pages do."""
    sealed = tokens.opened(text)
    key = KEYS.get((sealed.account_id, sealed.key_number)) if sealed is not None else None
    return tokens.read(key, sealed, purpose) if key is not None and sealed is not None else None


def genuine() -> list[tuple[str, Link]]:
    """Write a link for every account, key, purpose and person."""
    found: list[tuple[str, Link]] = []
    for (account, number), purpose, person in product(KEYS, Purpose, PEOPLE):
        address, contact_id, channel = person
        link = Link(
            account_id=account,
            purpose=purpose,
            address=address,
            channel=channel if purpose is Purpose.UNSUBSCRIBE else None,
            contact_id=contact_id,
            ref="may-news",
        )
        found.append((tokens.write(KEYS[account, number], link), link))
    return found


def bit_flips(text: str) -> Iterator[str]:
    """Flip each bit of what a text says, and each bit of the text itself."""
    raw = _raw(text)
    for at, bit in product(range(len(raw)), range(8)):
        flipped = bytearray(raw)
        flipped[at] ^= 1 << bit
        yield _text(bytes(flipped))
    for at, bit in product(range(len(text)), range(7)):
        yield text[:at] + chr(ord(text[at]) ^ 1 << bit) + text[at + 1 :]


def cuts(text: str) -> Iterator[str]:
    """Cut a text off, lengthen it, and write it as a decoder might still take it."""
    yield from (text[:at] for at in range(len(text)))
    yield from (text + more for more in ("A", "AA", "=", "==", "\n", " ", ".", "%", "\x00"))
    yield from (f" {text}", text.swapcase(), text.replace("-", "+").replace("_", "/") + "=")


def swaps(one: str, other: str) -> Iterator[str]:
    """Put together the head of one link, the tag of one and the content of one, not all the same.

    Heads carry the account and the key, contents the purpose, the contact and the address.
    """
    parts = [tokens.opened(one), tokens.opened(other)]
    for head, tag, content in product(parts, repeat=3):
        assert head is not None
        assert tag is not None
        assert content is not None
        text = _text(head.head + tag.tag + content.content)
        if text not in {one, other}:
            yield text


def random_texts(count: int, seed: int = 8058) -> Iterator[str]:
    """Make up texts: half of nothing but chance, half with the head of an account and key."""
    chance = random.Random(seed)
    heads = list({opened.head for text, _ in genuine() if (opened := tokens.opened(text))})
    for number in range(count):
        body = chance.randbytes(chance.randrange(17, 90))
        yield _text(body if number % 2 else heads[number // 2 % len(heads)] + body)


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
