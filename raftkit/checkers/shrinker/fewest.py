"""The fewest of some things with which something still holds (delta debugging).

Zeller and Hildebrandt, 2002. It knows nothing of trials, acts or Raft: what the things
are, and what holds, is whoever's who asks.
"""

from collections.abc import Callable
from typing import TypeVar

Thing = TypeVar("Thing")


def fewest(
    things: tuple[Thing, ...], holds: Callable[[tuple[Thing, ...]], bool]
) -> tuple[Thing, ...]:
    """A part of `things`, in their order, that `holds`, while no part with one less does.

    Halves are tried first, then quarters, and so on, the late ones before the early ones. It
    takes for granted that all the things together hold.

    >>> fewest(tuple(range(100)), lambda some: {3, 71} <= {*some})
    (3, 71)
    """
    size = max(len(things) // 2, 1)
    while True:
        smaller = _without_some(things, size, holds)
        if size == 1 and smaller == things:
            return things
        # What single things can go is asked again, for each that is gone may free another.
        things, size = smaller, max(size // 2, 1)


def _without_some(
    things: tuple[Thing, ...], size: int, holds: Callable[[tuple[Thing, ...]], bool]
) -> tuple[Thing, ...]:
    """Go through the things once, and leave out each `size` of them that can be."""
    start = len(things) - size
    while start > -size:
        rest = things[: max(start, 0)] + things[start + size :]
        if len(rest) < len(things) and holds(rest):
            things = rest
        start -= size
    return things
