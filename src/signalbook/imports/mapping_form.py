"""The mapping as a form: what each column may become, how it is shown, how it is read back."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

import msgspec

from signalbook.contacts.values import IDENTIFIERS
from signalbook.fields.model import MAX_NAME, RESERVED, STANDARD, FieldType
from signalbook.imports.guessing import FIELD, ONCE, field_name
from signalbook.imports.model import Action, ColumnMap, KnownField, Options, Source
from signalbook.kit.countries import countries
from signalbook.tags.model import MAX_TAG

IGNORE: Final = "ignore"
NEW: Final = "new"
TYPES: Final = (
    (FieldType.TEXT, "Text"),
    (FieldType.NUMBER, "Number"),
    (FieldType.BOOLEAN, "Yes or no"),
    (FieldType.DATE, "Date"),
    (FieldType.DATETIME, "Date and time"),
    (FieldType.LIST, "List"),
    (FieldType.OBJECT, "Object"),
)
SEPARATORS: Final = (
    ("", "Found out"),
    (",", "Comma"),
    (";", "Semicolon"),
    ("|", "Bar"),
    (" ", "Space"),
)
ACTIONS: Final = (
    (Action.UPSERT, "Add and update", "New people are added, known ones updated."),
    (Action.CREATE, "Add only", "Known people stay as they are."),
    (Action.UPDATE, "Update only", "Nobody is added."),
    (Action.DELETE, "Delete", "The contacts in the file are deleted."),
)
BLANKS: Final = (("keep", "Keep what is there"), ("clear", "Clear the field"))
DATE_ORDERS: Final = (
    ("", "Found out from the column"),
    ("dmy", "Day first: 31/12/2024"),
    ("mdy", "Month first: 12/31/2024"),
    ("ymd", "Year first: 2024/12/31"),
)

_GATHERED: Final = (
    ("tags", "Tags"),
    ("list", "Lists to join"),
    ("attributes", "Fields, as a JSON object"),
    ("metadata", "Metadata, as a JSON object"),
)
_REACH: Final = (
    ("status", "Status, of every channel"),
    ("status:email", "Status of e-mail"),
    ("status:sms", "Status of SMS"),
    ("status:voice", "Status of voice"),
    ("optout", "Opted out, of every channel"),
    ("optout:email", "Opted out of e-mail"),
    ("optout:sms", "Opted out of SMS"),
    ("optout:voice", "Opted out of voice"),
    ("bounced", "Bounced"),
    ("complained", "Complained"),
    ("is_active", "Active: no deactivates"),
)
_SURE, _LIKELY = 0.9, 0.6
_NOTHING_KNOWN = "There is no such field yet"
"""How the reason of a guess begins that says no more than that the field is new."""
_MOST_FIELDS = 300
_SAMPLES = 3
_NOT_STRICT = re.compile(r"\s*(?:\(?[0-9]|\+[0-9]+[\s().\-/])[0-9\s().\-/]{4,}")
_AMBIGUOUS = re.compile(r"\s*\d{1,2}[./-]\d{1,2}[./-](\d{2}|\d{4})\b")


class Sure(NamedTuple):
    """How sure a guess is, as a word, with its colour and icon."""

    word: str
    kind: str
    icon: str


_AS_NEW: Final = Sure("A new field", "info", "plus")
_AS_EMPTY: Final = Sure("A new field, empty in the first rows", "warn", "help")
_AS_LAST_TIME: Final = Sure("As last time", "good", "repeat")


class Row(NamedTuple):
    """A column of the file and what it becomes; `n` is its number, from 0."""

    n: int
    name: str
    samples: list[str]
    target: str
    new_name: str
    type: str
    separator: str
    sure: Sure
    reason: str
    problem: str
    needs_country: bool
    """Whether it holds numbers that are read only where a country is said: without a plus, or
    with blanks in them."""


class Filled(NamedTuple):
    """What a form says; `problems` are by the name of the input that is to blame."""

    columns: tuple[ColumnMap, ...]
    options: Options
    problems: dict[str, str]


def groups(known: Sequence[KnownField]) -> list[tuple[str, list[tuple[str, str]]]]:
    """List what a column may become, in groups of (value, label)."""
    labels = {one.name: one.label for one in known}
    standard = [(f"{FIELD}{name}", labels.get(name, one.label)) for name, one in STANDARD.items()]
    own = [(f"{FIELD}{one.name}", one.label) for one in known if one.name not in STANDARD]
    named = [
        ("Who it is", list(IDENTIFIERS.items())),
        ("Standard fields", standard),
        ("Your fields", own[:_MOST_FIELDS]),
        ("Several at once", list(_GATHERED)),
        ("May they be reached", list(_REACH)),
    ]
    return [group for group in named if group[1]]


def rows(
    source: Source,
    columns: Sequence[ColumnMap],
    known: Sequence[KnownField],
    problems: Mapping[str, str] | None = None,
    *,
    is_remembered: bool = False,
) -> list[Row]:
    """Show every column of a file, also one that nothing was said of.

    Of what is remembered from an earlier file the reasons are no longer true.
    """
    offered = {value for _, targets in groups(known) for value, _ in targets}
    said = {one.column: one for one in columns}
    ignored = ColumnMap(column=0, target=IGNORE)
    found = [
        _row(
            n,
            name,
            _samples(source, n),
            said.get(n, ignored),
            offered,
            problems or {},
            needs_country=any(_NOT_STRICT.fullmatch(one) for one in _texts(source, n)),
        )
        for n, name in enumerate(source.columns)
    ]
    if not is_remembered:
        return found
    return [
        row if row.target == IGNORE else row._replace(sure=_AS_LAST_TIME, reason="")
        for row in found
    ]


def asks_date_order(source: Source, options: Options) -> bool:
    """Tell whether the file holds dates whose day and month could be confused."""
    return bool(options.date_order) or any(
        _AMBIGUOUS.match(text) for texts in source.samples for text in texts
    )


def read(form: Mapping[str, str], source: Source, before: Sequence[ColumnMap]) -> Filled:
    """Read the form of the mapping; a choice that was left as guessed keeps its reason."""
    guessed = {one.column: one for one in before}
    problems: dict[str, str] = {}
    columns: list[ColumnMap] = []
    seen: dict[str, str] = {}
    for n, name in enumerate(source.columns):
        column = _column(n, form, guessed.get(n), problems)
        key = column.target
        if key in seen and (key in ONCE or key.startswith(FIELD)):
            problems.setdefault(f"target{n}", f"The column {seen[key]} becomes this already.")
        seen.setdefault(key, name)
        columns.append(column)
    return Filled(tuple(columns), _options(form, problems), problems)


def _row(  # what a row is made of
    n: int,
    name: str,
    samples: list[str],
    said: ColumnMap,
    offered: set[str],
    problems: Mapping[str, str],
    *,
    needs_country: bool,
) -> Row:
    target, new_name = said.target, ""
    if target.startswith(FIELD) and target not in offered:
        target, new_name = NEW, said.target.removeprefix(FIELD)
    return Row(
        n=n,
        name=name,
        samples=samples,
        target=target,
        new_name=new_name or field_name(name),
        type=said.type or FieldType.TEXT,
        separator=said.separator,
        sure=_sure(said, target, samples),
        reason="" if said.reason.startswith(_NOTHING_KNOWN) else said.reason,
        problem=problems.get(f"target{n}") or problems.get(f"name{n}") or "",
        needs_country=needs_country,
    )


def _sure(said: ColumnMap, target: str, samples: Sequence[str]) -> Sure:
    if said.target == IGNORE:
        return Sure("Left out", "off", "minus")
    if said.confidence >= 1:
        return Sure("Chosen", "good", "check")
    if said.reason.startswith(_NOTHING_KNOWN) and target == NEW:
        return _AS_NEW if samples else _AS_EMPTY
    if said.confidence >= _SURE:
        return Sure("Sure", "good", "ok")
    if said.confidence >= _LIKELY:
        return Sure("Likely", "info", "info")
    return Sure("Guess", "warn", "help")


def _samples(source: Source, n: int) -> list[str]:
    """Return a few different values of a column, those that tell most first come first."""
    texts = (text.strip()[:80] for text in _texts(source, n))
    return list(dict.fromkeys(text for text in texts if text))[:_SAMPLES]


def _texts(source: Source, n: int) -> list[str]:
    return source.samples[n] if n < len(source.samples) else []


def _column(
    n: int, form: Mapping[str, str], guessed: ColumnMap | None, problems: dict[str, str]
) -> ColumnMap:
    chosen = form.get(f"target{n}", IGNORE)
    target, type = chosen, None
    if chosen == NEW:
        name = form.get(f"name{n}", "").strip()
        target, type = f"{FIELD}{name}", form.get(f"type{n}") or None
        problem = _name_problem(name)
        if problem:
            problems[f"name{n}"] = problem
        if type is not None and type not in set(FieldType):
            type = None
    separator = form.get(f"separator{n}", "") if chosen in {"tags", "list"} else ""
    made = ColumnMap(column=n, target=target, type=type, separator=separator)
    if guessed is not None and guessed.target == target:
        kept = type if chosen == NEW else guessed.type
        return msgspec.structs.replace(guessed, type=kept, separator=separator)
    return made


def _name_problem(name: str) -> str:
    if not name:
        return "Name the new field."
    if len(name) > MAX_NAME:
        return f"A field's name has at most {MAX_NAME} characters."
    if name in RESERVED:
        return f"{name} belongs to the contact itself; choose another name."
    return ""


def _options(form: Mapping[str, str], problems: dict[str, str]) -> Options:
    action = form.get("action", Action.UPSERT)
    country = form.get("country", "")
    order = form.get("date_order", "")
    tags = tuple(
        dict.fromkeys(tag for one in form.get("tags", "").split(",") if (tag := one.strip()))
    )
    if any(len(tag) > MAX_TAG for tag in tags):
        problems["tags"] = f"A tag has at most {MAX_TAG} characters; put commas between tags."
    return Options(
        action=Action(action) if action in set(Action) else Action.UPSERT,
        blank="clear" if form.get("blank") == "clear" else "keep",
        tags=tags,
        list=form.get("list", "").strip(),
        country=country if country in countries() else "",
        date_order=cast("Any", order if order in dict(DATE_ORDERS) else ""),
    )
