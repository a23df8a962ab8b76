"""What the child that reads a file may use: little of everything, and no longer than its parent.

Windows has no such limits; there the time limit of the parent is the only one.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from signalbook.kit import lifeline

MEMORY_BYTES: Final = 2 << 30
"""Address space. Measured (Linux x86-64, Python 3.11, calamine 0.9.1): 0.25 GB for CSV and JSON of
any length; 1.0 GB for a sheet of 1,000,000 rows and 10 columns, of which calamine holds all."""

CPU_SECONDS: Final = 3 * 3_600
"""For 10 million rows at a thousandth of a second each; the parent looks whether it goes on."""

OPEN_FILES: Final = 64
NICENESS: Final = 10

_FIRST_TO_GO = "1000"


def apply() -> None:
    """Take the limits upon this process; call it before anything of the file is read."""
    lifeline.end_with_parent()
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  # not on Windows

    with suppress(OSError):  # where memory runs out, this one goes before the server and its data
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")
    with suppress(ValueError, OSError):  # first SIGXCPU, which tells why it ended
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 60))
    for name, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        with suppress(ValueError, OSError):  # a stricter limit is there already
            resource.setrlimit(name, (most, most))
    os.nice(NICENESS)
