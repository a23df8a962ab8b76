"""Who signed this request: its key, its region, and that nothing was changed on the way.

In this order, and no further than the first that fails: the form of the signature, its times, the
key and its session token, the signature over the body, and then the room within the plan: a
stranger who knows an access key id, which is no secret, uses up nobody's limit but that of
strangers.
"""

from typing import Final

import msgspec
from litestar.datastructures import State
from litestar.types import HTTPScope, Receive

from signalbook.accounts import plans
from signalbook.accounts.errors import KeyRevoked, KeyUnknown
from signalbook.accounts.model import Caller
from signalbook.accounts.plans import Meter
from signalbook.accounts.signing import Signers
from signalbook.doors.ses import sigv4
from signalbook.doors.ses.errors import AccessKeyUnknown, CredentialsExpired, RequestTooLarge
from signalbook.doors.ses.sigv4 import Claim, Pairs, Sent
from signalbook.kit import clock
from signalbook.kit.errors import Unauthenticated
from signalbook.web import limits
from signalbook.web.asgi import BodyTooLarge, Headers, header, read_body

MAX_BODY_BYTES: Final = 1024 * 1024


class LetIn(msgspec.Struct, frozen=True):
    """A request that was let in: who sent it, by which key, for which region, and its body."""

    caller: Caller
    access_key: str
    region: str
    body: bytes


async def let_in(
    scope: HTTPScope, path: str, query: Pairs, receive: Receive, headers: Headers
) -> LetIn:
    """Verify the signature of a request and count it; `headers` get those of the limit.

    Raises AuthenticationMissing, SignatureIncomplete, SignatureWrong, AccessKeyUnknown,
    CredentialsExpired, RequestTooLarge, RateLimited, StrangerLimited.
    """
    state: State = scope["litestar_app"].state
    meter: Meter = state.meter
    sent = Sent(scope["method"], path, query, list(scope["headers"]))
    try:
        claim = sigv4.claim_of(sent)
        sigv4.check(sent, claim, clock.now())
        caller, secret = await _known(state.signers, claim)
        body = await _body(scope, receive)
        sigv4.verify(sent, claim, secret, body)
    except Unauthenticated:
        client = scope["client"]
        allowance = await meter.stranger(client[0] if client else "")
        headers += limits.headers(allowance)
        plans.refuse(allowance)
        raise
    allowance = await meter.admit(caller, "api")
    headers += limits.headers(allowance)
    plans.refuse(allowance)
    return LetIn(caller, claim.access_key, claim.region, body)


async def _known(signers: Signers, claim: Claim) -> tuple[Caller, str]:
    """Find the key; raises AccessKeyUnknown, CredentialsExpired."""
    try:
        signer = await signers.identify(claim.access_key)
    except (KeyUnknown, KeyRevoked) as unknown:
        raise AccessKeyUnknown from unknown
    if not signer.has_session(claim.token):
        raise AccessKeyUnknown
    if signer.expires_at is not None and clock.now() >= signer.expires_at:
        raise CredentialsExpired
    return signer.caller, signer.secret


async def _body(scope: HTTPScope, receive: Receive) -> bytes:
    stated = header(scope, b"content-length") or ""
    if stated.isdigit() and int(stated[:12]) > MAX_BODY_BYTES:
        raise RequestTooLarge(most=MAX_BODY_BYTES)
    try:
        return await read_body(receive, MAX_BODY_BYTES)
    except BodyTooLarge as too_large:
        raise RequestTooLarge(most=MAX_BODY_BYTES) from too_large
