"""A chunk of staged rows becomes contacts: matched, locked, written, counted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import cast

from psycopg.errors import UniqueViolation

from signalbook.contacts import batch_queries, listing_queries, recording, storing
from signalbook.contacts.count_queries import Was
from signalbook.contacts.recording import Tallies
from signalbook.contacts.staging import (
    match_queries,
    odd_queries,
    oddities,
    refusing,
    sealing,
    write_queries,
)
from signalbook.contacts.staging.model import Applied, Batch, Kind, Matched, Row
from signalbook.kit import clock
from signalbook.kit.columns import column
from signalbook.kit.db import Again, Tx
from signalbook.kit.db import Row as DbRow
from signalbook.tags import batch_queries as tags


async def apply_rows(tx: Tx, batch: Batch, rows: tuple[int, int]) -> Applied:
    """Apply the rows of a batch from one number to another; tell what came of each.

    Rows that a later one supersedes are passed over, entangled ones are left for
    `apply_entangled`. Raises Again when another transaction was faster.
    """
    found = await _matched(tx, batch, rows, is_writing=True)
    applied, tallies, at = Applied(protected=found.protected), Tallies(), clock.now()
    new, plain, renamed = (found.of(k) for k in (Kind.NEW, Kind.CHANGED, Kind.RENAMED))
    values: dict[str, object] = {
        "account_id": batch.account_id,
        "batch_id": batch.id,
        "first": rows[0],
        "last": rows[1],
        "at": at,
        "tag_ids": found.tag_ids,
        "tag_names": column(batch.tags) if batch.tags else "",
        "source": batch.source.name,
        "actor": batch.source.actor,
        "mark": batch.mark_json,
    }
    both = [*plain, *renamed]
    try:
        if renamed:
            await tx.together(listing_queries.post_contacts(batch.account_id, _hexes(renamed), at))
        if new:
            await _add(tx, values | {"rows": _numbers(new)}, len(new), found.tag_of, tallies)
        if both:
            values |= {"rows": _numbers(both), "ids": _ids(both)}
            values["renamed"] = "{" + ",".join("f" * len(plain) + "t" * len(renamed)) + "}"
            await _change(tx, values, len(both), tallies)
    except UniqueViolation as race:
        raise Again from race
    odd = [*found.of(Kind.ODD), *found.of(Kind.DELETED)]
    if odd:
        await oddities.apply(tx, batch, [row.row_no for row in odd], applied, tallies)
    else:
        await tx.together(*recording.tallied(batch.account_id, tallies, at))
    if new or both:
        await tx.together(
            listing_queries.post_contacts(batch.account_id, _hexes([*new, *both]), at)
        )
    await _account_for(tx, batch, rows, found, applied)
    return applied


async def judge_rows(tx: Tx, batch: Batch, rows: tuple[int, int]) -> tuple[Applied, "Found"]:
    """Tell what `apply_rows` would do, without doing it: odd rows are tried and rolled back.

    The transaction must be rolled back by the caller.
    """
    found = await _matched(tx, batch, rows, is_writing=False)
    applied = Applied(protected=found.protected)
    odd = [*found.of(Kind.ODD), *found.of(Kind.DELETED)]
    if odd:
        await oddities.apply(tx, batch, [row.row_no for row in odd], applied, Tallies())
    await _account_for(tx, batch, rows, found, applied)
    return applied, found


async def samples(tx: Tx, batch: Batch, found: "Found", rows: Sequence[Row]) -> list[DbRow]:
    """Show what some rows would change: row, contact, name, fields, numbers of the tags."""
    if not rows:
        return []
    (lines,) = await tx.together(
        odd_queries.sample(
            {
                "account_id": batch.account_id,
                "batch_id": batch.id,
                "rows": _numbers(rows),
                "ids": _ids(rows),
                "tag_ids": found.tag_ids,
            }
        )
    )
    return lines


async def apply_entangled(tx: Tx, batch: Batch, numbers: Sequence[int]) -> Applied:
    """Apply rows that share identifiers with others, one after another in the order of the file."""
    applied = Applied()
    await oddities.apply(tx, batch, numbers, applied, Tallies())
    return applied


class Found:
    """What the rows of a chunk mean."""

    def __init__(self, matched: Matched, protected: int, tag_ids: str, tag_of: list[int]) -> None:
        """Take what `match` has returned, and the ids of the tags by number."""
        self.matched = matched
        self.protected = protected
        self.tag_ids = tag_ids
        self.tag_of = tag_of

    def of(self, kind: Kind) -> list[Row]:
        """Return the rows of one kind."""
        return self.matched.get(kind, [])


async def _matched(tx: Tx, batch: Batch, rows: tuple[int, int], *, is_writing: bool) -> Found:
    """Match the rows; where they will be written, lock the known contacts and add the new tags."""
    _, _, used = await tx.together(
        batch_queries.begin_batch(batch.account_id),
        match_queries.plan_well(),
        match_queries.tag_numbers(batch.account_id, batch.id, rows),
    )
    numbers: list[int] = sorted(row[0] for row in used)
    names = [batch.tags[number] for number in numbers]
    ids = await _tag_ids(tx, batch, names, is_writing=False)
    restricted = await match_queries.is_restricted(tx, batch.account_id)
    sealed = await sealing.rows_of(tx, batch, rows) if restricted else []
    found = await _match(tx, batch, rows, numbers, ids, restricted=restricted, sealed=sealed)
    if not is_writing:
        return found
    known = [*found.of(Kind.CHANGED), *found.of(Kind.RENAMED)]
    if known:
        await tx.together(write_queries.lock({"account_id": batch.account_id, "ids": _ids(known)}))
    if len(ids) < len(names):
        ids = await _tag_ids(tx, batch, names, is_writing=True)
        found.tag_of = _by_number(numbers, batch, ids)
        found.tag_ids = _array(found.tag_of)
    return found


async def _match(
    tx: Tx,
    batch: Batch,
    rows: tuple[int, int],
    numbers: list[int],
    ids: dict[str, int],
    *,
    restricted: bool,
    sealed: Sequence[int],
) -> Found:
    tag_of = _by_number(numbers, batch, ids)
    (lines,) = await tx.together(
        match_queries.match(
            batch.account_id,
            batch.id,
            rows,
            rule=batch.rule,
            tag_ids=_array(tag_of),
            restricted=restricted,
            sealed="{" + ",".join(map(str, sealed)) + "}",
        )
    )
    matched: Matched = {}
    for kind, row_numbers, contacts, _ in lines:
        matched[Kind(kind)] = [
            Row(int(number), contact)
            for number, contact in zip(row_numbers.split(","), contacts.split(","), strict=True)
        ]
    _separate(matched)
    if batch.listing is not None:
        _leave_to_the_verb(matched)
    if matched.get(Kind.NEW) and storing.is_elsewhere(batch.account_id):
        await _question_nameless(tx, batch, rows, matched)
    return Found(matched, sum(line[3] for line in lines), _array(tag_of), tag_of)


def _separate(matched: Matched) -> None:
    """Let the verb decide on rows that mean one contact, which a statement would write once."""
    written = (Kind.CHANGED, Kind.RENAMED, Kind.ODD)
    listed = [row.contact for kind in written for row in matched.get(kind, ())]
    if len(set(listed)) == len(listed):
        return
    times = Counter(listed)
    for kind in (Kind.CHANGED, Kind.RENAMED):
        rows = matched.get(kind, [])
        matched[kind] = [row for row in rows if times[row.contact] == 1]
        matched.setdefault(Kind.ODD, []).extend(row for row in rows if times[row.contact] > 1)


def _leave_to_the_verb(matched: Matched) -> None:
    """Let the verb write every row: what it says of a list is compared with what is there."""
    odd = matched.setdefault(Kind.ODD, [])
    for kind in (Kind.NEW, Kind.CHANGED, Kind.RENAMED, Kind.UNCHANGED):
        odd.extend(matched.pop(kind, ()))


async def _question_nameless(tx: Tx, batch: Batch, rows: tuple[int, int], matched: Matched) -> None:
    """Let the verb refuse new contacts without an e-mail, where contacts are stored by e-mail."""
    nameless = set(await odd_queries.without_email(tx, batch.account_id, batch.id, rows))
    new = matched[Kind.NEW]
    matched[Kind.NEW] = [row for row in new if row.row_no not in nameless]
    matched.setdefault(Kind.ODD, []).extend(row for row in new if row.row_no in nameless)


async def _tag_ids(tx: Tx, batch: Batch, names: list[str], *, is_writing: bool) -> dict[str, int]:
    """Return the registry's ids of tags; where the rows will be written, add those missing."""
    if not names:
        return {}
    (known,) = await tx.together(tags.named(batch.account_id, names))
    ids: dict[str, int] = dict(known)
    missing = [name for name in names if name not in ids]
    if is_writing and missing:
        (added,) = await tx.together(tags.insert(batch.account_id, sorted(missing), clock.now()))
        if len(added) < len(missing):
            raise Again
        ids.update(dict(added))
    return ids


