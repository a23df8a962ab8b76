"""What a tag is; no I/O."""

import re
from datetime import datetime

import msgspec

from signalbook.kit.errors import Problem

MAX_TAG = 128
MAX_TAGS_PER_CONTACT = 500

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Tag(msgspec.Struct, frozen=True):
    """A tag with its counts: contacts that carry it now, signals that ever came."""

    id: int
    name: str
    contacts: int
    signals: int
    first_seen_at: datetime
    last_seen_at: datetime


def tag_problem(name: object, field: str = "tags") -> Problem | None:
    """Say what is wrong with the name of a tag, or None when it may be used."""
    if not isinstance(name, str):
        return Problem(field, "A tag is a text", "tag_invalid")
    if not name.strip() or len(name) > MAX_TAG:
        message = f"A tag has 1 to {MAX_TAG} characters, this one has {len(name.strip()):,}"
        return Problem(field, message, "tag_invalid")
    if "," in name or (not name.isprintable() and _CONTROL.search(name)):
        message = f'The tag "{name[:40]}" may not contain a comma or a control character'
        return Problem(field, message, "tag_invalid")
    return None
