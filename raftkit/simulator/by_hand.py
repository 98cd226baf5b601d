"""Running a cluster by hand: every message is held, and every timer, until somebody lets it go.

A search decides in which order messages arrive and timers run out; these faults
repeat such a decision on the real simulator. Between two of them nothing happens,
however much time passes, so a schedule of them is exact and not a matter of luck, until
`HandsOff` gives the cluster back to time.
"""

from typing import TYPE_CHECKING

from raftkit.protocol.record import record
from raftkit.simulator.number_arguments import require_whole

if TYPE_CHECKING:
    from raftkit.simulator.history import History


@record
class ByHand:
    """From now on no message arrives and no timer runs out by itself."""


@record
class HandsOff:
    """From now on messages travel and timers run by themselves again.

    What was held travels on from here, and every timer that runs starts anew: by hand, no time
    had passed.
    """


@record
class Deliver:
    """Let one of the messages arrive that are held from `source` to `target`.

    Of those of this `kind` (the name of the message's class; None for any), the one at `place` in
    the order of sending, counted from 0, or as in Python from the newest, which is -1. With `again`
    the network keeps a copy, so that it can arrive twice. Nothing happens if there is no such
    message.
    """

    source: str
    target: str
    kind: str | None = None
    place: int = 0
    again: bool = False

    def __post_init__(self) -> None:
        require_whole("place", self.place, None)


@record
class Lose:
    """Lose a held message for good; it is named as in `Deliver`."""

    source: str
    target: str
    kind: str | None = None
    place: int = 0

    def __post_init__(self) -> None:
        require_whole("place", self.place, None)


def is_by_hand(history: "History", time: int) -> bool:
    """Whether a run is by hand at an instant, in microseconds: whether it waits for somebody.

    >>> from raftkit import Cluster
    >>> cluster = Cluster(servers=3)
    >>> cluster.do(ByHand())
    >>> is_by_hand(cluster.history, 0)
    True
    """
    turns = [
        isinstance(asked.action, ByHand)
        for asked in history.inputs
        if asked.at <= time and isinstance(asked.action, ByHand | HandsOff)
    ]
    return bool(turns) and turns[-1]
