"""Actions that run a cluster by hand: every message and every timer waits for one of them.

A search decides in which order messages arrive and timers run out; these actions repeat its
decisions on the simulator. From `ByHand` to `HandsOff` nothing happens between two of them,
however much time passes, so a schedule of them does not depend on random delays. Their
effects are in action_effects.py.
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

    Held messages are sent now, and every timer that runs starts anew, because no time passed for
    them while the cluster was run by hand.
    """


@record
class Deliver:
    """Let one of the messages that are held from `source` to `target` arrive.

    `kind` is the name of the message's class, None for any. `place` counts the matching messages
    in the order of sending, from 0; as in Python, -1 is the newest. With `again` the network keeps
    a copy, so that the message can arrive twice. Nothing happens if there is no such message.
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
    """Lose one of the held messages; the fields have the same meaning as in `Deliver`."""

    source: str
    target: str
    kind: str | None = None
    place: int = 0

    def __post_init__(self) -> None:
        require_whole("place", self.place, None)


def is_by_hand(history: "History", time: int) -> bool:
    """Whether a cluster is run by hand at the instant `time`, in microseconds.

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
