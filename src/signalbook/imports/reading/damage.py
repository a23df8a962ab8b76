"""Where a record of JSON that cannot be read ends, so that it fails alone; no I/O."""

import json
import re
from typing import Final

_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\]]|"', re.DOTALL)
_BEHIND: Final = re.compile(r"[ \t]*(?:[,{\]\r\n]|\Z)")
_decoder = json.JSONDecoder()


def end_of(text: str, at: int, indent: int, *, whole: bool) -> int | None:
    """Return where a record ends that begins at a place; None where that is not held yet.

    It ends with the bracket that closes it, where nothing else follows on that line, and at
    the latest before the line where another begins, no further to the right than it does itself
    (`indent`). What is no object is one value, or the rest of its line. `whole` says that the text
    goes no further.
    """
    if text[at] != "{":
        end = _value_end(text, at)
    else:
        following = next_line(text, at, indent)
        closing = closing_of(text, at, len(text) if following is None else following)
        end = closing if closing is not None and is_end(text, closing) else following
    if end is None or end >= len(text):
        return len(text) if whole else None
    return end


def is_end(text: str, at: int) -> bool:
    """Tell whether a record can end at a place, by what follows it on its line."""
    return _BEHIND.match(text, at) is not None


def next_line(text: str, at: int, indent: int) -> int | None:
    """Return the end of the line before that in which another record begins, if there is one."""
    found = re.compile(rf"\r?\n[ \t]{{0,{indent}}}(?=[{{\]])").search(text, at)
    return found.start() if found else None


def closing_of(text: str, at: int, stop: int) -> int | None:
    """Return the place behind the bracket that closes the one at a place, if it comes so soon."""
    depth = 0
    for token in _TOKEN.finditer(text, at, stop):
        sign = token[0]
        if sign == '"':
            return None
        if len(sign) == 1:
            depth += 1 if sign in "{[" else -1
        if depth == 0:
            return token.end()
    return None


def _value_end(text: str, at: int) -> int | None:
    try:
        return _decoder.raw_decode(text, at)[1]
    except (ValueError, RecursionError):
        end = text.find("\n", at)
        return None if end < 0 else end
