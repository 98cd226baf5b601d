"""The rows of the browser's table: each measurement's name, unit and aim.

A picture must be smooth on any machine, so these figures are ratios to an aim and not to
another figure. It does not know any browser.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One figure: its name, its unit, its aim if it has one, and whether more is better."""

    name: str
    unit: str
    aim: float | None = None
    more_is_better: bool = False

    def figure(self, values: Iterable[float]) -> dict[str, Any]:
        """The row of the table, with the best of `values`: a busy machine makes them only worse.

        >>> Row("gap", "ms", 20).figure([18.0, 16.5])["ratio"]
        0.825
        """
        best: Callable[[Iterable[float]], float] = max if self.more_is_better else min
        value = best(values)
        return {
            "name": self.name,
            "value": value,
            "unit": self.unit,
            "ratio": 1.0 if self.aim is None else value / self.aim,
            "ratio_to": self.name if self.aim is None else f"the aim of {self.aim:g} {self.unit}",
        }


# Measured values, each with its row, in the order of the table.
Values = Iterator[tuple[Row, float]]


def table(values: Iterable[tuple[Row, float]]) -> list[dict[str, Any]]:
    """The figures, each row with the best of its values."""
    found: dict[Row, list[float]] = defaultdict(list)
    for row, value in values:
        found[row].append(value)
    return [row.figure(seen) for row, seen in found.items()]


FRAMES = 60
GAP_MS = 20
STUTTER_MS = 50  # three frames, the shortest stop that one can see
FEEDBACK_FRAMES = 1
ANSWER_MS = 100
FIRST_PICTURE_MS = 1_000
SITE_COMPRESSED_MB = 60
FIRST_CHECK_SECONDS = 30
