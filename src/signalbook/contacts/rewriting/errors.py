"""What can keep a field from being rewritten."""

from signalbook.kit.errors import Conflict, NotFound


class FieldJobNotFound(NotFound):
    """There is no such work on a field."""


class FieldInImport(Conflict):
    """The import {name} brings values for this field: let it end first, or cancel it."""
