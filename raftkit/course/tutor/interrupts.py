"""`told_if_interrupted`: an interrupt of the kit's own work, as one sentence in the notebook.

A student who presses the stop button, or Ctrl-C, has no use for the frames in which the kit was.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from raftkit.course.errors import Interrupted


@contextmanager
def told_if_interrupted(work: str) -> Iterator[None]:
    """Within this block or function, a KeyboardInterrupt becomes a sentence about the work."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(f"{work} was interrupted: run the cell again for a result.") from None
