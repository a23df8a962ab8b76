"""One call of an operation, as its handler sees it: who asks, in which region, and what."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeAlias

import msgspec

from signalbook.accounts.model import Caller
from signalbook.contacts.writer import Writer
from signalbook.kit.config import Settings
from signalbook.kit.db import Database
from signalbook.kit.jobs import Worker


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call whose signature was verified and whose key may do this.

    `path` holds the decoded parameters of the path by their names in AWS's model, `query` every
    value of each parameter of the query, `body` the JSON object that was sent, or an empty one.
    `size` is what the request weighs in the writer's queue, in bytes.
    """

    caller: Caller
    operation: str
    region: str
    path: dict[str, str]
    query: dict[str, list[str]]
    body: dict[str, Any]
    size: int
    db: Database
    writer: Writer
    worker: Worker
    settings: Settings

    @property
    def account_id(self) -> int:
        """The account that asks."""
        return self.caller.account_id


Handler: TypeAlias = Callable[[Call], Awaitable[object]]
"""Answers a call: what is returned becomes JSON, None an empty object; AppErrors become AWS's."""


def stamp(at: datetime) -> float:
    """Write a time as AWS does, as a number of seconds with milliseconds.

    AWS's own clients in Go and JavaScript read nothing else.
    """
    return round(at.timestamp(), 3)
