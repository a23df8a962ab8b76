"""Every way somebody changes what they get by a link, and an account its keys and its pages."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from signalbook.kit import clock
from signalbook.kit.db import Tx
from signalbook.kit.errors import Problem
from signalbook.ledger.model import ALL, Channel, Reason, channels_of
from signalbook.optouts import actions as optouts
from signalbook.optouts.model import By, Restriction
from signalbook.preferences import colours, links, pictures, queries
from signalbook.preferences.errors import LookInvalid
from signalbook.preferences.model import (
    ACCENT,
    MAX_NAME,
    Choice,
    Link,
    LinkKey,
    Logo,
    Look,
    Purpose,
    Standing,
)
from signalbook.preferences.person import Person, holder

SOURCES: Final[dict[Purpose, str]] = {
    Purpose.UNSUBSCRIBE: "unsubscribe link",
    Purpose.PREFERENCES: "preference page",
}
_ODD: Final = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NO_LOGO: Final = Logo("", 0, 0, "")

Proof = Mapping[str, Any]
"""What is kept with a choice: ip and user_agent; the link's purpose and ref come with it."""


async def unsubscribe(tx: Tx, link: Link, proof: Proof) -> None:
    """Stop everything on the link's channel, or on all, by the person's own wish.

    It holds for the address that was written to and for those the contact has now. Raises Again.
    """
    await _stop(tx, link, link.channel, proof)


async def subscribe_again(tx: Tx, link: Link, proof: Proof) -> None:
    """Take back what the person themselves had stopped, and nothing else. Raises Again."""
    person = await holder(tx, link)
    await _lift(tx, link, _named(link, person, link.channel, proof))


async def choose(
    tx: Tx, link: Link, wanted: Collection[Channel], among: Collection[Channel], proof: Proof
) -> None:
    """Have messages come on the wanted channels and on no others, of those one can choose among.

    What is blocked for another reason than their own wish stays so. Raises Again.
    """
    person = await holder(tx, link)
    may = [one for one in person.choices if one.channel in among]
    stop = [one for one in may if one.standing is Standing.ON and one.channel not in wanted]
    back = [one for one in may if one.standing is Standing.OFF and one.channel in wanted]
    await _restrict(tx, link, _each(link, person, stop, proof))
    await _lift(tx, link, _each(link, person, back, proof))


async def leave_all(tx: Tx, link: Link, proof: Proof) -> None:
    """Stop everything on every channel there is. Raises Again."""
    await _stop(tx, link, None, proof)


async def rotate(tx: Tx, account_id: int, actor: str) -> LinkKey:
    """Sign links with a new key from now on; those signed with an older one keep working."""
    return await links.next_key(tx, account_id, actor)


async def set_look(tx: Tx, account_id: int, look: Look, actor: str) -> Look:
    """Say how the public pages look; return it as it is kept. Raises LookInvalid."""
    kept = _checked(look)
    await queries.set_look(tx, account_id, kept, actor=actor, at=clock.now())
    return kept


async def set_logo(tx: Tx, account_id: int, content: bytes, actor: str) -> Logo:
    """Show a picture on the public pages; raises LogoTooLarge, LogoUnfit."""
    logo = pictures.logo_of(content)
    await _keep_logo(tx, account_id, content, logo, actor)
    return logo


async def remove_logo(tx: Tx, account_id: int, actor: str) -> None:
    """Show no picture any more."""
    await _keep_logo(tx, account_id, None, _NO_LOGO, actor)


async def _keep_logo(
    tx: Tx, account_id: int, content: bytes | None, logo: Logo, actor: str
) -> None:
    at = clock.now()
    if await queries.look(tx, account_id) is None:
        await queries.set_look(tx, account_id, Look(), actor=actor, at=at)
    await queries.set_logo(tx, account_id, content, logo, actor=actor, at=at)


async def _stop(tx: Tx, link: Link, channel: Channel | None, proof: Proof) -> None:
    """Restrict a channel, or all; who was erased has left, and is not written down once more."""
    person = await holder(tx, link)
    has_left = all(one.standing is Standing.OFF for one in person.on(channel))
    if person.contact is not None or not has_left:
        await _restrict(tx, link, _named(link, person, channel, proof))


def _named(link: Link, person: Person, channel: Channel | None, proof: Proof) -> list[Restriction]:
    """Name the contact, and the address of the link where it is not, or no more, one of theirs."""
    evidence = {**proof, "link": str(link.purpose)} | ({"ref": link.ref} if link.ref else {})
    shared: dict[str, Any] = {
        "channel": channel or ALL,
        "source": SOURCES[link.purpose],
        "reason": Reason.CONTACT,
        "evidence": evidence,
    }
    found: list[Restriction] = []
    if person.contact is not None:
        found.append(Restriction(contact_id=person.contact.id, **shared))
    is_fit = channel is None or channel in channels_of(link.address)
    if is_fit and person.is_elsewhere:
        found.append(Restriction(address=link.address, **shared))
    return found


def _each(link: Link, person: Person, chosen: Sequence[Choice], proof: Proof) -> list[Restriction]:
    """Name each channel that was chosen; all of them as one, which the timeline tells once."""
    if len(chosen) == len(person.choices):
        return _named(link, person, None, proof)
    return [named for one in chosen for named in _named(link, person, one.channel, proof)]


async def _restrict(tx: Tx, link: Link, wanted: list[Restriction]) -> None:
    if wanted:
        await optouts.restrict(tx, link.account_id, wanted, at=clock.now())


async def _lift(tx: Tx, link: Link, wanted: list[Restriction]) -> None:
    if wanted:
        await optouts.lift(tx, link.account_id, wanted, by=By.PERSON, at=clock.now())


def _checked(look: Look) -> Look:
    """Return a look with its colours written in one way; raises LookInvalid."""
    problems: list[Problem] = []
    name = look.name.strip()
    if len(name) > MAX_NAME or _ODD.search(name):
        told = f"name has at most {MAX_NAME} characters, and none that is not seen"
        problems.append(Problem("name", told, "name_invalid"))
    accent = _colour("accent", look.accent, problems)
    background = _colour("background", look.background, problems)
    if not problems:
        problems += _unreadable(accent or ACCENT, background or colours.WHITE)
    if not look.channels:
        told = "channels needs one at least: somebody must be able to choose something"
        problems.append(Problem("channels", told, "channels_empty"))
    if problems:
        raise LookInvalid(problems=problems)
    return Look(name=name, accent=accent, background=background, channels=_in_order(look.channels))


def _colour(field: str, raw: str, problems: list[Problem]) -> str:
    if not raw.strip():
        return ""
    found = colours.colour(raw)
    if found is None:
        told = f"{field} must be a colour like #3b5bdb, or empty"
        problems.append(Problem(field, told, "colour_invalid"))
    return found or ""


def _unreadable(accent: str, background: str) -> Iterable[Problem]:
    """Say that a button could hardly be seen (WCAG 2.2, 1.4.11)."""
    ratio = colours.contrast(accent, background)
    if ratio < colours.CONTROL_RATIO:
        told = (
            f"accent {accent} can hardly be seen on {background}: their contrast is {ratio:.1f},"
            f" and {colours.CONTROL_RATIO:.0f} is needed. Take a darker or a lighter one"
        )
        yield Problem("accent", told, "contrast_low")


def _in_order(channels: Collection[Channel]) -> tuple[Channel, ...]:
    return tuple(channel for channel in Channel if channel in channels)
