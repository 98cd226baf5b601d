"""What may be done to a cluster: one small function for each kind of act.

Each looks at the cluster and draws a concrete act, with names and numbers in it, and
what would mend the harm. Since the act is written down, a trial replays without
looking again. Which kinds a trial knows is its character's business.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from raftkit.checkers.fuzzer.sight import Sight
from raftkit.checkers.schedules import MESSAGES, Draw
from raftkit.simulator import (
    Ask,
    Crash,
    Cut,
    Delay,
    Drift,
    Drop,
    Duplicate,
    Heal,
    Mend,
    MendDisk,
    Partition,
    Pause,
    Propose,
    Restart,
    Resume,
    SlowDisk,
    Timeout,
    TornWrite,
    Weather,
)
from raftkit.simulator.cluster import Action


@dataclass(slots=True)
class Stage:
    """What an act is drawn from: the sight of the cluster, the draws, how well it is aimed.

    `remedies` are the acts that would mend what is broken by now, `plan` the kinds of the next
    acts and the time before each, where one act is the first of several. Times are microseconds.
    """

    sight: Sight
    draw: Draw
    aim: float
    links: tuple[tuple[str, str], ...]
    clients: tuple[str, ...]
    round_trip: int
    commands: int = 0
    remedies: list[Action] = field(default_factory=list)
    plan: list[tuple[int, str]] = field(default_factory=list)

    def somebody(self) -> str:
        """A server to do something to."""
        return self.sight.somebody(self.draw, self.aim)

    def one_of(self, *choices: Any) -> Any:
        """One of `choices`."""
        return self.draw.one_of(choices)


def draw_act(kind: str, stage: Stage) -> Action:
    """An act of a kind, or of another one if this cluster has no place for it."""
    if kind in ("part", "cut") and not stage.links:
        kind = "elect"  # A server alone has no links to lose.
    return _ACTS[kind](stage)


def draw_remedy(stage: Stage) -> Action:
    """An act that mends one thing, or nothing if that has mended itself."""
    return stage.remedies.pop(stage.draw.below(len(stage.remedies)))


# The life of a cluster --------------------------------------------------------------------


def _elect(stage: Stage) -> Action:
    """An election among those who can begin one, the best and the worst candidate above all."""
    sight, draw = stage.sight, stage.draw
    running = tuple(name for name in sight.states if name not in sight.leaders + sight.paused)
    if draw.chance(stage.aim):
        group = draw.one_of((sight.up_to_date(), sight.behind(), sight.candidates)) or running
        running = tuple(name for name in group if name in running)
    return Timeout(draw.one_of(running or sight.servers))


def _heartbeat(stage: Stage) -> Action:
    """A leader speaks up out of turn, perhaps one that is out of date."""
    return Timeout(stage.draw.one_of(stage.sight.leaders or stage.sight.servers), "heartbeat")


def _propose(stage: Stage) -> Action:
    """A command: from a client, or from outside, now and then to a leader that is out of date."""
    draw = stage.draw
    if stage.clients and draw.chance(0.6):
        return ask(draw.one_of(stage.clients), stage)
    stage.commands += 1
    leaders = stage.sight.leaders
    target = draw.one_of(leaders) if leaders and draw.chance(0.4) else None
    return Propose(f"x={stage.commands}", target)


def ask(client: str, stage: Stage) -> Ask:
    """A client's command, of each kind, on two keys; half of them only look."""
    stage.commands += 1
    number = stage.commands
    writes = (f"x={number}", f"x+={number}", f"y={number}", f"y?{number - 1}={number}")
    return Ask(client, stage.draw.one_of((*writes, "x", "x", "y", "y")))


# The change of a reign --------------------------------------------------------------------


