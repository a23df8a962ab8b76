"""`signalbook optouts`: list, add, lift, tell the history, synchronise, take in and export."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from signalbook.kit.command import AccountName, AsJson, answer, cli_session, run, settings_of

if TYPE_CHECKING:
    from signalbook.optouts.model import Wanted
    from signalbook.optouts.schemas import History, OptoutOut, OptoutResult, Reachability

app = typer.Typer(help="See, add, lift and synchronise opt-outs.", no_args_is_help=True)

Address = Annotated[
    str,
    typer.Argument(help="An e-mail, a number, id:YOUR_ID, or @example.com for a whole domain."),
]
ChannelName = Annotated[
    str,
    typer.Option(
        "--channel", help="email, sms, voice, voicemail, whatsapp, push, all or topic:LIST_ID."
    ),
]
FileName = Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be, and change nothing.")]
OfChannel = Annotated[
    str, typer.Option("--channel", help="Only of this channel, or of topic:LIST_ID.")
]
OfReason = Annotated[str, typer.Option("--reason", help="contact, user, hardbounced or spam.")]
OfAddress = Annotated[str, typer.Option("--address", help="Addresses that begin so.")]
Since = Annotated[datetime | None, typer.Option(help="In force since then or later, in UTC.")]
Before = Annotated[datetime | None, typer.Option(help="In force since before then, in UTC.")]


@app.command(name="list")
def list_(
    ctx: typer.Context,
    channel: OfChannel = "",
    reason: OfReason = "",
    address: OfAddress = "",
    since: Since = None,
    before: Before = None,
    limit: Annotated[int, typer.Option(min=1, max=5000, help="How many at most.")] = 100,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """List opt-outs in force, the latest first."""
    from signalbook.optouts import commands

    wanted = _wanted(channel, reason, address, since, before)

    async def work() -> "list[OptoutOut]":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.listing(db, account, wanted, limit)

    found = run(work())
    lines = [f"{o.since[:10]}  {o.channel:<9}  {o.reason:<11}  {o.address}" for o in found]
    answer(found, "\n".join(lines) or "There are no opt-outs like that.", as_json=as_json)


@app.command()
def add(
    ctx: typer.Context,
    address: Address,
    channel: ChannelName = "all",
    reason: Annotated[str, typer.Option(help="user, contact, hardbounced or spam.")] = "user",
    note: Annotated[str, typer.Option(help="Kept as evidence.")] = "",
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Add an opt-out; it holds for whoever has the address, now or later."""
    from signalbook.optouts import commands
    from signalbook.optouts.model import Restriction

    evidence = {"note": note} if note else None
    asked = Restriction(
        channel=channel, address=address, reason=reason, source="cli", actor="cli",
        evidence=evidence,
    )  # fmt: skip

    async def work() -> "OptoutResult":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.add(db, account, asked)

    told = run(work())
    answer(told, f"{address}: {told.status}.", as_json=as_json)


