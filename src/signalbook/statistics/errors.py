"""What can go wrong with statistics."""

from signalbook.kit.errors import Invalid, NotFound


class TagUnknown(NotFound):
    """There is no tag {name}."""


class GrowthNotKept(Invalid):
    """Growth is kept for the account, for lists and for tags, and not for other filters: ask for one list or one tag."""
