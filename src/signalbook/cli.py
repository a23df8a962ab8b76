"""The command line: `signalbook <command>`; every feature brings its own commands.

A feature's commands live in its `cli.py` and are added below by one line each. Errors leave as one
sentence on standard error (with `--json` as `{"error": {"code", "message"}}`) and an exit code that
says their kind: 2 invalid, 3 not allowed, 4 not found, 5 conflict, 6 too many, 7 unavailable.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from signalbook import __version__
from signalbook.accounts import cli as accounts_cli
from signalbook.connector import cli as connector_cli
from signalbook.connector.storing import Keeper
from signalbook.contacts import cli as contacts_cli
from signalbook.contacts import following
from signalbook.contacts.rewriting import claims
from signalbook.contacts.rewriting import cli as fields_cli
from signalbook.doctor import cli as doctor_cli
from signalbook.exports import cli as exports_cli
from signalbook.imports import claiming as import_claiming
from signalbook.imports import cli as imports_cli
from signalbook.kit.command import AsJson, answer, beside, refuse, settings_of
from signalbook.kit.config import Settings
from signalbook.kit.errors import AppError
from signalbook.ledger import seals
from signalbook.lists import batch_queries as lists_batch
from signalbook.lists import cli as lists_cli
from signalbook.lists import keeping as list_keeping
from signalbook.optouts import cli as optouts_cli
from signalbook.preferences import cli as preferences_cli
from signalbook.ses import cli as ses_cli
from signalbook.ses import keeping as ses_keeping
from signalbook.statistics import cli as statistics_cli

app = typer.Typer(
    name="signalbook",
    help="A self-hosted contacts platform.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

following.follow("lists", lists_batch.FOLLOWER)
list_keeping.keep("ses", ses_keeping.kept_as)
beside(lambda db: Keeper(db).running())
claims.ask("imports", import_claiming.holder)

# One line for each group of commands, which its feature brings.
app.add_typer(accounts_cli.account_app, name="account")
app.add_typer(accounts_cli.user_app, name="user")
app.add_typer(accounts_cli.key_app, name="key")
app.add_typer(contacts_cli.app, name="contacts")
app.add_typer(fields_cli.app, name="fields")
app.add_typer(lists_cli.app, name="lists")
app.add_typer(optouts_cli.app, name="optouts")
contacts_cli.app.command()(optouts_cli.reachability)
app.command()(statistics_cli.statistics)
app.command(name="import")(imports_cli.import_)
app.add_typer(imports_cli.app, name="imports")
app.command()(exports_cli.export)
contacts_cli.app.command(name="export")(exports_cli.export_contact)
app.add_typer(preferences_cli.app, name="preferences")
contacts_cli.app.command(name="links")(preferences_cli.contact_links)
app.add_typer(connector_cli.app, name="ses")
connector_cli.app.command()(ses_cli.lists)
app.command()(doctor_cli.doctor)


def main() -> None:
    """Run one command and leave with its exit code."""
    try:
        app()
    except AppError as error:
        sys.exit(refuse(error, as_json="--json" in sys.argv))


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"signalbook {__version__}\n")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Say which.")
    ] = False,
) -> None:
    """Read the settings once, for whichever command runs."""
    del version
    settings = ctx.obj = Settings.from_env(
        os.environ, make_secret=ctx.invoked_subcommand != "config"
    )
    seals.keep(settings.secret_key)


@app.command()
def serve(
    ctx: typer.Context,
    demo: Annotated[
        bool, typer.Option("--demo", help="On a throw-away folder, full of made-up contacts.")
    ] = False,
) -> None:
    """Start the server: its database, its workers, and the console."""
    from signalbook.serve import serve as run_server

    if not demo:
        run_server(settings_of(ctx))
        return
    import importlib

    fill = importlib.import_module("signalbook.demo.filling").fill
    with tempfile.TemporaryDirectory(prefix="signalbook-demo-", ignore_cleanup_errors=True) as name:
        settings = msgspec.structs.replace(settings_of(ctx), data_dir=Path(name), database_url=None)
        run_server(settings, fill=fill)


@app.command()
def migrate(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Bring the database up to date; harmless when it already is."""
    from signalbook.kit import migrate as migrations
    from signalbook.kit import postgres

    with postgres.database_url(settings_of(ctx)) as dsn:
        applied = migrations.apply(dsn)
    names = [migration.file_name for migration in applied]
    text = f"Applied {', '.join(names)}." if names else "The database is up to date."
    answer({"applied": names}, text, as_json=as_json)


@app.command()
def config(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Print the settings in force, secrets masked."""
    from signalbook.kit.config import described, effective

    values = effective(settings_of(ctx))
    if as_json:
        answer(values, "", as_json=True)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("setting", "value", "what it is", box=None, pad_edge=False, padding=(0, 2))
    for one in described():
        table.add_row(one.variable, values[one.name] or "–", one.help)
    Console().print(table)
