"""Ids as they stand in the path of a call."""

from uuid import UUID

from signalbook.contacts.reading import as_id
from signalbook.lists.errors import ListJobNotFound, ListNotFound


def list_id(ref: str) -> UUID:
    """Read the id of a list; what is none is no list."""
    id = as_id(ref)
    if id is None:
        raise ListNotFound
    return id


def job_id(ref: str) -> UUID:
    """Read the id of a job; what is none is no job."""
    id = as_id(ref)
    if id is None:
        raise ListJobNotFound
    return id
