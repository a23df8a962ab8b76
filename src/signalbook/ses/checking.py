"""What AWS refuses of a contact list, its topics and its tags, in its order and its words; no I/O.

What is missing or of another type is the door's to say; here are the rules of the service itself.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from signalbook.contacts import identifiers
from signalbook.ses.errors import (
    ContactListInvalid,
    EmailAddressBlank,
    EmailAddressInvalid,
    TagsInvalid,
)
from signalbook.ses.model import (
    MAX_DESCRIPTION,
    MAX_DISPLAY_NAME,
    MAX_TAG_KEY,
    MAX_TAG_VALUE,
    Limits,
    Topic,
    is_name,
)

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_FORM: Final = (
    "{what} can contain up to 64 characters. Only alphanumeric characters, underscores(_) and"
    " hyphens(-) are allowed."
)
_TOO_LONG: Final = (
    "Value at 'tags.{number}.member.{member}' failed to satisfy constraint: Member must have length"
    " less than or equal to {most}"
)
_TOO_MANY_TAGS: Final = (
    "Maximum of {most} user tags are allowed per resource, consider reducing the number of tags in"
    " the request"
)
_TAG_CHARACTERS: Final = (
    "Tags can only contain letters, numbers, spaces, and the following special characters:"
    " _ . : / = + - @"
)


def name(text: str) -> None:
    """Refuse what no contact list can be called; raises ContactListInvalid."""
    _named("ContactListName", text)


def email(text: str) -> str:
    """Return an address that AWS would take; raises EmailAddressBlank, EmailAddressInvalid."""
    if not text.strip():
        raise EmailAddressBlank
    if not _EMAIL.fullmatch(text):
        raise EmailAddressInvalid(email=text)
    return text


def new_email(text: str) -> str:
    """Return an address as it is stored; raises EmailAddressBlank, EmailAddressInvalid.

    AWS takes nearly anything with an @ and a dot; here it must be one that mail can be sent to.
    """
    try:
        return identifiers.email(email(text))
    except identifiers.Refused:
        raise EmailAddressInvalid(email=text) from None


def contact_list(text: str, topics: Sequence[Topic], about: str | None, limits: Limits) -> None:
    """Refuse what AWS refuses of a contact list; raises ContactListInvalid."""
    name(text)
    if len(topics) > limits.topics:
        told = f"Maximum of <{limits.topics}> topics allowed per ContactList"
        raise ContactListInvalid(told)
    known: set[str] = set()
    for topic in topics:
        _topic(topic)
        if topic.name in known:
            told = "Duplicate topic names are not allowed within a List."
            raise ContactListInvalid(told)
        known.add(topic.name)
    _fits("List description", about, str(MAX_DESCRIPTION), MAX_DESCRIPTION)


def tags(given: Sequence[tuple[str, str]], limits: Limits) -> None:
    """Refuse tags as AWS does, in its order; raises TagsInvalid.

    Their number, their characters, what is reserved, their lengths, and that no key is blank or
    comes twice.
    """
    if len(given) > limits.tags:
        raise TagsInvalid(_TOO_MANY_TAGS.format(most=limits.tags))
    if not all(_is_tag_text(text) for tag in given for text in tag):
        raise TagsInvalid(_TAG_CHARACTERS)
    if any(key.lower().startswith("aws:") for key, _ in given):
        told = "Caller is an end user and not allowed to mutate system tags"
        raise TagsInvalid(told)
    too_long = [
        _TOO_LONG.format(number=number, member=member, most=most)
        for number, (key, value) in enumerate(given, 1)
        for member, text, most in (("value", value, MAX_TAG_VALUE), ("key", key, MAX_TAG_KEY))
        if len(text) > most
    ]
    if too_long:
        errors = "error" if len(too_long) == 1 else "errors"
        told = f"{len(too_long)} validation {errors} detected: {'; '.join(too_long)}"
        raise TagsInvalid(told)
    keys = [key for key, _ in given]
    if "" in keys:
        told = "The key of a tag can't be blank."
        raise TagsInvalid(told)
    if len(set(keys)) < len(keys):
        told = "Cannot provide multiple tags with the same key"
        raise TagsInvalid(told)


def all_tags(merged: Mapping[str, str], limits: Limits) -> None:
    """Refuse more tags than there may be after some were added; raises TagsInvalid."""
    if len(merged) > limits.tags:
        told = f"{_TOO_MANY_TAGS.format(most=limits.tags)} or delete existing tags and retry"
        raise TagsInvalid(told)


def _is_tag_text(text: str) -> bool:
    return all(one in "_.:/=+-@" or unicodedata.category(one)[0] in "LNZ" for one in text)


def _topic(topic: Topic) -> None:
    _named("TopicName", topic.name)
    most = f"<{MAX_DISPLAY_NAME}>"
    _fits("Topic DisplayName", topic.display_name, most, MAX_DISPLAY_NAME)
    _fits("Topic description", topic.description, str(MAX_DESCRIPTION), MAX_DESCRIPTION)


def _named(what: str, text: str) -> None:
    if not text.strip():
        told = f"{what} can't be blank."
        raise ContactListInvalid(told)
    if not is_name(text):
        raise ContactListInvalid(_FORM.format(what=what))


def _fits(what: str, text: str | None, most: str, limit: int) -> None:
    if text is None:
        return
    if len(text) > limit:
        told = f"{what} can contain up to {most} characters."
        raise ContactListInvalid(told)
    if "\x00" in text:
        told = f"{what} has a character that cannot be stored."
        raise ContactListInvalid(told)
