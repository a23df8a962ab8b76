"""An export without a job: written to a program's output as it is read, for the command line."""

import asyncio
import tempfile
import zlib
from collections.abc import Callable
from typing import IO, Final, NamedTuple, cast

from signalbook.accounts import queries as accounts
from signalbook.accounts.errors import AccountUnknown
from signalbook.contacts import commands, reading
from signalbook.contacts import queries as contacts
from signalbook.exports import actions, person, queries, workbook
from signalbook.exports.copy_queries import Rows
from signalbook.exports.lines import first_line, header_of
from signalbook.exports.model import Asked, Format
from signalbook.exports.walking import Walk
from signalbook.kit.db import Database

_HELD_BYTES: Final = 16 * 1024 * 1024
_BLOCK: Final = 1024 * 1024


class Progress(NamedTuple):
    """How many contacts are written, of how many."""

    done: int
    total: int


Told = Callable[[Progress], object]


async def stream(db: Database, account: str, asked: Asked, out: IO[bytes], told: Told) -> int:
    """Write the file; return how many contacts are in it. Raises AccountUnknown, ExportInvalid.

    A stretch is held until it is whole, so that a slow reader does not keep the database waiting.
    """
    account_id = await _account(db, account)
    async with db.read() as read:
        columns = await actions.checked(read, account_id, asked)
        last = await queries.newest_contact(read, account_id)
        predicate = await contacts.predicate_of(read, account_id, asked.wanted)
        total = await reading.total(read, account_id, asked.wanted, predicate)
    rows = Rows(asked.format, columns, asked.is_raw, not asked.columns)
    if asked.format == Format.XLSX:
        with tempfile.TemporaryFile() as held:
            walk = Walk(account_id, predicate, rows, last) if last else None
            done = await _walked(db, walk, held, total, told)
            held.seek(0)
            await asyncio.to_thread(workbook.pack, held, header_of(rows), out)
        return done
    target = _Gzip(out) if asked.compression else out
    target.write(first_line(rows))
    walk = Walk(account_id, predicate, rows, last) if last else None
    done = await _walked(db, walk, cast("IO[bytes]", target), total, told)
    if isinstance(target, _Gzip):
        target.end()
    return done


async def known(db: Database, account: str, ref: str, out: IO[bytes]) -> None:
    """Write everything known of a contact; raises AccountUnknown, ContactNotFound."""
    account_id = await _account(db, account)
    async with db.read() as read:
        contact = await commands.named(read, account_id, ref)
    async for block in person.everything(db, account_id, contact):
        out.write(block)


async def _walked(db: Database, walk: Walk | None, out: IO[bytes], total: int, told: Told) -> int:
    done, after = 0, None
    while walk is not None:
        with tempfile.SpooledTemporaryFile(_HELD_BYTES) as held:

            async def write(block: bytes, held: IO[bytes] = held) -> None:
                held.write(block)

            step = await walk.next(db, after, write, lambda held=held: _emptied(held))
            held.seek(0)
            while block := held.read(_BLOCK):
                await asyncio.to_thread(out.write, block)
        after, done = step.upto, done + step.rows
        told(Progress(done, total))
        if step.is_last:
            break
    return done


def _emptied(held: IO[bytes]) -> None:
    held.seek(0)
    held.truncate()


class _Gzip:
    """Compresses what is written to another file."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._member = zlib.compressobj(4, wbits=31)

    def write(self, block: bytes) -> None:
        """Take in a block."""
        self._out.write(self._member.compress(block))

    def end(self) -> None:
        """Write the end."""
        self._out.write(self._member.flush())


async def _account(db: Database, name: str) -> int:
    async with db.read() as read:
        account = await accounts.find(read, name)
    if account is None:
        raise AccountUnknown(name=name)
    return account.id
