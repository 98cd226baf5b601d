"""Faults that befall what is under way already: one message in the air, one timer that runs.

The faults of faults.py lie in wait for what comes; whoever watches a run live points at
a message that he sees. It is named by its ends, its kind, and its place among its like.
"""

from typing import Literal

from raftkit.protocol.record import record
from raftkit.simulator.number_arguments import require_whole

Catching = Literal["lose", "repeat", "hold up"]


@record
class Catch:
    """Do something to one message that is on its way from `source` to `target` now.

    Of those of this `kind` (the name of the message's class), it is the one at `place` in the
    order of sending, counted from 0. It is lost; or arrives once more, or only, `delay`
    microseconds later than it would have. Nothing happens if there is no such message.
    """

    source: str
    target: str
    kind: str
    place: int = 0
    verdict: Catching = "lose"
    delay: int = 1_000

    def __post_init__(self) -> None:
        require_whole("place", self.place)
        require_whole("delay", self.delay)
        if self.verdict not in ("lose", "repeat", "hold up"):
            raise ValueError(
                f'a message is caught to "lose", "repeat" or "hold up" it, not {self.verdict!r}'
            )


@record
class SetTimer:
    """Let a timer that runs on a server run out `delay` microseconds from now instead."""

    server: str
    delay: int
    timer: str = "election"

    def __post_init__(self) -> None:
        require_whole("delay", self.delay, 1)
