"""Where each entry of a picture of logs goes, and which part of long logs is shown.

It owns the geometry of `draw_logs` and the comparison of logs. It draws nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from raftkit.protocol.log import Log
from raftkit.views.svg import shortened, width_of

MARGIN: Final = 18.0
HEIGHT: Final = 36.0
SMALL: Final = 11.5
COMMAND_LENGTH: Final = 12
_ROOM: Final = 820.0  # for boxes; longer logs are shown in part

Indexes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class LogLayout:
    """What to draw, and the columns it takes: indexes `first` to `last`."""

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
        """Where the last column ends."""
        return self.x(self.last + 1) + (30 if self.is_cut else 0)

    @property
    def is_cut(self) -> bool:
        """Whether entries follow that are not drawn."""
        longest = max((log.last_index for log in self.logs.values()), default=0)
        return self.last < longest


def layout_of_logs(
    logs: Mapping[str, Log],
    commit: Mapping[str, int],
    next_index: Mapping[str, int],
    match_index: Mapping[str, int],
    outline: Indexes,
    differences: Mapping[str, int],
) -> LogLayout:
    """Lay out a picture of logs: how wide its boxes are, and which indexes have a column.

    All boxes are as wide as the longest command needs, so that one index is one column.
    """
    left = MARGIN + max([30.0, *(width_of(name[:16], 15) + 12 for name in logs)])
    commands = [shortened(e.command, COMMAND_LENGTH) for log in logs.values() for e in log]
    box = max([HEIGHT, *(width_of(command, SMALL) + 12 for command in commands)])
    marked = [index for indexes in outline.values() for index in indexes]
    longest = max([0, *(log.last_index for log in logs.values())])
    # One more column if it is spoken of: a missing entry, or where the next one goes.
    spoken = [*marked, *differences.values(), *next_index.values()]
    last = max([1, longest, *(index for index in spoken if index <= longest + 1)])
    columns = max(int(_ROOM // (box + 4)), 4)
    first = 1
    if last > columns:
        # Where the logs part matters more than where they end.
        first = max(
            1, min([last - columns + 1, *(i - 1 for i in (*differences.values(), *marked))])
        )
        last = min(last, first + columns - 1)
    left += 30 if first > 1 else 0
    return LogLayout(
        logs, commit, next_index, match_index, outline, differences, left, 74.0, box, first, last
    )


def differences_of(logs: Mapping[str, Log]) -> dict[str, int]:
    """Where each log parts from the first one; with only two, both are named."""
    names = list(logs)
    parted = {
        name: logs[name].common_prefix(logs[names[0]]) + 1
        for name in names[1:]
        if logs[name] != logs[names[0]]
    }
    # Of two logs neither is the standard; of three or more, the first one is.
    if len(names) == 2 and parted:
        parted[names[0]] = parted[names[1]]
    return parted
