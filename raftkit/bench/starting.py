"""Measures how long a student waits at the beginning: for imports, and for the first check.

Each is measured in CPU seconds of a new interpreter, because a second import costs nothing. The
aims are 0.2 s for the course and 0.35 s for a first check with everything that it imports.
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
    """Seconds of the first imports, and of a first check with its imports."""
    for name, code in (
        (_NETWORKX, _NETWORKX),
        ("import raftkit", "import raftkit"),
        ("import raftkit.course", "import raftkit.course"),
        ("a first check, with its imports", _FIRST_CHECK),
    ):
        yield Measurement(name, "s", partial(_seconds, code), FLOOR, floor_events)


def _seconds(code: str) -> float:
    """CPU seconds of some code in a new interpreter. Raises CalledProcessError if it fails."""
    command = [sys.executable, "-c", _TIMED.format(code=code)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])
