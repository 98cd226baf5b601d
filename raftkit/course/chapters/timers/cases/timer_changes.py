"""The cases of exercise 1.4: what starts, restarts and stops the election timer.

What happens to the timer on an occasion has one right answer, or two.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from raftkit.checkers import Cluster
from raftkit.course.chapters.timers.cases.prompt_pictures import stands_in_vain
from raftkit.course.checking.cases import Call, Case, Checks, Flaw, JudgedCall, wrong_value
from raftkit.protocol.effects import TimerChange
from raftkit.protocol.roles import Role
from raftkit.protocol.timers import TimerOccasion
from raftkit.simulator import Timeout

_Roles = Role | tuple[Role, ...]
_NO_LEADER: tuple[Role, ...] = ("follower", "candidate")


def _asked(
    roles: _Roles, occasion: TimerOccasion, expected: TimerChange, why: str
) -> Callable[[Random], Sequence[Call]]:
    """The one call of a case; its role is drawn if there are two."""

    def calls(random: Random) -> list[Call]:
        role = roles if isinstance(roles, str) else random.choice(roles)
        return [Call({"role": role, "occasion": occasion}, expected, why)]

    return calls


def _leaders_rest(random: Random) -> list[JudgedCall]:
    """A leader's timer does not run, so stopping it and leaving it alone are both right."""
    calls = []
    occasions: tuple[TimerOccasion, ...] = ("refused a vote", "heard from an old leader")
    for occasion in occasions:

        def judge(change: str, occasion: str = occasion) -> Flaw | None:
            if change != "restart":
                return None
            return wrong_value(
                "'restart', expected 'stop' or 'keep'.",
                f"A leader that {occasion} still leads. Leaders have no election timeout (§5.2; "
                "Figure 4), so nothing starts their election timer.",
            )

        calls.append(JudgedCall({"role": "leader", "occasion": occasion}, judge))
    return calls


_CHANGES: tuple[tuple[str, Callable[[Random], Sequence[Any]]], ...] = (
    (
        "a server waits for a leader from the start",
        _asked(
            "follower",
            "started up",
            "restart",
            "Servers start up as followers, and a follower that hears from nobody starts an "
            "election (§5.2). If all waited for a first heartbeat, nobody would send one.",
        ),
    ),
    (
        "the current leader is heard: the wait starts anew",
        _asked(
            "follower",
            "heard from the current leader",
            "restart",
            "AppendEntries from the current leader shows that it is alive, and for one timeout "
            "only: it may die next (Figure 2, Followers).",
        ),
    ),
    (
        "a vote is given: the wait starts anew",
        _asked(
            "follower",
            "granted a vote",
            "restart",
            "A follower that has granted its vote gives its candidate time to win (Figure 2, "
            "Followers). And if the candidate fails, it must still time out.",
        ),
    ),
    (
        "an election begins: the wait starts anew",
        _asked(
            "candidate",
            "started an election",
            "restart",
            "A candidate resets its election timer when it starts an election, and when that runs "
            "out it starts another one (§5.2; Figure 2, Candidates).",
        ),
    ),
    (
        "an old leader calms nobody",
        _asked(
            _NO_LEADER,
            "heard from an old leader",
            "keep",
            "Only AppendEntries from the *current* leader counts (Figure 2, Followers). One that "
            "was replaced could keep the others from electing for ever.",
        ),
    ),
    (
        "a refused candidate calms nobody",
        _asked(
            _NO_LEADER,
            "refused a vote",
            "keep",
            "A vote restarts the timer only if it is granted (Figure 2, Followers): else a "
            "candidate that cannot win keeps away those who can.",
        ),
    ),
    (
        "a higher term alone calms nobody",
        _asked(
            "follower",
            "adopted a higher term",
            "keep",
            "Neither a leader was heard nor a vote granted (Figure 2, Followers). Whoever cannot "
            "win begins one term after the other, and would calm everybody with each.",
        ),
    ),
    (
        "the winner stops its election timer",
        _asked(
            "leader",
            "won an election",
            "stop",
            "The timer of the election that it has won still runs, and Figure 4 has no arrow for a "
            "leader that times out (§5.2).",
        ),
    ),
    (
        "a deposed leader waits again",
        _asked(
            "follower",
            "stepped down from leader",
            "restart",
            "It is a follower now, and its timer was stopped when it won. A follower without a "
            "timer never stands again (§5.1, §5.2).",
        ),
    ),
    ("nothing starts a leader's election timer", _leaders_rest),
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
        cases=tuple(Case(name, 1, calls) for name, calls in _CHANGES),
        picture=stands_in_vain,
        story=_calm_and_crash,
        at_work="A leader's death",
    ),
}
