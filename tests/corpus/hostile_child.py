"""Reads the hostile files of a folder one after the other, under the limits of a real child.

`python -m tests.corpus.hostile_child FOLDER`; prints what is not as expected, by name, as JSON.
"""

import sys
from pathlib import Path

import msgspec

from signalbook.imports import limits
from tests.corpus.hostile import HOSTILE
from tests.corpus.reading import differences

if __name__ == "__main__":
    limits.apply()
    folder = Path(sys.argv[1])
    wrong = {
        case.name: found
        for number, case in enumerate(HOSTILE)
        if (found := differences(case, folder / str(number) / "source"))
    }
    print(msgspec.json.encode({"read": len(HOSTILE), "wrong": wrong}).decode())
