"""Links as text: sealed for one account, for one purpose, short, and safe in a URL; no I/O.

    token = base64url(version, account, key number, tag, sealed)

`tag` is HMAC-SHA-256 of all that comes before it and of the content, cut to 128 bits (RFC 2104 §5;
RFC 4868 does the same), and it is also what the content is encrypted with in counter mode, as in
the synthetic IV mode of RFC 5297: nobody who sees a link, in a log or over a shoulder, reads the
address in it, and the same link is always the same text. The purpose is part of the content, so it
cannot be exchanged. A text that is not exactly what `write` would have made is no link.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from signalbook.ledger.model import Channel
from signalbook.preferences.model import MAX_ADDRESS, MAX_REF, Link, Purpose

MOST_CHARACTERS: Final = 720

_VERSION: Final = 1
_TAG_BYTES: Final = 16
_ID_BYTES: Final = 16
_MOST_NUMBER: Final = 2**31 - 1
# Numbers that were once given out are never given to anything else.
_PURPOSES: Final = {Purpose.UNSUBSCRIBE: 1, Purpose.PREFERENCES: 2}
_CHANNELS: Final[dict[Channel | None, int]] = {
    None: 0, Channel.EMAIL: 1, Channel.SMS: 2, Channel.VOICE: 3, Channel.VOICEMAIL: 4,
    Channel.WHATSAPP: 5, Channel.PUSH: 6,
}  # fmt: skip
_PURPOSE_OF: Final = {number: purpose for purpose, number in _PURPOSES.items()}
_CHANNEL_OF: Final = {number: channel for channel, number in _CHANNELS.items()}


class Key(NamedTuple):
    """A signing key: its number in the account, and one secret each to sign and to encrypt."""

    number: int
    signing: bytes
    encrypting: bytes


class Sealed(NamedTuple):
    """A token that has the form of one; what it says is known once its key is."""

    head: bytes
    account_id: int
    key_number: int
    tag: bytes
    content: bytes


def key_of(secret_key: str, account_id: int, number: int, salt: bytes) -> Key:
    """Derive a key from the installation's secret and the account's random bytes.

    Neither is of use without the other (NIST SP 800-108, in feedback with HMAC).
    """
    context = b"signalbook link %d %d " % (account_id, number)
    root = hmac.digest(secret_key.encode(), context + salt, hashlib.sha256)
    signing, encrypting = (hmac.digest(root, use, hashlib.sha256) for use in (b"sign", b"seal"))
    return Key(number, signing, encrypting)


def write(key: Key, link: Link) -> str:
    """Write a link as text."""
    head = bytes([_VERSION]) + _number(link.account_id) + _number(key.number)
    content = _content(link)
    tag = _tag(key, head, content)
    whole = head + tag + _crypted(key, tag, content)
    return urlsafe_b64encode(whole).decode().rstrip("=")


def opened(token: str) -> Sealed | None:
    """Read which account and key a text claims to be of, None where it cannot be a link."""
    if not 0 < len(token) <= MOST_CHARACTERS or not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    # Otherwise spare bits, and characters that the decoder passes over, were many names of one.
    if urlsafe_b64encode(raw).decode().rstrip("=") != token or raw[:1] != bytes([_VERSION]):
        return None
    account_id, at = _read_number(raw, 1)
    number, at = _read_number(raw, at)
    tag, content = raw[at : at + _TAG_BYTES], raw[at + _TAG_BYTES :]
    if at == 0 or len(tag) < _TAG_BYTES or not content:
        return None
    return Sealed(raw[:at], account_id, number, tag, content)


def read(key: Key, sealed: Sealed, purpose: Purpose) -> Link | None:
    """Return what a link says, None where this key never signed it, or for another purpose."""
    content = _crypted(key, sealed.tag, sealed.content)
    if not hmac.compare_digest(_tag(key, sealed.head, content), sealed.tag):
        return None
    link = _link(sealed.account_id, content)
    return link if link is not None and link.purpose is purpose else None


def _tag(key: Key, head: bytes, content: bytes) -> bytes:
    return hmac.digest(key.signing, head + content, hashlib.sha256)[:_TAG_BYTES]


def _crypted(key: Key, tag: bytes, content: bytes) -> bytes:
    mode = modes.CTR(tag)
    return Cipher(algorithms.AES(key.encrypting), mode).encryptor().update(content)


def _content(link: Link) -> bytes:
    """Write purpose, channel, contact, address and ref, so that each says where it ends."""
    address, ref = link.address.encode(), link.ref.encode()
    if not 0 < len(address) <= MAX_ADDRESS or len(ref) > MAX_REF:
        raise ValueError(link)
    contact = link.contact_id.bytes if link.contact_id is not None else b""
    lead = bytes([_PURPOSES[link.purpose], _CHANNELS[link.channel], len(contact)])
    return lead + contact + _number(len(address)) + address + ref


def _link(account_id: int, content: bytes) -> Link | None:
    """Read what `_content` wrote; a key of ours has signed it."""
    purpose, channel = _PURPOSE_OF.get(content[0]), content[1] if len(content) > 1 else -1
    if purpose is None or channel not in _CHANNEL_OF:
        return None
    at = 3 + content[2]
    contact = content[3:at]
    size, at = _read_number(content, at)
    return Link(
        account_id=account_id,
        purpose=purpose,
        channel=_CHANNEL_OF[channel],
        contact_id=UUID(bytes=contact) if len(contact) == _ID_BYTES else None,
        address=content[at : at + size].decode(),
        ref=content[at + size :].decode(),
    )


def _number(value: int) -> bytes:
    """Write a number in as few bytes as it needs, seven bits in each."""
    written = bytearray()
    while value > 0x7F:  # noqa: PLR2004  # seven bits
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])


def _read_number(raw: bytes, at: int) -> tuple[int, int]:
    """Read a number and where it ends; (0, 0) where it is none, or not written as we write."""
    value, begun = 0, at
    for shift in range(0, 35, 7):
        if at >= len(raw):
            return 0, 0
        part = raw[at]
        value |= (part & 0x7F) << shift
        at += 1
        if part < 0x80:  # noqa: PLR2004  # the last one
            is_ours = begun and value <= _MOST_NUMBER and raw[begun:at] == _number(value)
            return (value, at) if is_ours else (0, 0)
    return 0, 0
