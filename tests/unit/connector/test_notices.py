"""A notice counts only where AWS has signed every byte of it."""

import base64
import json
from datetime import timedelta

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from signalbook.connector import notices
from signalbook.connector.errors import NoticeRefused
from signalbook.kit import clock

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem"
EVENT = {
    "eventType": "Subscription",
    "mail": {"destination": ["Ada@example.com"]},
    "subscription": {
        "contactList": "Main",
        "timestamp": "2026-01-31T14:30:00.000Z",
        "source": "UnsubscribeHeader",
        "newTopicPreferences": {
            "unsubscribeAll": True,
            "topicSubscriptionStatus": [{"topicName": "Sports", "subscriptionStatus": "OptOut"}],
        },
        "oldTopicPreferences": {"unsubscribeAll": False, "topicSubscriptionStatus": []},
    },
}


def certificate(*, days: int = 1) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(clock.now() - timedelta(days=2))
        .not_valid_after(clock.now() + timedelta(days=days))
        .sign(KEY, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


def signed(version: str = "2", **more: str) -> dict[str, str]:
    found = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:ses",
        "Message": json.dumps(EVENT),
        "Timestamp": "2026-01-31T14:30:01.000Z",
        "SignatureVersion": version,
        "Signature": "",
        "SigningCertURL": URL,
    } | more
    text = notices.signed_text(notices.read(msgspec.json.encode(found)))
    digest = hashes.SHA1() if version == "1" else hashes.SHA256()  # noqa: S303  # AWS's version 1
    signature = KEY.sign(text, padding.PKCS1v15(), digest)
    return found | {"Signature": base64.b64encode(signature).decode()}


def check(sent: dict[str, str], pem: bytes | None = None) -> None:
    notices.verify(notices.read(msgspec.json.encode(sent)), pem or certificate())


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"Subject": "A subject"},
        {"Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": URL},
    ],
)
def test_what_aws_signed_is_taken(version, more):
    check(signed(version, **more))


@pytest.mark.parametrize(
    "change",
    [
        {"Message": "{}"}, {"MessageId": "another"}, {"TopicArn": "arn:aws:sns:x:1:y"},
        {"Timestamp": "2026-02-01T00:00:00.000Z"}, {"Subject": "Added"}, {"SignatureVersion": "1"},
        {"SignatureVersion": "3"}, {"Signature": "AAAA"}, {"Signature": "no base64!"},
        {"Type": "SubscriptionConfirmation"}, {"Type": "Else"},
    ],
)  # fmt: skip
def test_whatever_is_changed_is_refused(change):
    with pytest.raises(NoticeRefused):
        check(signed() | change)


def test_a_certificate_that_has_run_out_is_refused():
    with pytest.raises(NoticeRefused, match="in force"):
        check(signed(), certificate(days=-1))


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-west-1.amazonaws.com/a.pem", "https://sns.eu-west-1.amazonaws.com.evil.example/",
        "https://evil.example/sns.eu-west-1.amazonaws.com", "https://u@sns.eu-west-1.amazonaws.com/",
        "https://sns.eu-west-1.amazonaws.com:8443/", "https://s3.amazonaws.com/sns.pem", "", "file:///",
    ],
)  # fmt: skip
def test_only_addresses_of_sns_are_asked(url):
    with pytest.raises(NoticeRefused):
        notices.checked_url(url)
    assert notices.checked_url(URL) == URL


def test_a_subscription_event_says_who_chose_what():
    found = notices.said(json.dumps(EVENT))

    (remote,) = found.remotes
    assert (found.list_name, found.source) == ("Main", "UnsubscribeHeader")
    assert (remote.address, remote.unsubscribed) == ("Ada@example.com", True)
    assert remote.topics == {"Sports": "OPT_OUT"}


@pytest.mark.parametrize("message", ["", "[]", '{"eventType": "Bounce"}', '{"eventType": []}'])
def test_other_notices_say_nothing(message):
    assert notices.said(message) is None
