"""The layout of a picture of logs: the place of each entry, and the indexes that are drawn.

It owns the geometry of `draw_logs` and the comparison of logs. It draws nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from raftkit.protocol.log import Log
from raftkit.views.svg import shortened, width_of
from raftkit.views.titled_picture import WIDEST

MARGIN: Final = 18.0
HEIGHT: Final = 36.0
SMALL: Final = 11.5
COMMAND_LENGTH: Final = 12

Indexes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class LogLayout:
    """Everything that is drawn, in the columns of the indexes `first` to `last`."""

    logs: Mapping[str, Log]
    commit: Mapping[str, int]
    next_index: Mapping[str, int]
    match_index: Mapping[str, int]
    outline: Indexes
    differences: Mapping[str, int]
    left: float
    top: float
    box: float
    first: int
    last: int

    def x(self, index: int) -> float:
        """The left end of an index's column."""
        return self.left + (index - self.first) * (self.box + 4)

    @property
    def pitch(self) -> float:
        """The distance between two logs."""
        believed = self.next_index or self.match_index
        return HEIGHT + (26 if believed else 14)

    @property
    def width(self) -> float:
        """The right end of the last column."""
        return self.x(self.last + 1) + (30 if self.is_cut else 0)

    @property
    def is_cut(self) -> bool:
        """Whether entries follow that are not drawn."""
        return self.last < self.longest

    @property
    def longest(self) -> int:
        """The last index of the longest log."""
        return max((log.last_index for log in self.logs.values()), default=0)


def layout_of_logs(
    logs: Mapping[str, Log],
    commit: Mapping[str, int],
    next_index: Mapping[str, int],
    match_index: Mapping[str, int],
    outline: Indexes,
    differences: Mapping[str, int],
    first_index: int | None = None,
) -> LogLayout:
    """The layout of a picture of logs.

    All boxes are as wide as the longest command needs, so that each index is one column.
    """
    left = MARGIN + max([30.0, *(width_of(name[:16], 15, bold=True) + 12 for name in logs)])
    commands = [shortened(e.command, COMMAND_LENGTH) for log in logs.values() for e in log]
    box = max([HEIGHT, *(width_of(command, SMALL) + 12 for command in commands)])
    marked = [index for indexes in outline.values() for index in indexes]
    longest = max([0, *(log.last_index for log in logs.values())])
    # One more column for an index after the end that is marked or is a next_index.
    spoken = [*marked, *differences.values(), *next_index.values()]
    last = max([1, longest, *(index for index in spoken if index <= longest + 1)])
    # On both sides there may be an ellipsis.
    columns = int((WIDEST - left - MARGIN - 60) // (box + 4))
    first = 1
    if first_index is not None:
        first = max(1, min(first_index, last))
        last = min(last, first + columns - 1)
    elif last > columns:
        # An index at which logs differ, or that is marked, matters more than their ends.
        first = max(
            1, min([last - columns + 1, *(i - 1 for i in (*differences.values(), *marked))])
        )
        last = min(last, first + columns - 1)
    left += 30 if first > 1 else 0
    return LogLayout(
        logs, commit, next_index, match_index, outline, differences, left, 74.0, box, first, last
    )


def differences_of(logs: Mapping[str, Log]) -> dict[str, int]:
    """The first index at which each log differs from the first log; of two, both are named."""
    names = list(logs)
    parted = {
        name: logs[name].common_prefix(logs[names[0]]) + 1
        for name in names[1:]
        if logs[name] != logs[names[0]]
    }
    # With two logs both have the difference; with more, the first one is the standard.
    if len(names) == 2 and parted:
        parted[names[0]] = parted[names[1]]
    return parted
