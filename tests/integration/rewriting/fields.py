"""What the tests of rewriting ask of an account's fields and contacts."""

from signalbook.contacts import actions as contacts
from signalbook.contacts.model import ContactChange, Source
from signalbook.contacts.rewriting import actions, queries
from signalbook.contacts.rewriting.model import FieldJob, Preview, Wish
from signalbook.fields import actions as registry
from signalbook.fields.model import Registered

SOURCE = Source("test")


class Fields:
    """One account."""

    def __init__(self, db, account_id: int) -> None:
        self.db = db
        self.account_id = account_id

    async def people(self, *values: dict) -> list:
        """Make a contact for each; return their ids."""
        changes = [
            ContactChange(source=SOURCE, external_id=f"p{number:05}", fields=fields)
            for number, fields in enumerate(values)
        ]
        made = []
        for start in range(0, len(changes), 1_000):
            outcomes = await self.db.transact(
                lambda tx, start=start: contacts.apply(
                    tx, self.account_id, changes[start : start + 1_000]
                )
            )
            made += [outcome.contact.id for outcome in outcomes]
        return made

    async def write(self, number: int, **fields):
        """Give a contact values; return the outcome."""
        change = ContactChange(source=SOURCE, external_id=f"p{number:05}", fields=fields)
        (outcome,) = await self.db.transact(
            lambda tx: contacts.apply(tx, self.account_id, [change])
        )
        return outcome

    async def stored(self) -> list[dict]:
        """Return what each contact has."""
        async with self.db.read() as read:
            return await read.values(
                "SELECT fields FROM contacts WHERE account_id = %s ORDER BY external_id",
                [self.account_id],
            )

    async def begin(self, action, name, target="", **how) -> FieldJob:
        wish = Wish(action=action, name=name, target=target, **how)
        return await actions.begin(self.db, self.account_id, wish, "user:1")

    async def step(self, job: FieldJob) -> bool:
        return await self.db.transact(lambda tx: actions.step(tx, self.account_id, job.id))

    async def finish(self, job: FieldJob) -> FieldJob:
        while await self.step(job):
            pass
        return await self.job(job)

    async def rewritten(self, action, name, target="", **how) -> FieldJob:
        return await self.finish(await self.begin(action, name, target, **how))

    async def cancel(self, job: FieldJob) -> FieldJob:
        return await self.db.transact(lambda tx: actions.cancel(tx, self.account_id, job.id))

    async def job(self, job: FieldJob) -> FieldJob:
        async with self.db.read() as read:
            found = await queries.get(read, self.account_id, job.id)
        assert found is not None
        return found

    async def preview(self, action, name, target="", **how) -> Preview:
        wish = Wish(action=action, name=name, target=target, **how)
        async with self.db.read() as read:
            return await actions.preview(read, self.account_id, wish)

    async def known(self) -> dict[str, Registered]:
        """Return the registry by name, with the standard fields that are used."""
        async with self.db.read() as read:
            found = await registry.everything(read, self.account_id)
        return {one.name: one for one in found.fields if one.created_at is not None}

    async def events(self) -> list:
        """Return (kind, source, payload) of what the rewriting left on timelines."""
        async with self.db.read() as read:
            return await read.rows(
                "SELECT kind, source, payload FROM events WHERE account_id = %s"
                " AND source = 'fields' ORDER BY contact_id, at",
                [self.account_id],
            )

    async def remains(self) -> list[int]:
        """Count the rows that only a rewriting needs: fields on the move, values kept fresh."""
        async with self.db.read() as read:
            return [
                await read.value(
                    "SELECT count(*) FROM fields WHERE account_id = %s"
                    " AND (moving_to IS NOT NULL OR takes_from <> '{}')",
                    [self.account_id],
                ),
                await read.value(
                    "SELECT count(*) FROM field_fresh WHERE account_id = %s", [self.account_id]
                ),
            ]
