"""Notices of AWS SNS: that they are AWS's own, and what SES says in them of subscriptions; no I/O.

The signature is checked as AWS describes it ("Verifying the signatures of Amazon SNS messages"):
RSA over the named members, SHA-1 in version 1 and SHA-256 in version 2, with a certificate that
lies at an address of SNS itself. What SES says is its event `Subscription`, the only sign that it
gives by itself of what somebody chose in a message (developer guide, "event publishing").
"""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, cast
from urllib.parse import urlsplit

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from signalbook.connector.errors import NoticeRefused
from signalbook.connector.model import Remote, Status
from signalbook.kit import clock

MOST_BYTES: Final = 300_000
"""SNS sends 256 KB at most."""

_HOST: Final = re.compile(r"sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?")
_TYPES: Final = ("Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation")
_CHOICES: Final[Mapping[str, Status]] = {"OptIn": "OPT_IN", "OptOut": "OPT_OUT"}


class Envelope(msgspec.Struct, frozen=True, rename="pascal"):
    """What SNS sends; `message` is whatever was published."""

    type: str
    message: str
    message_id: str
    timestamp: str
    topic_arn: str
    signature: str
    signature_version: str
    signing_cert_url: str = msgspec.field(name="SigningCertURL")
    subject: str | None = None
    token: str | None = None
    subscribe_url: str | None = msgspec.field(name="SubscribeURL", default=None)


class Said(msgspec.Struct, frozen=True):
    """What SES says of contacts; `source` is how they chose."""

    list_name: str
    remotes: tuple[Remote, ...]
    source: str


def read(raw: bytes) -> Envelope:
    """Read what was sent; raises NoticeRefused."""
    try:
        return msgspec.json.decode(raw, type=Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError) as odd:
        raise NoticeRefused(said="it is not in the form of SNS") from odd


def checked_url(url: str | None) -> str:
    """Return an address that is SNS's own; raises NoticeRefused."""
    parts = urlsplit(url or "")
    host = parts.hostname or ""
    if parts.scheme != "https" or not _HOST.fullmatch(host) or parts.netloc != host:
        raise NoticeRefused(said="it names an address that is not SNS's")
    return str(url)


def verify(envelope: Envelope, certificate: bytes) -> None:
    """Check the signature; raises NoticeRefused where any byte is not as AWS signed it."""
    try:
        found = x509.load_pem_x509_certificate(certificate)
        key = found.public_key()
        signature = base64.b64decode(envelope.signature, validate=True)
    except (ValueError, binascii.Error) as odd:
        raise NoticeRefused(said="its certificate or signature cannot be read") from odd
    if not isinstance(key, RSAPublicKey) or not _is_of_now(found):
        raise NoticeRefused(said="its certificate is not in force")
    digest = {"1": SHA1, "2": SHA256}.get(envelope.signature_version)
    if digest is None:
        raise NoticeRefused(said="it is signed in a version that is not known")
    try:
        key.verify(signature, signed_text(envelope), PKCS1v15(), digest())
    except InvalidSignature as forged:
        raise NoticeRefused(said="the signature does not fit") from forged


def signed_text(envelope: Envelope) -> bytes:
    """Write what AWS signs: the names and values of some members, each on its line."""
    if envelope.type not in _TYPES:
        raise NoticeRefused(said="its type is not known")
    named: list[tuple[str, str | None]] = [
        ("Message", envelope.message),
        ("MessageId", envelope.message_id),
    ]
    if envelope.type == "Notification":
        named.append(("Subject", envelope.subject))
    else:
        named.append(("SubscribeURL", envelope.subscribe_url))
    named.append(("Timestamp", envelope.timestamp))
    if envelope.type != "Notification":
        named.append(("Token", envelope.token))
    named += [("TopicArn", envelope.topic_arn), ("Type", envelope.type)]
    return "".join(f"{name}\n{value}\n" for name, value in named if value is not None).encode()


def said(message: str) -> Said | None:
    """Return what SES says of subscriptions; None where it is about something else."""
    try:
        event = _object(msgspec.json.decode(message))
    except msgspec.DecodeError:
        return None
    if "Subscription" not in (event.get("eventType"), event.get("notificationType")):
        return None
    chosen = _object(event.get("subscription"))
    now = _object(chosen.get("newTopicPreferences"))
    at = _moment(chosen.get("timestamp"))
    topics: dict[str, Status] = {
        str(one["topicName"]): status
        for one in _objects(now.get("topicSubscriptionStatus"))
        if (status := _CHOICES.get(str(one.get("subscriptionStatus")))) and "topicName" in one
    }
    addresses: object = _object(event.get("mail")).get("destination")
    remotes = [
        Remote(address, now.get("unsubscribeAll") is True, topics, updated_at=at)
        for address in _list(addresses)
        if isinstance(address, str) and "@" in address
    ]
    return Said(str(chosen.get("contactList")), tuple(remotes), str(chosen.get("source") or ""))


def _moment(raw: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(raw))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _is_of_now(certificate: x509.Certificate) -> bool:
    return certificate.not_valid_before_utc <= clock.now() <= certificate.not_valid_after_utc


def _object(found: object) -> dict[str, Any]:
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _list(found: object) -> list[object]:
    return cast("list[object]", found) if isinstance(found, list) else []


def _objects(found: object) -> list[dict[str, Any]]:
    return [_object(one) for one in _list(found)]
