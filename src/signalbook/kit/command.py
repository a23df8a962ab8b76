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
import os
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from pathlib import Path
from typing import IO, Annotated, Any, TypeAlias, TypeVar

import msgspec
import typer

from signalbook.kit import migrate, postgres
from signalbook.kit.config import Settings
from signalbook.kit.db import Database, PoolSizes
from signalbook.kit.errors import AppError

T = TypeVar("T")
_beside: list[Callable[[Database], AbstractAsyncContextManager[object]]] = []

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
            async with AsyncExitStack() as stack:
                for one in _beside:
                    await stack.enter_async_context(one(database))
                yield database
        finally:
            await database.close()


def beside(*running: Callable[[Database], AbstractAsyncContextManager[object]]) -> None:
    """Let this run beside every command that opens the database; said once, by `cli.py`."""
    _beside[:] = running


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


@contextmanager
def written(path: Path | None) -> Generator[IO[bytes]]:
    """Give standard output; or the file of --output, which is there only once it is whole."""
    if path is None:
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:  # `| head` has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    if path.is_symlink() or (path.exists() and not path.is_file()):
        # /dev/stdout, a device, a pipe: a file that took its place would break the machine.
        with _made(path, path) as out:
            yield out
        return
    part = path.with_name(path.name + ".part")
    try:
        with _made(part, path) as out:
            yield out
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _made(path: Path, wanted: Path) -> IO[bytes]:
    try:
        return path.open("wb")
    except OSError as error:
        told = f"{wanted}: {error.strerror}"
        raise typer.BadParameter(told, param_hint="--output") from error


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
