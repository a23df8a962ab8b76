"""Connections as they are published, and as they are asked for."""

from datetime import datetime

from msgspec import UNSET

from signalbook.connector import access, hooks
from signalbook.connector.actions import Wish
from signalbook.connector.model import (
    Access,
    Backlog,
    Connection,
    Refusal,
    RemoteList,
    Target,
    lag_of,
    state_of,
)
from signalbook.connector.schemas import (
    ConnectionIn,
    ConnectionOut,
    ListingOut,
    RefusalOut,
    Refusals,
    TestOut,
    TopicOut,
)
from signalbook.kit import clock
from signalbook.kit.config import Settings
from signalbook.web.moments import shown


def wish(asked: ConnectionIn, known: Connection | None, secret_key: str) -> Wish:
    """Read what is asked for; credentials that are not said stay as they are kept."""
    given = asked.credentials
    if given is UNSET:
        kept = None if known is None else access.target_of(secret_key, known).access
    elif given is None:
        kept = None
    else:
        kept = Access(given.access_key_id, given.secret_access_key, given.session_token)
    target = Target(
        region=asked.region,
        list_name=asked.list_name,
        endpoint=asked.endpoint,
        access=kept,
        role=asked.role,
        requests_per_second=asked.requests_per_second,
    )
    return Wish(mode=asked.mode, target=target, bucket=asked.bucket)


def out(connection: Connection, backlog: Backlog, settings: Settings) -> ConnectionOut:
    """Show a connection, and nothing of its secrets."""
    return ConnectionOut(
        state=state_of(connection, backlog),
        error=connection.error,
        failing_since=_moment(connection.failing_since),
        mode=connection.mode,
        region=connection.region,
        list_name=connection.list_name,
        endpoint=connection.endpoint,
        has_credentials=connection.credentials is not None,
        role=connection.role,
        bucket=connection.bucket,
        requests_per_second=connection.requests_per_second,
        waiting=backlog.waiting,
        lag_seconds=round(lag_of(backlog, clock.now()).total_seconds(), 3),
        refused=backlog.refused,
        succeeded_at=_moment(connection.succeeded_at),
        filled_at=_moment(connection.filled_at),
        listing=ListingOut(
            started_at=_moment(connection.listing_started_at),
            contacts=connection.listing_count,
            completed_at=_moment(connection.listed_at),
            completed_contacts=connection.listed_count,
        ),
        notices_url=hooks.url(settings, connection),
        created_at=shown(connection.created_at),
        created_by=connection.created_by,
    )


def tested(target: Target, found: RemoteList) -> TestOut:
    """Show what SES answered."""
    topics = [TopicOut(one.name, one.display_name, one.default) for one in found.topics]
    return TestOut(target.region, target.list_name, found.description, topics)


def refusals(found: list[Refusal]) -> Refusals:
    """Show whom SES would not take."""
    return Refusals([RefusalOut(one.address, one.said, shown(one.at), one.times) for one in found])


def _moment(at: datetime | None) -> str | None:
    return None if at is None else shown(at)
