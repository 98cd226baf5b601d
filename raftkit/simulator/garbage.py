"""Leaving Python's garbage alone while a lot is made and little is thrown away.

A run, and reading or writing its history, makes many objects and frees few, so
looking among them for garbage only costs: the time of each halves without.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """Collect no garbage within; afterwards as before."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
