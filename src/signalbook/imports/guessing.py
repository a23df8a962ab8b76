"""What the columns of a file mean, guessed for a person to look over; no I/O.

A column may become, as its `target`:

| target | meaning |
|---|---|
| `email`, `mobile`, `external_id` | who the row is about; one column each |
| `field:<name>` | a field, known or new |
| `tags`, `list` | tags to attach, lists to join, several in a cell |
| `status`, `status:<channel>` | whether somebody may be reached: yes, no, bounced … |
| `optout`, `optout:<channel>` | the contrary: yes, or a time, says that they are out |
| `is_active` | no, or a word like archived, says that the contact is deactivated |
| `bounced`, `complained` | why mail may not be sent, where the cell says yes or anything |
| `attributes`, `metadata` | a JSON object: of fields, or of metadata |
| `ignore` | left out |

Channels are `email`, `sms` and `voice`; without one all are meant.

Guesses are never quite sure: a confidence of 1 says that a person chose.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from signalbook.fields.model import MAX_NAME, RESERVED, STANDARD, FieldType
from signalbook.imports import inferring, layouts
from signalbook.imports.model import ColumnMap, KnownField, Source
from signalbook.imports.parsing.statuses import is_status
from signalbook.imports.vocabulary import GIVEN, MEANT, NAME_OR_SURNAME
from signalbook.kit.spelling import fold, plain

STATUSES: Final = ("status", "status:email", "status:sms", "status:voice")
OPTOUTS: Final = (
    *("optout", "optout:email", "optout:sms", "optout:voice", "bounced", "complained"),
    "is_active",
)
ONCE: Final = frozenset({"email", "mobile", "external_id"})
TARGETS: Final = (
    *("email", "mobile", "external_id", "tags", "list", *STATUSES, *OPTOUTS),
    *("attributes", "metadata", "ignore"),
)
"""Every target but the fields, which are `field:<name>`."""
LISTED: Final = ("listed:attributes", "listed:out", "listed:topics")
TOPIC: Final = "topic:"
"""Targets of files whose rows are written to a contact list (`model.Listing`)."""

FIELD: Final = "field:"

_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
_E164 = re.compile(r"'?\+[\d\s().-]{7,20}")
_STRICT = re.compile(r"'?\+\d+")
_DIGITS = re.compile(r"\D+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SIGNS = re.compile(r"[\W_]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MOST = 0.8
_FEW = 0.3
_LAYOUT = 0.99
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15


class _Idea(NamedTuple):
    target: str
    confidence: float
    reason: str
    type: str | None = None


def guess(
    source: Source, fields: Sequence[KnownField], lists: Sequence[str] = ()
) -> tuple[ColumnMap, ...]:
    """Guess what each column means: by the platform, by its header, by what it holds.

    `fields` are those of the account, `lists` the names of its lists. Never two columns become the
    same identifier or field: the second becomes a field of its own.
    """
    return _Guess(source, fields, lists).columns()


def field_name(header: str, taken: Sequence[str] | set[str] = ()) -> str:
    """Make the name of a new field from a header: `Loyalty points` becomes `loyalty_points`."""
    words = _SIGNS.sub(" ", fold(_CAMEL.sub(" ", header))).split()
    made = "_".join(words)[:MAX_NAME].strip("_") or "column"
    if made in RESERVED:
        made = f"{made}_"
    name, number = made, 2
    while name in taken:
        end = f"_{number}"
        name, number = made[: MAX_NAME - len(end)] + end, number + 1
    return name


def problem(source: Source, columns: Sequence[ColumnMap]) -> str | None:
    """Say as a sentence why a mapping cannot be used with a file, or None."""
    seen: dict[str, int] = {}
    places: set[int] = set()
    for one in columns:
        if not 0 <= one.column < len(source.columns):
            return f"there is no column {one.column + 1:,}; the file has {len(source.columns):,}."
        header = source.columns[one.column]
        if one.column in places:
            return f'the column "{header}" is mapped twice.'
        places.add(one.column)
        is_listed = one.target in LISTED or one.target.startswith(TOPIC)
        wrong = None if is_listed else _target_problem(one, header)
        if wrong is not None:
            return wrong
        if one.target in seen and (one.target in ONCE or one.target.startswith(FIELD)):
            other = source.columns[seen[one.target]]
            name = one.target.removeprefix(FIELD)
            return f'"{other}" and "{header}" cannot both become {name}.'
        seen[one.target] = one.column
    return None


def _target_problem(one: ColumnMap, header: str) -> str | None:
    name = one.target.removeprefix(FIELD)
    if name == one.target and name not in TARGETS:
        return f'"{header}" cannot become "{name[:40]}"; a field is written field:{name[:40]}.'
    if name != one.target:
        if not name.strip() or len(name) > MAX_NAME or _CONTROL.search(name):
            return f"a field name has 1 to {MAX_NAME} characters and no control characters."
        if name in RESERVED:
            return f"{name} belongs to the contact itself and cannot be a custom field."
    if "\x00" in one.separator:
        return f'a NUL cannot separate what "{header}" holds; a line break, a comma or a bar can.'
    if one.type is not None and one.type not in set(FieldType):
        return f'"{one.type[:40]}" is no type of a field; use one of {", ".join(FieldType)}.'
    return None


class _Guess:
    """One file's guesses, column by column, each knowing what is taken."""

    def __init__(self, source: Source, fields: Sequence[KnownField], lists: Sequence[str]) -> None:
        self._source = source
        self._lists = {plain(name) for name in lists}
        self._layout = layouts.recognise(source.columns)
        self._headers = [plain(column) for column in source.columns]
        self._types: dict[str, str] = {name: one.type for name, one in STANDARD.items()}
        self._types.update({field.name: field.type for field in fields})
        self._names = _named(fields)
        self._taken: set[str] = set()

    def columns(self) -> tuple[ColumnMap, ...]:
        columns = self._source.columns
        ideas: dict[int, _Idea] = {}
        if self._layout is not None:
            reason = f"So it is in files of {self._layout.name}"
            is_json = self._source.kind == "json"
            for at, target in self._layout.meanings(columns, is_json=is_json).items():
                self._take(ideas, at, _Idea(target, _LAYOUT, reason))
        for read in (self._by_header, self._by_content):
            for at in range(len(columns)):
                idea = None if at in ideas else read(at)
                if idea is not None:
                    self._take(ideas, at, idea)
        for at in range(len(columns)):
            if at not in ideas:
                self._take(ideas, at, self._new(at))
        return tuple(self._map(at, ideas[at]) for at in range(len(columns)))

    def _take(self, ideas: dict[int, _Idea], at: int, idea: _Idea) -> None:
        """Keep an idea, unless another column is that already or the cells speak against it."""
        checked = self._checked(at, idea)
        single = checked.target in ONCE or checked.target.startswith(FIELD)
        if single and checked.target in self._taken:
            return
        self._taken.add(checked.target)
        ideas[at] = checked

    def _by_header(self, at: int) -> _Idea | None:
        header = self._headers[at]
        shown = self._source.columns[at]
        if header in self._names:
            name, how = self._names[header]
            return _Idea(FIELD + name, 0.97, f"{how} the field {name}")
        if header in NAME_OR_SURNAME:
            last = bool(GIVEN & set(self._headers))
            target = "field:last_name" if last else "field:full_name"
            reason = "It stands beside a first name" if last else "No first name stands beside it"
            return _Idea(target, 0.85, reason)
        target = MEANT.get(header)
        if target is None and header == "id" and self._is_unique(at):
            return _Idea("external_id", 0.6, "It tells every row from the others")
        if target is None:
            return None
        said = "A secret is left out" if target == "ignore" else ""
        return _Idea(target, 0.95, said or f'"{shown.strip()}" usually means that')

    def _by_content(self, at: int) -> _Idea | None:
        texts = self._texts(at)
        if not texts:
            return None
        if _share(texts, _EMAIL) >= _MOST and "email" not in self._taken:
            return _Idea("email", 0.8, "Its cells are e-mail addresses")
        if _share(texts, _E164) >= _MOST and "mobile" not in self._taken:
            return _Idea("mobile", 0.75, "Its cells are phone numbers with a country code")
        if self._lists and all(plain(text) in self._lists for text in texts):
            return _Idea("list", 0.8, "Its cells are names of your lists")
        return None

    def _checked(self, at: int, idea: _Idea) -> _Idea:
        """Look at the cells: a header may promise what they do not hold."""
        texts = self._texts(at)
        target = idea.target
        if not texts:
            return idea
        wrong = _wrong(target, texts, is_layouts=idea.confidence == _LAYOUT)
        if wrong:
            return self._new(at, wrong)
        if target == "mobile":
            return self._checked_mobile(at, idea, texts)
        if target == "field:phone" and idea.confidence != _LAYOUT and self._is_mobile(texts):
            return _Idea("mobile", 0.7, "Its numbers have a country code")
        return self._checked_field(at, idea, texts) if target.startswith(FIELD) else idea

    def _checked_mobile(self, at: int, idea: _Idea, texts: Sequence[str]) -> _Idea:
        if all(_STRICT.fullmatch(text) for text in texts):
            return idea
        if _share(texts, _E164) >= _MOST:
            told = f"{idea.reason}. Not all are written like +33612345678: choose a country"
            return idea._replace(confidence=min(idea.confidence, 0.8), reason=told)
        counts = [len(_DIGITS.sub("", text)) for text in texts]
        numbers = sum(_FEWEST_DIGITS <= count <= _MOST_DIGITS for count in counts)
        damaged = sum(1 for text in texts if re.fullmatch(r"\d[.,]\d+E\+?\d+", text, re.IGNORECASE))
        if numbers + damaged < _FEW * len(texts):
            return self._new(at, "Its cells are no phone numbers")
        reason = f"{idea.reason}. The numbers have no country code: choose their country"
        return idea._replace(confidence=min(idea.confidence, 0.8), reason=reason)

    def _checked_field(self, at: int, idea: _Idea, texts: Sequence[str]) -> _Idea:
        name = idea.target.removeprefix(FIELD)
        kind = self._types.get(name)
        if kind is None:
            return idea._replace(type=idea.type or inferring.type_of(texts, _words(name)))
        share = inferring.fits(kind, texts)
        if name in STANDARD and share < _MOST:
            return self._new(at, f"Most of its cells do not fit the field {name}")
        if share < _MOST:
            return idea._replace(confidence=0.5, reason=f"{idea.reason}, but most cells do not fit")
        return idea

    def _new(self, at: int, reason: str = "") -> _Idea:
        """Make a field of a column, named after its header."""
        header = self._source.columns[at]
        known = {*self._types, *(one.removeprefix(FIELD) for one in self._taken)}
        texts = self._texts(at)
        name = field_name(header, known)
        kind = inferring.type_of(texts, _words(name))
        reason = reason or "There is no such field yet: it will be a new one"
        return _Idea(FIELD + name, 0.6 if texts else 0.4, reason, kind)

    def _map(self, at: int, idea: _Idea) -> ColumnMap:
        return ColumnMap(
            column=at,
            target=idea.target,
            type=idea.type,
            confidence=idea.confidence,
            reason=idea.reason,
        )

    def _texts(self, at: int) -> list[str]:
        samples = self._source.samples
        found = samples[at] if at < len(samples) else []
        return [text.strip() for text in found if text.strip()]

    def _is_unique(self, at: int) -> bool:
        texts = self._texts(at)
        return len(set(texts)) == len(texts)

    def _is_mobile(self, texts: Sequence[str]) -> bool:
        """Tell whether a column of phones is the one that messages go to."""
        has_mobile = any(MEANT.get(header) == "mobile" for header in self._headers)
        free = "mobile" not in self._taken and not has_mobile
        return free and _share(texts, _E164) >= _MOST


