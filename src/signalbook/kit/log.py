"""One log for everything: lines on standard error, JSON for machines or columns for people.

Write with `log.get(__name__).info("event", field=value)`. An event is a constant phrase, fields are
ids, numbers and names of things: never a person's address, number or name. What libraries write,
and every traceback, has addresses and numbers blotted out.

The request id bound by the HTTP layer (`structlog.contextvars`) is on every line of that request.
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from signalbook.kit.config import LogFormat, Settings

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

_ADDRESS = re.compile(r"[^\s\"'(=<,]+@[^\s\"')>,;]+\.[^\s\"')>,;]+")
_NUMBER = re.compile(r"\+\d[\d ()-]{6,}\d")
_COLORS = {"debug": "2", "info": "32", "warning": "33", "error": "31", "critical": "31;1"}
_OWN = "signalbook"


def configure(settings: Settings) -> None:
    """Send the standard library's logging, and with it every library's, to our lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(settings.log_format))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_OWN).setLevel(settings.log_level.upper())


def configure_worker(settings: Settings, *, for_good: bool = True) -> None:
    """Configure structlog as well, which a request needs and the supervisor does without.

    `for_good` makes loggers at their first use and never again, which saves a busy process time.
    Loading structlog costs 0.1 s and 6 MB, and the supervisor writes ten lines in its life.
    """
    import structlog  # noqa: PLC0415  # see above

    configure(settings)
    fmt = settings.log_format

    def to_line(logger: Any, level: str, event: MutableMapping[str, Any]) -> str:  # noqa: ANN401
        failure = event.pop("exc_info", None)
        told = {"event": event.pop("event", ""), "logger": logger.name, **event}
        return line(fmt, level, told, _told(failure) if failure else None)

    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, to_line],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=Writer,
        cache_logger_on_first_use=for_good,
    )


def get(name: str) -> "FilteringBoundLogger":
    """Give the logger of a module; it writes only once `configure_worker` was called."""
    import structlog  # noqa: PLC0415  # see above

    return structlog.get_logger(name)


def supervisor(event: str, level: int = logging.INFO, **fields: object) -> None:
    """Write one line of the supervisor's."""
    logging.getLogger(_OWN).log(level, event, extra={"fields": fields})


def line(fmt: LogFormat, level: str, event: Mapping[str, Any], failure: str | None = None) -> str:
    """Render one line; the fields `event` and `logger` have places of their own."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if fmt == "json":
        told = {"at": at, "level": level, **event}
        if failure:
            told["failure"] = failure
        return msgspec.json.encode(told, enc_hook=str).decode()
    fields = [f"{key}={value}" for key, value in event.items() if key not in {"event", "logger"}]
    level = f"\x1b[{_COLORS.get(level, '0')}m{level:<7}\x1b[0m" if sys.stderr.isatty() else level
    rest = "  ".join([str(event.get("event", "")), *fields])
    return f"{at[11:23]} {level} {rest}" + (f"\n{failure}" if failure else "")


def blot(text: str) -> str:
    """Blot out e-mail addresses and phone numbers in words that are not ours."""
    return _NUMBER.sub("<number>", _ADDRESS.sub("<address>", text))


class Writer:
    """Writes lines to standard error; where that is closed or full, the work goes on without them.

    An error of writing would otherwise end what only wanted to say something, such as the worker
    that takes the jobs.
    """

    def __init__(self, name: str = _OWN) -> None:
        self.name = name

    def msg(self, message: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{message}\n")
            sys.stderr.flush()

    log = debug = info = warning = error = critical = exception = msg


class _Lines(logging.Formatter):
    """Renders what was logged through the standard library."""

    def __init__(self, fmt: LogFormat) -> None:
        super().__init__()
        self.lines: LogFormat = fmt

    def format(self, record: logging.LogRecord) -> str:
        own = record.name == _OWN
        event = record.getMessage() if own else blot(record.getMessage())
        fields: dict[str, object] = getattr(record, "fields", {})
        told = {"event": event, **({} if own else {"logger": record.name}), **fields}
        failure = _told(record.exc_info[1]) if record.exc_info else None
        return line(self.lines, record.levelname.lower(), told, failure)


def _told(failure: object) -> str | None:
    """Write out a traceback, whichever way it was given."""
    if isinstance(failure, BaseException):
        lines = traceback.format_exception(failure)
    else:
        current = sys.exc_info()[1]
        if current is None:
            return None
        lines = traceback.format_exception(current)
    return blot("".join(lines).rstrip())
