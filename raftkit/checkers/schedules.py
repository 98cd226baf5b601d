"""Schedules of faults, drawn at random from a seed.

A short trial forces elections and delays or repeats single messages, so that what it breaks fits in
a picture. A long trial has partitions, crashes and an unreliable network, and everything is mended
at its end: then there must be progress. Neither looks at the cluster while it is drawn; the fuzzer
does.
"""

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from raftkit.checkers.trials import AnyRules, Timed, Trial, first_violation
from raftkit.simulator.faults import (
    Crash,
    Cut,
    Delay,
    Drop,
    Duplicate,
    Heal,
    NetworkConditions,
    Partition,
    Pause,
    Restart,
    Resume,
    Timeout,
    TornWrite,
)
from raftkit.simulator.raft_system import Action, MakeServer, Propose

MESSAGES = (
    "RequestVoteRequest",
    "RequestVoteResponse",
    "AppendEntriesRequest",
    "AppendEntriesResponse",
)


class Draw:
    """Random choices from one seed, the same under every version of Python.

    `random.Random` promises that only for `random()`.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random

    def below(self, limit: int) -> int:
        """Return a whole number from 0 to `limit` - 1."""
        return int(self._random() * limit)

    def chance(self, probability: float) -> bool:
        """Return True with the given probability."""
        return self._random() < probability

    def one_of(self, choices: tuple[Any, ...]) -> Any:
        """Return one of `choices`."""
        return choices[self.below(len(choices))]


def search(
    rules: AnyRules,
    seeds: Iterable[int],
    draw: Callable[[int], Trial] | None = None,
    make_server: MakeServer | None = None,
) -> Trial | None:
    """Return the first trial among `seeds` that breaks a property, or None.

    >>> from raftkit.protocol import Rules
    >>> search(Rules(), range(20)) is None
    True
    """
    for seed in seeds:
        trial = (draw or draw_short_trial)(seed)
        if first_violation(trial, rules, make_server) is not None:
            return trial
    return None


def draw_short_trial(seed: int, servers: int = 3) -> Trial:
    """Return a short trial: some 100 ms, two to eight turns, mostly elections.

    A turn is one or two actions: a server that crashes restarts soon, and a partition is healed.
    """
    draw = Draw(seed)
    names = tuple(f"S{number}" for number in range(1, servers + 1))
    schedule: list[Timed] = []
    at = 0
    for _ in range(2 + draw.below(7)):
        # Up to 15 ms apart, about as long as a message and its answer take, so that an action may
        # happen before or after the answer.
        at += 1_000 * draw.below(16)
        schedule += _short_trial_action(draw, names, at)
    schedule.sort(key=lambda timed: timed.at)
    # The last action may break something only after an election and an answer or two.
    return Trial(servers, draw.below(1 << 20), tuple(schedule), at + 60_000)


def _short_trial_action(draw: Draw, names: tuple[str, ...], at: int) -> list[Timed]:
    """Return the actions of one turn: four kinds of ten force an election, two propose a command.

    Two elections close together break most wrong rules, so elections are drawn most often.
    """
    server = draw.one_of(names)
    kind = draw.below(10)
    if kind < 4:
        return [Timed(at, Timeout(server))]
    if kind < 6:
        return [Timed(at, Propose(f"x={at // 1_000}"))]
    if kind == 6:
        keep = draw.below(2)
        crash: Action = TornWrite(server, keep) if draw.chance(0.5) else Crash(server)
        return [Timed(at, crash), Timed(at + 1_000 * draw.below(30), Restart(server))]
    if kind == 7:
        return [Timed(at, Partition(((server,),))), Timed(at + 1_000 * draw.below(40), Heal())]
    message = draw.one_of(MESSAGES)
    if kind == 8:
        return [Timed(at, Duplicate(source=server, kind=message, count=1 + draw.below(2)))]
    target = draw.one_of(names) if draw.chance(0.5) else None
    if draw.chance(0.5):
        return [Timed(at, Drop(source=server, target=target, kind=message))]
    return [Timed(at, Delay(1_000 * (5 + draw.below(40)), server, target, message))]


def draw_long_trial(seed: int, servers: int = 5, ms: int = 3_000) -> Trial:
    """Return a long trial: every kind of fault for `ms` milliseconds, then everything is mended."""
    draw = Draw(seed)
    names = tuple(f"S{number}" for number in range(1, servers + 1))
    end = ms * 1_000
    # Each condition is off in half of the trials, so that reliable networks are tried too.
    conditions = NetworkConditions(
        loss=0.25 * draw.below(2) * draw.below(100) / 100,
        duplicate=0.25 * draw.below(2) * draw.below(100) / 100,
        slow=0.2 * draw.below(2),
        latency_slow=1_000 * (20 + draw.below(300)),
    )
    schedule = [Timed(0, conditions)]
    at = 0
    while True:
        at += 1_000 * (10 + draw.below(240))
        if at >= end:
            break
        schedule += _long_trial_action(draw, names, at)
    schedule = [timed for timed in schedule if timed.at < end]
    schedule.sort(key=lambda timed: timed.at)
    return Trial(servers, draw.below(1 << 20), tuple(schedule), end, heals=True)


def _long_trial_action(draw: Draw, names: tuple[str, ...], at: int) -> list[Timed]:
    """Return the next actions of a long trial, of nine kinds that are equally likely.

    The kinds are functions, so that only the chosen one draws further numbers.
    """
    server = draw.one_of(names)
    later = at + 1_000 * (20 + draw.below(600))
    actions: tuple[Callable[[], list[Timed]], ...] = (
        lambda: [Timed(at, Propose(f"x={at // 1_000}"))],
        lambda: [Timed(at + 2_000 * turn, Propose(f"y={turn}")) for turn in range(4)],
        lambda: [Timed(at, Partition((_some(draw, names),))), Timed(later, Heal())],
        lambda: [Timed(at, Crash(server)), Timed(later, Restart(server))],
        lambda: [Timed(at, TornWrite(server, draw.below(2))), Timed(later, Restart(server))],
        lambda: [Timed(at, Pause(server)), Timed(later, Resume(server))],
        lambda: [Timed(at, Cut(server, _other(draw, names, server), one_way=draw.chance(0.5)))],
        lambda: [Timed(at, Heal())],
        lambda: [Timed(at, Timeout(server))],
    )
    chosen: Callable[[], list[Timed]] = draw.one_of(actions)
    return chosen()


def _some(draw: Draw, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return about half of the servers, at least one: either side may hold the majority."""
    return tuple(name for name in names if draw.chance(0.5)) or names[:1]


def _other(draw: Draw, names: tuple[str, ...], server: str) -> str:
    """Return another server than `server`."""
    return str(draw.one_of(tuple(name for name in names if name != server)))
