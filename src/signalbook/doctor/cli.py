"""signalbook doctor: whether an installation is sound and its counts agree with its rows."""

import sys
from typing import Annotated

import typer

from signalbook.doctor.model import Finding
from signalbook.kit.command import AsJson, answer, cli_session, run, settings_of
from signalbook.kit.config import Settings

_MARKS = {"ok": "✓", "warning": "!", "fault": "✗"}
_EXIT_FAULT = 1


def doctor(
    ctx: typer.Context,
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Put counts that disagree right again.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check settings, database and every count; leave with 1 when something is wrong."""
    findings = run(_examine(settings_of(ctx), repair=repair))
    faults = [one for one in findings if one.level == "fault"]
    result = {"healthy": not faults, "findings": findings}
    answer(result, "\n".join(map(_line, findings)), as_json=as_json)
    if faults:
        sys.exit(_EXIT_FAULT)


async def _examine(settings: Settings, *, repair: bool) -> list[Finding]:
    from signalbook.accounts import queries as accounts
    from signalbook.doctor import actions, checks

    findings = [*checks.settings(settings)]
    async with cli_session(settings) as db:
        if settings.data_dir.exists():
            findings.append(checks.disk(settings.data_dir))
        findings.append(checks.migrations(db.dsn))
        findings += await checks.database(db)
        async with db.read() as read:
            everyone = await accounts.list_all(read)
        work = actions.repair if repair else actions.recount
        for account in everyone:
            findings += await work(db, account.id, account.name)
    return findings


def _line(finding: Finding) -> str:
    where = f"{finding.account}: " if finding.account else ""
    text = f"{_MARKS[finding.level]} {where}{finding.check.replace('_', ' ')}: {finding.message}"
    return "\n".join([text, *(f"    {one}" for one in finding.examples)])
