"""The one verb by which contacts change: `apply`, set-based, a batch of one account at a time."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from msgspec import UNSET
from psycopg.errors import UniqueViolation

from signalbook.contacts import (
    aligning,
    checking,
    following,
    listing,
    listing_queries,
    reach,
    recording,
    sealing,
    storing,
)
from signalbook.contacts import batch_queries as queries
from signalbook.contacts.batch_queries import Named
from signalbook.contacts.errors import ContactInvalid
from signalbook.contacts.folding import Fold
from signalbook.contacts.model import (
    SEEN_BEFORE,
    Contact,
    ContactChange,
    Outcome,
    Status,
)
from signalbook.contacts.registry import Registry
from signalbook.events import batch_queries as events
from signalbook.fields import batch_queries as fields
from signalbook.fields import naming_queries as naming
from signalbook.fields.model import MAX_FIELDS
from signalbook.fields.naming import Meaning
from signalbook.kit import clock
from signalbook.kit.db import Again, Row, Tx
from signalbook.kit.together import Bound
from signalbook.ledger import batch_queries as ledger
from signalbook.ledger.model import State as Restriction
from signalbook.tags import batch_queries as tags


class Besides(NamedTuple):
    """What a caller wants besides: to hear of the contacts once they are locked, the commit.

    `also` are counts of rows that the caller has written in the same transaction.
    """

    on_locked: Callable[[Sequence[Contact]], None] | None = None
    and_commit: bool = False
    also: recording.Tallies | None = None


NOTHING: Final = Besides()


_LOOKS = 6


async def apply(tx: Tx, account_id: int, changes: Sequence[ContactChange]) -> list[Outcome]:
    """Apply changes to one account's contacts; return one outcome for each, in order.

    A change that cannot be accepted is rejected alone and leaves no trace; its outcome carries
    the error. Several changes to one contact are folded in arrival order. Everything that follows
    from a change (timeline, counts, ledger) is written in the same transaction.

    Raises Again when another transaction took an identifier meanwhile: `Database.transact` then
    runs the batch anew.
    """
    return await apply_checked(tx, account_id, changes, [_checked(change) for change in changes])


async def apply_checked(
    tx: Tx,
    account_id: int,
    changes: Sequence[ContactChange],
    outcomes: list[Outcome | None],
    besides: Besides = NOTHING,
) -> list[Outcome]:
    """Do the work of `apply` for changes that were checked; those with an outcome are done."""
    waiting = [(at, change) for at, change in enumerate(changes) if outcomes[at] is None]
    if waiting:
        await _apply(tx, account_id, waiting, outcomes, besides)
    return [outcome for outcome in outcomes if outcome is not None]


def _checked(change: ContactChange) -> Outcome | None:
    try:
        checking.checked(change)
    except ContactInvalid as refusal:
        return Outcome(Status.REJECTED, error=refusal)
    return None


async def _apply(
    tx: Tx,
    account_id: int,
    waiting: Sequence[tuple[int, ContactChange]],
    outcomes: list[Outcome | None],
    besides: Besides,
) -> None:
    now = clock.now()
    changes = [change for _, change in waiting]
    for change in changes:
        listing.prepare(change)
    fold, meaning, fresh_messages, new_tags = await _read(tx, account_id, changes, now, besides)
    fold.needs_email = storing.is_elsewhere(account_id)
    claimed: set[str] = set()
    for at, change in waiting:
        if change.message_id is not None:
            if change.message_id not in fresh_messages or change.message_id in claimed:
                outcomes[at] = Outcome(Status.UNCHANGED, notes=(SEEN_BEFORE,))
                continue
            claimed.add(change.message_id)
        outcomes[at] = fold.apply(change)
    if fold.ledger.entries:
        await aligning.sharing(tx, account_id, fold)
    if meaning.leaving:
        await _keep_fresh(tx, account_id, meaning.leaving, waiting, outcomes)
    try:
        await recording.write(
            tx, account_id, fold, new_tags, also=besides.also, and_commit=besides.and_commit
        )
    except UniqueViolation as race:
        raise Again from race


async def _read(
    tx: Tx, account_id: int, changes: Sequence[ContactChange], now: datetime, besides: Besides
) -> tuple[Fold, Meaning, set[str], dict[str, int]]:
    """Lock and read all that the changes touch: one round trip, or two where something is new."""
    named, tag_names, field_names, message_ids = _mentioned(changes)
    params, asked = named.params(account_id), _addresses(named, changes)
    contact_rows, tag_rows, field_rows, restricted = await _locked(
        tx, account_id, params, (tag_names, field_names, sorted(asked))
    )
    contacts = [queries.contact_of(row) for row in contact_rows]
    if besides.on_locked is not None:
        besides.on_locked(contacts)
    listed = await _listed(tx, account_id, changes, contacts)
    meaning = listed.meaning = Meaning(field_rows)
    unknown = meaning.unknown({*field_names, *listed.former_names(changes)})
    tag_ids: dict[str, int] = dict(tag_rows)
    missing = [name for name in tag_names if name not in tag_ids]
    sealed = _sealed(account_id, restricted, asked, contacts, changes)
    further = {*_further(contacts, changes).difference(asked), *sealed.values()}
    named_more = unknown or meaning.further
    more, counted, added, fresh, meant = await _where_asked(
        tx,
        further and ledger.restrictions(account_id, sorted(further)),
        named_more and fields.count(account_id),
        missing and tags.insert(account_id, missing, now),
        message_ids and events.claim_messages(account_id, message_ids, now),
        named_more and naming.meant(account_id, unknown, meaning.further),
    )
    meaning.learn(meant)
    if len(added) < len(missing):
        raise Again
    new_tags: dict[str, int] = dict(added)
    room = MAX_FIELDS - sum(count for (count,) in counted)
    fold = Fold(now, Registry(tag_ids | new_tags, meaning.fields.values(), room))
    fold.listing = listed
    fold.load((one, row[-1]) for one, row in zip(contacts, contact_rows, strict=True))
    _inform(fold, restricted + more, {*asked, *further}, sealed)
    if unknown or meaning.is_moving:
        await _resolve(tx, account_id, fold, meaning, changes, contacts)
    return fold, meaning, {row[0] for row in fresh}, new_tags


def _sealed(
    account_id: int,
    restricted: Sequence[Row],
    asked: set[str],
    contacts: Sequence[Contact],
    changes: Sequence[ContactChange],
) -> dict[str, str]:
    """Return the seals to look up: of addresses nobody has, and of those who are erased."""
    sealed = sealing.seals_of(account_id, restricted, asked, contacts)
    if any(change.erase for change in changes):
        sealed |= sealing.seals_for(account_id, contacts)
    return sealed


async def _listed(
    tx: Tx, account_id: int, changes: Sequence[ContactChange], contacts: Sequence[Contact]
) -> listing.Listing:
    """Read what lists hold of the contacts, where a change says something of lists.

    Nothing holds contacts that are all new, as most are that come through a contact list.
    """
    listed = listing.Listing()
    mentioned = listing.mentioned(changes)
    if mentioned or (contacts and listing.is_concerned(changes)):
        known = [one.id for one in contacts]
        rows, *lists = await tx.together(
            listing_queries.held(account_id, known),
            *following.read(account_id, known, mentioned),
        )
        listed.load(rows)
        for some in lists:
            listed.load_lists(some)
    return listed


async def _resolve(
    tx: Tx,
    account_id: int,
    fold: Fold,
    meaning: Meaning,
    changes: Sequence[ContactChange],
    contacts: Sequence[Contact],
) -> None:
    """Let the changes name fields by their own names.

    What is in force on a landline that was given under an alias of `phone` is read only now.
    """
    for change in changes:
        change.fields = meaning.resolved(change.fields)
        change.lenient = frozenset(map(meaning.field_of, change.lenient))
    late = {*_addresses(Named(), changes), *_further(contacts, changes)} - fold.ledger.asked
    if late:
        (restricted,) = await tx.together(ledger.restrictions(account_id, sorted(late)))
        sealed = sealing.seals_of(account_id, restricted, late, contacts)
        if sealed:
            (more,) = await tx.together(ledger.restrictions(account_id, sorted(sealed.values())))
            restricted = restricted + more
        _inform(fold, restricted, late, sealed)


def _inform(fold: Fold, restricted: Sequence[Row], asked: set[str], sealed: dict[str, str]) -> None:
    """Tell the ledger of a fold what is in force on addresses, by themselves or by their seals."""
    fold.ledger.load(Restriction(*row) for row in restricted if row[1])
    fold.ledger.asked |= asked
    fold.ledger.seals |= sealed


async def _keep_fresh(
    tx: Tx,
    account_id: int,
    leaving: set[str],
    waiting: Sequence[tuple[int, ContactChange]],
    outcomes: Sequence[Outcome | None],
) -> None:
    """Note who is given a value in a field whose older values are just being taken away."""
    given = {
        (name, contact.id)
        for at, change in waiting
        for name in leaving.intersection(change.fields)
        if change.fields[name] is not None
        and (outcome := outcomes[at]) is not None
        and (contact := outcome.contact) is not None
    }
    if given:
        await tx.together(naming.keep(account_id, sorted(given)))


def _further(contacts: Sequence[Contact], changes: Sequence[ContactChange]) -> set[str]:
    """List the addresses of contacts, where a change may move one or ask for what is in force."""
    if not any(_may_settle(change) for change in changes):
        return set()
    return {address for one in contacts for address in reach.addresses(one)}


def _may_settle(change: ContactChange) -> bool:
    """Tell whether a change may do more with the opt-outs than find its contact."""
    if change.status is not None or change.optouts or change.merge or change.erase:
        return True
    if change.listed is not None:
        return True
    named = (change.id or UNSET, change.email, change.mobile, change.external_id)
    return "phone" in change.fields or len(named) - named.count(UNSET) > 1 or None in named


async def _locked(
    tx: Tx,
    account_id: int,
    params: dict[str, object],
    mentioned: tuple[list[str], list[str], list[str]],
) -> tuple[list[Row], list[Row], list[Row], list[Row]]:
    """Lock the contacts, then read them, their tags, fields and opt-outs.

    Who waited for a lock may then see contacts that the other has just added and that are not
    locked yet. What is locked stays so, and a second look locks those as well: giving up instead
    let two of fourteen overlapping batches lose eight times in a row. Raises Again after six.
    """
    tag_names, field_names, asked = mentioned
    for _ in range(_LOOKS):
        _, locked, contact_rows, tag_rows, field_rows, restricted = await _where_asked(
            tx,
            queries.begin_batch(account_id),
            queries.lock(params),
            queries.read(params),
            tag_names and tags.named(account_id, tag_names),
            field_names and naming.named(account_id, field_names),
            asked and ledger.restrictions(account_id, asked),
        )
        if len(contact_rows) == len(locked):
            return contact_rows, tag_rows, field_rows, restricted
    raise Again


async def _where_asked(tx: Tx, *wanted: Bound | Collection[object]) -> list[list[Row]]:
    """Run the statements in one round trip; what is empty instead of one has no rows."""
    statements = [one for one in wanted if isinstance(one, Bound)]
    rows = iter(await tx.together(*statements) if statements else [])
    return [next(rows) if isinstance(one, Bound) else [] for one in wanted]


def _mentioned(
    changes: Sequence[ContactChange],
) -> tuple[Named, list[str], list[str], list[str]]:
    """Collect every identifier, tag, field and message id that the changes name."""
    named = Named()
    tag_names: set[str] = set()
    field_names: set[str] = set()
    message_ids: set[str] = set()
    for change in changes:
        if change.id is not None:
            named.ids.add(change.id)
        if change.email:
            named.emails.add(change.email.lower())
        if change.mobile:
            named.mobiles.add(change.mobile)
        if change.external_id:
            named.external_ids.add(change.external_id)
        tag_names.update(change.tags_add)
        if change.tags_remove:
            tag_names.update(change.tags_remove)
        if change.tags_set:
            tag_names.update(change.tags_set)
        field_names.update(change.fields)
        if change.message_id is not None:
            message_ids.add(change.message_id)
    return named, sorted(tag_names), sorted(field_names), sorted(message_ids)


def _addresses(named: Named, changes: Sequence[ContactChange]) -> set[str]:
    """List what the changes name as the ledger knows it, the domains of e-mails too."""
    asked = {*named.emails, *named.mobiles, *(f"id:{own}" for own in named.external_ids)}
    asked.update(email[email.rindex("@") :] for email in named.emails)
    for change in changes:
        if "phone" in change.fields:
            landline = reach.landline_of(change.fields)
            if landline is not None:
                asked.add(landline)
    return asked
