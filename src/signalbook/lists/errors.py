"""What can go wrong with a list."""

from signalbook.kit.errors import Conflict, Invalid, NotFound, TooLarge


class ListNotFound(NotFound):
    """There is no such list."""


class ListInvalid(Invalid):
    """The list was not accepted; each problem names its field."""


class ListNameTaken(Conflict):
    """There already is a list {name}; take another name, or add to that one."""


class TooManyLists(Conflict):
    """An account has at most 5,000 lists; delete one that is no longer needed first."""


class TooManyNamed(TooLarge):
    """A call names at most 100,000 contacts, this one {count:,}: send them in several calls."""


class NobodyNamed(Invalid):
    """Say who is meant: ids, emails, mobiles or external_ids, or a filter and nothing beside it."""


class SwitchGoesOn(Conflict):
    """Deactivating or activating a list does not stop half-way: do the opposite to take it back."""


class NothingCombined(Invalid):
    """Say on which lists they are: on all of some, or on any of some; of 50 lists at most."""


class ListJobNotFound(NotFound):
    """There is no such work on a list."""


class ListKept(Conflict):
    """This list is {what}: it is deleted there, and stays a topic."""
