"""What can go wrong with a field."""

from signalbook.kit.errors import Conflict, NotFound


class FieldNotFound(NotFound):
    """There is no field with this name yet; it appears when a contact first has a value for it."""


class FieldTypeFixed(Conflict):
    """{name} is a standard field, and its type is {type} for everybody."""


class FieldValuesUnfit(Conflict):
    """Some contacts have values that a {type} field does not take; change them first."""
