"""What the commands of every feature share: settings, an open database, an answer, an exit code.

A command reads its arguments, opens a session, calls the same action as the API does, and answers:

    @app.command()
    def create(ctx: typer.Context, name: str, as_json: AsJson = False) -> None:
        async def work() -> Account:
            async with cli_session(settings_of(ctx)) as db, db.tx() as tx:
                return await actions.create(tx, name)

        account = run(work())
        answer(account, f"Account {account.name} is there.", as_json=as_json)
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
import typer

from signalbook.kit import migrate, postgres
from signalbook.kit.config import Settings
from signalbook.kit.db import Database, PoolSizes
from signalbook.kit.errors import AppError

T = TypeVar("T")

AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Answer in JSON, for scripts.")]
AccountName: TypeAlias = Annotated[
    str, typer.Option("--account", metavar="NAME", help="The account to act on.")
]

EXIT_CODES = {
    "invalid": 2,
    "too_large": 2,
    "mismatch": 2,
    "unauthenticated": 3,
    "forbidden": 3,
    "not_found": 4,
    "conflict": 5,
    "too_many": 6,
    "unavailable": 7,
}


@asynccontextmanager
async def cli_session(settings: Settings) -> AsyncGenerator[Database]:
    """Open the database for one command, beside a running server or without one.

    Without a server and without DATABASE_URL the embedded PostgreSQL is started, migrated, and
    stopped again when nobody else uses it. A foreign database that is behind on migrations raises
    MigrationsPending, and one that does not answer DatabaseDown.
    """
    with postgres.database_url(settings) as dsn:
        if settings.database_url is None:
            migrate.apply(dsn)
        else:
            migrate.check(dsn)
        database = Database(dsn, PoolSizes(read=2, write=2))
        await database.open()
        try:
            yield database
        finally:
            await database.close()


def settings_of(ctx: typer.Context) -> Settings:
    """Hand a command the settings its program was started with."""
    settings = ctx.obj
    assert isinstance(settings, Settings)  # noqa: S101  # set by the root of the command line
    return settings


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run the asynchronous part of a command to its end."""
    return asyncio.run(work)


def answer(result: object, text: str, *, as_json: bool) -> None:
    """Print the result on standard output: as one JSON document, or as text for a person."""
    line = msgspec.json.encode(result).decode() if as_json else text
    sys.stdout.write(line + "\n")


def refuse(error: AppError, *, as_json: bool) -> int:
    """Print the error on standard error and return the exit code of its kind."""
    if as_json:
        told: dict[str, object] = {"code": error.code(), "message": error.message}
        if error.problems:
            told["errors"] = error.problems
        sys.stderr.write(msgspec.json.encode({"error": told}).decode() + "\n")
    else:
        sys.stderr.write(error.message + "\n")
    return EXIT_CODES[error.kind]
