"""The trials of the second rung: schedules of faults for five servers that obey a student's rule.

The first trial has every kind of fault and ends healed. In the others a majority is left
alone, and only its election timers can give it a leader again (§5.2).
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from raftkit.checkers import Timed, Trial
from raftkit.protocol import Settings
from raftkit.simulator import (
    Action,
    Crash,
    Cut,
    Drift,
    Drop,
    Heal,
    Partition,
    Propose,
    Restart,
    Timeout,
)

TimedActions = tuple[tuple[int, Action], ...]

# How many short random schedules a check searches.
SHORT_TRIALS = 120


def short_trial_seeds(seed: int) -> range:
    """The numbers of the short schedules that a check searches under this seed.

    >>> short_trial_seeds(1)
    range(120, 240)
    """
    return range(SHORT_TRIALS * seed, SHORT_TRIALS * (seed + 1))


def cluster_trials(seed: int) -> Iterator[Trial]:
    """All trials of this seed."""
    return map(cluster_trial, range(CLUSTER_TRIALS * seed, CLUSTER_TRIALS * (seed + 1)))


def cluster_trial(number: int) -> Trial:
    """The trial with this number: all trials in turn, and in each turn with another seed."""
    seed, place = divmod(number, CLUSTER_TRIALS)
    return _TRIALS[place](seed)


def _a_bit_of_everything(seed: int) -> Trial:
    """Elections, partitions, a crash, and in the end a healed network."""
    actions: TimedActions = (
        (400, Propose("x=1")),
        (500, Partition((("S1", "S2"), ("S3", "S4", "S5")))),
        (520, Propose("x=2")),
        (1_300, Heal()),
        (1_310, Timeout("S1")),
        (1_600, Crash("S3")),
        (1_700, Propose("x=3")),
        (1_900, Timeout("S4")),
        (1_900, Timeout("S5")),
        (2_200, Restart("S3")),
        (2_300, Partition((("S5",),))),
        (2_900, Heal()),
    )
    return Trial(5, seed, _timed(actions), end=3_000_000, heals=True)


def _the_leader_dies(seed: int) -> Trial:
    """The leader crashes; the others must notice, and elect another."""
    return _left_alone(seed, ((0, Timeout("S1")), (300, Crash("S1"))))


def _the_candidate_dies(seed: int) -> Trial:
    """All vote for S2, which crashes before the votes arrive: the voters must not wait for it."""
    actions: TimedActions = (
        (0, Timeout("S1")),
        (100, Drop(target="S2", kind="RequestVoteResponse", count=4)),
        (100, Timeout("S2")),
        (125, Crash("S2")),
    )
    return _left_alone(seed, actions)


def _only_the_deposed_can_win(seed: int) -> Trial:
    """Three servers are left, and S1 has an entry that the others lack when S2 deposes it."""
    actions: TimedActions = (
        (0, Crash("S4")),
        (0, Crash("S5")),
        (1, Timeout("S1")),
        (60, Partition((("S1",),))),
        (61, Propose("x=1", "S1")),
        (63, Heal()),
        (64, Timeout("S2")),
    )
    return _left_alone(seed, actions)


def _all_stand_at_once(seed: int) -> Trial:
    """Every server votes for itself, so nobody wins, and another election is needed."""
    return _left_alone(seed, tuple((0, Timeout(f"S{number}")) for number in range(1, 6)))


def _an_old_leader_speaks(seed: int) -> Trial:
    """S1 leads on and receives nothing any more; S2 replaces it and crashes."""
    deaf = tuple((50, Cut(f"S{number}", "S1", one_way=True)) for number in range(2, 6))
    return _left_alone(seed, ((0, Timeout("S1")), *deaf, (60, Timeout("S2")), (110, Crash("S2"))))


def _one_stands_in_vain(seed: int) -> Trial:
    """S5 lacks an entry, so it cannot win; its clock is fast, so it always stands first."""
    actions: TimedActions = (
        (0, Drift("S5", -300_000)),
        (0, Timeout("S1")),
        (40, Partition((("S5",),))),
        (45, Propose("x=1", "S1")),
        (75, Crash("S1")),
        (75, Heal()),
    )
    # With these settings S5's longest timeout is shorter than the others' shortest, and still
    # leaves a leader time for two heartbeats.
    return replace(_left_alone(seed, actions), settings=Settings(150_000, 200_000, 50_000))


_TRIALS: tuple[Callable[[int], Trial], ...] = (
    _a_bit_of_everything,
    _the_leader_dies,
    _the_candidate_dies,
    _only_the_deposed_can_win,
    _all_stand_at_once,
    _an_old_leader_speaks,
    _one_stands_in_vain,
)
CLUSTER_TRIALS = len(_TRIALS)


def _left_alone(seed: int, actions: TimedActions) -> Trial:
    """A trial without any repair at the end: the servers left must elect a leader and keep it."""
    last = max(at for at, _ in actions)
    return Trial(5, seed, _timed(actions), end=(last + 30) * 1_000, leads=True)


def _timed(actions: TimedActions) -> tuple[Timed, ...]:
    return tuple(Timed(at * 1_000, action) for at, action in actions)
