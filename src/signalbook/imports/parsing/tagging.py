"""Tags and lists: one cell, several names; no I/O."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final

import msgspec

from signalbook.imports.parsing.cells import Manner, restored, text_of, unstorable
from signalbook.imports.parsing.copying import array
from signalbook.imports.parsing.verdicts import Cells, Findings, Memo, Odd
from signalbook.kit.errors import Problem
from signalbook.tags.model import MAX_TAGS_PER_CONTACT, tag_problem

MOST_TAGS: Final = 5_000
"""Different tags in one file."""

_ANY = re.compile(r"[,;|\n]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MAX_LIST: Final = 128
_QUOTES: Final = "\"'"


class TooManyTags(Exception):  # noqa: N818  # states a fact, as all of ours
    """More different tags than tags are: the rest of the file is not read."""


class Splitter:
    """Takes a cell apart."""

    def __init__(self, separator: str, samples: Iterable[str], manner: Manner) -> None:
        """Split at `separator`, or at what the samples show."""
        self._separator = separator or _seen_in(samples)
        self._by_comma_too = not separator
        self._manner = manner

    def names(self, cell: Any) -> list[str]:  # noqa: ANN401  # whatever a reader gives
        """Return the names in a cell, trimmed, in their order; what is no text stays as JSON."""
        if isinstance(cell, list):
            return [name for one in cell if (name := text_of(one).strip())]  # pyright: ignore[reportUnknownVariableType]  # any JSON list
        text = text_of(cell)
        if not self._manner.is_json:
            text = restored(text)
        if text.lstrip().startswith("["):
            try:
                return self.names(msgspec.json.decode(text, type=list[Any]))
            except msgspec.MsgspecError:
                pass
        return [name for part in self._parts(text) if (name := _unquoted(part))]

    def _parts(self, text: str) -> list[str]:
        sign = self._separator
        if not sign:
            return _ANY.split(text)
        if sign == " ":
            return text.split()
        parts = text.split(sign)
        if self._by_comma_too and sign != "," and "," in text:
            parts = [piece for part in parts for piece in part.split(",")]
        return parts


class Tagging:
    """Numbers the tags of a file in the order they come up, and writes those of each row."""

    def __init__(
        self, splitters: Sequence[Splitter], known: Sequence[str], to_all: Sequence[str]
    ) -> None:
        """Go on with the tags that have numbers already; attach `to_all` to every row."""
        self._numbers = {name: number for number, name in enumerate(known)}
        self._told = len(known)
        self._to_all = to_all
        self._splitters = splitters
        self._memos = [
            Memo[frozenset[int]](self._numbered_by(splitter)) for splitter in splitters
        ]
        self._written = Memo[str](self._written_by(splitters[0])) if len(splitters) == 1 else None

    def read(self, columns: Sequence[Cells], count: int, findings: Findings) -> list[str]:
        """Return the numbers of each row's tags as an int[]; raises TooManyTags.

        The tags of rows that are refused already are judged, and get no numbers.
        """
        always = frozenset(self._number(name) for name in self._to_all)
        if not columns:
            return [_literal(always)] * count
        refused = sorted(findings.problems)
        kept = [self._without(cells, refused, at, findings) for at, cells in enumerate(columns)]
        if self._written is not None:
            return self._written.pieces(kept[0], findings)
        sets = [memo.pieces(cells, findings) for memo, cells in zip(self._memos, kept, strict=True)]
        unions = [always.union(*row) for row in zip(*sets, strict=True)]
        for at, numbers in enumerate(unions):
            if len(numbers) > MAX_TAGS_PER_CONTACT:
                findings.problems_of(at, _too_many(numbers), kept[0].all[at])
        return [_literal(numbers) for numbers in unions]

    def news(self) -> list[str]:
        """Return the tags that got numbers since it was asked last."""
        names = list(self._numbers)[self._told :]
        self._told = len(self._numbers)
        return names

    def _without(
        self, cells: Cells, refused: Sequence[int], column: int, findings: Findings
    ) -> Cells:
        if not refused:
            return cells
        kept = list(cells.all)
        for at in refused:
            problems = _problems(self._splitters[column].names(kept[at]))
            findings.problems_of(at, problems, kept[at])
            kept[at] = ""
        return Cells(kept, cells.are_texts)

    def _numbered_by(
        self, splitter: Splitter
    ) -> Callable[[Any], frozenset[int] | Odd[frozenset[int]]]:
        def read(cell: Any) -> frozenset[int] | Odd[frozenset[int]]:  # noqa: ANN401  # as above
            names = splitter.names(cell) if cell is not None else []
            problems = _problems(names)
            if not problems and len(names) + len(self._to_all) > MAX_TAGS_PER_CONTACT:
                problems = _too_many({*names, *self._to_all})
            if problems:
                return Odd(frozenset(), tuple(problems))
            return frozenset([self._number(name) for name in names])

        return read

    def _written_by(self, splitter: Splitter) -> Callable[[Any], str | Odd[str]]:
        numbered = self._numbered_by(splitter)
        always = self._to_all

        def read(cell: Any) -> str | Odd[str]:  # noqa: ANN401  # as above
            numbers = numbered(cell)
            if isinstance(numbers, Odd):
                return Odd("{}", numbers.problems)
            return _literal(numbers.union(map(self._number, always)))

        return read

    def _number(self, name: str) -> int:
        number = self._numbers.get(name)
        if number is None:
            number = len(self._numbers)
            if number >= MOST_TAGS:
                raise TooManyTags
            self._numbers[name] = number
        return number


class Lists:
    """Reads columns of the lists a row joins."""

    def __init__(self, splitters: Sequence[Splitter]) -> None:
        """Split each column its own way."""
        self._memos = [Memo[tuple[str, ...]](_lists_by(splitter)) for splitter in splitters]

    def read(self, columns: Sequence[Cells], findings: Findings) -> list[str]:
        """Return the names of each row as a text[]; "" where there is none."""
        rows = zip(
            *(memo.pieces(cells, findings) for memo, cells in zip(self._memos, columns, strict=True)),
            strict=True,
        )
        return [
            array(dict.fromkeys(name for names in row for name in names)) if any(row) else ""
            for row in rows
        ]


def _lists_by(splitter: Splitter) -> Callable[[Any], tuple[str, ...] | Odd[tuple[str, ...]]]:
    def read(cell: Any) -> tuple[str, ...] | Odd[tuple[str, ...]]:  # noqa: ANN401  # as above
        names = tuple(splitter.names(cell) if cell is not None else ())
        for name in names:
            broken = unstorable("list", name)
            if broken is None and (len(name) > _MAX_LIST or _CONTROL.search(name)):
                sentence = f"The name of a list has 1 to {_MAX_LIST} characters, none a control"
                broken = Problem("list", sentence, "list_invalid")
            if broken is not None:
                return Odd((), (broken,))
        return names

    return read


def _problems(names: Sequence[str]) -> list[Problem]:
    if len(names) > MAX_TAGS_PER_CONTACT and len(set(names)) > MAX_TAGS_PER_CONTACT:
        return _too_many(set(names))
    return [
        problem for name in names if (problem := tag_problem(name) or unstorable("tags", name))
    ]


def _too_many(tags: Collection[object]) -> list[Problem]:
    most = MAX_TAGS_PER_CONTACT
    sentence = f"A contact carries at most {most} tags, this row has {len(tags):,}"
    return [Problem("tags", sentence, "too_many_tags")]


def _seen_in(samples: Iterable[str]) -> str:
    """Name the sign that stands in most samples."""
    counts = dict.fromkeys("|;,", 0)
    for sample in samples:
        for sign in counts:
            counts[sign] += sign in sample
    sign = max(counts, key=lambda sign: counts[sign])
    return sign if counts[sign] else ""


def _unquoted(part: str) -> str:
    """Take blanks and a pair of quotes away: Mailchimp writes `"red shoes","vip"`."""
    name = part.strip()
    if len(name) > 1 and name[0] == name[-1] and name[0] in _QUOTES:
        return name[1:-1].strip()
    return name


def _literal(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, sorted(numbers))) + "}"
