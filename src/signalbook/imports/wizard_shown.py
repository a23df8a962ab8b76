"""What the pages of one import are given: its columns, its check, its progress and its report."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from signalbook.contacts import shown as contacts
from signalbook.contacts.values import IDENTIFIERS
from signalbook.fields.model import STANDARD
from signalbook.imports import mapping_form, shown, wording
from signalbook.imports.mapping_form import Filled
from signalbook.imports.model import (
    Action,
    Counts,
    Import,
    KnownField,
    Reason,
    RowOutcome,
    Sample,
    Source,
    State,
)
from signalbook.kit.countries import countries
from signalbook.web.formats import grouped, plural

_LAYOUTS: Final = {"Amazon SES": "an Amazon SES list"}
_HEADER_ROWS: Final = 10
_FEW: Final = 8
_MANY: Final = 10_000
_SAID_BESIDE: Final = "Read as "
"""A note on the encoding, which stands among the facts already."""
_UNICODE: Final = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "ascii")


class SampleShown(NamedTuple):
    """A contact that changes: each change as (label, before, after)."""

    row_no: int
    contact_id: UUID
    name: str
    changes: list[tuple[str, str, str]]
    tags: list[str]


def mapping(
    found: Import,
    source: Source,
    known: Sequence[KnownField],
    filled: Filled | None = None,
    *,
    is_remembered: bool = False,
) -> dict[str, Any]:
    """Show the mapping as it is kept, or as it was just filled in, with its problems."""
    columns = filled.columns if filled else found.columns
    options = filled.options if filled else found.options
    problems = filled.problems if filled else {}
    rows = mapping_form.rows(source, columns, known, problems, is_remembered=is_remembered)
    return {
        "rows": rows,
        "new_count": sum(row.target == mapping_form.NEW for row in rows),
        "used": sum(row.target != mapping_form.IGNORE for row in rows),
        "groups": mapping_form.groups(known),
        "types": mapping_form.TYPES,
        "separators": mapping_form.SEPARATORS,
        "actions": mapping_form.ACTIONS,
        "blanks": mapping_form.BLANKS,
        "countries": [
            ("", "Nowhere: refuse them"),
            *((one.code, one.said) for one in countries().values()),
        ],
        "date_orders": mapping_form.DATE_ORDERS,
        "asks_date_order": mapping_form.asks_date_order(source, options),
        "options": options,
        "problems": problems,
        **reading(found, source),
    }


def reading(found: Import, source: Source) -> dict[str, Any]:
    """Show what a file was read as, and how else it could be read."""
    in_archive = source.compression == "zip"
    header = range(1, max(_HEADER_ROWS, source.header_row) + 1)
    delimiters = dict(shown.DELIMITERS)
    encodings = dict(shown.ENCODINGS)
    return {
        "source": source,
        "read_as": shown.read_as(source),
        "notes_of_reading": [one for one in source.notes if not one.startswith(_SAID_BESIDE)],
        "may_look_wrong": source.kind == "csv" and source.encoding not in _UNICODE,
        "rows_said": shown.rows_said(source),
        "layout_said": _LAYOUTS.get(found.layout, f"{_article(found.layout)} export"),
        "can_be_read_otherwise": source.kind != "json" or len(source.sheets) > 1,
        "choice": len(source.sheets) > 1,
        "sheet_name": "member" if in_archive else "sheet",
        "sheet_label": "File in the zip" if in_archive else "Sheet",
        "sheet_options": [(one, one) for one in source.sheets],
        "header_options": [("0", "There is none"), *((str(n), f"Row {n}") for n in header)],
        "delimiters": [
            *shown.DELIMITERS,
            *([] if source.delimiter in delimiters else [(source.delimiter, source.delimiter)]),
        ],
        "encodings": [
            *(
                []
                if source.encoding in encodings
                else [(source.encoding, shown.encoding_name(source.encoding))]
            ),
            *shown.ENCODINGS,
        ],
    }


def check(found: Import, labels: Mapping[str, str]) -> dict[str, Any]:
    """Show what a dry run found."""
    assert found.verdict is not None  # noqa: S101  # written together with the state
    counts = found.verdict.counts
    is_deletion = found.options.action == Action.DELETE
    return {
        "counts": counts,
        "reasons": reasons(found, found.verdict.reasons, labels),
        "reasons_title": reasons_title(found),
        "not_found": _not_found(found, found.verdict.reasons),
        "samples": [_sample(one, labels) for one in found.verdict.samples],
        "labels": labels,
        "applied": shown.applied(counts),
        "order": shown.order_said(found.options.action, counts),
        "is_deletion": is_deletion,
        "foot": _foot(found, counts),
        **learned(found),
    }


def reasons(
    found: Import, rejected: Sequence[Reason], labels: Mapping[str, str]
) -> list[tuple[str, Reason]]:
    """Name the reasons of rejections, each with its example."""
    action = found.options.action
    return [
        (
            wording.reason(action, one.code, one.reason),
            msgspec.structs.replace(one, reason=_sentence(found, one, labels)),
        )
        for one in rejected
    ]


def reasons_title(found: Import) -> str:
    """Head the table of reasons; a row that names nobody is no mistake where people are deleted."""
    is_over = found.applying_at is not None
    if found.options.action == Action.DELETE:
        return f"Why rows {'did' if is_over else 'do'} not delete anybody"
    return f"Why rows {'were' if is_over else 'are'} rejected"


def outcome_rows(
    found: Import, rows: Sequence[RowOutcome], labels: Mapping[str, str]
) -> list[RowOutcome]:
    """Show rows with their reasons in the words of the console."""
    return [
        msgspec.structs.replace(one, reason=_sentence(found, one, labels)) if one.reason else one
        for one in rows
    ]


def learned(found: Import) -> dict[str, Any]:
    """Show what the rows bring that the account does not know, and what was put right."""
    return {
        "new_fields": sorted(found.fields.keys() - STANDARD.keys()),
        "new_tags": [] if found.options.action == Action.DELETE else found.tags,
        "notes": [
            (wording.note(code), number)
            for code, number in sorted(found.notes.items(), key=lambda one: -one[1])
        ],
    }


def live_counts(found: Import, counts: Counts) -> list[tuple[str, int]]:
    """List the numbers that grow while an import works."""
    stage = found.paused_state or found.state
    if stage == State.CHECKING:
        return [("Good rows", found.staged), ("Rejected", found.rejected)]
    if stage == State.UNDOING:
        return [("Put back", found.undo_done)]
    first = (
        [("Deleted", counts.deleted)]
        if found.options.action == Action.DELETE
        else [("Created", counts.created), ("Updated", counts.updated)]
    )
    return [*first, ("Unchanged", counts.unchanged), ("Rejected", counts.rejected)]


def total_said(done: int, total: int | None, *, is_guess: bool) -> str:
    """Write the rows in all; a large guess is rounded, so that it does not twitch."""
    if not total:
        return ""
    if not is_guess or total < _MANY:
        return grouped(total)
    return f"about {grouped(max(done, round(total, 2 - len(str(total)))))}"


def leaving(found: Import) -> str:
    """Say what happens when a person closes the page."""
    if found.state == State.PAUSED:
        return "Nothing happens until it goes on."
    return "You can leave this page: it goes on by itself."


def orders(found: Import) -> list[tuple[str, str, str, str]]:
    """List the buttons below the bar: verb of the address, text, kind, icon."""
    cancel = ("cancellation", "Cancel import", "ghost", "")
    if found.state == State.PAUSED:
        return [("resumption", "Go on", "primary", "play"), cancel]
    if found.state == State.UNDOING:
        return [("pause", "Pause", "plain", "pause")]
    return [("pause", "Pause", "plain", "pause"), cancel]


def titles(found: Import) -> tuple[str, str]:
    """Return the heading while an import works, and the sentence below it."""
    state = found.paused_state or found.state
    if state == State.CHECKING:
        lead = "" if not found.dry_run else "Every row is read and judged. Nothing is changed."
        return f"Checking {found.name}", lead
    if state == State.UNDOING:
        return f"Undoing {found.name}", "Contacts are put back as they were before it."
    if found.options.action == Action.DELETE:
        return f"Deleting by {found.name}", ""
    return f"Importing {found.name}", ""


def figures(
    found: Import, counts: Counts, rejected: Sequence[Reason]
) -> list[tuple[str, int, str, str]]:
    """List the numbers of the report: label, number, note, and the outcome they stand for."""
    not_found = _not_found(found, rejected)
    if found.options.action == Action.DELETE:
        listed = [
            ("Deleted", counts.deleted, "", "deleted"),
            ("Not found", not_found, "", "rejected"),
        ]
    else:
        listed = [
            ("Created", counts.created, "", "created"),
            ("Updated", counts.updated, "", "updated"),
            ("Unchanged", counts.unchanged, "", "unchanged"),
        ]
    conflicts = f"{counts.conflicts:,} in conflict" if counts.conflicts else ""
    listed.append(("Rejected", counts.rejected - not_found, conflicts, "rejected"))
    if counts.superseded:
        listed.append(("In the file twice", counts.superseded, "a later row won", "superseded"))
    return listed


def undo_said(counts: Counts) -> str:
    """Say what an undo will do."""
    parts = [
        (counts.created, "removes the {} it created"),
        (counts.updated, "puts back the {} it changed"),
        (counts.deleted, "brings back the {} it deleted"),
    ]
    said = [text.format(plural(number, "contact")) for number, text in parts if number]
    return f"It {' and '.join(said)}." if said else "There is nothing to put back."


def took(found: Import, counts: Counts | None) -> str:
    """Say how many rows it were, and how long they took."""
    said = [plural(counts.rows, "row")] if counts else []
    if found.applying_at and found.finished_at and found.state != State.UNDONE:
        seconds = max((found.finished_at - found.applying_at) / timedelta(seconds=1), 0.0)
        said.append(
            f"applied in {seconds:.1f} s" if seconds < _FEW else f"applied in {_long(seconds)}"
        )
    return " · ".join(said)


def labels_of(known: Sequence[KnownField]) -> dict[str, str]:
    """Name fields as people know them."""
    return dict(IDENTIFIERS) | {one.name: one.label for one in known}


def _long(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{grouped(minutes)} min {rest} s" if minutes else f"{rest} s"


def _not_found(found: Import, rejected: Sequence[Reason]) -> int:
    """Count the rows of a deletion that name nobody; they are kept among the rejected."""
    if found.options.action != Action.DELETE:
        return 0
    return sum(one.count for one in rejected if one.code == "missing")


def _sentence(found: Import, one: Reason | RowOutcome, labels: Mapping[str, str]) -> str:
    return wording.sentence(found.options.action, one.code, one.reason, labels)


def _sample(one: Sample, labels: Mapping[str, str]) -> SampleShown:
    changes: list[tuple[str, str, str]] = []
    for name, pair in list(one.fields.items())[:_FEW]:
        old, new = (pair[0], pair[1]) if len(pair) == 2 else (None, pair)  # noqa: PLR2004
        changes.append((labels.get(name, name), _text(old), _text(new)))
    return SampleShown(one.row_no, one.contact_id, one.name or "Contact", changes, one.tags)


def _text(value: object) -> str:
    return contacts.shortened(contacts.text_of(value))


def _foot(found: Import, counts: Counts) -> str:
    if not counts.rows:
        return "The file has no rows below its header, so there is nothing to import."
    if not shown.applied(counts):
        return "No row would change anything."
    if found.options.action == Action.DELETE:
        return "You are asked once more."
    return "It can be undone afterwards."


def _article(name: str) -> str:
    return f"{'an' if name[:1] in 'AEIOU' else 'a'} {name}"
