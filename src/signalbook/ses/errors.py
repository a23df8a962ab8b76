"""What can go wrong with contact lists of the SES kind, in the words of AWS where it has some.

Sources: developer guide and API reference of SES v2; for the sentences floci-io/floci (a2389e7),
whose authors probed them on AWS.
"""

from signalbook.kit.errors import Conflict, Invalid, NotFound


class ContactListNotFound(NotFound):
    """List with name: {name} doesn't exist."""


class ContactListInvalid(Invalid):
    """The contact list was not accepted."""


class ContactListTaken(Conflict):
    """List with name: {name} already exists."""


class TooManyContactLists(Invalid):
    """A maximum of {most} Lists allowed per account."""


class TopicUnknown(Invalid):
    """List: {list} doesn't contain Topic: {topic}"""


class TagsInvalid(Invalid):
    """The tags were not accepted."""


class NotInList(NotFound):
    """{email} doesn't exist in List."""


class TopicNotFound(NotFound):
    """There is no such topic."""


class TopicTaken(Conflict):
    """The contact list has a topic {name} already."""


class RegionUnfit(Invalid):
    """{region} is no region; one looks like eu-west-1."""
