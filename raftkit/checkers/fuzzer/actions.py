"""The actions of the fuzzer: one small function for each kind of action.

Each function looks at the cluster and draws a concrete action, and notes the action that would mend
the harm. The drawn actions are the trial's schedule, so the trial can be run again without drawing.
Which kinds a trial uses is decided in configuration.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from raftkit.checkers.fuzzer.fault_targets import FaultTargets
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
    NetworkConditions,
    Partition,
    Pause,
    Propose,
    Restart,
    Resume,
    SlowDisk,
    Timeout,
    TornWrite,
)
from raftkit.simulator.raft_system import Action


@dataclass(slots=True)
class GeneratorState:
    """What an action is drawn from: the servers to aim at, the random source, earlier actions.

    With probability `aim` an action is aimed. `remedies` are actions that would mend what is broken
    now. `plan` holds the next actions, where one action is the first of several: the time to wait
    before each, and its kind. Times are microseconds.
    """

    targets: FaultTargets
    draw: Draw
    aim: float
    links: tuple[tuple[str, str], ...]
    clients: tuple[str, ...]
    round_trip: int
    commands: int = 0
    remedies: list[Action] = field(default_factory=list)
    plan: list[tuple[int, str]] = field(default_factory=list)

    def any_server(self) -> str:
        """Return a server to do something to."""
        return self.targets.any_server(self.draw, self.aim)

    def one_of(self, *choices: Any) -> Any:
        """Return one of `choices`."""
        return self.draw.one_of(choices)


def draw_action(kind: str, state: GeneratorState) -> Action:
    """Return an action of this kind, or an election if this cluster has no links to lose."""
    if kind in ("partition", "cut") and not state.links:
        kind = "elect"  # A cluster of one server has no links.
    return _ACTIONS[kind](state)


def draw_remedy(state: GeneratorState) -> Action:
    """Return an action that mends one thing, which may have mended itself by now."""
    return state.remedies.pop(state.draw.below(len(state.remedies)))


# Elections and commands --------------------------------------------------------------------


def _elect(state: GeneratorState) -> Action:
    """An election at a server that does not lead, mostly the best or the worst candidate."""
    targets, draw = state.targets, state.draw
    running = tuple(name for name in targets.states if name not in targets.leaders + targets.paused)
    if draw.chance(state.aim):
        group = draw.one_of((targets.up_to_date(), targets.behind(), targets.candidates)) or running
        running = tuple(name for name in group if name in running)
    return Timeout(draw.one_of(running or targets.servers))


def _heartbeat(state: GeneratorState) -> Action:
    """A heartbeat of a leader before it is due, perhaps of a leader that is out of date."""
    return Timeout(state.draw.one_of(state.targets.leaders or state.targets.servers), "heartbeat")


def _propose(state: GeneratorState) -> Action:
    """A command of a client or from outside, sometimes handed to an outdated leader."""
    draw = state.draw
    if state.clients and draw.chance(0.6):
        return ask(draw.one_of(state.clients), state)
    state.commands += 1
    leaders = state.targets.leaders
    target = draw.one_of(leaders) if leaders and draw.chance(0.4) else None
    return Propose(f"x={state.commands}", target)


def ask(client: str, state: GeneratorState) -> Ask:
    """Return a client's command of any kind, on two keys; half of the commands only read."""
    state.commands += 1
    number = state.commands
    writes = (f"x={number}", f"x+={number}", f"y={number}", f"y?{number - 1}={number}")
    return Ask(client, state.draw.one_of((*writes, "x", "x", "y", "y")))


# A change of leader -----------------------------------------------------------------------


