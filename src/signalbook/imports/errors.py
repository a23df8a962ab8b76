"""What can go wrong with an import."""

from signalbook.kit.errors import (
    Conflict,
    Invalid,
    NotFound,
    Problem,
    TooLarge,
    TooMany,
    Unavailable,
)


class Unreadable(Invalid):
    """The file cannot be read: {sentence}"""

    def __init__(self, code: str, sentence: str) -> None:
        """Say which limit or form it broke, as a sentence that tells what to do."""
        super().__init__(sentence)
        self.reason = code


class ReaderKilled(Unavailable):
    """The process that read the file was killed by the system, perhaps because memory ran short; try again."""


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


class UploadBusy(Conflict):
    """Another piece of this file is being received; ask for the offset in a moment."""

    retry_after_seconds = 1


class UploadBroken(Invalid):
    """The connection ended after {bytes:,} bytes, before the file was whole; send it again."""


class UploadMalformed(Invalid):
    """The upload cannot be read: {reason}."""


class FileMissing(Invalid):
    """There is no file in this upload; send it as the part `file`, or as the body itself."""


class FileGone(Conflict):
    """The file of this import is no longer on this machine; send it again."""


class NoRoom(Unavailable):
    """The disk of the server is almost full, so the file was not taken; make room, or ask who runs the server."""


class ColumnUnknown(Invalid):
    """The file has no column {name}; its columns are {columns}."""


class TooManyWatching(TooMany):
    """This account watches {most} imports at the same time already; close one, or ask for the import now and then."""


class ImportFailed(Invalid):
    """The import failed: {sentence}"""


class Unconfirmed(Invalid):
    """Nobody is there to be asked: say --yes to apply the file, or --dry-run to only check it."""


def of_mapping(refused: Invalid) -> Invalid:
    """Say that it is the member `mapping` that has to be mended."""
    refused.problems = (Problem("mapping", refused.message, refused.code()),)
    return refused
