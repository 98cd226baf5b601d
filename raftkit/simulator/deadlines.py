"""`Deadlines`: when each timer that was set in a run runs out.

A run sets a timer in every other step, and a lecture lasts long, so they are kept in few bytes.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

# A timer that was set: the instant, the process, the timer, and when it runs out (microseconds).
Deadline = tuple[int, str, str, int]


class Deadlines:
    """Deadlines in the order in which their timers were set.

    >>> deadlines = Deadlines()
    >>> deadlines.append((0, "S1", "election", 150_000))
    >>> deadlines.append((9, "S1", "election", 170_000))
    >>> deadlines.find("S1", "election", 0), deadlines.find("S1", "election", 5)
    (150000, None)
    """

    def __init__(self) -> None:
        self._set_at, self._ends = array("q"), array("q")
        self._timers: list[tuple[str, str]] = []  # of which process, and which one
        self._known: dict[tuple[str, str], tuple[str, str]] = {}

    def append(self, deadline: Deadline) -> None:
        """Add the deadline of a timer that is set now."""
        set_at, process, timer, end = deadline
        whose = (process, timer)
        self._set_at.append(set_at)
        self._timers.append(self._known.setdefault(whose, whose))
        self._ends.append(end)

    def find(self, process: str, timer: str, set_at: int) -> int | None:
        """When a timer that was set last at an instant runs out; None if none was."""
        first, last = bisect_left(self._set_at, set_at), bisect_right(self._set_at, set_at)
        for place in reversed(range(first, last)):
            if self._timers[place] == (process, timer):
                return self._ends[place]
        return None

    def first(self, count: int) -> "Deadlines":
        """The first so many of them."""
        made = Deadlines()
        made._set_at, made._ends = self._set_at[:count], self._ends[:count]
        made._timers, made._known = self._timers[:count], self._known
        return made

    def __len__(self) -> int:
        return len(self._timers)

    def __iter__(self) -> Iterator[Deadline]:
        for set_at, (process, timer), end in zip(
            self._set_at, self._timers, self._ends, strict=True
        ):
            yield set_at, process, timer, end
