"""The rules of accounts that need nothing but themselves."""

import pytest

from signalbook.accounts import auth, passwords, secrets
from signalbook.accounts.errors import PasswordTooCommon, PasswordTooLong, PasswordTooShort
from signalbook.accounts.model import account_name_ok, email_key, network_of, scopes_of
from signalbook.accounts.plans import policy_of


@pytest.mark.parametrize(("kind", "prefix"), [("api", "sk_live_"), ("upload", "cu_")])
def test_a_key_knows_itself_and_shows_only_its_beginning(kind, prefix):
    key = secrets.new_key(kind)

    assert key.startswith(prefix)
    assert secrets.looks_like_key(key)
    assert secrets.shown_prefix(key) == key[: len(prefix) + 6]
    assert key != secrets.new_key(kind)


def test_a_mistyped_key_is_seen_without_a_database():
    key = secrets.new_key("api")
    for mistyped in (key[:-1], key + "a", key.swapcase(), key[:20] + "~" + key[21:]):
        assert not secrets.looks_like_key(mistyped)


@pytest.mark.parametrize("raw", ["", "sk_live_", "cu_é", "sk_live_" + "é" * 49, "\x00" * 57])
def test_rubbish_is_no_key(raw):
    assert not secrets.looks_like_key(raw)


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("elevenchars", PasswordTooShort),
        ("x" * 1025, PasswordTooLong),
        ("é" * 600, PasswordTooLong),
        ("password1234", PasswordTooCommon),
        ("PassWord1234", PasswordTooCommon),
        ("aaaaaaaaaaaa", PasswordTooCommon),
        ("ada@northwind.example", PasswordTooCommon),
    ],
)
def test_a_bad_password_is_told_why(password, error):
    with pytest.raises(error):
        passwords.check(password, own_words=("ada@northwind.example",))


@pytest.mark.parametrize("password", ["a quiet walk by the sea", " spaces count  ", "ключ от дома"])
def test_a_long_password_needs_nothing_else(password):
    passwords.check(password)


def test_a_write_scope_includes_reading():
    assert scopes_of("api", "write") == ["read", "write", "upload"]
    assert scopes_of("api", "read") == ["read"]
    assert scopes_of("upload", "write") == ["upload"]


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("not an address", "unknown"),
        ("", "unknown"),
    ],
)
def test_guesses_are_counted_by_network(ip, network):
    assert network_of(ip) == network


@pytest.mark.parametrize("typed", ["Ada@Example.com", " ada@example.COM ", "ADA@EXAMPLE.COM"])
def test_every_way_to_type_an_email_is_one_person(typed):
    assert email_key(typed) == "ada@example.com"


@pytest.mark.parametrize(
    ("name", "ok"),
    [("default", True), ("Nord Wind-2.0", True), ("", False), (" a", False), ("a\nb", False)],
)
def test_an_account_has_a_plain_name(name, ok):
    assert account_name_ok(name) is ok


@pytest.mark.parametrize(
    ("door", "plan", "own", "limit", "most"),
    [
        ("upload", "free", None, 60, 60),
        ("upload", "paid", None, 1_800, 3_600),
        ("upload", "enterprise", None, 60_000, 60_000),
        ("upload", "enterprise", 12_000, 12_000, 12_000),
        ("upload", "free", 12_000, 60, 60),
        ("upload", "unlimited", None, 10**9, 10**9),
        ("api", "free", None, 100, 100),
        ("api", "paid", None, 10_000, 10_000),
        ("api", "enterprise", 250_000, 250_000, 250_000),
    ],
)
def test_plans_are_what_the_price_list_says(door, plan, own, limit, most):
    policy = policy_of(door, plan, own)
    assert (policy.limit, policy.most) == (limit, most)
    assert policy.window_seconds == (60 if door == "upload" else 3600)


@pytest.mark.parametrize(
    "wanted",
    [
        None, "", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "https:evil.example", "https://evil.example", "javascript:alert(1)", "/%09/evil.example/ ",
        "/a\tb", "/a\r\nSet-Cookie: x", "evil", "/a//evil.example", "/login", "/login?next=/login",
        "/\x00", "/a b", "http:/evil",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere_after_signing_in(wanted):
    assert auth.safe_next(wanted) == auth.HOME


@pytest.mark.parametrize("wanted", ["/contacts?tag=a&x=%2F", "/people", "/contacts/1#top"])
def test_somebody_who_had_to_sign_in_goes_on_where_they_were(wanted):
    assert auth.safe_next(wanted) == wanted


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({"x-api-key": " sk_a "}, "sk_a"),
        ({"authorization": "Bearer sk_a"}, "sk_a"),
        ({"authorization": "bearer  sk_a"}, "sk_a"),
        ({"authorization": "Basic sk_a"}, None),
        ({"authorization": "Bearer"}, None),
        ({}, None),
    ],
)
def test_a_key_comes_in_two_headers(headers, key):
    assert auth.key_in(headers) == key
