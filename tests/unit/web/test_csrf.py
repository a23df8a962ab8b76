"""Forms come from our own pages."""

import pytest

from signalbook.kit.ids import new_id
from signalbook.web import csrf

SECRET = "s" * 40
HERE = "https://contacts.example"


def test_a_token_belongs_to_one_session_and_one_server():
    mine, other = new_id(), new_id()
    token = csrf.token(SECRET, mine)

    assert csrf.is_valid(SECRET, mine, token)
    assert not csrf.is_valid(SECRET, other, token)
    assert not csrf.is_valid("t" * 40, mine, token)
    assert token != csrf.token(SECRET, mine)


@pytest.mark.parametrize("given", ["", "x", "AAAA", "é", "A" * 64, "=" * 64])
def test_rubbish_is_no_token(given):
    assert not csrf.is_valid(SECRET, new_id(), given)


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"origin": "https://contacts.example", "host": "contacts.example"}, False),
        ({"origin": "https://evil.example", "host": "contacts.example"}, True),
        ({"origin": "https://contacts.example", "host": "inner:8000"}, False),
        ({"origin": "null", "host": "contacts.example"}, True),
        ({"referer": "https://contacts.example/people", "host": "contacts.example"}, False),
        ({"referer": "https://evil.example/", "host": "contacts.example"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "https://contacts.example"}, True),
        ({"host": "contacts.example"}, False),
    ],
)
def test_a_browser_says_where_a_form_was(headers, foreign):
    assert csrf.is_foreign(headers, HERE) is foreign
