"""Many contacts for the tests of work on many."""

from signalbook.contacts import actions
from signalbook.contacts.model import ContactChange, Source

SOURCE = Source("test")


async def crowd(db, account_id, size, **same):
    """Make contacts crowd0001@example.com and so on; return their ids in order."""
    changes = [
        ContactChange(source=SOURCE, email=f"crowd{number:05}@example.com", **same)
        for number in range(size)
    ]
    made = []
    for start in range(0, size, 1_000):
        stretch = changes[start : start + 1_000]
        outcomes = await db.transact(
            lambda tx, stretch=stretch: actions.apply(tx, account_id, stretch)
        )
        made += [outcome.contact.id for outcome in outcomes]
    return made


async def apply(db, account_id, **change):
    """Apply one change and return its outcome."""
    change = ContactChange(source=SOURCE, **change)
    (outcome,) = await db.transact(lambda tx: actions.apply(tx, account_id, [change]))
    assert outcome.error is None, outcome.error
    return outcome
