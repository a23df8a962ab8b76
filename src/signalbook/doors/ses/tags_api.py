"""Tags of resources at the SES door: wire only."""

from typing import Final

from signalbook.doors.ses.call import Handler

HANDLERS: Final[dict[str, Handler]] = {}
"""By the operation's name."""
