"""What can go wrong with an opt-out."""

from signalbook.kit.errors import Forbidden, Invalid, NotFound, TooLarge


class OptoutInvalid(Invalid):
    """The opt-out was not accepted; each problem names its field."""


class NoSuchTopic(NotFound):
    """There is no such topic: name one as topic: and the id of its list, which has the kind topic."""


class OptoutsNotYours(Forbidden):
    """The account lifts only what it has set itself (reason user); {reason} is lifted by {who}."""


class OptoutNotTheirs(Forbidden):
    """A person lifts only their own opt-out (reason contact), and not one with reason {reason}."""


class LiftNeedsPerson(Forbidden):
    """A hard bounce or a complaint is lifted by a named person in the console or at the command line, who writes down why."""


class LiftReasonMissing(Invalid):
    """Write down why a hard bounce or a complaint may be lifted: it is kept as evidence."""


class TooManyOptouts(TooLarge):
    """A call names at most {most:,} opt-outs, this one {count:,}: send them in several calls, or synchronise a blocklist."""


class BlocklistTooLong(TooLarge):
    """A blocklist has at most 100,000 addresses, this one {count:,}: block whole domains instead, or split it by channel."""


class ListUnreadable(Invalid):
    """The list cannot be read: {reason}."""
