"""When Python may collect garbage: not during a run, but before a new cluster is made.

A run, and reading or writing its history, makes many objects and frees few. Without a
collector looking through them, each takes half the time. Much garbage comes only from
clusters that are no longer used, so it is collected before the next cluster is made.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# This many objects, about 50 MB, may be made before garbage is collected.
MANY = 500_000
# For fewer objects than this, Python's own collector is left alone. It would begin at 700, so
# that a cluster that is run a second at a time would be looked through again and again.
FEW = 100
# Python 3.12 starts with some hundreds of frozen objects; more were frozen by other code.
FROZEN_BY_PYTHON = 1_000

_made = 0  # objects made since the last collection
_kept = 0  # objects that were there before them


@contextmanager
def without_collecting() -> Iterator[None]:
    """Switch the garbage collector off within the context."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            _move_to_oldest_generation(gc.get_count()[0])
            gc.enable()


def _move_to_oldest_generation(made: int) -> None:
    """Move the `made` objects to the oldest generation at once, because a history keeps them."""
    global _made
    if made >= FEW and gc.get_freeze_count() < FROZEN_BY_PYTHON:
        _made += made
        # Freezing takes objects out of all generations, unfreezing puts them into the oldest.
        gc.freeze()
        gc.unfreeze()


def collect_if_worthwhile() -> None:
    """Collect the garbage of earlier clusters, if enough objects have been made since last time."""
    global _made, _kept
    # A collection looks at every kept object. Waiting until as many new ones are made keeps its
    # cost in proportion to them.
    if gc.isenabled() and _made >= max(MANY, _kept):
        _kept = len(gc.get_objects()) - _made
        if _made >= _kept:
            gc.collect()
            _made, _kept = 0, len(gc.get_objects())
