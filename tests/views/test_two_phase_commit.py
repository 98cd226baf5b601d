"""A protocol that is not Raft, two-phase commit, and all that the kit gives it for nothing."""

from raftkit.checkers.explorer import Bounds, explore_system
from raftkit.checkers.invariants import Invariant, holding
from raftkit.protocol import Effects, Look
from raftkit.protocol.record import record
from raftkit.simulator import History, System
from raftkit.views import space_time
from raftkit.views.player import play

NAMES = ("C", "P1", "P2")


@record
class Say:
    source: str
    target: str
    text: str


@record
class Phase:
    name: str

    def look(self):
        return Look(self.name, outline="thick" if self.name.endswith("ted") else "thin")


class Process:
    def __init__(self, id, gives_up, disk):
        self.id, self.phase, self.ready = id, disk or Phase("begun"), {id}
        self.waits = (("patience", "restart"),) if id == "C" or gives_up else ()

    def start(self):
        return self.tell("prepare") if self.id == "C" else Effects()

    def handle(self, event):
        match self.id, self.phase.name, getattr(event, "text", "timeout"):
            case "C", "begun", "ready":
                self.ready.add(event.source)
                return self.enter("committed") if self.ready == {*NAMES} else Effects()
            case _, "begun", "prepare":
                return self.enter("ready")
            case _, "begun" | "ready", "timeout" | "aborted":
                return self.enter("aborted")
            case _, "ready", "committed":
                return self.enter("committed")
        return Effects()

    def enter(self, phase):
        self.phase = Phase(phase)
        return self.tell(phase, writes=(self.phase,))

    def tell(self, text, **effects):
        said = [Say(self.id, to, text) for to in (NAMES[1:] if self.id == "C" else "C")]
        return Effects(said, timers=self.waits, **effects)

    def timer_duration(self, timer, draw):
        return 30_000

    def observe(self):
        return self.phase


def test_two_phase_commit_is_run_checked_drawn_saved_replayed_explored_and_played():
    right, wrong = ({n: lambda disk, n=n, g=g: Process(n, g, disk) for n in NAMES} for g in (0, 1))
    both = {Phase("committed"), Phase("aborted")}
    agree = Invariant("Agreement", "2PC", lambda now: not both <= {*now.values()})
    system = System(right, seed=3, watch=[holding(agree)])
    system.run(ms=100)
    text = system.history.to_json()
    searched = explore_system(right, invariants=[agree], bounds=Bounds(commands=0, crashes=2))
    broken = explore_system(wrong, invariants=[agree])

    assert {system.state(name) for name in NAMES} == {Phase("committed")}
    assert System.replay(History.from_json(text), processes=right).history.to_json() == text
    assert (searched.verdict, broken.violation.property) == ("exhausted", "Agreement")
    assert "P1  patience timeout; is aborted" in space_time(broken.history).text
    assert "P2 is committed" in str(play(system).opening_report()["marks"])
