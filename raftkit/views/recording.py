"""`Recording`: a run to be played, with the rules or the servers with which it can go on.

What a check has found, or a story has told, comes to the live player as this. It draws
nothing and knows no widgets, so that whoever only checks an answer need not wait for them.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from raftkit.checkers.trials import AnyRules
from raftkit.simulator import History
from raftkit.simulator.raft_system import MILLISECOND, MakeServer
from raftkit.views.picture import Picture

# Of what leads to a broken promise: some acts by hand, or some messages, but no long silence.
_RECORDS_BEFORE = 8
_MS_BEFORE = 200


@dataclass(frozen=True, eq=False)
class Recording:
    """A history, and what it cannot hold: the rules, or the class of servers, that made it.

    It is opened at `from_ms`; without that shortly before the first broken promise, or else at its
    beginning.
    """

    history: History
    title: str = ""
    rules: AnyRules = None
    make_server: MakeServer | None = None
    from_ms: float | None = None

    @property
    def parts(self) -> dict[str, Any]:
        """The arguments with which a cluster is made that runs it again."""
        given = {"rules": self.rules, "make_server": self.make_server}
        return {name: part for name, part in given.items() if part is not None}

    @property
    def opening_ms(self) -> float:
        """Where to begin to look, in milliseconds."""
        if self.from_ms is not None:
            return self.from_ms
        broken = next(iter(self.history.violations), None)
        if broken is None:
            return 0.0
        first = self.history.records[max(0, broken.step - _RECORDS_BEFORE)].time
        return float(max(first / MILLISECOND, broken.time / MILLISECOND - _MS_BEFORE))


class Playable(Protocol):
    """What a notebook shows of a run, with the run itself; None if there is none to be played."""

    @property
    def recording(self) -> Recording | None:
        """The run."""


@dataclass(frozen=True, slots=True, repr=False)
class PlayablePicture(Picture):
    """A picture of a run, with the run."""

    recording: Recording
