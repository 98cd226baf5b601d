"""How long a student waits before anything happens: imports, and the first check.

Seconds of CPU in an interpreter of its own each time, because a second import costs nothing. It
aims at 0.2 s for the course and 0.35 s for a first check with all that it imports.
"""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial

from raftkit.bench.measurement import FLOOR, Measurement, floor_events

_NETWORKX = "import networkx"
_TIMED = """
from time import process_time

started = process_time()
{code}
print(process_time() - started)
"""
_FIRST_CHECK = """
from raftkit import check
from raftkit.protocol import has_majority

check("2.1", has_majority)
"""


def starting_rows() -> Iterator[Measurement]:
    """Seconds for what is imported first, and until a first check has an answer."""
    for name, code in (
        (_NETWORKX, _NETWORKX),
        ("import raftkit", "import raftkit"),
        ("import raftkit.course", "import raftkit.course"),
        ("a first check, with its imports", _FIRST_CHECK),
    ):
        yield Measurement(name, "s", partial(_seconds, code), FLOOR, floor_events)


def _seconds(code: str) -> float:
    """Seconds of CPU that some code takes in a new interpreter. Raises CalledProcessError."""
    command = [sys.executable, "-c", _TIMED.format(code=code)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])
