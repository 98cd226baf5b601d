"""Schedules of faults, drawn at random from a seed.

Two kinds are drawn. A *draw_short_trial* is short and sharp: elections are forced and
single messages held up or repeated, so that what it breaks fits in a picture. A
*draw_long_trial* is long, with partitions, crashes and bad weather, and ends healed: then
there must be progress. Neither looks at the cluster; the fuzzer does.
"""

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from raftkit.checkers.trials import AnyRules, Timed, Trial, first_violation
from raftkit.simulator.cluster import Action, MakeServer, Propose
from raftkit.simulator.faults import (
    Crash,
    Cut,
    Delay,
    Drop,
    Duplicate,
    Heal,
    Partition,
    Pause,
    Restart,
    Resume,
    Timeout,
    TornWrite,
    Weather,
)

MESSAGES = (
    "RequestVoteRequest",
    "RequestVoteResponse",
    "AppendEntriesRequest",
    "AppendEntriesResponse",
)


class Draw:
    """Choices from one seed, the same under every version of Python.

    `random.Random` promises that only for `random()`.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1."""
        return int(self._random() * limit)

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self._random() < probability

    def one_of(self, choices: tuple[Any, ...]) -> Any:
        """One of `choices`."""
        return choices[self.below(len(choices))]


def search(
    rules: AnyRules,
    seeds: Iterable[int],
    draw: Callable[[int], Trial] | None = None,
    make_server: MakeServer | None = None,
) -> Trial | None:
    """The first trial among `seeds` that breaks a property, or None; skirmishes, unless told.

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
    """A short trial: some 100 ms, two to eight turns, elections above all.

    A turn is one or two acts: what crashes restarts soon, and what is cut is healed.
    """
    draw = Draw(seed)
    names = tuple(f"S{number}" for number in range(1, servers + 1))
    schedule: list[Timed] = []
    at = 0
    for _ in range(2 + draw.below(7)):
        # Up to 15 ms apart, which is about one message and its answer: the order of the two is
        # open.
        at += 1_000 * draw.below(16)
        schedule += _short_trial_act(draw, names, at)
    schedule.sort(key=lambda timed: timed.at)
    # After the last act, time for an election and an answer or two to show what it has broken.
    return Trial(servers, draw.below(1 << 20), tuple(schedule), at + 60_000)


def _short_trial_act(draw: Draw, names: tuple[str, ...], at: int) -> list[Timed]:
    """What one turn brings: of ten, four force an election and two propose a command.

    Two elections close together are what breaks most wrong rules, so they are drawn most often.
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
    """A long trial: everything at once for `ms` milliseconds, then healed."""
    draw = Draw(seed)
    names = tuple(f"S{number}" for number in range(1, servers + 1))
    end = ms * 1_000
    # Each kind of bad weather is on in half of the trials, or mildness would never be tried.
    weather = Weather(
        loss=0.25 * draw.below(2) * draw.below(100) / 100,
        duplicate=0.25 * draw.below(2) * draw.below(100) / 100,
        slow=0.2 * draw.below(2),
        latency_slow=1_000 * (20 + draw.below(300)),
    )
    schedule = [Timed(0, weather)]
    at = 0
    while True:
        at += 1_000 * (10 + draw.below(240))
        if at >= end:
            break
        schedule += _long_trial_act(draw, names, at)
    schedule = [timed for timed in schedule if timed.at < end]
    schedule.sort(key=lambda timed: timed.at)
    return Trial(servers, draw.below(1 << 20), tuple(schedule), end, heals=True)


def _long_trial_act(draw: Draw, names: tuple[str, ...], at: int) -> list[Timed]:
    """What happens next in a draw_long_trial: nine things, equally likely.

    They are functions, so that only the chosen one draws and the sequence stays easy to follow.
    """
    server = draw.one_of(names)
    later = at + 1_000 * (20 + draw.below(600))
    acts: tuple[Callable[[], list[Timed]], ...] = (
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
    chosen: Callable[[], list[Timed]] = draw.one_of(acts)
    return chosen()


def _some(draw: Draw, names: tuple[str, ...]) -> tuple[str, ...]:
    """About half of the servers, at least one: either side of a partition may hold the majority."""
    return tuple(name for name in names if draw.chance(0.5)) or names[:1]


def _other(draw: Draw, names: tuple[str, ...], server: str) -> str:
    """Another server than `server`."""
    return str(draw.one_of(tuple(name for name in names if name != server)))
