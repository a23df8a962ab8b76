"""The columns that say who a row is about: e-mail, mobile, your own id; no I/O.

The verdicts are those of `contacts.identifiers`; ordinary values take a road that costs less, and
a property test holds the two together (`tests/unit/imports/parsing/test_parity.py`).
"""

import re
from typing import Any, Final

from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES

from signalbook.contacts import identifiers
from signalbook.imports.parsing.cells import Manner, as_shown, cleaned, text_of, trimmed, unstorable
from signalbook.imports.parsing.copying import NULL, escaped, lexeme
from signalbook.imports.parsing.phones import BEGINNING, Phones, possible_lengths
from signalbook.imports.parsing.verdicts import Cells, Findings, Memo, Refused
from signalbook.kit.errors import Problem
from signalbook.kit.spelling import fold

UNWRAPPED: Final = "email_unwrapped"
CHARACTERS: Final = "characters_mended"

_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*").fullmatch
_MAX_WORD = 60
_WRAPPED = re.compile(r"(?:[^<>@]*<\s*)(?:mailto:)?([^<>\s]+@[^<>\s]+?)\s*>\s*;?", re.IGNORECASE)
_MAILTO = re.compile(r"mailto:([^?\s]+)(?:\?\S*)?", re.IGNORECASE)
_SEVERAL = re.compile(r"@[^,;/|\s]+[,;/|\s]+\S*@")
_PLAIN_ID = re.compile(r"[A-Za-z0-9_.:-]{1,60}", re.ASCII).fullmatch
_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII).fullmatch


class Emails:
    """Reads the column of addresses."""

    def __init__(self, account_id: int, manner: Manner) -> None:
        """Lead the words of the search by the account."""
        self._lead = f"{account_id}:"
        self._manner = manner
        self._domains = Memo[str | None](self._domain)

    def read(self, cells: Cells, findings: Findings) -> tuple[list[str], list[str], list[str]]:
        """Return the addresses, their keys and their words, each as it is written."""
        addresses: list[str] = []
        keys: list[str] = []
        words: list[str] = []
        domains = self._domains
        for at, cell in enumerate(cells.all):
            if type(cell) is str and len(cell) <= _MAX_WORD:
                key = cell.lower()
                local, _, domain = key.partition("@")
                known = domains[domain]
                if (
                    known is not None
                    and _LOCAL(local)
                    and local not in CASE_INSENSITIVE_MAILBOX_NAMES
                    and (key == cell or cell.isascii())
                ):
                    keys.append(key)
                    addresses.append(key if key == cell else cell[: len(local) + 1] + domain)
                    words.append(known)
                    continue
            address, key, word = self._slowly(at, cell, findings)
            addresses.append(address)
            keys.append(key)
            words.append(word)
        return addresses, keys, words

    def _domain(self, domain: str) -> str | None:
        """Return a domain as a word of the search; None where the API must judge the address."""
        if not domain.isascii():
            return None
        try:
            stored = identifiers.email(f"a@{domain}")[2:]
        except identifiers.Refused:
            return None
        return lexeme(self._lead + stored[:_MAX_WORD]) if stored == domain else None

    def _slowly(self, at: int, cell: Any, findings: Findings) -> tuple[str, str, str]:  # noqa: ANN401  # whatever a reader gives
        try:
            address, notes = self._address(cell)
        except Refused as refused:
            findings.refuse(at, refused.problem, cell)
            return NULL, NULL, ""
        if not address:
            return NULL, NULL, ""
        findings.notes.extend((at, note) for note in notes)
        key = identifiers.email_key(address)
        domain = key.rpartition("@")[2]
        words = [domain] if key.isascii() else [fold(key), domain]
        found = "".join(lexeme(self._lead + word[:_MAX_WORD].replace(" ", "_")) for word in words)
        return escaped(address), escaped(key), found

    def _address(self, cell: Any) -> tuple[str, tuple[str, ...]]:  # noqa: ANN401  # as above
        raw, note = as_shown(_as_text("email", cell), self._manner)
        notes = (note,) if note else ()
        if not trimmed(raw):
            return "", ()
        try:
            return identifiers.email(raw), notes
        except identifiers.Refused as refused:
            reason = str(refused)
        text = cleaned(raw)
        if text != raw.strip():
            notes = (*notes, CHARACTERS)
        wrapped = _WRAPPED.fullmatch(text) or _MAILTO.fullmatch(text)
        if wrapped is not None:
            text, notes = wrapped[1], (*notes, UNWRAPPED)
        try:
            return identifiers.email(text), notes
        except identifiers.Refused as refused:
            reason = str(refused) if notes else reason
        if _SEVERAL.search(text):
            sentence = f'"{text[:80]}" holds several e-mails: keep one, or give each a row'
            raise Refused("email", sentence, "email_several")
        raise Refused("email", reason, "email_invalid")


