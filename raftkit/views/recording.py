"""`Recording`: a run for the live player, with the rules or servers with which it can go on.

Checks and stories hand their runs to the player in this form. It draws nothing and imports no
widgets, so that a check of an answer does not have to wait for them.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from raftkit.checkers.trials import AnyRules
from raftkit.simulator import History
from raftkit.simulator.raft_system import MILLISECOND, MakeServer
from raftkit.views.picture import Picture

# A player opens this many records before a broken property, but not more milliseconds than this.
_RECORDS_BEFORE = 8
_MS_BEFORE = 200


@dataclass(frozen=True, eq=False)
class Recording:
    """A history, and the rules or the class of servers that made it, which it cannot hold.

    It opens at `from_ms`; by default shortly before the first broken property, or else at its
    beginning.
    """

    history: History
    title: str = ""
    rules: AnyRules = None
    make_server: MakeServer | None = None
    from_ms: float | None = None

    @property
    def parts(self) -> dict[str, Any]:
        """The arguments that make a cluster that can repeat the history."""
        given = {"rules": self.rules, "make_server": self.make_server}
        return {name: part for name, part in given.items() if part is not None}

    @property
    def opening_ms(self) -> float:
        """The instant at which a player opens it, in milliseconds."""
        if self.from_ms is not None:
            return self.from_ms
        broken = next(iter(self.history.violations), None)
        if broken is None:
            return 0.0
        first = self.history.records[max(0, broken.step - _RECORDS_BEFORE)].time
        return float(max(first / MILLISECOND, broken.time / MILLISECOND - _MS_BEFORE))


class Playable(Protocol):
    """A value that a notebook shows and that has a run; None if there is none to play."""

    @property
    def recording(self) -> Recording | None:
        """The run."""


@dataclass(frozen=True, slots=True, repr=False)
class PlayablePicture(Picture):
    """A picture of a run, with the run itself."""

    recording: Recording
