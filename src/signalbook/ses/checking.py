"""What AWS refuses of a contact list, its topics and its tags, in its order and its words; no I/O.

What is missing or of another type is the door's to say; here are the rules of the service itself.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from signalbook.ses.errors import ContactListInvalid, TagsInvalid
from signalbook.ses.model import (
    MAX_DESCRIPTION,
    MAX_DISPLAY_NAME,
    MAX_TAG_KEY,
    MAX_TAG_VALUE,
    Limits,
    Topic,
    is_name,
)

_FORM: Final = (
    "{what} can contain up to 64 characters. Only alphanumeric characters, underscores(_) and"
    " hyphens(-) are allowed."
)
_TOO_LONG: Final = (
    "1 validation error detected: Value at '{at}' failed to satisfy constraint: Member must have"
    " length less than or equal to {most}"
)
_TOO_SHORT: Final = (
    "1 validation error detected: Value at '{at}' failed to satisfy constraint: Member must have"
    " length greater than or equal to 1"
)


def name(text: str) -> None:
    """Refuse what no contact list can be called; raises ContactListInvalid."""
    _named("ContactListName", text)


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


def tags(given: Mapping[str, str], most: int) -> None:
    """Refuse tags that are too many or too long; raises TagsInvalid."""
    if len(given) > most:
        raise TagsInvalid(_TOO_LONG.format(at="tags", most=most))
    for number, (key, value) in enumerate(given.items(), 1):
        at = f"tags.{number}.member"
        if not key:
            raise TagsInvalid(_TOO_SHORT.format(at=f"{at}.key"))
        if len(key) > MAX_TAG_KEY:
            raise TagsInvalid(_TOO_LONG.format(at=f"{at}.key", most=MAX_TAG_KEY))
        if len(value) > MAX_TAG_VALUE:
            raise TagsInvalid(_TOO_LONG.format(at=f"{at}.value", most=MAX_TAG_VALUE))
        if "\x00" in key + value:
            told = f"Tag {key!r} has a character that cannot be stored."
            raise TagsInvalid(told)


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
