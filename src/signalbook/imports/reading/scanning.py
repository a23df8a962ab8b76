"""One look through a text before it is read: how long it is, and where it is more than ASCII."""

import io
import re
from typing import Final, NamedTuple

HEAD_BYTES: Final = 1 << 18
MOST_BYTES: Final = 512 << 20
"""How much is looked at; beyond it the rest is taken to be like what came before."""

_PIECE = 1 << 20
_SAMPLE_BYTES = 1 << 18
_SAMPLE_OF_PIECE = 1 << 14
_LINE_BYTES = 512
_BEYOND = bytes(range(128, 256))
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


class Scan(NamedTuple):
    """What was seen."""

    head: bytes
    sample: bytes
    """Lines with bytes beyond ASCII, from all over the text."""
    seen: int
    lines: int
    """Line ends in what was seen."""
    whole: bool


def scan(stream: io.BufferedReader) -> Scan:
    """Look through a text at some gigabytes a second; ASCII costs nothing but its reading."""
    head = stream.read(HEAD_BYTES)
    piece, seen, feeds, returns, sample = head, 0, 0, 0, b""
    while piece:
        seen += len(piece)
        feeds += piece.count(b"\n")
        returns += piece.count(b"\r") if not feeds else 0
        if len(sample) < _SAMPLE_BYTES and not piece.isascii():
            sample += _lines_beyond_ascii(piece)
        if seen >= MOST_BYTES:
            break
        piece = stream.read(_PIECE)
    return Scan(head, sample, seen, feeds or returns, whole=not piece)


def _lines_beyond_ascii(piece: bytes) -> bytes:
    """Cut out lines that have a byte beyond ASCII: not too many, and no halves of characters.

    A line that is cut, by the end of the piece or for its length, is cut again at an ASCII byte.
    """
    lines: list[bytes] = []
    taken = 0
    found = _BEYOND_ASCII.search(piece)
    while found and taken < _SAMPLE_OF_PIECE:
        start = piece.rfind(b"\n", 0, found.start()) + 1
        end = piece.find(b"\n", found.start()) + 1 or len(piece)
        line = piece[
            max(start, found.start() - _LINE_BYTES) : min(end, found.start() + _LINE_BYTES)
        ]
        whole = line.endswith(b"\n") and start > 0 and len(line) == end - start
        lines.append(line if whole else line.lstrip(_BEYOND).rstrip(_BEYOND))
        taken += len(line)
        found = _BEYOND_ASCII.search(piece, end)
    return b"".join(lines)
