"""Actions on a message that is on its way already, and on a timer that is running.

Faults such as `Drop` in faults.py concern the next messages that are sent. In the player one
clicks at a message that is already drawn; it is named by its ends, its kind, and its place
among such messages. The effects are in action_effects.py.
"""

from typing import Literal

from raftkit.protocol.record import record
from raftkit.simulator.number_arguments import require_whole

Catching = Literal["lose", "repeat", "hold up"]


@record
class Catch:
    """Lose, repeat or delay one message that is on its way from `source` to `target` now.

    `kind` is the name of the message's class; `place` counts such messages in the order of
    sending, from 0. With "repeat" a copy arrives `delay` microseconds after the message, with
    "hold up" the message itself arrives that much later. Nothing happens if there is none.
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
    """Let a running timer of a server run out `delay` microseconds from now instead."""

    server: str
    delay: int
    timer: str = "election"

    def __post_init__(self) -> None:
        require_whole("delay", self.delay, 1)
