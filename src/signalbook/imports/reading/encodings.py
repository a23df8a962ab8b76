"""Which encoding a text is in, found from its bytes; and reading it without ever failing on one."""

import codecs
import io
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from signalbook.imports.errors import Unreadable

MIXED: Final = "utf-8/windows-1252"
"""UTF-8 with some Windows-1252 between, as lists put together from several files have it."""

LEAST_VALID: Final = 10
"""So many times more valid than invalid sequences, and a text is UTF-8 with some damage."""

_BOMS: Final = (  # the four-byte ones first: a BOM of UTF-32 begins with one of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SHOWN: Final = {
    "windows-1250": "Windows-1250 (Central European)",
    "windows-1251": "Windows-1251 (Cyrillic)",
    "windows-1252": "Windows-1252 (Western)",
    "windows-1253": "Windows-1253 (Greek)",
    "windows-1254": "Windows-1254 (Turkish)",
    "windows-1255": "Windows-1255 (Hebrew)",
    "windows-1256": "Windows-1256 (Arabic)",
    "mac-roman": "Mac Roman",
    "cp850": "DOS 850",
    "cp874": "Windows-874 (Thai)",
    "cp932": "Shift-JIS",
    "gb18030": "GBK",
    "big5": "Big5",
    "euc_jp": "EUC-JP",
    "euc_kr": "EUC-KR",
    "koi8_r": "KOI8-R",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
}
_QUOTES = "’‘“”„«»–—…€£°ºª·•®©™§¿¡\xa0´"
_WEST = "éèêëàâäáãåæçñóòôöõúùûüíìîïøœßÉÈÊËÀÂÄÁÃÅÆÇÑÓÒÔÖÕÚÙÛÜÍÌÎÏØŒÿšžŠŽ"
_NORTH = "ðþýÐÞÝ"  # where a Turk has ğşıĞŞİ
_CENTRAL = "éáíóúýěščřžďťňůąćęłńśźżőűăâîșțşţđäöüßçëÉÁÍÓÚÝĚŠČŘŽĎŤŇŮĄĆĘŁŃŚŹŻŐŰĂÂÎȘȚŞŢĐÄÖÜÇË"
_TURKISH = "şğıİŞĞçöüÇÖÜâîû"
# Alphabets of Latin letters, the likelier first; of two that fit equally well the first is taken.
# Behind each: how much of what is beyond ASCII may stand beside more of it. Accents stand alone in
# the West, while a Cyrillic or Chinese text read as Latin has hardly anything else.
_LATIN: Final = (
    ("windows-1252", frozenset(_WEST + _NORTH + _QUOTES), 0.4),
    ("mac-roman", frozenset(_WEST + _QUOTES), 0.4),
    ("windows-1254", frozenset(_TURKISH + _QUOTES), 0.6),
    ("windows-1250", frozenset(_CENTRAL + _QUOTES), 0.7),
)
_DOS: Final = (("cp850", frozenset(_WEST), 0.4),)
# The ten commonest letters of a script: four of ten letters of a text are among them, and two of
# ten where it is read in another encoding.
_SCRIPTS: Final = (
    ("windows-1251", frozenset("оеаинтсрвл")),
    ("koi8_r", frozenset("оеаинтсрвл")),
    ("windows-1253", frozenset("αοιεητσνρυςόάέί")),
    ("windows-1255", frozenset("יוהלאמרתנש")),
    ("windows-1256", frozenset("اليمنرتبوةده")),
    ("cp874", frozenset("านรกอเงม่ี")),
)
_COMMON = 0.4
_FITTING = 0.85
_UNCERTAIN = 0.1
_MULTIBYTE: Final = ("cp932", "gb18030", "big5", "euc_jp", "euc_kr")
_INVERTED = re.compile(r"[a-zß-ÿ][À-ÖØ-Þ]|\b[A-Z][À-ÖØ-Þ][a-z]|[£°][a-zA-Zß-ÿ]")
_GROUPS = re.compile(r"[^\x00-\x7f]{2,}")
_ENOUGH_BYTES = 32
_NULS = 0.3


class Found(NamedTuple):
    """An encoding, and the sentence that tells a person of it where it is not the ordinary one."""

    encoding: str
    note: str = ""


class Mended:
    """Counts the bytes that fitted no character and were replaced by U+FFFD or read otherwise."""

    replaced = 0
    as_windows = 0


