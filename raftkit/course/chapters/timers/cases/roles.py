"""The cases of exercise 1.1: the transitions between the roles (Figure 4).

There are few roles and occasions, so only the order of the calls is drawn. Every arrow of
Figure 4 is asked for, and so are transitions that students expect and Figure 4 does not have.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from raftkit.checkers import Cluster
from raftkit.course.checking.cases import Call, Case, Checks
from raftkit.protocol.roles import Occasion, Role
from raftkit.simulator import Timeout
from raftkit.views import draw_roles

# A role, an occasion, and the role that follows; None if no arrow leads on.
Transition = tuple[Role | None, Occasion, Role | None]


def _asked(why: str, *transitions: Transition) -> Callable[[Random], Sequence[Call]]:
    """The calls of a case, one for each transition, in a drawn order."""

    return lambda random: [
        _call(why, *transition) for transition in random.sample(transitions, len(transitions))
    ]


def _call(why: str, role: Role | None, occasion: Occasion, expected: Role | None) -> Call:
    arguments = {"role": role, "occasion": occasion}
    return Call(arguments, expected, why.format(role=role), picture=lambda: draw_roles(role))


def _all_three_roles(cluster: Cluster) -> None:
    """A server goes through all three roles and back to the first."""
    cluster.do(Timeout("S1"))
    cluster.run(ms=16)
    cluster.do(Timeout("S3"))
    cluster.run(ms=14)


_CASES: tuple[tuple[str, Callable[[Random], Sequence[Any]]], ...] = (
    (
        "a server starts up as a follower",
        _asked(
            "When servers start up, they begin as followers (§5.2, Figure 4).",
            (None, "starts up", "follower"),
        ),
    ),
    (
        "a follower that times out becomes a candidate",
        _asked(
            "A follower that hears from nobody assumes that there is no leader, and stands for "
            "election (§5.2, Figure 4).",
            ("follower", "election timeout", "candidate"),
        ),
    ),
    (
        "a candidate that times out is a candidate again",
        _asked(
            "No winner in time: the candidate starts a new election, as a candidate (§5.2, Figure "
            "4). Without this way a split vote would be the end.",
            ("candidate", "election timeout", "candidate"),
        ),
    ),
    (
        "a candidate with a majority becomes leader",
        _asked(
            "A candidate that receives votes from a majority of servers becomes leader (§5.2, "
            "Figure 4).",
            ("candidate", "majority of votes", "leader"),
        ),
    ),
    (
        "a candidate gives way to the current leader",
        _asked(
            "Another server has won this term: the candidate recognizes it and returns to follower "
            "(§5.2, Figure 4).",
            ("candidate", "current leader", "follower"),
        ),
    ),
    (
        "a higher term makes anybody a follower",
        _asked(
            "Whoever discovers a higher term is out of date, and is a follower in that term, "
            "whatever it was before (§5.1, Figure 4): here, a {role}.",
            ("follower", "higher term", "follower"),
            ("candidate", "higher term", "follower"),
            ("leader", "higher term", "follower"),
        ),
    ),
    (
        "only a candidate can win an election",
        _asked(
            "Votes make a leader of a candidate only. Figure 4 has no such arrow for a {role}, so "
            "the answer is None: a server that comes to this has a mistake, and must stop.",
            ("follower", "majority of votes", None),
            ("leader", "majority of votes", None),
        ),
    ),
    (
        "a leader neither times out nor meets another leader",
        _asked(
            "A leader leads until it discovers a higher term; Figure 4 has no other arrow that "
            "leaves it, so the answer is None. It has no election timer (§5.2), and its term has "
            "no second leader (Figure 3).",
            ("leader", "election timeout", None),
            ("leader", "current leader", None),
        ),
    ),
)

CHECKS = {
    "1.1": Checks(
        returns=Role | None,
        cases=tuple(Case(name, 1, calls) for name, calls in _CASES),
        picture=lambda: draw_roles(title="Figure 4: the roles of a server"),
        story=_all_three_roles,
        at_work="A life in three roles",
    ),
}
