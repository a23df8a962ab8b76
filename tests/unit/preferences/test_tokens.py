"""A link is what we wrote, for what we wrote it; `make token-test` tries many more."""

import random
from itertools import pairwise
from uuid import UUID

import pytest

from signalbook.ledger.model import Channel
from signalbook.preferences import tokens
from signalbook.preferences.links import Signer
from signalbook.preferences.model import Link, Purpose
from tests.tokens import attacks
from tests.tokens.attacks import KEYS, SECRET, accepted

ADA = Link(
    account_id=1,
    purpose=Purpose.UNSUBSCRIBE,
    address="ada@example.com",
    channel=Channel.EMAIL,
    contact_id=UUID(int=7),
    ref="may-news",
)
TOKEN = tokens.write(KEYS[1, 1], ADA)
SIGNER = Signer(1, KEYS[1, 1], "https://mail.example.com/")


def refused(text):
    return all(accepted(text, purpose) is None for purpose in Purpose)


def test_a_link_says_what_was_written():
    for text, link in attacks.genuine():
        assert accepted(text, link.purpose) == link


def test_a_link_is_short_safe_in_an_address_and_always_the_same():
    assert tokens.write(KEYS[1, 1], ADA) == TOKEN
    assert len(TOKEN) < 100
    assert TOKEN.replace("-", "").replace("_", "").isalnum()


def test_nobody_reads_the_address_in_a_link():
    raw = attacks._raw(TOKEN)

    assert not any(part in raw for part in (b"ada", b"example", b"may", UUID(int=7).bytes[-4:]))


def test_a_link_is_for_one_purpose_alone():
    for text, link in attacks.genuine():
        (other,) = set(Purpose) - {link.purpose}
        assert accepted(text, other) is None


def test_no_flipped_bit_is_accepted():
    assert all(refused(text) for text in attacks.bit_flips(TOKEN) if text != TOKEN)


def test_a_link_has_one_way_to_be_written():
    assert all(refused(text) for text in attacks.cuts(TOKEN))


def test_parts_of_two_links_are_none():
    texts = [text for text, _ in attacks.genuine()]
    random.Random(1).shuffle(texts)

    for one, other in pairwise(texts):
        assert all(refused(text) for text in attacks.swaps(one, other))


def test_nothing_random_is_accepted():
    assert all(refused(text) for text in attacks.random_texts(5_000))


def test_a_key_belongs_to_its_account_its_number_and_its_installation():
    sealed = tokens.opened(TOKEN)
    assert sealed is not None

    def opens(secret, account, number, salt):
        key = tokens.key_of(secret, account, number, salt)
        return tokens.read(key, sealed, Purpose.UNSUBSCRIBE) is not None

    assert opens(SECRET, 1, 1, b"salt 1 1")
    assert not opens(SECRET, 1, 1, b"salt 1 2")
    assert not opens(SECRET, 2, 1, b"salt 1 1")
    assert not opens(SECRET, 1, 2, b"salt 1 1")
    assert not opens(SECRET + ".", 1, 1, b"salt 1 1")


@pytest.mark.parametrize("address", ["", "x" * 321])
def test_an_address_that_is_none_is_not_signed(address):
    with pytest.raises(ValueError):
        SIGNER.preferences_url(address)


def test_a_link_to_unsubscribe_is_of_a_channel_its_address_has():
    with pytest.raises(ValueError):
        SIGNER.unsubscribe_url("ada@example.com", Channel.SMS)

    assert SIGNER.unsubscribe_url("+442071838750", Channel.SMS).startswith(
        "https://mail.example.com/u/"
    )


def test_the_headers_are_those_of_one_click():
    headers = SIGNER.headers("ada@example.com", contact_id=UUID(int=7), ref="may-news")

    assert headers == {
        "List-Unsubscribe": f"<https://mail.example.com/u/{TOKEN}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_a_ref_that_is_too_long_is_cut_between_two_letters():
    url = SIGNER.unsubscribe_url("ada@example.com", ref="é" * 60)

    link = accepted(url.rpartition("/")[2], Purpose.UNSUBSCRIBE)
    assert link is not None
    assert link.ref == "é" * 50
