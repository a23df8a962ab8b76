"""Whom a caller means by ids, e-mails, numbers or ids of their own; and who of them is nobody."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from signalbook.contacts.reading import as_id
from signalbook.kit.db import Read
from signalbook.lists import member_queries
from signalbook.lists.model import MOST_AT_ONCE

_BETWEEN = re.compile(r"[,;\r\n\t]+")


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """Contacts by any names they have."""

    ids: Sequence[UUID] = ()
    emails: Sequence[str] = ()
    mobiles: Sequence[str] = ()
    external_ids: Sequence[str] = ()

    def __len__(self) -> int:
        """Count the names."""
        return len(self.ids) + len(self.emails) + len(self.mobiles) + len(self.external_ids)


class Found(NamedTuple):
    """The contacts that were meant, in the order of their ids, and the names of nobody."""

    ids: list[UUID]
    missing: list[str]


async def found(db: Read, account_id: int, named: Named) -> Found:
    """Look up who is named, `MOST_AT_ONCE` names of a kind at a time."""
    ids: set[UUID] = set()
    missing: list[str] = []
    for part in _parts(named):
        emails = {one: one.strip().lower() for one in part.emails}
        mobiles = {one: "+" + one.strip().lstrip("+") for one in part.mobiles}
        own_ids = {one: one.strip() for one in part.external_ids}
        rows = await member_queries.meant(
            db,
            account_id,
            ids=part.ids,
            emails=_possible(emails),
            mobiles=_possible(mobiles),
            external_ids=_possible(own_ids),
        )
        ids.update(row[0] for row in rows)
        known = [{row[column] for row in rows} for column in range(4)]
        missing += [str(one) for one in part.ids if one not in known[0]]
        for names, column in ((emails, 1), (mobiles, 2), (own_ids, 3)):
            missing += [given for given, name in names.items() if name not in known[column]]
    return Found(sorted(ids), missing)


def _possible(names: dict[str, str]) -> list[str]:
    """Leave out what a database cannot even be asked for."""
    return [name for name in names.values() if "\x00" not in name]


def _parts(named: Named) -> Iterator[Named]:
    longest = max(map(len, (named.ids, named.emails, named.mobiles, named.external_ids)))
    for start in range(0, longest, MOST_AT_ONCE):
        part = slice(start, start + MOST_AT_ONCE)
        yield Named(
            ids=named.ids[part],
            emails=named.emails[part],
            mobiles=named.mobiles[part],
            external_ids=named.external_ids[part],
        )


def read(text: str) -> Named:
    """Read names as people write them down, with commas, semicolons or lines between.

    What holds an @ is an e-mail, what begins with a plus a number, an id is an id; the rest are
    ids of the account's own.
    """
    named: dict[str, list[str]] = {"ids": [], "emails": [], "mobiles": [], "external_ids": []}
    for raw in _BETWEEN.split(text):
        name = raw.strip()
        if not name:
            continue
        if "@" in name:
            named["emails"].append(name)
        elif name.startswith("+"):
            named["mobiles"].append("".join(name.split()))
        else:
            named["ids" if as_id(name) else "external_ids"].append(name)
    return Named(
        ids=[UUID(one) for one in named["ids"]],
        emails=named["emails"],
        mobiles=named["mobiles"],
        external_ids=named["external_ids"],
    )