class Mobiles:
    """Reads the column of mobile numbers."""

    def __init__(self, country: str, manner: Manner) -> None:
        """Read national numbers of this country; "" is strict E.164."""
        self._phones = Phones(country)
        self._beginnings = Memo[frozenset[int]](possible_lengths)
        self._manner = manner

    def read(self, cells: Cells, findings: Findings) -> list[str]:
        """Return the numbers in E.164."""
        begins, strict = self._beginnings, identifiers.mobile
        numbers: list[str] = []
        for at, cell in enumerate(cells.all):
            if type(cell) is str:
                lengths = begins[cell[:BEGINNING]]
                if len(cell) in lengths and cell.isascii() and cell[1:].isdigit():
                    numbers.append(cell)
                    continue
                if _E164(cell):
                    try:
                        numbers.append(strict(cell))
                        continue
                    except identifiers.Refused:
                        pass
            numbers.append(self._slowly(at, cell, findings))
        return numbers

    def _slowly(self, at: int, cell: Any, findings: Findings) -> str:  # noqa: ANN401  # as above
        try:
            raw, shown = as_shown(_as_text("mobile", cell), self._manner)
            text = cleaned(raw) if raw else ""
            if not text:
                return NULL
            number, note = self._phones.read(text)
        except Refused as refused:
            findings.refuse(at, refused.problem, cell)
            return NULL
        characters = CHARACTERS if text != trimmed(raw) else ""
        findings.notes.extend((at, one) for one in (shown, characters, note) if one)
        return number


class ExternalIds:
    """Reads the column of your own ids."""

    def __init__(self, account_id: int, manner: Manner) -> None:
        """Lead the words of the search by the account."""
        self._lead = f"{account_id}:"
        self._manner = manner

    def read(self, cells: Cells, findings: Findings) -> tuple[list[str], list[str]]:
        """Return the ids and their words."""
        ids: list[str] = []
        words: list[str] = []
        lead = self._lead
        for at, cell in enumerate(cells.all):
            if type(cell) is str and _PLAIN_ID(cell):
                ids.append(cell)
                words.append(f"'{lead}{cell.lower()}' ")
                continue
            own, word = self._slowly(at, cell, findings)
            ids.append(own)
            words.append(word)
        return ids, words

    def _slowly(self, at: int, cell: Any, findings: Findings) -> tuple[str, str]:  # noqa: ANN401  # as above
        try:
            text, note = as_shown(_as_text("external_id", cell), self._manner)
            if not trimmed(text):
                return NULL, ""
            own = identifiers.external_id(trimmed(text))
        except Refused as refused:
            findings.refuse(at, refused.problem, cell)
            return NULL, ""
        except identifiers.Refused as refused:
            findings.refuse(at, identifiers.refused_problem("external_id", refused), cell)
            return NULL, ""
        broken = unstorable("external_id", own)
        if broken is not None:
            findings.refuse(at, broken, cell)
            return NULL, ""
        if note:
            findings.notes.append((at, note))
        return escaped(own), lexeme(self._lead + fold(own)[:_MAX_WORD].replace(" ", "_"))


def _as_text(field: str, cell: Any) -> str:  # noqa: ANN401  # as above
    """Return what a cell says; raises Refused for a list, an object or a truth value."""
    if isinstance(cell, bool | list | dict):
        raise Refused(field, f"{field} is a text", f"{field}_invalid")
    text = text_of(cell)
    problem: Problem | None = unstorable(field, text)
    if problem is not None:
        raise Refused(field, problem.message, problem.code)
    return text
