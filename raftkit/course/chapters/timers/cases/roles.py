"""The cases of exercise 1.1: the transitions between the roles (Figure 4).

All pairs of a role and an occasion are asked: the eight that are arrows of Figure 4, and the
twelve that are none.
"""

from collections.abc import Callable
from itertools import product
from typing import get_args

from raftkit.checkers import Cluster
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.small_world import Region, Regions, SmallWorld
from raftkit.protocol import next_role
from raftkit.protocol.roles import Occasion, Role
from raftkit.simulator import Timeout
from raftkit.views import draw_roles

TRANSITIONS = SmallWorld(
    rule=next_role,
    candidates=lambda: product((None, *get_args(Role)), get_args(Occasion)),
    drawn=None,
    # What has no arrow must not happen, and the rule is the one that says so.
    can_happen=lambda role, occasion: True,
    picture=lambda returned, right, role, occasion: draw_roles(role),
)


def _pair(role: Role | None, occasion: Occasion, why: str) -> Callable[..., str | None]:
    """What the paper says about one pair."""
    return lambda *pair: why if pair == (role, occasion) else None


def _higher_term(role: Role | None, occasion: Occasion) -> str | None:
    if role is None or occasion != "higher term":
        return None
    return (
        f"This {role} discovers a higher term, so it is out of date: it is a follower in that "
        "term, whatever it was before (§5.1, Figure 4)."
    )


def _not_elected(role: Role | None, occasion: Occasion) -> str | None:
    if occasion != "majority of votes":
        return None
    return (
        "Votes make a leader of a candidate only. Figure 4 has no such arrow for a "
        f"{role or 'server that starts'}, so the answer is None: a server that comes to this has "
        "a mistake, and must stop."
    )


def _leader_stays(role: Role | None, occasion: Occasion) -> str | None:
    if role != "leader" or occasion == "starts up":
        return None
    return (
        "A leader leads until it discovers a higher term; Figure 4 has no other arrow that "
        "leaves it, so the answer is None. It has no election timer (§5.2), and its term has "
        "no second leader (Figure 3)."
    )


def _starts_once(role: Role | None, occasion: Occasion) -> str:
    if role is None:
        return (
            f"A server without a role can only start up, and this is “{occasion}”. Figure 4 has "
            "no such arrow, so the answer is None."
        )
    return (
        f"This server is a {role} already. The arrow for starting up comes from outside of all "
        "roles (Figure 4), and none comes from a role, so the answer is None."
    )


def _all_three_roles(cluster: Cluster) -> None:
    """A server goes through all three roles and back to the first."""
    cluster.do(Timeout("S1"))
    cluster.run(ms=16)
    cluster.do(Timeout("S3"))
    cluster.run(ms=14)


_REGIONS: tuple[tuple[str, Callable[..., str | None]], ...] = (
    (
        "a server starts up as a follower",
        _pair(
            None, "starts up", "When servers start up, they begin as followers (§5.2, Figure 4)."
        ),
    ),
    (
        "a follower that times out becomes a candidate",
        _pair(
            "follower",
            "election timeout",
            "A follower that hears from nobody assumes that there is no leader, and stands for "
            "election (§5.2, Figure 4).",
        ),
    ),
    (
        "a candidate that times out is a candidate again",
        _pair(
            "candidate",
            "election timeout",
            "No winner in time: the candidate starts a new election, as a candidate (§5.2, Figure "
            "4). Without this way a split vote would be the end.",
        ),
    ),
    (
        "a candidate with a majority becomes leader",
        _pair(
            "candidate",
            "majority of votes",
            "A candidate that receives votes from a majority of servers becomes leader (§5.2, "
            "Figure 4).",
        ),
    ),
    (
        "a candidate gives way to the current leader",
        _pair(
            "candidate",
            "current leader",
            "Another server has won this term: the candidate recognizes it and returns to follower "
            "(§5.2, Figure 4).",
        ),
    ),
    ("a higher term makes anybody a follower", _higher_term),
    ("only a candidate can win an election", _not_elected),
    ("a leader neither times out nor meets another leader", _leader_stays),
    (
        "a follower that hears its leader takes no arrow",
        _pair(
            "follower",
            "current leader",
            "A follower that hears its leader goes on as it was: Figure 4 has no arrow for it, so "
            "the answer is None (§5.2).",
        ),
    ),
    ("a server starts up once, and before all else", _starts_once),
)

CHECKS = {
    "1.1": Checks(
        returns=Role | None,
        cases=Regions(TRANSITIONS, *(Region(name, 1, why) for name, why in _REGIONS)).cases,
        picture=lambda: draw_roles(title="Figure 4: the roles of a server"),
        story=_all_three_roles,
        at_work="A life in three roles",
    ),
}
