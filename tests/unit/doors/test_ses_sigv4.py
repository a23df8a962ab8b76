"""Signatures are those that botocore's own signer makes, over odd paths, queries and headers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.utils import normalize_url_path
from hypothesis import given
from hypothesis import strategies as st

from signalbook.doors.ses import sigv4
from signalbook.doors.ses.errors import AuthenticationMissing, SignatureIncomplete, SignatureWrong
from signalbook.doors.ses.sigv4 import Sent
from signalbook.kit import clock

ACCESS, SECRET, TOKEN = (
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "tok/en==",
)
HOST = "127.0.0.1:8000"
ROOT = "/v2/email/contact-lists/L/contacts/"


def signed(
    method="PUT",
    path=ROOT + "a%40b.example",
    query="",
    body=b'{"a":1}',
    headers=(),
    token=None,
    secret=SECRET,
    service="ses",
    signer=SigV4Auth,
    **besides,
) -> Sent:
    """A request as it arrives, signed by botocore a moment ago."""
    url = f"http://{HOST}{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method, url, {"Content-Type": "application/json", **dict(headers)}, body)
    credentials = Credentials(ACCESS, secret, token)
    signer(credentials, service, "eu-west-3", **besides).add_auth(request)
    parts = urlsplit(str(request.url))
    sent = [(name.lower().encode(), str(text).encode()) for name, text in request.headers.items()]
    sent.append((b"host", HOST.encode()))
    pairs = sigv4.query_of(parts.query.encode())
    return Sent(method, sigv4.path_of(parts.path), pairs, sent)


def accept(sent: Sent, *, body=b'{"a":1}', secret=SECRET, now: datetime | None = None):
    claim = sigv4.claim_of(sent)
    sigv4.check(sent, claim, now or clock.now())
    sigv4.verify(sent, claim, secret, body)
    return claim


def test_a_signed_request_says_who_when_and_for_which_region():
    claim = accept(signed(token=TOKEN))
    assert (claim.access_key, claim.region, claim.token) == (ACCESS, "eu-west-3", TOKEN)
    assert "x-amz-security-token" in claim.signed


def test_the_documented_signing_key_is_derived():
    """The example of "Deriving the signing key" in AWS's reference."""
    key = sigv4._signing_key(SECRET.replace("/b", "+b"), "20120215", "us-east-1", "iam")
    assert key.hex() == "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d"


ODD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(ODD, st.sampled_from(["", "~'!*()"]))
def test_odd_addresses_are_encoded_twice_as_botocore_does(address, safe):
    accept(signed(path=ROOT + quote(address, safe=safe)))


@given(st.lists(st.sampled_from(["a", "b%40", "..", ".", "", "c d", "é", "..."]), max_size=8))
def test_paths_are_normalised_as_botocore_does(parts):
    raw = "/" + "/".join(parts)
    assert sigv4.path_of(raw) == normalize_url_path(raw)


@given(st.lists(st.tuples(ODD, st.text(st.characters(exclude_categories=["Cs"])))))
def test_odd_queries_are_sorted_as_botocore_does(pairs):
    query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in pairs)
    accept(signed(method="GET", query=query, body=b""), body=b"")


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1), st.binary())
def test_headers_are_trimmed_and_bodies_hashed_as_botocore_does(text, body):
    accept(signed(headers=[("X-Amz-Meta", f"  {text}   {text} ")], body=body), body=body)


def test_a_date_header_will_do():
    date = clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT")
    sent = signed(headers=[("Date", date)])
    assert all(name != b"x-amz-date" for name, _ in sent.headers)
    accept(sent)


def test_a_presigned_address_is_good_until_it_expires():
    presigned = signed(
        method="GET", query="PageSize=5", body=b"", token=TOKEN, signer=SigV4QueryAuth, expires=60
    )
    assert accept(presigned, body=b"").token == TOKEN
    with pytest.raises(SignatureWrong):
        accept(presigned, body=b"", now=clock.now() + timedelta(seconds=62))
    forged = [*presigned.query, (b"NextToken", b"x")]
    with pytest.raises(SignatureWrong):
        accept(presigned._replace(query=forged), body=b"")


def test_a_payload_may_be_unsigned_where_that_is_signed():
    accept(signed(headers=[("X-Amz-Content-Sha256", sigv4.UNSIGNED)]), body=b"anything")


def changed(sent: Sent, name: bytes, edit: Callable[[bytes], bytes]) -> Sent:
    return sent._replace(headers=[(n, edit(v) if n == name else v) for n, v in sent.headers])


