"""A protocol that is not Raft: two-phase commit in a few lines, and all that it gets for nothing."""

from dataclasses import dataclass
from functools import partial

from raftkit.checkers import Invariant, explore_system, holding
from raftkit.protocol import Effects, Look
from raftkit.protocol.messages import TimerFired
from raftkit.protocol.record import record
from raftkit.simulator import Crash, History, Restart, System
from raftkit.views import play, space_time

NAMES = ("C", "P1", "P2")


@record
class Prepare:
    source: str
    target: str


@record
class Prepared:
    source: str
    target: str


@record
class Decide:
    source: str
    target: str
    outcome: str


@record
class Stand:
    """Where a process stands: "begun", "prepared", "committed" or "aborted"."""

    phase: str

    def look(self):
        return Look(self.phase, outline="thick" if self.phase in ("committed", "aborted") else "thin")


class Participant:
    def __init__(self, name, disk, hasty=False):
        self.name, self.stand, self.hasty = name, disk or Stand("begun"), hasty
        self.prepared = set()

    def start(self):
        if self.name == "C" and self.stand.phase == "begun":
            return Effects(messages=self._all(Prepare), timers=(("patience", "restart"),))
        return Effects()

    def handle(self, event):
        match event:
            case Prepare() if self.stand.phase == "begun":
                return self._become("prepared", (Prepared(self.name, "C"),))
            case Prepared(source) if self.stand.phase == "begun":
                self.prepared.add(source)
                if len(self.prepared) == len(NAMES) - 1:
                    return self._decide("committed")
            case TimerFired() if self.stand.phase == "begun":
                return self._decide("aborted")
            case Decide(outcome=outcome):
                return self._become(outcome)
        return Effects()

    def timer_duration(self, timer, draw):
        return 40_000

    def observe(self):
        return self.stand

    def _all(self, kind, *rest):
        return tuple(kind(self.name, other, *rest) for other in NAMES if other != self.name)

    def _decide(self, outcome):
        return self._become(outcome, self._all(Decide, outcome))

    def _become(self, phase, messages=()):
        self.stand = Stand(phase)
        return Effects(messages=messages, writes=(self.stand,))
