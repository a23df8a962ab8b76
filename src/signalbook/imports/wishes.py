"""What somebody wants of a file, in words, and what it means for the columns that are there."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET

from signalbook.imports import actions, guessing, queries
from signalbook.imports.errors import ColumnUnknown, ImportNotFound, of_mapping
from signalbook.imports.model import ColumnMap, Hints, Options, Source
from signalbook.imports.reading.delimited import can_delimit
from signalbook.imports.schemas import MappingIn, OptionsIn, TargetIn, WishesIn
from signalbook.kit.countries import countries
from signalbook.kit.db import Tx
from signalbook.kit.errors import Problem
from signalbook.lists.model import list_problem
from signalbook.tags.model import tag_problem
from signalbook.web import bodies
from signalbook.web.bodies import BodyInvalid, JsonMalformed, Shape

REST: Final = "*"
PLAIN: Final = frozenset(guessing.TARGETS)
"""The targets that are no field."""

SAID: Final = ("name", "mapping", "options", "dry_run", "start")
"""What may be said beside a file."""

_SEVERAL: Final = frozenset(
    {"tags", "list", "attributes", "ignore", *guessing.STATUSES, *guessing.OPTOUTS}
)
_HINTS: Final = ("sheet", "header_row", "delimiter", "encoding", "member")
_MEANT: Final = ("action", "blank", "tags", "list", "country", "date_order")
_PREFIXES: Final = ("field:", "status:", "optout:")
_TRUTH: Final = {"true": True, "1": True, "false": False, "0": False, "": False}
_wishes = Shape(WishesIn)


def read(said: Mapping[str, str]) -> WishesIn:
    """Read what is said in texts, JSON within them; raises BodyInvalid with every problem."""
    told: dict[str, Any] = {}
    problems = [
        Problem(name[:64], f"There is no part {name[:64]}; known are {', '.join(SAID)}", "unknown")
        for name in said
        if name not in SAID
    ]
    for name in ("mapping", "options"):
        if said.get(name, "").strip():
            told[name] = _json_of(name, said[name])
    for name in ("dry_run", "start"):
        if name in said:
            told[name] = _TRUTH.get(said[name].strip().lower(), said[name])
    wishes, wrong = _wishes.fit(told)
    problems += wrong
    refuse_problems(wishes, problems)
    return wishes


def fitted(mapping: Mapping[str, str], options: Mapping[str, Any]) -> MappingIn:
    """Read what was typed at a terminal; raises BodyInvalid with every problem."""
    wishes, wrong = _wishes.fit({"mapping": dict(mapping), "options": dict(options)})
    refuse_problems(wishes, wrong)
    return wishes


def refuse_problems(wishes: MappingIn, problems: Sequence[Problem] = ()) -> None:
    """Raise BodyInvalid with these problems and those of the options."""
    found = [*problems, *_option_problems(wishes.options)]
    if found:
        raise BodyInvalid(problems=found)


def hints_of(options: OptionsIn) -> Hints:
    """Say how the file is to be read, where somebody chose."""
    chosen = {name: getattr(options, name) for name in _HINTS}
    return Hints(**{name: value for name, value in chosen.items() if value is not UNSET})


def beside(hints: Hints, source: Source) -> Hints:
    """Keep to the sheet and the member that were read, where nobody chose others."""
    return msgspec.structs.replace(
        hints,
        sheet=hints.sheet if hints.sheet is not None else source.sheet or None,
        member=hints.member if hints.member is not None else source.member or None,
    )


def options_of(options: OptionsIn, before: Options) -> Options:
    """Change what was said and leave the rest."""
    said = {name: getattr(options, name) for name in _MEANT}
    chosen = {name: value for name, value in said.items() if value is not UNSET}
    if "tags" in chosen:
        chosen["tags"] = tuple(dict.fromkeys(chosen["tags"]))
    if "country" in chosen:
        chosen["country"] = chosen["country"].strip().upper()
    return msgspec.structs.replace(before, **chosen)


def columns_of(
    source: Source, before: Sequence[ColumnMap], mapping: Mapping[str, TargetIn | str]
) -> tuple[ColumnMap, ...]:
    """Lay what somebody said over what was guessed; raises ColumnUnknown.

    A guess yields where somebody gave its target to another column.
    """
    chosen = {
        _place_of(source, name): _target_of(wanted)
        for name, wanted in mapping.items()
        if name != REST
    }
    taken = {one.target for one in chosen.values() if one.target not in _SEVERAL}
    rest = _target_of(mapping[REST]) if REST in mapping else None
    guessed = {one.column: one for one in before}
    found: list[ColumnMap] = []
    for at in range(len(source.columns)):
        guess = guessed.get(at, ColumnMap(column=at, target="ignore"))
        wanted = chosen.get(at)
        if wanted is not None or rest is not None:
            guess = _said(wanted or rest or TargetIn("ignore"), guess)
        elif guess.target in taken:
            guess = ColumnMap(column=at, target="ignore", reason="Another column was chosen for it")
        found.append(guess)
    return tuple(found)


async def take_in(
    tx: Tx,
    account_id: int,
    import_id: UUID,
    asked: MappingIn,
    source: Source,
    *,
    name: str,
    bytes: int,
    actor: str,
) -> None:
    """Write down a file that is here already, what it was found to be and what is wished of it.

    Raises ColumnUnknown, MappingInvalid, NobodyMapped.
    """
    await actions.begin(tx, account_id, name=name, expected=bytes, actor=actor, import_id=import_id)
    await actions.received(tx, account_id, import_id, bytes)
    await actions.inspected(tx, account_id, import_id, source, recall_options=False)
    await carry_out(tx, account_id, import_id, asked)


async def carry_out(
    tx: Tx, account_id: int, import_id: UUID, wishes: MappingIn, before: Options | None = None
) -> None:
    """Configure an import as somebody wishes, where they wish anything.

    Options they do not speak of stay as they were `before` the file was read anew.
    Raises ImportNotFound, ImportNotReady, ColumnUnknown, MappingInvalid, NobodyMapped.
    """
    found = await queries.get(tx, account_id, import_id)
    if found is None:
        raise ImportNotFound
    source = found.source or Source(kind="csv")
    columns = columns_of(source, found.columns, wishes.mapping)
    options = options_of(wishes.options, before or found.options)
    if (columns, options) != (found.columns, found.options):
        await actions.configure(tx, account_id, import_id, columns, options)


def _json_of(name: str, text: str) -> object:
    """Read a part as JSON; raises JsonMalformed, which names the part."""
    try:
        return bodies.json_of(text.encode())
    except JsonMalformed as fault:
        sentence = f"{name} is not JSON: {fault.facts['reason']}"
        raise JsonMalformed(problems=[Problem(name, sentence, fault.code())]) from fault


def _said(wanted: TargetIn, guess: ColumnMap) -> ColumnMap:
    """Take somebody's word; of a field whose type they left open, the values speak."""
    is_field = wanted.target.startswith("field:")
    return ColumnMap(
        column=guess.column,
        target=wanted.target,
        type=wanted.type.value if wanted.type is not None else guess.type if is_field else None,
        separator=wanted.separator,
        reason="You said so",
    )