async def _add(
    tx: Tx, values: dict[str, object], expected: int, tag_of: list[int], tallies: Tallies
) -> None:
    results = await tx.together(*write_queries.insert(values), write_queries.measure_new(values))
    added = 0
    for row in results[0]:
        number, reach, country, count = cast("tuple[int, str, str, int]", row)
        tag = tag_of[number] if number >= 0 else 0
        if not tag:
            added += count
        else:
            tallies.tags[tag] += count
        tallies.came[tag, "joined"] += count
        for what in (f"r:{reach}", f"c:{country}", f"s:{values['source']}"):
            tallies.counts[tag, what] += count
    if added != expected:
        raise Again
    for name, length, count in results[-1]:
        tallies.fields[name] += count
        tallies.lengths[name, length] += count


async def _change(tx: Tx, values: dict[str, object], expected: int, tallies: Tallies) -> None:
    """Change known contacts; what they are is read again below their locks.

    Raises Again where somebody deleted one meanwhile, or changed what its words are made of.
    """
    (counted,) = await tx.together(write_queries.change(values))
    for kind, name, number, count in counted:
        match kind:
            case "changed" if count != expected:
                raise Again
            case "field":
                tallies.fields[name] += count
            case "length":
                tallies.lengths[name, number] += int(count)
            case "tag":
                tallies.tags[number] += count
                tallies.came[number, "joined"] += count
            case "count":
                tallies.counts[number, name] += int(count)
            case "was":
                tallies.moved.append(Was(*name.split("|", 1)))
            case _:
                pass


