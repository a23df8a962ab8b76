"""Tags and lists: one cell, several names; no I/O."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final

import msgspec

from signalbook.imports.parsing.cells import Manner, as_shown, text_of, unstorable
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
_LEADS: Final = frozenset("'[\"")
"""With these a cell may begin that is not what it looks like, so such a tag is never plain."""

_REMEMBERED: Final = 50_000


class TooManyTags(Exception):  # states a fact, as all of ours
    """More different tags than tags are: the rest of the file is not read."""


class Splitter:
    """Takes a cell apart."""

    def __init__(
        self, separator: str, samples: Iterable[str], manner: Manner, *, is_own: bool = False
    ) -> None:
        """Split at `separator`, or at what the samples show; our own exports have commas."""
        self._separator = separator or ("," if is_own else _seen_in(samples))
        self._by_comma_too = not separator
        self._is_own = is_own
        self._manner = manner

    def names(self, cell: Any) -> list[str]:  # noqa: ANN401  # whatever a reader gives
        """Return the names in a cell, trimmed, in their order; what is no text stays as JSON."""
        if isinstance(cell, list):
            return [name for one in cell if (name := text_of(one).strip())]  # pyright: ignore[reportUnknownVariableType]  # any JSON list
        text, _ = as_shown(text_of(cell), self._manner)
        if self._is_own and not self._manner.is_json:
            return [name for part in text.split(",") if (name := part.strip())]
        if text.lstrip().startswith("["):
            try:
                return self.names(msgspec.json.decode(text, type=list[Any]))
            except msgspec.MsgspecError:
                text = _listed(text.strip())
        return [name for part in self._parts(text) if (name := _unquoted(part))]

    def mended(self, cell: Any) -> tuple[str, ...]:  # noqa: ANN401  # as above
        """Name what was mended of a cell that says something."""
        note = "" if isinstance(cell, list) else as_shown(text_of(cell), self._manner)[1]
        return (note,) if note and self.names(cell) else ()

    @property
    def plain_sign(self) -> str:
        """The one sign at which an ordinary cell is split; "" where there is none."""
        return "" if self._separator == " " else self._separator

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
        self._plain: dict[str, int] = {}
        self._texts = [str(number) for number in range(MOST_TAGS)]
        self.always: frozenset[int] = frozenset()

    def read(self, columns: Sequence[Cells], count: int, findings: Findings) -> list[str]:
        """Return the numbers of each row's tags as an int[]; raises TooManyTags.

        The tags of rows that are refused already are judged, and get no numbers.
        """
        if self._to_all and not self.always:
            self.always = frozenset(map(self._number, self._to_all))
        if not columns:
            return [_literal(self.always)] * count
        if len(columns) == 1 and columns[0].are_texts and self._splitters[0].plain_sign:
            return self._quickly(columns[0].texts, findings)
        return [
            self._slowly(at, [cells.all[at] for cells in columns], findings) for at in range(count)
        ]

    def news(self) -> list[str]:
        """Return the tags that got numbers since it was asked last."""
        names = list(self._numbers)[self._told :]
        self._told = len(self._numbers)
        return names

    def _quickly(self, cells: Sequence[str], findings: Findings) -> list[str]:
        """Write cells whose parts came before as they stand, blanks around them and all."""
        plain, texts, always = self._plain, self._texts, self.always
        sign, room = self._splitters[0].plain_sign, MAX_TAGS_PER_CONTACT - len(self._to_all)
        lines: list[str] = []
        for at, cell in enumerate(cells):
            try:
                numbers = {plain[part] for part in cell.split(sign)}
            except KeyError:
                lines.append(self._slowly(at, [cell], findings))
                continue
            if len(numbers) > room:
                lines.append(self._slowly(at, [cell], findings))
                continue
            if always:
                numbers |= always
            lines.append(f"{{{','.join([texts[number] for number in sorted(numbers)])}}}")
        return lines

    def _slowly(self, at: int, cells: Sequence[Any], findings: Findings) -> str:
        names: dict[str, None] = {}
        for splitter, cell in zip(self._splitters, cells, strict=True):
            names.update(dict.fromkeys(splitter.names(cell) if cell is not None else ()))
            findings.notes += [(at, note) for note in splitter.mended(cell)]
        problems = [
            problem for name in names if (problem := tag_problem(name) or unstorable("tags", name))
        ]
        if len(names) + len(self._to_all) > MAX_TAGS_PER_CONTACT:
            problems += _too_many({*names, *self._to_all})
        findings.problems_of(at, problems, cells[0])
        if problems or at in findings.problems:
            return "{}"
        numbers = [self._number(name) for name in names]
        self._remember(cells, names.keys())
        return _literal(self.always.union(numbers))

    def _remember(self, cells: Sequence[Any], names: Collection[str]) -> None:
        """Remember the parts of a cell that are tags as they stand, but for blanks."""
        sign = self._splitters[0].plain_sign
        if len(cells) == 1 and isinstance(cells[0], str) and sign:
            for part in cells[0].split(sign):
                name = part.strip()
                if name in names and name[0] not in _LEADS and len(self._plain) < _REMEMBERED:
                    self._plain[part] = self._numbers[name]

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
            *(
                memo.pieces(cells, findings)
                for memo, cells in zip(self._memos, columns, strict=True)
            ),
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
        notes = splitter.mended(cell)
        return Odd(names, notes=notes) if notes else names

    return read


def _too_many(tags: Collection[object]) -> list[Problem]:
    most = MAX_TAGS_PER_CONTACT
    if len(tags) <= most:
        return []
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


def _listed(text: str) -> str:
    """Take the brackets off a list as Python writes it: `['vip', 'red shoes']`."""
    return text[1:-1] if text.endswith(("']", '"]')) and text[1] in _QUOTES else text


def _unquoted(part: str) -> str:
    """Take blanks and a pair of quotes away: Mailchimp writes `"red shoes","vip"`."""
    name = part.strip()
    if len(name) > 1 and name[0] == name[-1] and name[0] in _QUOTES:
        return name[1:-1].strip()
    return name


def _literal(numbers: Iterable[int]) -> str:
    return f"{{{','.join(map(str, sorted(numbers)))}}}"