def _named(fields: Sequence[KnownField]) -> Mapping[str, tuple[str, str]]:
    """List what fields are called, in plain writing; an alias counts more than a name."""
    names: dict[str, tuple[str, str]] = {}
    for name, standard in STANDARD.items():
        names[plain(standard.label)] = (name, "The same as the label of")
        names[plain(name)] = (name, "The same as the name of")
    for how in ("label", "name", "alias"):
        for field in fields:
            for text in {"label": [field.label], "name": [field.name]}.get(how, field.aliases):
                if plain(text) and not _stands_aside(field.name, text):
                    names[plain(text)] = (field.name, f"The same as the {how} of")
    return names


def _stands_aside(name: str, text: str) -> bool:
    """Tell whether a field only has its name because the word itself was taken: `email_`.

    A second column of e-mails made it once; the next file's e-mail is the e-mail all the same.
    """
    return name[:-1] in RESERVED and plain(text) == plain(name[:-1])


def _words(name: str) -> list[str]:
    return name.split("_")


def _share(texts: Sequence[str], pattern: re.Pattern[str]) -> float:
    return sum(pattern.fullmatch(text) is not None for text in texts) / len(texts)


def _wrong(target: str, texts: Sequence[str], *, is_layouts: bool) -> str:
    """Say what speaks against a target, "" for nothing."""
    if target == "email" and _share(texts, _EMAIL) < _FEW:
        return "Its cells are no e-mail addresses"
    if target in STATUSES and not is_layouts and not _speaks_of_status(texts):
        return "Its cells are no words of subscriptions"
    objects = sum(text[0] == "{" for text in texts)
    if target in {"attributes", "metadata"} and objects < (_FEW if is_layouts else 1) * len(texts):
        return "Its cells are no JSON objects"
    return ""


def _speaks_of_status(texts: Sequence[str]) -> bool:
    """Tell whether the cells are words of subscriptions, or a mere yes and no."""
    spoken = sum(
        is_status(text) or inferring.fits(FieldType.BOOLEAN, [text]) == 1 for text in texts
    )
    return spoken >= len(texts) / 2
