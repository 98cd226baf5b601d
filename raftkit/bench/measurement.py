"""What a row of the performance table is, and what it is compared with.

A row knows how to measure itself once; rounds and medians are the table's business.
The module does not know what is measured.
"""

from collections.abc import Callable
from dataclasses import dataclass

FLOOR = "floor"


@dataclass(frozen=True)
class Measurement:
    """Something to measure: `measure` gives one value, `ratio` compares it within its round.

    `ratio` is handed the value and the round's value of the figure named `ratio_to`. What takes
    long is measured `once`, in the first round.
    """

    name: str
    unit: str
    measure: Callable[[], float]
    ratio_to: str
    ratio: Callable[[float, float], float]
    once: bool = False


def quotient(value: float, other: float) -> float:
    """How many times as large `value` is."""
    return value / other


def floor_events(seconds: float, events_per_second: float) -> float:
    """How many floor events fit into `seconds`."""
    return seconds * events_per_second