def of_head(head: bytes) -> Found | None:
    """Tell the encoding by a byte-order mark, or by the NULs that ASCII has in UTF-16 and -32."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return Found(name, _note(name))
    nuls = [head[place::4].count(0) / max(1, len(head) // 4) for place in range(4)]
    full = [share > 1 - _NULS for share in nuls]
    for pattern, name in (
        ([False, True, True, True], "utf-32-le"),
        ([True, True, True, False], "utf-32-be"),
    ):
        if full == pattern:
            return Found(name, _note(name))
    even, odd = (nuls[0] + nuls[2]) / 2, (nuls[1] + nuls[3]) / 2
    if odd > _NULS and even < odd / 4:
        return Found("utf-16-le", _note("utf-16-le"))
    if even > _NULS and odd < even / 4:
        return Found("utf-16-be", _note("utf-16-be"))
    return None


def of_sample(sample: bytes) -> Found:
    """Tell the encoding by lines of the text that have bytes beyond ASCII in them."""
    if not sample:
        return Found("utf-8")
    valid, invalid = _counted(sample)
    if not invalid:
        return Found("utf-8")
    if valid >= invalid * LEAST_VALID:
        return Found("utf-8", "Some bytes are not UTF-8; they are shown as �.")
    if valid * LEAST_VALID >= invalid and _is_mixed(sample):
        return Found(MIXED, "Some lines are UTF-8 and others Windows-1252; each is read as it is.")
    name = (
        _latin(sample, _LATIN)
        or _script(sample)
        or _multibyte(sample)
        or _latin(sample, _DOS)
        or "windows-1252"
    )
    return Found(name, _note(name))


def known(name: str) -> str:
    """Return the name of an encoding that a person chose; raises Unreadable if there is none."""
    if name == MIXED:
        return name
    try:
        found = codecs.lookup(name)
        "".encode(found.name)  # hex, zip and rot13 are codecs too, and refuse a text
    except (LookupError, ValueError) as unknown:
        raise Unreadable(
            "encoding_unknown",
            f"There is no encoding {name[:40]!r}: try utf-8, windows-1252 or utf-16.",
        ) from unknown
    return "utf-8-sig" if found.name == "utf-8" else found.name


def text(stream: io.BufferedReader, encoding: str) -> io.TextIOWrapper:
    """Decode a stream; lines end at LF, CR or CRLF and keep their ends, nothing raises."""
    errors = "signalbook_mixed" if encoding == MIXED else "signalbook_replace"
    name = "utf-8-sig" if encoding in {MIXED, "utf-8"} else encoding
    return io.TextIOWrapper(stream, encoding=name, errors=errors, newline="")


def decoded(head: bytes, encoding: str) -> str:
    """Decode the beginning of a text; a character that is cut off at its end is left out."""
    name = "utf-8-sig" if encoding in {MIXED, "utf-8"} else encoding
    decoder = codecs.getincrementaldecoder(name)(errors="replace")
    return decoder.decode(head)


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    Mended.replaced += 1
    return "�", error.end


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    character = error.object[error.start : error.start + 1].decode("cp1252", errors="replace")
    if character in _LATIN[0][1]:
        Mended.as_windows += 1
        return character, error.start + 1
    Mended.replaced += 1
    return "�", error.end


codecs.register_error("signalbook_replace", _replace)
codecs.register_error("signalbook_mixed", _as_windows)


def _note(name: str) -> str:
    return f"Read as {SHOWN[name]}." if name in SHOWN else ""


def _counted(sample: bytes) -> tuple[int, int]:
    """Count the characters beyond ASCII that are UTF-8, and the sequences that are not."""
    text = sample.decode("utf-8", errors="replace")
    invalid = text.count("�") - sample.count(b"\xef\xbf\xbd")
    return sum(character > "\x7f" for character in text) - invalid, invalid


def _latin(sample: bytes, alphabets: Sequence[tuple[str, frozenset[str], float]]) -> str | None:
    """Choose between the encodings of Latin letters: accents stand alone, and are common ones."""
    best, best_share = None, _FITTING
    for name, letters, most_grouped in alphabets:
        text = sample.decode(name, errors="replace")
        beyond = [character for character in text if character > "\x7f"]
        grouped = sum(len(group) for group in _GROUPS.findall(text))
        unlikely = len(_INVERTED.findall(text)) + _UNCERTAIN * sum(c in _NORTH for c in beyond)
        share = (sum(character in letters for character in beyond) - unlikely) / len(beyond)
        if grouped <= most_grouped * len(beyond) and share > best_share:
            best, best_share = name, share
    return best


def _is_mixed(sample: bytes) -> bool:
    """Tell whether what is not UTF-8 are single letters and marks of Windows-1252."""
    text = sample.decode("utf-8", errors="signalbook_mixed")
    grouped = sum(len(group) for group in _GROUPS.findall(text))
    beyond = sum(character > "\x7f" for character in text)
    return "�" not in text and grouped <= _LATIN[0][2] * beyond


def _script(sample: bytes) -> str | None:
    """Choose between the encodings of other alphabets by the letters that are common in them."""
    best, best_share = None, _COMMON
    for name, common in _SCRIPTS:
        text = sample.decode(name, errors="replace")
        beyond = [character for character in text if character > "\x7f"]
        share = sum(character in common for character in beyond) / len(beyond)
        if share > best_share:
            best, best_share = name, share
    return best


def _multibyte(sample: bytes) -> str | None:
    """Ask the library about Chinese, Japanese and Korean, of which it knows the words."""
    from charset_normalizer import from_bytes  # noqa: PLC0415  # 60 ms that most files do without

    if len(sample) < _ENOUGH_BYTES:
        sample *= _ENOUGH_BYTES // len(sample) + 1
    best = from_bytes(sample, cp_isolation=list(_MULTIBYTE), threshold=0.4).best()
    return best.encoding if best else None
