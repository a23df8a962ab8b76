"""How opt-outs read on pages and in a terminal: names of channels, reasons, sources and actors."""

from collections.abc import Iterable, Mapping
from typing import Final

from signalbook.accounts import key_queries, people_queries
from signalbook.contacts import list_queries
from signalbook.contacts.card import SOURCES
from signalbook.kit.db import Read
from signalbook.ledger.model import Channel, Reason, is_topic, topic
from signalbook.ledger.seals import PREFIX
from signalbook.optouts.model import LIFTED_BY, InForce
from signalbook.optouts.reachability import NAMES as CHANNELS

__all__ = [
    "CHANNELS",
    "LOOKS",
    "REASONS",
    "SOURCES",
    "actors",
    "address",
    "channel",
    "lifted_by",
    "topics",
]

REASONS: Final = {
    Reason.CONTACT: "Opted out",
    Reason.USER: "Blocked by you",
    Reason.HARDBOUNCED: "Hard bounce",
    Reason.SPAM: "Complaint",
}
LOOKS: Final = {
    Reason.CONTACT: "warn",
    Reason.USER: "plain",
    Reason.HARDBOUNCED: "bad",
    Reason.SPAM: "bad",
}
_SHOWN_OF_SEAL: Final = 8


def channel(name: str, topics: Mapping[str, str]) -> str:
    """Name a channel, or a topic as `topics` do by its channel."""
    if is_topic(name):
        return f"E-mail: {topics.get(name, 'a topic that is gone')}"
    return CHANNELS[Channel(name)]


def lifted_by(held: InForce) -> str:
    """Say who lifts an opt-out; neither START nor the preference page is about one topic."""
    if is_topic(held.channel) and held.reason == Reason.CONTACT:
        return "the person alone"
    return LIFTED_BY[Reason(held.reason)]


async def topics(db: Read, account_id: int) -> dict[str, str]:
    """Name the topics of an account by their channels, in the order of their names."""
    return {topic(id): name for id, name in await list_queries.topics(db, account_id)}


def address(text: str) -> str:
    """Show an address; of an erased person's there is nothing but the beginning of its seal."""
    if text.startswith(PREFIX):
        return f"Erased person · {text.removeprefix(PREFIX)[:_SHOWN_OF_SEAL]}…"
    return text


async def actors(db: Read, account_id: int, said: Iterable[str | None]) -> dict[str | None, str]:
    """Name who is behind an entry, in at most two statements: Ada, key Website."""
    wanted = {actor for actor in said if actor}
    kinds = {actor.partition(":")[0] for actor in wanted}
    known: dict[str, str] = {"cli": "the command line"}
    if "user" in kinds:
        members = await people_queries.members(db, account_id)
        known |= {f"user:{one.id}": one.name or one.email for one in members}
    if "key" in kinds:
        keys = await key_queries.list_all(db, account_id)
        known |= {f"key:{one.id}": f"key {one.name or one.prefix + '…'}" for one in keys}
    return {actor: known.get(actor, _unknown(actor)) for actor in wanted}


def _unknown(actor: str) -> str:
    return "someone who left" if actor.partition(":")[0] in {"user", "key"} else actor
