"""Lists by hand: a blocklist's difference is shown, then applied; a file of opt-outs goes in."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile

from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.kit.db import Database
from signalbook.kit.errors import AppError
from signalbook.ledger.model import Channel
from signalbook.optouts import blocklist, filing, listed, shown
from signalbook.optouts.errors import ListUnreadable
from signalbook.web.access import person
from signalbook.web.errors import status_of
from signalbook.web.flash import Toast
from signalbook.web.formats import plural
from signalbook.web.render import Page

HERE: Final = "/optouts/blocklist"


@get(HERE, access=person("editor"))
async def show(page: Page) -> Response[Any]:
    """Ask for a list."""
    return _asking(page, Channel.EMAIL)


@post(HERE, access=person("editor"))
async def synchronise(
    request: AnyRequest, caller: Caller, page: Page, db: Database
) -> Response[Any]:
    """Show what a list would change; confirmed, change it."""
    form = await request.form()
    chosen = form.get("channel")
    channel = Channel(chosen) if chosen in set(Channel) else Channel.EMAIL
    try:
        file = form.get("file")
        raw = await file.read() if isinstance(file, UploadFile) else b""
        raw = raw or str(form.get("addresses") or "").encode()
        if not raw.strip() and not form.get("empty"):
            raise ListUnreadable(reason="it is empty; say so below if nothing is to be blocked")
        addresses = listed.addresses(raw)
        found = await blocklist.difference(db, caller.account_id, channel, addresses)
    except AppError as refusal:
        return _asking(page, channel, refusal)
    if not form.get("confirmed"):
        return page.show(
            "optouts/difference.html",
            nav="optouts",
            channel=channel,
            found=found,
            addresses="\n".join(addresses),
            most=blocklist.SHOWN,
            words=shown,
        )
    await blocklist.apply(db, caller.account_id, channel, found, actor=caller.actor)
    said = f"{plural(len(found.add), 'address', 'addresses')} added, {len(found.lift):,} lifted."
    return page.go("/optouts?source=blocklist", Toast(said))


@post("/optouts/file", access=person("editor"))
async def add_file(request: AnyRequest, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Add the opt-outs of a file."""
    file = (await request.form()).get("file")
    raw = await file.read() if isinstance(file, UploadFile) else b""
    name = file.filename[:200] if isinstance(file, UploadFile) else ""
    rows = listed.rows(raw, "", "")
    try:
        filed = await filing.add(db, caller.account_id, rows, name=name, actor=caller.actor)
    except AppError as refusal:
        return _asking(page, Channel.EMAIL, file_refusal=refusal)
    if filed.rejected or not filed.restricted + filed.unchanged:
        first = "; ".join(filed.first_rejected[:3]) or "the file has no rows"
        said = f"{filed.restricted:,} added, {filed.rejected:,} not: {first}"
        return page.go("/optouts?source=file", Toast(said, "warn"))
    return page.go("/optouts?source=file", Toast(f"{filed.restricted:,} added."))


def _asking(
    page: Page,
    channel: Channel,
    refusal: AppError | None = None,
    file_refusal: AppError | None = None,
) -> Response[Any]:
    return page.show(
        "optouts/blocklist.html",
        status=status_of(told) if (told := refusal or file_refusal) else 200,
        nav="optouts",
        channels=[(one.value, shown.CHANNELS[one]) for one in Channel],
        channel=channel.value,
        problem=refusal.message if refusal else "",
        file_problem=file_refusal.message if file_refusal else "",
        most=blocklist.MOST,
    )


ROUTES = [show, synchronise, add_file]
