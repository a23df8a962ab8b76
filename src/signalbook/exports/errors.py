"""What can go wrong with an export."""

from signalbook.kit.errors import Conflict, Invalid, NotFound, TooMany


class ExportNotFound(NotFound):
    """There is no such export."""


class ExportGone(NotFound):
    """The file was kept for 24 hours and is gone; export again."""


class ExportNotReady(Conflict):
    """The file is not ready, the export is {state}; ask again when its state is done."""


class ExportInvalid(Invalid):
    """The export was not accepted; each problem names its member."""


class TooManyExports(TooMany):
    """Ten exports wait or run already; wait until one is done, or cancel one."""
