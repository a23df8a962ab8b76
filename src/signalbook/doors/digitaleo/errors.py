"""What can go wrong at the Digitaleo door."""

from signalbook.kit.errors import Invalid, NotFound, TooLarge


class ValuesInvalid(Invalid):
    """A value was not accepted; nothing was changed."""


class FormNotRead(Invalid):
    """The body cannot be read: {reason}."""


class IdMissing(Invalid):
    """Say which by the parameter id; several are separated by commas."""


class ActionUnknown(Invalid):
    """There is no action "{action}" here; {known}."""


class RecordNotFound(NotFound):
    """There is no such {what} in this account."""


class ListTooLong(TooLarge):
    """A call takes at most {most:,} records, this one has {count:,}: send them in several calls."""


class GrantUnknown(Invalid):
    """The grant type is not supported; send grant_type=client_credentials."""


class CredentialsMissing(Invalid):
    """Send grant_type, client_id and client_secret, each once."""
