"""A notice of SES is taken in before it is answered; nobody else can send one."""

import msgspec
import pytest

from signalbook.connector import hooks, noticing
from signalbook.connector.errors import HookUnknown, NoticeRefused
from signalbook.connector.model import Mode
from tests.unit.connector.test_notices import certificate, signed


@pytest.fixture
def asked(monkeypatch):
    """SNS as it answers: with its certificate, whatever it is asked."""
    urls: list[str] = []

    def fetch(url: str) -> bytes:
        urls.append(url)
        return certificate()

    monkeypatch.setattr("signalbook.connector.noticing._fetch", fetch)
    noticing._certificates.clear()
    return urls


async def send(desk, sent) -> None:
    token = hooks.token(desk.settings.secret_key, (await desk.connection()).id)
    await noticing.take(desk.db, desk.settings.secret_key, token, msgspec.json.encode(sent))


@pytest.mark.parametrize("mode", [Mode.FOLLOW, Mode.MIRROR])
async def test_who_unsubscribes_in_a_message_is_unsubscribed_at_once(desk, ses, wish, asked, mode):
    ses.create("ada@example.com")
    await desk.write({"email": "ada@example.com"})
    await desk.connect(wish(mode))
    await desk.work()
    ses.update(
        "ada@example.com",
        UnsubscribeAll=True,
        TopicPreferences=[{"TopicName": "Sports", "SubscriptionStatus": "OPT_OUT"}],
    )

    await send(desk, signed())

    assert await desk.optouts("ada@example.com") == {("email", "contact"), ("topic", "contact")}
    await desk.work()
    assert ses.contacts()["ada@example.com"]["unsubscribed"] is True
    assert await desk.waiting() == []


async def test_a_wish_to_subscribe_is_confirmed(desk, ses, wish, asked):
    await desk.connect(wish())
    url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"

    await send(desk, signed(Type="SubscriptionConfirmation", Token="t", SubscribeURL=url))

    assert asked[-1] == url


async def test_nobody_else_can_send_one(desk, ses, wish, asked):
    connection = await desk.connect(wish())
    raw = msgspec.json.encode(signed())

    for token in ("", str(connection.id), f"{connection.id}.guess", f"{connection.id}.é"):
        with pytest.raises(HookUnknown):
            await noticing.take(desk.db, desk.settings.secret_key, token, raw)
    with pytest.raises(NoticeRefused):
        await send(desk, signed() | {"Message": "{}"})
    with pytest.raises(NoticeRefused):
        await send(desk, signed() | {"SigningCertURL": "https://evil.example/sns.pem"})
    assert await desk.optouts("ada@example.com") == set()