def _target_of(wanted: TargetIn | str) -> TargetIn:
    """Read a target; a word that is none of the plain ones is the name of a field.

    `status:fax` is no field, or an opt-out would be stored and not obeyed; `field:status:fax` is.
    """
    said = TargetIn(wanted) if isinstance(wanted, str) else wanted
    target = said.target.strip()
    if target not in PLAIN and not target.startswith(_PREFIXES):
        target = f"field:{target}"
    return msgspec.structs.replace(said, target=target)


def _place_of(source: Source, name: str) -> int:
    """Find a column by its name, its name however it is written, or its number from 0."""
    names = source.columns
    if name in names:
        return names.index(name)
    folded = [_folded(one) for one in names]
    if folded.count(_folded(name)) == 1:
        return folded.index(_folded(name))
    if name.isascii() and name.isdigit() and int(name[:6]) < len(names):
        return int(name[:6])
    known = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")  # noqa: PLR2004  # a line of them
    raise of_mapping(ColumnUnknown(name=f'"{name[:64]}"', columns=known))


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _option_problems(options: OptionsIn) -> list[Problem]:
    found: list[Problem] = []
    if options.tags is not UNSET:
        found += [p for one in options.tags if (p := tag_problem(one, "options.tags"))]
    if options.list and (wrong := list_problem(options.list, "options.list")):
        found.append(wrong)
    if options.country and options.country.strip().upper() not in countries():
        told = "options.country must be an ISO 3166 code, like IN or GB, or empty"
        found.append(Problem("options.country", told, "value_wrong"))
    if options.delimiter and not can_delimit(options.delimiter):
        told = "options.delimiter must be a tab or a character that can be seen, and no quote"
        found.append(Problem("options.delimiter", told, "value_wrong"))
    return found
