"""Leaving Python's garbage alone while a lot is made and little is thrown away.

A run, and reading or writing its history, makes many objects and frees few, so
looking among them for garbage only costs: the time of each halves without. Nor is
it looked for when a run ends, but before the next cluster is made: only clusters
that nobody wants any more leave a lot.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# So many objects, about 50 MB, may be made before anybody looks which of them are garbage.
MANY = 500_000
# So few are no reason to interfere with Python's own collecting.
FEW = 1_000

_made = 0  # since the last look
_kept = 0  # what that look left


@contextmanager
def without_collecting() -> Iterator[None]:
    """Collect no garbage within; afterwards as before."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            _take_for_old(gc.get_count()[0])
            gc.enable()


def _take_for_old(made: int) -> None:
    """Spare the `made` objects the way through the young generations: a history keeps them."""
    global _made
    # Python 3.12 itself begins with some hundreds frozen; more are somebody's.
    if made >= FEW and gc.get_freeze_count() < FEW:
        _made += made
        gc.freeze()  # Out of all generations, and with the next line into the oldest.
        gc.unfreeze()


def clear_away() -> None:
    """Collect what earlier clusters have left, if enough has been made to be worth the look."""
    global _made, _kept
    # No sooner than as much is new as was kept: the cost stays in proportion to what is made.
    if gc.isenabled() and _made >= MANY and _made >= _kept:
        gc.collect()
        _made, _kept = 0, len(gc.get_objects())
