"""What a picture is, by its first bytes and not by its name; no I/O.

A logo is shown to anybody, so it is one of three formats that no browser runs anything of: an SVG
can carry scripts. Sources: PNG (W3C), ISO/IEC 10918-1 B.2.2, RFC 9649.
"""

import hashlib
import struct

from signalbook.preferences.errors import LogoTooLarge, LogoUnfit
from signalbook.preferences.model import MOST_LOGO_BYTES, MOST_LOGO_PIXELS, Logo

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def logo_of(content: bytes) -> Logo:
    """Say what a picture is; raises LogoTooLarge, LogoUnfit."""
    if len(content) > MOST_LOGO_BYTES:
        raise LogoTooLarge(bytes=len(content), most=MOST_LOGO_BYTES)
    try:
        kind, width, height = _measured(content)
    except (struct.error, IndexError):
        kind, width, height = "", 0, 0
    if not kind:
        raise LogoUnfit(most=f"{MOST_LOGO_PIXELS:,}", found="this is none of them, or not whole")
    if not (0 < width <= MOST_LOGO_PIXELS and 0 < height <= MOST_LOGO_PIXELS):
        raise LogoUnfit(most=f"{MOST_LOGO_PIXELS:,}", found=f"this one has {width:,} × {height:,}")
    return Logo(kind, width, height, hashlib.sha256(content).hexdigest()[:20])


def _measured(content: bytes) -> tuple[str, int, int]:
    """Return the media type, width and height; an empty type where it is no such picture."""
    if content.startswith(_PNG) and content[12:16] == b"IHDR":
        return "image/png", *struct.unpack_from(">II", content, 16)
    if content.startswith(_JPEG):
        return "image/jpeg", *_of_jpeg(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp", *_of_webp(content)
    return "", 0, 0


def _of_jpeg(content: bytes) -> tuple[int, int]:
    """Go from marker to marker until the frame, which tells its size."""
    at = 2
    while at < len(content):
        if content[at] != 0xFF:  # noqa: PLR2004  # what begins a marker
            return 0, 0
        marker = content[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        fill = marker == 0xFF  # noqa: PLR2004  # it may be repeated
        at += 1 if fill else 2
        if not fill and marker not in _ALONE:
            at += struct.unpack_from(">H", content, at)[0]
    return 0, 0


def _of_webp(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(
            content[27:30], "little"
        )
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", content, 21)[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0
