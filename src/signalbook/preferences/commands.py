"""What the commands on public pages do, through the same actions as every other face."""

import asyncio
from pathlib import Path

from signalbook.accounts import actions as accounts
from signalbook.contacts import commands as contacts
from signalbook.kit.config import Settings
from signalbook.kit.db import Database
from signalbook.preferences import actions, queries, wire
from signalbook.preferences.links import Links
from signalbook.preferences.model import Look
from signalbook.preferences.schemas import ContactLinks, LinkKeyOut, LookIn, LookOut

_ACTOR = "cli"


async def show(db: Database, settings: Settings, account: str) -> LookOut:
    """Show how the pages look; raises AccountUnknown."""
    async with db.read() as read:
        of = await accounts.named(read, account)
        look = await queries.look(read, of.id) or Look()
    return wire.look_out(look, of.name, of.id, settings.public_url)


async def change(db: Database, settings: Settings, account: str, asked: LookIn) -> LookOut:
    """Say how the pages look; raises AccountUnknown, LookInvalid."""
    async with db.tx() as tx:
        of = await accounts.named(tx, account)
        before = await queries.look(tx, of.id) or Look()
        await actions.set_look(tx, of.id, wire.changed(before, asked), _ACTOR)
    return await show(db, settings, account)


async def logo(db: Database, settings: Settings, account: str, path: Path | None) -> LookOut:
    """Show a picture on the pages, or none; raises AccountUnknown, LogoTooLarge, LogoUnfit."""
    content = await asyncio.to_thread(path.read_bytes) if path is not None else None
    async with db.tx() as tx:
        of = await accounts.named(tx, account)
        if content is None:
            await actions.remove_logo(tx, of.id, _ACTOR)
        else:
            await actions.set_logo(tx, of.id, content, _ACTOR)
    return await show(db, settings, account)


async def keys(db: Database, account: str) -> list[LinkKeyOut]:
    """List the signing keys; raises AccountUnknown."""
    async with db.read() as read:
        of = await accounts.named(read, account)
        return wire.keys_out(await queries.keys(read, of.id)).data


async def rotate(db: Database, account: str) -> LinkKeyOut:
    """Sign links with a new key; raises AccountUnknown."""
    async with db.tx() as tx:
        of = await accounts.named(tx, account)
        return wire.key_out(await actions.rotate(tx, of.id, _ACTOR))


async def links(db: Database, settings: Settings, account: str, who: str) -> ContactLinks:
    """Make the links of a contact, found by whatever one knows of it; raises ContactNotFound."""
    async with db.read() as read:
        of = await accounts.named(read, account)
        contact = await contacts.named(read, of.id, who)
    signer = await Links(db, settings.secret_key, settings.public_url).signer(of.id)
    return wire.links_out(signer, contact)