TAMPERED = {
    "another method": lambda sent: sent._replace(method="DELETE"),
    "another path": lambda sent: sent._replace(path=ROOT + "c%40b.example"),
    "the path decoded": lambda sent: sent._replace(path=ROOT + "a@b.example"),
    "a query": lambda sent: sent._replace(query=[(b"PageSize", b"1")]),
    "another host": lambda sent: changed(sent, b"host", lambda _: b"evil.example"),
    "a second host": lambda sent: sent._replace(headers=[*sent.headers, (b"host", b"x")]),
    "another type": lambda sent: changed(sent, b"content-type", lambda _: b"text/plain"),
    "another second": lambda sent: changed(sent, b"x-amz-date", lambda v: v[:-2] + b"XZ"),
    "another region": lambda sent: changed(
        sent, b"authorization", lambda v: v.replace(b"eu-west-3", b"us-east-1")
    ),
    "another service": lambda sent: changed(
        sent, b"authorization", lambda v: v.replace(b"/ses/", b"/s3/")
    ),
    "an x-amz header nobody signed": lambda sent: sent._replace(
        headers=[*sent.headers, (b"x-amz-extra", b"1")]
    ),
    "a signed header taken away": lambda sent: sent._replace(
        headers=[one for one in sent.headers if one[0] != b"content-type"]
    ),
    "the host unsigned": lambda sent: changed(
        sent, b"authorization", lambda v: v.replace(b"content-type;host;", b"content-type;")
    ),
    "a hash of another body": lambda _: signed(headers=[("X-Amz-Content-Sha256", "0" * 64)]),
    "another signature": lambda sent: changed(
        sent, b"authorization", lambda v: v[:-1] + (b"0" if v[-1:] != b"0" else b"1")
    ),
}


@pytest.mark.parametrize("tamper", TAMPERED)
def test_whatever_is_changed_on_the_way_is_refused(tamper):
    with pytest.raises((SignatureWrong, SignatureIncomplete)):
        accept(TAMPERED[tamper](signed()))


def test_another_body_of_the_same_length_is_refused():
    with pytest.raises(SignatureWrong):
        accept(signed(), body=b'{"a":2}')


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_request_is_good_for_a_quarter_of_an_hour(minutes):
    accept(signed(), now=clock.now() + timedelta(minutes=14 * minutes // 16))
    with pytest.raises(SignatureWrong):
        accept(signed(), now=clock.now() + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "wrong", [{"secret": SECRET[::-1]}, {"service": "sesv2"}, {"service": "email"}]
)
def test_another_secret_or_service_is_refused(wrong):
    with pytest.raises(SignatureWrong):
        accept(signed(**wrong))


def test_a_date_of_another_day_than_the_scope_is_refused():
    sent = changed(
        signed(), b"authorization",
        lambda v: v.replace(clock.now().strftime("/%Y%m%d/").encode(), b"/20200101/"),
    )  # fmt: skip
    with pytest.raises(SignatureWrong):
        accept(sent)


GOOD = f"AWS4-HMAC-SHA256 Credential={ACCESS}/20261121/eu/ses/aws4_request"


@pytest.mark.parametrize(
    "header",
    [
        "", "Bearer x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1 " + GOOD[17:], GOOD,
        f"{GOOD}, SignedHeaders=host;x-amz-date, Signature=short",
        f"{GOOD}, SignedHeaders=x-amz-date;host, Signature={'a' * 64}",
        f"{GOOD}, SignedHeaders=Host, Signature={'a' * 64}",
        f"{GOOD}, SignedHeaders=host;host, Signature={'a' * 64}",
        f"{GOOD}, SignedHeaders=, Signature={'a' * 64}",
        f"{GOOD}, SignedHeaders={'a' * 1024}, Signature={'a' * 64}",
        f"{GOOD}, SignedHeaders=host, Signature={'a' * 64}, Signature={'b' * 64}",
        f"{GOOD.replace('/eu/', '/EU!/')}, SignedHeaders=host, Signature={'a' * 64}",
        f"{GOOD.replace('/ses', '')}, SignedHeaders=host, Signature={'a' * 64}",
    ],
)  # fmt: skip
def test_a_header_that_cannot_be_read_says_so(header):
    sent = Sent("GET", "/v2/email/account", [], [(b"authorization", header.encode())])
    with pytest.raises(SignatureIncomplete):
        sigv4.claim_of(sent)


def test_what_is_there_twice_is_refused_and_what_is_missing_is_told():
    twice = signed()
    for name in (b"authorization", b"x-amz-date"):
        value = dict(twice.headers)[name]
        with pytest.raises(SignatureIncomplete, match="more than once"):
            sigv4.claim_of(twice._replace(headers=[*twice.headers, (name, value)]))
    with pytest.raises(AuthenticationMissing):
        sigv4.claim_of(Sent("GET", "/v2/email/account", [], []))
