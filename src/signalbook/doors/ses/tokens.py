"""NextTokens: where a page ended, good only for the same call of the same account and region."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Final

import msgspec

from signalbook.doors.ses.call import Call
from signalbook.doors.ses.errors import NextTokenForeign, NextTokenUnusable

_VERSION: Final = b"\x01"
_TAG_BYTES: Final = 16
_MOST_CHARACTERS: Final = 4096
_MODELLED: Final = frozenset({"ListSuppressedDestinations"})
"""Operations that answer a bad token by InvalidNextTokenException, the others by BadRequest."""


def write(call: Call, parameters: object, *place: object) -> str:
    """Write a token for the page after `place` (text, numbers, ids, times) of a call.

    `parameters` are what must be the same in the next call, such as the list's name and the filter.
    """
    content = msgspec.msgpack.encode(place)
    return urlsafe_b64encode(_VERSION + _tag(call, parameters, content) + content).decode()


def read(call: Call, parameters: object, token: str, types: tuple[Any, ...]) -> list[Any]:
    """Return the place that a token holds, one value for each type.

    Raises NextTokenUnusable, or NextTokenForeign where AWS's model has that, for whatever was not
    written for this very account, region, operation and these parameters.
    """
    try:
        return _read(call, parameters, token, types)
    except (ValueError, TypeError) as garbage:
        refused = NextTokenForeign if call.operation in _MODELLED else NextTokenUnusable
        raise refused from garbage


def _read(call: Call, parameters: object, token: str, types: tuple[Any, ...]) -> list[Any]:
    if len(token) > _MOST_CHARACTERS or not token.isascii():
        raise ValueError(token)
    raw = urlsafe_b64decode(token)
    tag, content = raw[1 : 1 + _TAG_BYTES], raw[1 + _TAG_BYTES :]
    if raw[:1] != _VERSION or not hmac.compare_digest(tag, _tag(call, parameters, content)):
        raise ValueError(token)
    place = msgspec.msgpack.decode(content)
    return [msgspec.convert(one, type_) for one, type_ in zip(place, types, strict=True)]


def _tag(call: Call, parameters: object, content: bytes) -> bytes:
    bound = [call.account_id, call.region, call.operation, parameters, content]
    secret = b"signalbook ses next token " + call.settings.secret_key.encode()
    return hmac.digest(secret, msgspec.msgpack.encode(bound), hashlib.sha256)[:_TAG_BYTES]
