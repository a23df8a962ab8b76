"""JSON objects without quotes around them in a CSV file, as in AWS's own samples; no I/O."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

_BARE: Final = re.compile(r"(?:^|,)[ \t]*\{")
_QUOTED: Final = re.compile(r'[ \t]*"(?:[^"]|"")*+"[^,\r\n]*')
_PLAIN: Final = re.compile(r"[^,\r\n]*")
_BLANKS: Final = re.compile(r"[ \t]*")
_decoder = json.JSONDecoder()


def quoted(lines: Iterable[str]) -> Iterator[str]:
    """Put quotes around the objects of lines (RFC 4180); every other line stays as it is.

    `ada@example.com,{"Name": "Ada"}` becomes `ada@example.com,"{""Name"": ""Ada""}"`. What begins
    like an object and is none on its line is left to be told as what it is.
    """
    is_open = False
    for given in lines:
        line = _mended(given) if not is_open and _BARE.search(given) else given
        is_open ^= line.count('"') % 2 == 1
        yield line


def _mended(line: str) -> str:
    cells: list[str] = []
    at = 0
    while True:
        cell, at = _cell(line, at)
        cells.append(cell)
        if not line.startswith(",", at):
            return ",".join(cells) + line[at:]
        at += 1


def _cell(line: str, at: int) -> tuple[str, int]:
    """Read a cell from a place; return it as it shall stand there, and where it ends."""
    if found := _QUOTED.match(line, at):
        return found[0], found.end()
    blanks = _BLANKS.match(line, at)
    begin = blanks.end() if blanks else at
    if line.startswith("{", begin):
        try:
            _, end = _decoder.raw_decode(line, begin)
        except (ValueError, RecursionError):
            pass
        else:
            behind = _BLANKS.match(line, end)
            stop = behind.end() if behind else end
            return '"' + line[begin:end].replace('"', '""') + '"', stop
    plain = _PLAIN.match(line, at)
    return (plain[0], plain.end()) if plain else ("", at)
