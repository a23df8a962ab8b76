"""AWS Signature Version 4: what a signed request claims, and the signature it should have; no I/O.

Sources: "Signature Version 4 signing process" of the AWS reference, and botocore's own signer, with
which the tests compare this. As everywhere but in S3, the path is normalised and encoded a second
time. Path and query are taken apart here for whoever acts on them too, so that nothing is executed
but what was signed. A signature may stand in the Authorization header, or in the query of a
presigned address.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from signalbook.doors.ses.errors import AuthenticationMissing, SignatureIncomplete, SignatureWrong

ALGORITHM: Final = "AWS4-HMAC-SHA256"
SERVICE: Final = "ses"
UNSIGNED: Final = "UNSIGNED-PAYLOAD"
SKEW: Final = timedelta(minutes=15)

_ENDS: Final = "aws4_request"
_STAMP: Final = "%Y%m%dT%H%M%SZ"
_MOST_CHARACTERS: Final = 1024
_MOST_PRESIGNED: Final = 7 * 86_400
_REGION: Final = re.compile(r"[a-z0-9-]{1,40}")
_SIGNATURE: Final = re.compile(r"[0-9a-f]{64}")
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_PARTS: Final = ("Credential", "SignedHeaders", "Signature")

Pairs = list[tuple[bytes, bytes]]


class Sent(NamedTuple):
    """A request as it came: the path normalised, the query in decoded pairs, headers lower-case."""

    method: str
    path: str
    query: Pairs
    headers: Pairs


class Claim(NamedTuple):
    """What a request says of its signature; `lives` is how long a presigned address is good."""

    access_key: str
    date: str
    region: str
    service: str
    signed: tuple[str, ...]
    signature: str
    stamp: str
    token: str | None
    lives: timedelta | None


def path_of(raw: str) -> str:
    """Normalise a path that is still encoded: no dot segments, no slash twice in a row."""
    if "//" not in raw and "/." not in raw:
        return raw
    kept: list[str] = []
    for part in raw.split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in {"", "."}:
            kept.append(part)
    return "/" + "/".join(kept) + ("/" if raw.endswith("/") and kept else "")


def query_of(raw: bytes) -> Pairs:
    """Take a query apart into decoded pairs; a plus is a plus."""
    parts = [part.partition(b"=") for part in raw.split(b"&") if part]
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in parts]


def claim_of(sent: Sent) -> Claim:
    """Read the signature of a request.

    Raises AuthenticationMissing where there is none, SignatureIncomplete where it cannot be read.
    """
    given = [value for name, value in sent.headers if name == b"authorization"]
    if len(given) > 1:
        raise SignatureIncomplete(reason="the Authorization header is there more than once")
    if given:
        return _in_header(given[0].decode("latin-1"), sent)
    named = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent.query}
    if "X-Amz-Signature" not in named:
        raise AuthenticationMissing
    if len(named) != len(sent.query):
        raise SignatureIncomplete(reason="a parameter of the presigned address is there twice")
    return _in_query(named)


def check(sent: Sent, claim: Claim, now: datetime) -> None:
    """Check what needs no key: service, times, and what has to be signed; raises SignatureWrong."""
    at = _moment(claim.stamp)
    lives = SKEW if claim.lives is None else claim.lives
    names = {name.decode("latin-1") for name, _ in sent.headers}
    must = {name for name in names if name.startswith("x-amz-")} | {"host"}
    if claim.lives is None and "x-amz-date" not in names:
        must.add("date")
    if (
        at is None
        or claim.service != SERVICE
        or claim.stamp[:8] != claim.date
        or not at - SKEW <= now <= at + lives
        or not must.issubset(claim.signed)
        or not names.issuperset(claim.signed)
    ):
        raise SignatureWrong


def verify(sent: Sent, claim: Claim, secret: str, body: bytes) -> None:
    """Compare the signature with the one that this secret makes; raises SignatureWrong."""
    canonical = canonical_request(sent, claim, _payload_hash(sent, body))
    scope = f"{claim.date}/{claim.region}/{claim.service}/{_ENDS}"
    hashed = hashlib.sha256(canonical).hexdigest()
    text = f"{ALGORITHM}\n{claim.stamp}\n{scope}\n{hashed}".encode()
    key = _signing_key(secret, claim.date, claim.region, claim.service)
    if not hmac.compare_digest(hmac.digest(key, text, "sha256").hex(), claim.signature):
        raise SignatureWrong


def canonical_request(sent: Sent, claim: Claim, payload_hash: str) -> bytes:
    """Write down the request as both sides sign it."""
    valued: dict[str, list[bytes]] = {name: [] for name in claim.signed}
    for raw_name, value in sent.headers:
        held = valued.get(raw_name.decode("latin-1"))
        if held is not None:
            held.append(b" ".join(value.split()))
    lines = [name.encode() + b":" + b",".join(values) for name, values in valued.items()]
    return b"\n".join(
        (
            sent.method.encode(),
            quote(sent.path.encode("latin-1"), safe="/~").encode(),
            _canonical_query(sent.query),
            *lines,
            b"",
            ";".join(claim.signed).encode(),
            payload_hash.encode(),
        )
    )


def _in_header(header: str, sent: Sent) -> Claim:
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        raise SignatureIncomplete(reason=f"the Authorization header does not begin {ALGORITHM}")
    parts = [part.strip().partition("=") for part in rest.split(",")]
    said = {name: value for name, _, value in parts}
    if len(parts) != len(_PARTS) or set(said) != set(_PARTS):
        reason = "the Authorization header needs Credential, SignedHeaders and Signature"
        raise SignatureIncomplete(reason=reason)
    once = _once(sent.headers)
    return _claim(
        said["Credential"],
        said["SignedHeaders"],
        said["Signature"],
        once.get(b"x-amz-date") or _stamp_of(once.get(b"date", "")),
        once.get(b"x-amz-security-token"),
        None,
    )


def _in_query(named: dict[str, str]) -> Claim:
    lives = named.get("X-Amz-Expires", "")
    if named.get("X-Amz-Algorithm") != ALGORITHM or not re.fullmatch("[0-9]{1,6}", lives):
        reason = f"a presigned address needs X-Amz-Algorithm={ALGORITHM} and X-Amz-Expires"
        raise SignatureIncomplete(reason=reason)
    return _claim(
        named.get("X-Amz-Credential", ""),
        named.get("X-Amz-SignedHeaders", ""),
        named["X-Amz-Signature"],
        named.get("X-Amz-Date", ""),
        named.get("X-Amz-Security-Token"),
        timedelta(seconds=min(int(lives), _MOST_PRESIGNED)),
    )


def _claim(
    credential: str,
    signed: str,
    signature: str,
    stamp: str,
    token: str | None,
    lives: timedelta | None,
) -> Claim:
    if len(credential) + len(signed) > _MOST_CHARACTERS:
        raise SignatureIncomplete(reason=f"it is longer than {_MOST_CHARACTERS} characters")
    access_key, date, region, service = _scope_of(credential)
    names = _names_of(signed)
    if not _SIGNATURE.fullmatch(signature):
        raise SignatureIncomplete(reason="the signature is not 64 hexadecimal digits")
    if _moment(stamp) is None:
        raise SignatureIncomplete(reason="the X-Amz-Date header is not like 20260131T235959Z")
    return Claim(access_key, date, region, service, names, signature, stamp, token, lives)


@lru_cache(maxsize=4096)
def _scope_of(credential: str) -> tuple[str, str, str, str]:
    """Read access key id, date, region and service; a client sends the same all day."""
    scope = credential.split("/")
    if len(scope) != 5 or scope[4] != _ENDS or not _REGION.fullmatch(scope[2]):  # noqa: PLR2004  # its parts
        reason = "the credential is not <access key id>/<date>/<region>/ses/aws4_request"
        raise SignatureIncomplete(reason=reason)
    return scope[0], scope[1], scope[2], scope[3]


@lru_cache(maxsize=1024)
def _names_of(signed: str) -> tuple[str, ...]:
    names = tuple(signed.split(";"))
    if list(names) != sorted(set(names)) or not all(map(_HEADER_NAME.fullmatch, names)):
        reason = "the signed headers are not names in lower case, in order, each once"
        raise SignatureIncomplete(reason=reason)
    return names


def _once(headers: Pairs) -> dict[bytes, str]:
    """Take the headers that count by themselves; one that is there twice is none of ours."""
    found: dict[bytes, str] = {}
    for name, value in headers:
        if name in {b"x-amz-date", b"date", b"x-amz-security-token"}:
            if name in found:
                told = f"the {name.decode()} header is there more than once"
                raise SignatureIncomplete(reason=told)
            found[name] = value.decode("latin-1").strip()
    return found


@lru_cache(maxsize=256)
def _moment(stamp: str) -> datetime | None:
    try:
        at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if at.strftime(_STAMP) == stamp else None


def _stamp_of(http_date: str) -> str:
    """Write a Date header as the stamp that clients sign who send no X-Amz-Date."""
    try:
        return parsedate_to_datetime(http_date).astimezone(UTC).strftime(_STAMP)
    except (ValueError, TypeError):
        return ""


def _canonical_query(query: Pairs) -> bytes:
    if not query:
        return b""
    pairs = [
        (_encoded(name), _encoded(value)) for name, value in query if name != b"X-Amz-Signature"
    ]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs)).encode()


def _encoded(text: bytes) -> str:
    return quote(text, safe="-_.~")


def _payload_hash(sent: Sent, body: bytes) -> str:
    """Hash the body; the header that claims a hash may say no other, or that none was made."""
    claimed = next((value for name, value in sent.headers if name == b"x-amz-content-sha256"), None)
    if claimed == UNSIGNED.encode():
        return UNSIGNED
    hashed = hashlib.sha256(body).hexdigest()
    if claimed is not None and claimed != hashed.encode():
        raise SignatureWrong
    return hashed


@lru_cache(maxsize=4096)
def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    key = b"AWS4" + secret.encode()
    for part in (date, region, service, _ENDS):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