def _change_leader(state: GeneratorState) -> Action:
    """Remove one leader and elect another, which random actions rarely do in that order.

    Most deep mistakes need several leaders in a row while their followers' logs differ.
    """
    draw, soon = state.draw, state.round_trip
    plan = [(soon + draw.below(2 * soon), "elect")]
    if draw.chance(0.5):
        plan.append((soon // 2 + draw.below(2 * soon), "drop entries"))
    plan += [(draw.below(2 * soon), "propose") for _ in range(draw.below(4))]
    state.plan = plan
    return _heal(state) if draw.chance(0.5) else _remove_leader(state)


def _heal(state: GeneratorState) -> Action:
    """Mend all links, and mostly restart or resume a server in the next action."""
    state.remedies = [remedy for remedy in state.remedies if not isinstance(remedy, Heal | Mend)]
    back = [remedy for remedy in state.remedies if isinstance(remedy, Restart | Resume)]
    if back and state.draw.chance(0.8):
        state.plan = [(0, "mend"), *state.plan]
    return Heal()


def _remove_leader(state: GeneratorState) -> Action:
    """Partition, crash or pause the leader."""
    leader = state.draw.one_of(state.targets.leaders or state.targets.servers)
    if state.draw.chance(0.7):
        state.remedies.append(Heal())
        return Partition(((leader,),))
    if state.draw.chance(0.6):
        state.remedies.append(Restart(leader))
        return Crash(leader)
    state.remedies.append(Resume(leader))
    return Pause(leader)


def _drop_entries(state: GeneratorState) -> Action:
    """Drop the leader's next entries to some or all servers, or remove the leader."""
    leader = state.draw.one_of(state.targets.leaders or state.targets.servers)
    peers = len(state.targets.servers) - 1
    if not peers or state.draw.chance(0.3):
        return _remove_leader(state)
    count = 1 + state.draw.below(2 * peers)
    return Drop(leader, None, "AppendEntriesRequest", count=count)


def _mend(state: GeneratorState) -> Action:
    return draw_remedy(state) if state.remedies else Heal()


# Faults of servers ------------------------------------------------------------------------


def _crash(state: GeneratorState) -> Action:
    server = state.any_server()
    state.remedies.append(Restart(server))
    return Crash(server)


def _torn_write(state: GeneratorState) -> Action:
    """A crash in the middle of the next write, or between that write and its messages."""
    server = state.any_server()
    state.remedies.append(Restart(server))
    return TornWrite(server, state.draw.below(2))


def _pause(state: GeneratorState) -> Action:
    server = state.any_server()
    state.remedies.append(Resume(server))
    return Pause(server)


def _drift(state: GeneratorState) -> Action:
    server = state.any_server()
    state.remedies.append(Drift(server, 0))
    return Drift(server, state.one_of(-600_000, -200_000, 200_000, 900_000))


def _slow_disk(state: GeneratorState) -> Action:
    server = state.any_server()
    state.remedies.append(MendDisk(server))
    return SlowDisk(server, state.one_of(2_000, 15_000, 80_000))


# Faults of the network --------------------------------------------------------------------


def _partition(state: GeneratorState) -> Action:
    """Partition one server, two servers, or about half of them."""
    targets, draw = state.targets, state.draw
    server = state.any_server()
    state.remedies.append(Heal())
    if draw.chance(0.5):
        return Partition(((server,),))
    if draw.chance(0.5):
        return Partition((tuple(sorted((server, targets.another_server(draw, server)))),))
    half = tuple(name for name in targets.servers if draw.chance(0.5)) or targets.servers[:1]
    return Partition((half,))


def _cut(state: GeneratorState) -> Action:
    """Cut one link, or one direction of it."""
    source, target = state.draw.one_of(state.links)
    state.remedies.append(Mend(source, target))
    return Cut(source, target, one_way=state.draw.chance(0.5))


def _network_conditions(state: GeneratorState) -> Action:
    state.remedies.append(NetworkConditions())
    return NetworkConditions(
        loss=state.one_of(0.0, 0.1, 0.3),
        duplicate=state.one_of(0.0, 0.1, 0.4),
        slow=state.one_of(0.0, 0.2, 0.5),
        latency_slow=state.one_of(10_000, 40_000, 300_000),
    )


# Faults of messages -----------------------------------------------------------------------


def _drop(state: GeneratorState) -> Action:
    return Drop(*_pattern(state), count=1 + state.draw.below(state.one_of(1, 2, 4)))


def _duplicate(state: GeneratorState) -> Action:
    return Duplicate(*_pattern(state), count=1 + state.draw.below(state.one_of(1, 2, 4)))


def _delay(state: GeneratorState) -> Action:
    """Delay a message by some round trips, or until another leader has been elected."""
    draw = state.draw
    late = 1_000 * (5 + draw.below(40)) if draw.chance(0.6) else 1_000 * (50 + draw.below(400))
    return Delay(late, *_pattern(state), count=1 + draw.below(2))


def _pattern(state: GeneratorState) -> tuple[str | None, str | None, str | None]:
    """Which messages: those from or to one server, nearly always of one kind."""
    draw = state.draw
    server, kind = state.any_server(), draw.one_of(MESSAGES) if draw.chance(0.9) else None
    if len(state.targets.servers) > 1 and draw.chance(0.4):
        return server, state.targets.another_server(draw, server), kind
    return (server, None, kind) if draw.chance(0.6) else (None, server, kind)


_ACTIONS: dict[str, Callable[[GeneratorState], Action]] = {
    "elect": _elect,
    "propose": _propose,
    "crash": _crash,
    "torn write": _torn_write,
    "partition": _partition,
    "cut": _cut,
    "pause": _pause,
    "drop": _drop,
    "duplicate": _duplicate,
    "delay": _delay,
    "network conditions": _network_conditions,
    "drift": _drift,
    "slow disk": _slow_disk,
    "heartbeat": _heartbeat,
    "change leader": _change_leader,
    "heal": _heal,
    "drop entries": _drop_entries,
    "mend": _mend,
}
