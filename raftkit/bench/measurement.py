"""`Measurement`: a row of the performance table, and the figure that it is compared with.

It holds a function that measures once. It does not know what is measured, nor rounds and
medians, which belong to the table.
"""

from collections.abc import Callable
from dataclasses import dataclass

FLOOR = "floor"


@dataclass(frozen=True)
class Measurement:
    """One row of the table: `measure` returns one value, `ratio` compares it within its round.

    `ratio` takes the value, and the value of the figure named `ratio_to` in the same round. With
    `once` it is measured only in the first round, because it takes long.
    """

    name: str
    unit: str
    measure: Callable[[], float]
    ratio_to: str
    ratio: Callable[[float, float], float]
    once: bool = False


def quotient(value: float, other: float) -> float:
    """`value` divided by `other`."""
    return value / other


def floor_events(seconds: float, events_per_second: float) -> float:
    """The number of floor events that fit into `seconds`."""
    return seconds * events_per_second
