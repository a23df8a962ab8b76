"""How an import is shown to people: where it stands, what it was read as, who began it."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from signalbook.accounts import key_queries, people_queries
from signalbook.imports.model import Action, Counts, Import, Source, State
from signalbook.kit.db import Read
from signalbook.web.formats import plural

HOME: Final = "/imports"
BEFORE: Final = frozenset({State.READY, State.CHECKED})
AT_WORK: Final = frozenset({State.CHECKING, State.APPLYING, State.UNDOING, State.PAUSED})

_STEPS: Final = ("File", "Columns", "Check", "Import", "Report")
_PLACES: Final = {
    State.UPLOADING: "upload",
    State.READY: "mapping",
    State.CHECKING: "progress",
    State.CHECKED: "check",
    State.APPLYING: "progress",
    State.PAUSED: "progress",
    State.UNDOING: "progress",
}
_STATES: Final = {
    State.UPLOADING: ("Uploading", "info", "upload"),
    State.READY: ("Waits for you", "accent", "edit"),
    State.CHECKING: ("Checking", "info", "refresh"),
    State.CHECKED: ("Checked, waits for you", "accent", "edit"),
    State.APPLYING: ("Importing", "info", "refresh"),
    State.DONE: ("Done", "good", "ok"),
    State.PAUSED: ("Paused", "warn", "pause"),
    State.CANCELLED: ("Cancelled", "plain", "ban"),
    State.FAILED: ("Failed", "bad", "bad"),
    State.UNDOING: ("Undoing", "info", "undo"),
    State.UNDONE: ("Undone", "plain", "undo"),
}
_KINDS: Final = {"csv": "CSV", "json": "JSON", "xlsx": "Excel", "xls": "Excel 97", "ods": "ODS"}
_PACKED: Final = {"gzip": " in gzip", "zip": " in a zip"}
_BETWEEN: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
DELIMITERS: Final = ((",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Bar"))
ENCODINGS: Final = (
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("windows-1252", "Windows-1252 (Western)"),
    ("windows-1250", "Windows-1250 (Central European)"),
    ("windows-1251", "Windows-1251 (Cyrillic)"),
    ("windows-1253", "Windows-1253 (Greek)"),
    ("windows-1254", "Windows-1254 (Turkish)"),
    ("windows-1255", "Windows-1255 (Hebrew)"),
    ("windows-1256", "Windows-1256 (Arabic)"),
    ("mac-roman", "Mac Roman"),
    ("cp850", "DOS 850"),
    ("cp932", "Shift-JIS"),
    ("gb18030", "GB 18030"),
    ("big5", "Big5"),
    ("euc_kr", "EUC-KR"),
)
"""What a person may choose instead; the names are those of `reading.encodings`."""


class Step(NamedTuple):
    """A step of the wizard: done, current or to come; with an address where it can be seen."""

    label: str
    state: str
    href: str


class Look(NamedTuple):
    """A state as a word, with its colour and icon."""

    word: str
    kind: str
    icon: str


class Line(NamedTuple):
    """An import in the list."""

    found: Import
    look: Look
    counts: Counts | None
    by: str
    is_forecast: bool
    """Whether the counts are those of a check, and nothing is changed yet."""


def address(found: Import | UUID, step: str = "") -> str:
    """Return the address of an import, or of one of its steps."""
    id = found if isinstance(found, UUID) else found.id
    return f"{HOME}/{id}" + (f"/{step}" if step else "")


def place(found: Import) -> str:
    """Return the address of the step at which an import is."""
    return address(found, _PLACES.get(found.state, "report"))


def look(found: Import) -> Look:
    """Name the state an import is in."""
    if found.state == State.DONE and found.options.action == Action.DELETE:
        return Look("Deleted", "good", "ok")
    return Look(*_STATES[found.state])


def steps(found: Import | None, current: int) -> list[Step]:
    """List the steps with the current one, counted from 0; those behind it can be gone back to."""
    back = {1: "mapping"} if found is not None and found.state in BEFORE else {}
    return [
        Step(
            label,
            "done" if n < current else ("current" if n == current else "ahead"),
            address(found, back[n]) if found is not None and n in back and n < current else "",
        )
        for n, label in enumerate(_STEPS)
    ]


def read_as(source: Source) -> list[str]:
    """Say what a file was read as, in a few words each."""
    said = [_KINDS[source.kind] + _PACKED.get(source.compression, "")]
    if source.kind == "csv":
        said.append(encoding_name(source.encoding))
        said.append(_BETWEEN.get(source.delimiter, f"{source.delimiter} between cells"))
    if source.sheet:
        said.append(f"sheet {source.sheet}")
    if source.kind != "json":
        said.append(f"header in row {source.header_row}" if source.header_row else "no header")
    said.append(plural(len(source.columns), "column"))
    return said


def encoding_name(name: str) -> str:
    """Write an encoding as people know it."""
    label = dict(ENCODINGS).get(name)
    return label.partition(" (")[0] if label else name.removesuffix("-sig").upper()


def rows_said(source: Source, noun: str = "row") -> str:
    """Say how many rows a file has; of a packed one that is an estimate."""
    said = plural(source.rows_estimate, noun)
    return f"about {said}" if source.compression else said


def size_said(bytes: int) -> str:
    """Write a size: 812 kB, 1.4 GB."""
    size = float(bytes)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:  # noqa: PLR2004  # SI units
            return f"{size:.0f} {unit}" if unit != "MB" or size >= 10 else f"{size:.1f} {unit}"  # noqa: PLR2004
        size /= 1000
    return f"{size:.1f} GB"


async def names(db: Read, account_id: int, actors: Iterable[str]) -> dict[str, str]:
    """Say who the actors are: a person, a key, the command line."""
    wanted = set(actors)
    found = {"cli": "Command line"}
    if any(one.startswith("user:") for one in wanted):
        members = await people_queries.members(db, account_id)
        found |= {f"user:{one.id}": one.name or one.email for one in members}
    if any(one.startswith("key:") for one in wanted):
        keys = await key_queries.list_all(db, account_id)
        found |= {f"key:{one.id}": f"key {one.name or one.prefix + '…'}" for one in keys}
    return {one: found.get(one, "Someone who left") for one in wanted}


def applied(counts: Counts) -> int:
    """Count the rows that change something."""
    return counts.created + counts.updated + counts.deleted


def order_said(action: Action, counts: Counts) -> str:
    """Write what pressing the button does: Import 11,900 contacts."""
    verb = "Delete" if action == Action.DELETE else "Import"
    return f"{verb} {plural(applied(counts), 'contact')}"


def lines(found: Sequence[Import], counts: dict[UUID, Counts], by: dict[str, str]) -> list[Line]:
    """Make the lines of the list; what was not applied yet shows what its check found."""
    return [
        Line(
            one,
            look(one),
            counts.get(one.id) or (one.verdict.counts if one.verdict else None),
            by.get(one.actor, ""),
            is_forecast=one.id not in counts,
        )
        for one in found
    ]
