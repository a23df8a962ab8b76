"""What can go wrong with contact lists of the SES kind, in the words of AWS where it has some.

Sources: developer guide and API reference of SES v2; for the sentences floci-io/floci (a2389e7),
whose authors probed them on AWS.
"""

from signalbook.kit.errors import Conflict, Invalid, NotFound, Unavailable


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


class TagTargetUnknown(NotFound):
    """No ContactList present with name: {name}"""


class EmailAddressInvalid(Invalid):
    """EmailAddress <{email}> is invalid."""

    def __init__(self, email: str) -> None:
        """Say it as AWS does, without a full stop."""
        super().__init__(f"EmailAddress <{email}> is invalid")


class EmailAddressBlank(Invalid):
    """EmailAddress can't be blank."""


class NotInList(NotFound):
    """{email} doesn't exist in List."""


class TopicNotFound(NotFound):
    """There is no such topic."""


class TopicTaken(Conflict):
    """The contact list has a topic {name} already."""


class RegionUnfit(Invalid):
    """{region} is no region; one looks like eu-west-1."""


class NotSuppressed(NotFound):
    """Email address {address} does not exist on your suppression list."""


class SuppressionKept(Invalid):
    """{address} stays on the suppression list: {who} put it there, not this account's calls. A person who is signed in can lift it in the console under Opt-outs, or with `signalbook optouts lift`, and say why."""


class SuppressionUnusable(Invalid):
    """EmailAddress {address} is invalid."""

    def __init__(self, address: str) -> None:
        """Say it as AWS does, without a full stop."""
        super().__init__(f"EmailAddress {address} is invalid")


class ImportJobNotFound(NotFound):
    """Import job {job_id} does not exist."""


class SourceForbidden(Invalid):
    """The source {url} cannot be read: {reason}."""


class SourceMissing(Invalid):
    """There is no source at {url}: {reason}."""


class SourceUnreachable(Unavailable):
    """The storage of {url} does not answer: {reason}."""


class SourceUnfit(Invalid):
    """The source cannot be imported: {reason}"""


class InListAlready(Conflict):
    """{email} already exists in List."""


class AttributesInvalid(Invalid):
    """AttributesData must be a valid JSON object."""
