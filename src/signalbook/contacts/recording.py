"""Writing down what a fold came to: a few statements, sent without waiting for each other."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from signalbook.contacts import batch_queries as queries
from signalbook.contacts import count_queries, following, placing, words
from signalbook.contacts.count_queries import Was
from signalbook.contacts.folding import Fold
from signalbook.contacts.state import State, encode
from signalbook.events import batch_queries as events
from signalbook.fields import batch_queries as fields
from signalbook.fields.model import STANDARD, label_of, length_of
from signalbook.kit.columns import column
from signalbook.kit.db import Tx
from signalbook.kit.together import COMMIT, Bound
from signalbook.ledger import entering
from signalbook.tags import batch_queries as tags


class Tallies:
    """What the registries and counts gain: of a fold, and of rows that were written beside it.

    `came` says for a tag (0 is the account) how many joined, left and opted out. `moved` are known
    contacts that count as something else now, for the lists they are on; their ids are hexadecimal.
    """

    __slots__ = ("came", "counts", "fields", "lengths", "moved", "tags")

    def __init__(self) -> None:
        """Start with nothing."""
        self.fields: Counter[str] = Counter()
        self.lengths: Counter[tuple[str, int]] = Counter()
        self.tags: Counter[int] = Counter()
        self.counts: Counter[tuple[int, str]] = Counter()
        self.came: Counter[tuple[int, str]] = Counter()
        self.moved: list[Was] = []


async def write(
    tx: Tx,
    account_id: int,
    fold: Fold,
    new_tags: dict[str, int],
    *,
    also: Tallies | None = None,
    and_commit: bool = False,
) -> None:
    """Write the contacts, their signals and events, the ledger, the registries, the counters.

    The order is that of the locks: contacts, then registries, then counters. Raises
    UniqueViolation when another transaction took an identifier of a new contact. With `and_commit`
    the same round trip ends the transaction, unless a statement of it fails. `also` is counted in:
    registries and counters are written once, and last.
    """
    tallies = also or Tallies()
    live = [state for state in fold.states if not (state.is_new and state.deleted)]
    touched = placing.touched(live)
    if touched:
        tx.touched.setdefault(account_id, set()).update(touched)
    await tx.together(
        *_joined(account_id, fold),
        *_people(account_id, live),
        *_happened(account_id, fold),
        *entering.entered(account_id, fold.ledger.entries, fold.ledger.erased),
        *_fields(account_id, fold, live, tallies),
        *_tags(account_id, fold, live, new_tags, Counter(tallies.tags)),
        *_counted(account_id, fold, live, tallies),
        *_followed(account_id, fold, live, tallies),
        *placing.placed(account_id, fold, live, touched),
        *((COMMIT,) if and_commit else ()),
    )


def tallied(account_id: int, tallies: Tallies, at: datetime) -> Iterator[Bound]:
    """Write counts alone, in the order of the locks: fields, tags, the account's and the lists'."""
    yield from _field_counts(account_id, tallies.fields, tallies.lengths, at)
    tags_moved = sorted((tag, count, 0) for tag, count in tallies.tags.items() if count)
    if tags_moved:
        yield tags.add_counts(account_id, tags_moved, at)
    if tallies.counts or tallies.came:
        yield _moved(account_id, at, [], tallies.counts, tallies.came)
    yield from following.followed(account_id, at.date(), tallies.moved, (), ())


def _followed(account_id: int, fold: Fold, live: list[State], tallies: Tallies) -> Iterator[Bound]:
    """Let the features above count and let go; they come last, as their locks do."""
    first = {was.id: was for was in tallies.moved}
    moved = [_was(one) for one in live if not one.is_new and one.is_other()]
    moved = [*first.values(), *(was for was in moved if was.id not in first)]
    joined = ((one.kept.contact.id, one.gone.contact.id) for one in fold.joined)
    gone = [state.contact.id for state in live if state.deleted]
    return following.followed(account_id, fold.now.date(), moved, joined, gone)


def _joined(account_id: int, fold: Fold) -> Iterator[Bound]:
    for kept, gone in fold.joined:
        yield from events.move(account_id, gone.contact.id, kept.contact.id)


def _people(account_id: int, live: list[State]) -> Iterator[Bound]:
    added = [state for state in live if state.is_new]
    gone = [state.contact.id for state in live if state.deleted]
    kept = [state for state in live if not state.deleted]
    changed = [state for state in kept if state.record_changed and not state.is_new]
    signalled = [state for state in kept if state.signals_changed]
    if gone:
        yield from queries.delete_contacts(account_id, gone)
    passed_on = _passed_on(changed)
    if passed_on:
        yield queries.free_identifiers(account_id, passed_on)
    if changed:
        yield queries.update_contacts(_contacts(account_id, changed))
    if added:  # last: one may have an identifier that another has just given up
        added.sort(key=_first_identifier)
        yield queries.insert_contacts(_contacts(account_id, added))
    if signalled:
        yield queries.upsert_signals(_signals(account_id, signalled))


def _passed_on(changed: list[State]) -> list[UUID]:
    """List the contacts of whose identifiers another one takes one over.

    A statement that sets both would find the identifier taken where it comes to the other first.
    """
    given_up: dict[tuple[int, str], UUID] = {}
    taken: list[tuple[int, str]] = []
    for state in changed:
        pairs = zip(state.identifiers_before, state.identifiers(), strict=True)
        for kind, (was, is_now) in enumerate(pairs):
            if was == is_now:
                continue
            if was is not None:
                given_up[kind, was] = state.contact.id
            if is_now is not None:
                taken.append((kind, is_now))
    return sorted({given_up[key] for key in taken if key in given_up})


def _first_identifier(state: State) -> str:
    """Order new contacts the same way everywhere, so that two batches do not deadlock."""
    contact = state.contact
    return (contact.email or contact.mobile or contact.external_id or "").lower()


def _happened(account_id: int, fold: Fold) -> Iterator[Bound]:
    happened = [e for e in fold.events if not (e.contact.is_new and e.contact.deleted)]
    if happened:
        written_at = _Written()
        written = {
            "account_id": account_id,
            "contact_id": column([event.contact.hex for event in happened]),
            "at": column([written_at[event.at] for event in happened]),
            "id": column([f"{event.id:032x}" for event in happened]),
            "kind": column([event.kind for event in happened]),
            "tag_id": column([_digits(event.tag_id) for event in happened]),
            "source": column([event.change.source.name for event in happened]),
            "actor": column([event.change.source.actor for event in happened]),
            "payload": column(
                [encode(event.diff).decode() if event.diff else None for event in happened]
            ),
        }
        yield events.insert(written)
    if fold.days:
        counted = {
            "account_id": account_id,
            "contact_id": column(key[0] for key in fold.days),
            "tag_id": column(str(key[1]) for key in fold.days),
            "day": column(key[2] for key in fold.days),
            "count": column(str(count) for count in fold.days.values()),
        }
        yield events.add_days(counted)


def _fields(account_id: int, fold: Fold, live: list[State], tallies: Tallies) -> Iterator[Bound]:
    registry = fold.registry
    counts, lengths = Counter(tallies.fields), Counter(tallies.lengths)
    for state in live:
        after: dict[str, Any] = {} if state.deleted else state.contact.fields
        if after is not state.fields_before:
            _compare(state.fields_before, after, counts, lengths)
    if registry.added:
        added = sorted(registry.added.values())
        yield fields.insert(
            {
                "account_id": account_id,
                "at": fold.now,
                "names": column(field.name for field in added),
                "labels": column(label_of(field.name) for field in added),
                "types": column(str(field.type) for field in added),
                "standard": column(_truth(field.name in STANDARD) for field in added),
                "set": column(_truth(field.is_set) for field in added),
            }
        )
    if registry.widened:
        yield fields.widen(account_id, sorted(registry.widened))
    yield from _field_counts(account_id, counts, lengths, fold.now)


def _compare(
    before: dict[str, Any],
    after: dict[str, Any],
    counts: Counter[str],
    lengths: Counter[tuple[str, int]],
) -> None:
    """Count the values of a contact that are new, other or gone."""
    for name, value in after.items():
        was = before.get(name)
        if was is value:
            continue
        lengths[name, length_of(value)] += 1
        if was is None:
            counts[name] += 1
        else:
            lengths[name, length_of(was)] -= 1
    for name, was in before.items():
        if name not in after:
            counts[name] -= 1
            lengths[name, length_of(was)] -= 1


def _field_counts(
    account_id: int, counts: Counter[str], lengths: Counter[tuple[str, int]], at: datetime
) -> Iterator[Bound]:
    used = sorted({*counts, *(name for name, _ in lengths)})
    if used:
        yield fields.add_counts(account_id, [(name, counts[name]) for name in used], at)
    longer = sorted((*key, count) for key, count in lengths.items() if count)
    if longer:
        yield fields.add_lengths(account_id, longer)


def _tags(
    account_id: int,
    fold: Fold,
    live: list[State],
    new_tags: dict[str, int],
    contacts: Counter[int],
) -> Iterator[Bound]:
    for state in live:
        after: list[int] = [] if state.deleted else state.contact.tags
        if after is not state.tags_before:
            contacts.update(after)
            contacts.subtract(state.tags_before)
    signals: Counter[int] = Counter()
    for (_, tag, _), count in fold.days.items():
        signals[tag] += count
    used = sorted({*signals, *(tag for tag, count in contacts.items() if count)})
    if used:
        counted = [(tag, contacts[tag], signals[tag]) for tag in used]
        yield tags.add_counts(account_id, counted, fold.now)
    idle = set(new_tags.values()).difference(used)
    if idle:
        yield tags.delete(account_id, sorted(idle))


def _counted(account_id: int, fold: Fold, live: list[State], tallies: Tallies) -> Iterator[Bound]:
    """Count those who are something else now by what the database makes of them.

    What others are is known: only their tags count.
    """
    counts, came = Counter(tallies.counts), Counter(tallies.came)
    befores: list[Was] = []
    for state in live:
        if state.is_other():
            befores.append(_was(state))
        elif state.contact.tags is not state.tags_before:
            _retagged(state, counts, came)
    if befores or counts or came:
        yield _moved(account_id, fold.now, befores, counts, came)


def _retagged(
    state: State, counts: Counter[tuple[int, str]], came: Counter[tuple[int, str]]
) -> None:
    before, after = set(state.tags_before), set(state.contact.tags)
    reach, country, source = (state.counted or "").split("|")
    for moved, how, by in ((after - before, "joined", 1), (before - after, "gone", -1)):
        for tag in moved:
            came[tag, how] += 1
            for what in (f"r:{reach}", f"c:{country}", f"s:{source}"):
                counts[tag, what] += by


def _moved(
    account_id: int,
    at: datetime,
    befores: list[Was],
    counts: Counter[tuple[int, str]],
    came: Counter[tuple[int, str]],
) -> Bound:
    return count_queries.move(
        account_id,
        at.date(),
        befores,
        [(*key, count) for key, count in counts.items() if count],
        [
            (tag, came[tag, "joined"], came[tag, "gone"], came[tag, "opted_out"])
            for tag in {tag for tag, _ in came}
        ],
    )


def _was(state: State) -> Was:
    return Was(state.hex, state.counted, None if state.is_new else _array(state.tags_before))


def _contacts(account_id: int, states: list[State]) -> dict[str, object]:
    contacts = [state.contact for state in states]
    keys = [words.name_keys(contact.fields) for contact in contacts]
    return {
        "account_id": account_id,
        "id": column(state.hex for state in states),
        "email": column(contact.email for contact in contacts),
        "email_key": column(c.email.lower() if c.email else None for c in contacts),
        "mobile": column(contact.mobile for contact in contacts),
        "external_id": column(contact.external_id for contact in contacts),
        "fields": column(state.written_fields().decode() for state in states),
        "metadata": column(state.written_metadata().decode() for state in states),
        "words": column(
            words.search_words(account_id, c.email and c.email.lower(), c.external_id, c.fields)
            or None
            for c in contacts
        ),
        "name_key": column(key[0] for key in keys),
        "last_key": column(key[1] for key in keys),
        "is_active": column(_truth(contact.is_active) for contact in contacts),
        "email_optout": column(contact.email_optout for contact in contacts),
        "sms_optout": column(contact.sms_optout for contact in contacts),
        "voice_optout": column(contact.voice_optout for contact in contacts),
        "unsubscribed_at": column(_time(contact.unsubscribed_at) for contact in contacts),
        "created_at": column(contact.created_at.isoformat() for contact in contacts),
        "list_active": column(_truth(state.contact.list_active) for state in states),
        "source": column(state.source or None for state in states),
    }


def _signals(account_id: int, states: list[State]) -> dict[str, object]:
    written_at = _Written()
    contacts = [state.contact for state in states]
    return {
        "account_id": account_id,
        "id": column(state.hex for state in states),
        "tags": column(_array(contact.tags) for contact in contacts),
        "updated_at": column([written_at[contact.updated_at] for contact in contacts]),
    }


class _Written(dict[datetime, str]):
    """Times as text, each written once: a batch has thousands of events and few times."""

    def __missing__(self, moment: datetime) -> str:
        """Write a time that was not asked for before."""
        text = self[moment] = moment.isoformat()
        return text


def _array(tag_ids: Iterable[int]) -> str:
    return "{" + ",".join(map(str, tag_ids)) + "}"


def _digits(number: int | None) -> str | None:
    return None if number is None else str(number)


def _truth(value: bool) -> str:  # noqa: FBT001  # the value itself
    return "t" if value else "f"


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
