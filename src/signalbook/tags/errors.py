"""What can go wrong with a tag."""

from signalbook.kit.errors import Conflict, Invalid, NotFound


class TagNotFound(NotFound):
    """There is no tag with this id."""


class TagInvalid(Invalid):
    """A tag cannot be called so; the problem says why."""


class TagTaken(Conflict):
    """There already is a tag {name}: merge into it instead."""


class TagMergedIntoItself(Conflict):
    """A tag cannot be merged into itself; name another one."""
