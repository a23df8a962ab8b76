"""What can go wrong with an import."""

from signalbook.kit.errors import Conflict, Invalid, NotFound, TooLarge


class Unreadable(Invalid):
    """The file cannot be read: {sentence}"""

    def __init__(self, code: str, sentence: str) -> None:
        """Say which limit or form it broke, as a sentence that tells what to do."""
        super().__init__(sentence)
        self.reason = code


class ImportNotFound(NotFound):
    """There is no such import in this account."""


class ImportNotReady(Conflict):
    """The import is {state}: it cannot be {verb} now."""


class MappingInvalid(Invalid):
    """The mapping does not fit the file: {sentence}"""


class NobodyMapped(Invalid):
    """No column of the file says who: map one of them to the e-mail, the mobile or your own id."""


class FileTooLarge(TooLarge):
    """A file has at most {most} bytes; split it, or compress it with gzip."""


class UploadMisplaced(Conflict):
    """This piece does not follow on the {bytes:,} bytes that are here; go on from there."""


class RowsLost(Conflict):
    """The staged rows of this import are gone; start it again."""