@app.command()
def lift(
    ctx: typer.Context,
    address: Address,
    channel: ChannelName = "all",
    reason: Annotated[str, typer.Option(help="Only this reason.")] = "",
    by: Annotated[str, typer.Option(help="Your name; a bounce or complaint needs it.")] = "",
    note: Annotated[str, typer.Option(help="Why; a bounce or complaint needs it.")] = "",
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Lift an opt-out: what the account has set, or with --by and --note a bounce or complaint."""
    from signalbook.optouts import commands
    from signalbook.optouts.model import Restriction

    if note and not by:
        raise typer.BadParameter("say who lifts it, with --by NAME", param_hint="--note")
    asked = Restriction(
        channel=channel, address=address, reason=reason or None, source="cli", actor="cli",
        evidence={"note": note, "by": by} if note else None,
    )  # fmt: skip

    async def work() -> "OptoutResult":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.lift(db, account, asked)

    told = run(work())
    left = ", ".join(sorted({one.reason for one in told.left}))
    stays = f" {left} stays in force." if left else ""
    answer(told, f"{address}: {told.status}.{stays}", as_json=as_json)


@app.command()
def history(
    ctx: typer.Context, address: Address, account: AccountName = "default", as_json: AsJson = False
) -> None:
    """Show all that was ever said of an address, the last word first."""
    from signalbook.optouts import commands

    async def work() -> "History":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.history(db, account, address)

    told = run(work())
    lines = [
        f"{one.at}  {'restricted' if one.kind == 'out' else 'lifted':<10}  {one.channel:<9}"
        f"  {one.reason:<11}  {one.source}" + (f"  {one.evidence}" if one.evidence else "")
        for one in told.data
    ]
    text = "\n".join(lines) or f"Nothing was ever said of {told.address}."
    answer(told, text, as_json=as_json)


@app.command()
def sync(
    ctx: typer.Context,
    file: FileName,
    channel: Annotated[str, typer.Option(help="Of which channel the list is.")] = "email",
    dry_run: DryRun = False,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Keep a channel's blocklist in step with a complete list: text, CSV or JSON."""
    from signalbook.ledger.model import Channel
    from signalbook.optouts import blocklist, commands

    if channel not in set(Channel):
        raise typer.BadParameter(f"one of {', '.join(Channel)}", param_hint="--channel")

    async def work() -> "blocklist.Difference":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.synchronise(db, account, Channel(channel), file, dry_run=dry_run)

    found = run(work())
    counts = {
        "added": len(found.add),
        "lifted": len(found.lift),
        "unchanged": found.unchanged,
        "rejected": len(found.rejected),
    }
    lines = [", ".join(f"{count:,} {name}" for name, count in counts.items()) + "."]
    lines += [*found.rejected[: blocklist.SHOWN]]
    answer(counts | {"dry_run": dry_run}, "\n".join(lines), as_json=as_json)


@app.command(name="import")
def import_(
    ctx: typer.Context,
    file: FileName,
    channel: ChannelName = "all",
    reason: Annotated[str, typer.Option(help="Where the file has no column reason.")] = "user",
    dry_run: DryRun = False,
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Add the opt-outs of a CSV with the columns address, channel and reason; none is lifted."""
    from signalbook.optouts import commands
    from signalbook.optouts.filing import Filed

    async def work() -> Filed:
        async with cli_session(settings_of(ctx)) as db:
            return await commands.take_in(
                db, account, file, channel=channel, reason=reason, dry_run=dry_run
            )

    told = run(work())
    lines = [f"{told.restricted:,} added, {told.unchanged:,} held already, {told.rejected:,} not."]
    answer(told, "\n".join([*lines, *told.first_rejected]), as_json=as_json)


@app.command()
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; - is the output.")],
    channel: OfChannel = "",
    reason: OfReason = "",
    address: OfAddress = "",
    since: Since = None,
    before: Before = None,
    account: AccountName = "default",
) -> None:
    """Write opt-outs in force as a CSV that `import` reads."""
    import sys

    from signalbook.optouts import commands

    wanted = _wanted(channel, reason, address, since, before)

    async def work() -> None:
        out = sys.stdout.buffer if str(file) == "-" else file.open("wb")
        try:
            async with cli_session(settings_of(ctx)) as db:
                async for block in commands.export(db, account, wanted):
                    out.write(block)
        finally:
            out.flush()
            if out is not sys.stdout.buffer:
                out.close()

    run(work())


def reachability(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(help="An e-mail, a mobile, your external_id or the id.")],
    account: AccountName = "default",
    as_json: AsJson = False,
) -> None:
    """Show whether a contact can be reached by each channel, and if not, why not."""
    from signalbook.optouts import commands

    async def work() -> "Reachability":
        async with cli_session(settings_of(ctx)) as db:
            return await commands.reached(db, account, who)

    told = run(work())
    lines: list[str] = []
    for one in told.channels:
        why = "; ".join(
            f"{no.says}{f' since {no.since[:10]}' if no.since else ''}"
            f"{f' ({no.source})' if no.source else ''}"
            for no in one.why_not
        )
        lines.append(f"{one.channel:<9}  {'reachable' if one.reachable else 'no: ' + why}")
    answer(told, "\n".join(lines), as_json=as_json)


def _wanted(
    channel: str, reason: str, address: str, since: datetime | None, before: datetime | None
) -> "Wanted":
    from datetime import UTC

    from signalbook.ledger.model import Channel, Reason
    from signalbook.optouts import reading
    from signalbook.optouts.model import Wanted

    meant = reading.channel_of(channel)
    if channel and meant is None:
        told = f"one of {', '.join(Channel)}, or topic:LIST_ID"
        raise typer.BadParameter(told, param_hint="--channel")
    if reason and reason not in set(Reason):
        raise typer.BadParameter(f"one of {', '.join(Reason)}", param_hint="--reason")
    return Wanted(
        channel=meant,
        reason=reason or None,
        since=since and since.replace(tzinfo=UTC),
        before=before and before.replace(tzinfo=UTC),
        address=reading.beginning_of(address),
    )
