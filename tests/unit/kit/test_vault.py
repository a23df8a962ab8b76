"""Secrets that must be read back."""

import pytest

from signalbook.kit import vault
from signalbook.kit.vault import SecretLocked

KEY = "k" * 48


def test_what_was_locked_is_read_back_and_is_never_the_same_twice():
    first, second = (vault.lock(KEY, "ses 1", "sécret") for _ in range(2))
    assert first != second
    assert b"cret" not in first
    assert vault.unlock(KEY, "ses 1", first) == "sécret"


@pytest.mark.parametrize(("key", "purpose"), [(KEY + "x", "ses 1"), (KEY, "ses 2")])
def test_another_key_or_purpose_reads_nothing(key, purpose):
    with pytest.raises(SecretLocked):
        vault.unlock(key, purpose, vault.lock(KEY, "ses 1", "secret"))


def test_a_changed_byte_or_a_stump_is_refused():
    locked = vault.lock(KEY, "ses 1", "secret")
    for broken in (locked[:-1] + bytes([locked[-1] ^ 1]), locked[:5], b""):
        with pytest.raises(SecretLocked):
            vault.unlock(KEY, "ses 1", broken)


def test_nothing_is_locked_without_a_key():
    with pytest.raises(AssertionError):
        vault.lock("", "ses 1", "secret")
