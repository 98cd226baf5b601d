"""The smallest part of a sequence for which a condition still holds (delta debugging).

Zeller and Hildebrandt, 2002. This module knows nothing of trials, actions or Raft.
"""

from collections.abc import Callable
from typing import TypeVar

Thing = TypeVar("Thing")


def fewest(
    things: tuple[Thing, ...], holds: Callable[[tuple[Thing, ...]], bool]
) -> tuple[Thing, ...]:
    """Return a part of `things`, in their order, that `holds`, while no part with one less does.

    Halves are left out first, then quarters, and so on, the last ones before the first ones. All of
    `things` together must hold.

    >>> fewest(tuple(range(100)), lambda some: {3, 71} <= {*some})
    (3, 71)
    """
    size = max(len(things) // 2, 1)
    while True:
        smaller = _without_some(things, size, holds)
        if size == 1 and smaller == things:
            return things
        # Single things are tried again: one that was needed may not be needed any more.
        things, size = smaller, max(size // 2, 1)


def _without_some(
    things: tuple[Thing, ...], size: int, holds: Callable[[tuple[Thing, ...]], bool]
) -> tuple[Thing, ...]:
    """Go through the things once, and leave out each run of `size` things that is not needed."""
    start = len(things) - size
    while start > -size:
        rest = things[: max(start, 0)] + things[start + size :]
        if len(rest) < len(things) and holds(rest):
            things = rest
        start -= size
    return things
