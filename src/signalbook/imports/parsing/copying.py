r"""COPY text as PostgreSQL reads it: `\t` between, `\n` at the end, `\N` for null; no I/O.

<https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS>
"""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

NULL: Final = r"\N"

_SPECIAL = re.compile(r"[\\\x00-\x1f]")
_ESCAPES = str.maketrans(
    {
        "\\": r"\\",
        "\b": r"\b",
        "\f": r"\f",
        "\n": r"\n",
        "\r": r"\r",
        "\t": r"\t",
        "\v": r"\v",
        "\x00": "␀",
    }
)
_encode = msgspec.json.Encoder().encode


def escaped(text: str) -> str:
    """Write a text as a value; NUL, which PostgreSQL cannot hold, is shown as its picture."""
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


def json_text(value: object) -> str:
    """Write a value as JSON inside COPY text: JSON has escaped all but its own backslashes."""
    return _encode(value).decode().replace("\\", "\\\\")


def array(texts: Iterable[str]) -> str:
    """Write a text[]: each element in quotes, so that no word of it means anything."""
    inner = ",".join('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts)
    return escaped("{" + inner + "}")


def lexeme(word: str) -> str:
    """Write a word of a tsvector and a blank after it; quoted, so that it is taken verbatim."""
    return escaped("'" + word.replace("\\", "\\\\").replace("'", "''") + "' ")


def utf8(lines: list[str]) -> bytes:
    """Join lines; a lone surrogate, which no encoding has, becomes a question mark."""
    return "".join(lines).encode("utf-8", errors="replace")
