"""What can go wrong with a field."""

from signalbook.kit.errors import Conflict, Invalid, NotFound


class FieldNotFound(NotFound):
    """There is no field with this name yet; it appears when a contact first has a value for it."""


class FieldInvalid(Invalid):
    """A field cannot be called so; the problem says why."""


class FieldTaken(Conflict):
    """There already is a field {name}: merge into it instead."""


class FieldAliasTaken(Conflict):
    """{alias} already means the field {name}, and can mean only one."""


class FieldsFull(Conflict):
    """An account has at most {most} fields; delete one first."""


class FieldStandard(Conflict):
    """{name} is a standard field: it can be hidden or emptied, and not renamed or removed."""


class FieldTypeFixed(Conflict):
    """{name} is a standard field, and its type is {type} for everybody."""


class FieldValuesUnfit(Conflict):
    """{contacts} have a value that a {type} field does not take; change those, or have them cleared."""


class FieldMergedIntoItself(Conflict):
    """A field cannot be merged into itself; name another one."""


class FieldBusy(Conflict):
    """The values of {name} are just being rewritten; wait until that is done, or cancel it."""
