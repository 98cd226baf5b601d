"""The cases of exercise 1.4: what starts, restarts and stops the election timer.

Everything is asked that may happen to a server in each role. Stopping a timer that does not run
and leaving it alone are the same.
"""

from collections.abc import Callable
from itertools import product
from typing import get_args

from raftkit.checkers import Cluster
from raftkit.course.chapters.timers.cases.prompt_pictures import stands_in_vain
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.small_world import Region, Regions, SmallWorld
from raftkit.protocol import election_timer_change
from raftkit.protocol.effects import TimerChange
from raftkit.protocol.roles import Role
from raftkit.protocol.timers import TimerOccasion
from raftkit.simulator import Timeout

# The roles that a server may have after an occasion: what it hears makes it a follower, but for
# requests that it refuses.
_ROLES: dict[TimerOccasion, tuple[Role, ...]] = {
    "heard from an old leader": ("follower", "candidate", "leader"),
    "refused a vote": ("follower", "candidate", "leader"),
    "started an election": ("candidate",),
    "won an election": ("leader",),
}


def _can_happen(role: Role, occasion: TimerOccasion) -> bool:
    return role in _ROLES.get(occasion, ("follower",))


def _rests(role: Role, occasion: TimerOccasion) -> bool:
    """Whether the timer does not run: a leader's was stopped when it won."""
    return role == "leader" and occasion != "won an election"


CHANGES = SmallWorld(
    rule=election_timer_change,
    candidates=lambda: product(get_args(Role), get_args(TimerOccasion)),
    drawn=None,
    can_happen=_can_happen,
    also_right=lambda role, occasion: ("keep",) if _rests(role, occasion) else (),
)


def _leader_rests(role: Role, occasion: TimerOccasion) -> str | None:
    if not _rests(role, occasion):
        return None
    return (
        f"A leader that {occasion} still leads. Leaders have no election timeout (§5.2; Figure 4), "
        "so nothing starts their election timer."
    )


def _on(occasion: TimerOccasion, why: str) -> Callable[..., str | None]:
    """What the paper says about one occasion."""
    return lambda role, happened: why if happened == occasion else None


_REGIONS: tuple[tuple[str, Callable[..., str | None]], ...] = (
    ("nothing starts a leader's election timer", _leader_rests),
    (
        "a server waits for a leader from the start",
        _on(
            "started up",
            "Servers start up as followers, and a follower that hears from nobody starts an "
            "election (§5.2). If all waited for a first heartbeat, nobody would send one.",
        ),
    ),
    (
        "the current leader is heard: the wait starts anew",
        _on(
            "heard from the current leader",
            "AppendEntries from the current leader shows that it is alive, and for one timeout "
            "only: it may die next (Figure 2, Followers).",
        ),
    ),
    (
        "a vote is given: the wait starts anew",
        _on(
            "granted a vote",
            "A follower that has granted its vote gives its candidate time to win (Figure 2, "
            "Followers). And if the candidate fails, it must still time out.",
        ),
    ),
    (
        "an election begins: the wait starts anew",
        _on(
            "started an election",
            "A candidate resets its election timer when it starts an election, and when that runs "
            "out it starts another one (§5.2; Figure 2, Candidates).",
        ),
    ),
    (
        "an old leader calms nobody",
        _on(
            "heard from an old leader",
            "Only AppendEntries from the *current* leader counts (Figure 2, Followers). One that "
            "was replaced could keep the others from electing for ever.",
        ),
    ),
    (
        "a refused candidate calms nobody",
        _on(
            "refused a vote",
            "A vote restarts the timer only if it is granted (Figure 2, Followers): else a "
            "candidate that cannot win keeps away those who can.",
        ),
    ),
    (
        "a higher term alone calms nobody",
        _on(
            "adopted a higher term",
            "Neither a leader was heard nor a vote granted, so the wait goes on (Figure 2, "
            "Followers). Whoever cannot win begins one term after the other, and would calm "
            "everybody with each.",
        ),
    ),
    (
        "the winner stops its election timer",
        _on(
            "won an election",
            "The timer of the election that it has won still runs, and Figure 4 has no arrow for a "
            "leader that times out (§5.2).",
        ),
    ),
    (
        "a deposed leader waits again",
        _on(
            "stepped down from leader",
            "It is a follower now, and its timer was stopped when it won. A follower without a "
            "timer never stands again (§5.1, §5.2).",
        ),
    ),
)


def _calm_and_crash(cluster: Cluster) -> None:
    """A leader is elected, is heard for a while, and crashes."""
    cluster.do(Timeout("S1"))
    cluster.run(ms=70)
    cluster.crash("S1")
    cluster.run_until(lambda cluster: cluster.leader, ms=900)
    cluster.run(ms=12)


CHECKS = {
    "1.4": Checks(
        returns=TimerChange,
        cases=Regions(CHANGES, *(Region(name, 1, why) for name, why in _REGIONS)).cases,
        picture=stands_in_vain,
        story=_calm_and_crash,
        at_work="A leader's death",
    ),
}
