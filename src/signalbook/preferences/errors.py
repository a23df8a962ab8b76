"""What can go wrong with links and with the look of public pages."""

from signalbook.kit.errors import Invalid, NotFound, TooLarge, TooMany


class LinkBroken(NotFound):
    """This link does not work: it is not complete, or not one of ours."""


class TooManyLinks(TooMany):
    """Too many requests came from here; try again in a minute."""


class LookInvalid(Invalid):
    """The look was not accepted; each problem names its field."""


class LogoUnfit(Invalid):
    """The logo must be a PNG, a JPEG or a WebP of at most {most} pixels a side; {found}."""


class LogoTooLarge(TooLarge):
    """The logo has {bytes:,} bytes; at most {most:,} are taken."""


class LogoMissing(NotFound):
    """There is no such logo."""