async def _account_for(
    tx: Tx, batch: Batch, rows: tuple[int, int], found: Found, applied: Applied
) -> None:
    """Give every row of the chunk that is not entangled its outcome."""
    outcomes = applied.outcomes
    for kind, letter in (
        (Kind.NEW, "c"),
        (Kind.CHANGED, "u"),
        (Kind.RENAMED, "u"),
        (Kind.UNCHANGED, "="),
    ):
        for row in found.of(kind):
            outcomes[row.row_no] = (letter, row.contact)
    for row_no, _ in await odd_queries.superseded(tx, batch.account_id, batch.id, rows):
        outcomes[row_no] = ("s", None)
    for kind in refusing.CODES:
        numbers = [row.row_no for row in found.of(kind)]
        outcomes.update(dict.fromkeys(numbers, ("r", None)))
        applied.refused += await refusing.refused(tx, batch, kind, numbers)
    applied.conflicts += len(found.of(Kind.CLASH))


def _by_number(numbers: Iterable[int], batch: Batch, ids: dict[str, int]) -> list[int]:
    """List the ids of tags by their number in the batch; 0 where there is none yet."""
    listed = [0] * len(batch.tags)
    for number in numbers:
        listed[number] = ids.get(batch.tags[number], 0)
    return listed


def _array(ids: Iterable[int]) -> str:
    return "{" + ",".join(str(one) if one else "NULL" for one in ids) + "}"


def _numbers(rows: Iterable[Row]) -> str:
    return "{" + ",".join([str(row.row_no) for row in rows]) + "}"


def _hexes(rows: Iterable[Row]) -> list[str]:
    return [row.contact for row in rows if row.contact]


def _ids(rows: Iterable[Row]) -> str:
    return "{" + ",".join([row.contact for row in rows]) + "}"
