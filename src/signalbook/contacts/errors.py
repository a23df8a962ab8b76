"""What can go wrong with a contact."""

from signalbook.kit.errors import Conflict, Invalid, NotFound, TooLarge


class ContactInvalid(Invalid):
    """The contact was not accepted; each problem names its field."""


class ContactNotFound(NotFound):
    """Contact not found."""

    def __init__(self) -> None:
        """Say it in the published words, which end without a full stop."""
        super().__init__("Contact not found")


class ListedAlready(Conflict):
    """{email} is on this contact list already."""


class NotListed(NotFound):
    """{email} is not on this contact list."""


class EmailTaken(Conflict):
    """You already have a contact with email {email}"""


class MobileTaken(Conflict):
    """You already have a contact with mobile {mobile}"""


class ExternalIdTaken(Conflict):
    """You already have a contact with external_id {external_id}"""


class ContactsConflict(Conflict):
    """These identifiers belong to two different contacts, {ids}: send one of them, or ask for a merge."""


class IdentifierOfAnother(Conflict):
    """One of these identifiers belongs to another contact, {id}; correct the row, or merge the two first."""


class ContactTooLarge(Invalid):
    """A contact holds at most 64 kB of fields and metadata; this change would make it {size:,} bytes."""


class TooManyTags(Conflict):
    """A contact carries at most 500 tags; this change would make it {count:,}."""


class TooManyFields(Conflict):
    """An account has at most 1,000 fields; {name} would be one more."""


class LastIdentifierRemoved(Conflict):
    """A contact needs an e-mail, a mobile number or an external_id; the last one cannot be removed."""


class EmailNeeded(Invalid):
    """This account's contacts are stored in AWS SES, which knows them by e-mail alone: give this contact an e-mail address."""


class BatchTooLong(TooLarge):
    """A call takes at most 10,000 changes, this one has {count:,}: send them in several calls."""


class NobodySelected(Invalid):
    """Select the contacts first: some of them, or all that match."""


class BulkTagMissing(Invalid):
    """Name the tag: 1 to 128 characters without a comma."""


class BulkJobNotFound(NotFound):
    """There is no such work, or nothing of it that could be taken back."""


class FilterUnreadable(Invalid):
    """The filter {part} cannot be read; write it as the address of the contacts page does, like tag=vip or status=subscribed."""
