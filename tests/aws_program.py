"""The `aws` program, imported once and forked for every command: to start it costs two seconds.

    python -m tests.aws_program

reads lines of JSON, [arguments, file for its output, file for its complaints], and writes the exit
code of each.
"""

import json
import os
import sys
from pathlib import Path

from awscli import clidriver


def main() -> None:
    """Run command after command, each in a process of its own."""
    for line in sys.stdin:
        arguments, output, complaints = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(arguments, Path(output), Path(complaints))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(arguments: list[str], output: Path, complaints: Path) -> None:
    """Be the program, and end as it ends."""
    for stream, path in ((1, output), (2, complaints)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    sys.argv = ["aws", *arguments]
    code = clidriver.main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