def _reign(stage: Stage) -> Action:
    """Out with one leader, in with another: what random acts hardly ever do one after the other.

    Most deep mistakes need leaders that follow each other while their followers' logs differ.
    """
    draw, soon = stage.draw, stage.round_trip
    plan = [(soon + draw.below(2 * soon), "elect")]
    if draw.chance(0.5):
        plan.append((soon // 2 + draw.below(2 * soon), "mute"))
    plan += [(draw.below(2 * soon), "propose") for _ in range(draw.below(4))]
    stage.plan = plan
    return _heal(stage) if draw.chance(0.5) else _oust(stage)


def _heal(stage: Stage) -> Action:
    """Mend all links, and let those who are down come back in the next acts."""
    stage.remedies = [remedy for remedy in stage.remedies if not isinstance(remedy, Heal | Mend)]
    back = [remedy for remedy in stage.remedies if isinstance(remedy, Restart | Resume)]
    if back and stage.draw.chance(0.8):
        stage.plan = [(0, "mend"), *stage.plan]
    return Heal()


def _oust(stage: Stage) -> Action:
    """Take the leader away: cut it off, crash it, or make it stand still."""
    leader = stage.draw.one_of(stage.sight.leaders or stage.sight.servers)
    if stage.draw.chance(0.7):
        stage.remedies.append(Heal())
        return Partition(((leader,),))
    if stage.draw.chance(0.6):
        stage.remedies.append(Restart(leader))
        return Crash(leader)
    stage.remedies.append(Resume(leader))
    return Pause(leader)


def _mute(stage: Stage) -> Action:
    """The leader's next entries reach nobody, or not everybody."""
    leader = stage.draw.one_of(stage.sight.leaders or stage.sight.servers)
    peers = len(stage.sight.servers) - 1
    if not peers or stage.draw.chance(0.3):
        return _oust(stage)
    count = 1 + stage.draw.below(2 * peers)
    return Drop(leader, None, "AppendEntriesRequest", count=count)


def _mend(stage: Stage) -> Action:
    return draw_remedy(stage) if stage.remedies else Heal()


# Harm to servers --------------------------------------------------------------------------


def _crash(stage: Stage) -> Action:
    server = stage.somebody()
    stage.remedies.append(Restart(server))
    return Crash(server)


def _tear(stage: Stage) -> Action:
    """A crash in the middle of the next write, or between that write and its messages."""
    server = stage.somebody()
    stage.remedies.append(Restart(server))
    return TornWrite(server, stage.draw.below(2))


def _pause(stage: Stage) -> Action:
    server = stage.somebody()
    stage.remedies.append(Resume(server))
    return Pause(server)


def _drift(stage: Stage) -> Action:
    server = stage.somebody()
    stage.remedies.append(Drift(server, 0))
    return Drift(server, stage.one_of(-600_000, -200_000, 200_000, 900_000))


def _slow_disk(stage: Stage) -> Action:
    server = stage.somebody()
    stage.remedies.append(MendDisk(server))
    return SlowDisk(server, stage.one_of(2_000, 15_000, 80_000))


# Harm to the network ----------------------------------------------------------------------


def _part(stage: Stage) -> Action:
    """One server alone, one with a companion, or about half of all: either side may be more."""
    sight, draw = stage.sight, stage.draw
    server = stage.somebody()
    stage.remedies.append(Heal())
    if draw.chance(0.5):
        return Partition(((server,),))
    if draw.chance(0.5):
        return Partition((tuple(sorted((server, sight.another(draw, server)))),))
    half = tuple(name for name in sight.servers if draw.chance(0.5)) or sight.servers[:1]
    return Partition((half,))


def _cut(stage: Stage) -> Action:
    """One link, or one direction of it."""
    source, target = stage.draw.one_of(stage.links)
    stage.remedies.append(Mend(source, target))
    return Cut(source, target, one_way=stage.draw.chance(0.5))


def _weather(stage: Stage) -> Action:
    stage.remedies.append(Weather())
    return Weather(
        loss=stage.one_of(0.0, 0.1, 0.3),
        duplicate=stage.one_of(0.0, 0.1, 0.4),
        slow=stage.one_of(0.0, 0.2, 0.5),
        latency_slow=stage.one_of(10_000, 40_000, 300_000),
    )


# Harm to messages -------------------------------------------------------------------------


def _drop(stage: Stage) -> Action:
    return Drop(*_pattern(stage), count=1 + stage.draw.below(stage.one_of(1, 2, 4)))


def _duplicate(stage: Stage) -> Action:
    return Duplicate(*_pattern(stage), count=1 + stage.draw.below(stage.one_of(1, 2, 4)))


def _delay(stage: Stage) -> Action:
    """Held up by some round trips, or until another leader has been elected."""
    draw = stage.draw
    late = 1_000 * (5 + draw.below(40)) if draw.chance(0.6) else 1_000 * (50 + draw.below(400))
    return Delay(late, *_pattern(stage), count=1 + draw.below(2))


def _pattern(stage: Stage) -> tuple[str | None, str | None, str | None]:
    """Which messages: those from one server or to one, nearly always of one kind."""
    draw = stage.draw
    server, kind = stage.somebody(), draw.one_of(MESSAGES) if draw.chance(0.9) else None
    if len(stage.sight.servers) > 1 and draw.chance(0.4):
        return server, stage.sight.another(draw, server), kind
    return (server, None, kind) if draw.chance(0.6) else (None, server, kind)


_ACTS: dict[str, Callable[[Stage], Action]] = {
    "elect": _elect,
    "propose": _propose,
    "crash": _crash,
    "tear": _tear,
    "part": _part,
    "cut": _cut,
    "pause": _pause,
    "drop": _drop,
    "duplicate": _duplicate,
    "delay": _delay,
    "weather": _weather,
    "drift": _drift,
    "slow disk": _slow_disk,
    "heartbeat": _heartbeat,
    "reign": _reign,
    "heal": _heal,
    "mute": _mute,
    "mend": _mend,
}
