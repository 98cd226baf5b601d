"""Figure 4: the table of roles, and a server that holds to it."""

from itertools import product
from typing import get_args

import pytest

from raftkit.protocol import (
    TRANSITIONS,
    ForbiddenTransition,
    Persistent,
    RequestVoteResponse,
    Restarted,
    Rules,
    Server,
    Standing,
    TimerFired,
)
from raftkit.protocol.roles import Occasion, Role, check_transition, next_role

ROLES = (None, *get_args(Role))
OCCASIONS = get_args(Occasion)


def test_the_table_is_figure_4() -> None:
    assert TRANSITIONS == {
        (None, "starts up"): "follower",
        ("follower", "election timeout"): "candidate",
        ("follower", "higher term"): "follower",
        ("candidate", "election timeout"): "candidate",
        ("candidate", "majority of votes"): "leader",
        ("candidate", "current leader"): "follower",
        ("candidate", "higher term"): "follower",
        ("leader", "higher term"): "follower",
    }


@pytest.mark.parametrize(("role", "occasion"), list(product(ROLES, OCCASIONS)))
def test_only_the_tables_way_is_allowed(role: Role | None, occasion: Occasion) -> None:
    allowed = set()

    for wanted in get_args(Role):
        try:
            check_transition(next_role, "S1", role, occasion, wanted)
        except ForbiddenTransition:
            continue
        allowed.add(wanted)

    way = TRANSITIONS.get((role, occasion))
    assert allowed == ({way} if way else set())


def test_a_refusal_says_who_what_and_what_figure_4_has_instead() -> None:
    with pytest.raises(ForbiddenTransition) as refusal:
        check_transition(next_role, "S1", "candidate", "election timeout", "leader")

    assert str(refusal.value) == (
        "S1, a candidate, became leader on “election timeout”; in Figure 4 it becomes candidate"
    )


def test_a_server_refuses_a_rule_that_starts_it_as_leader() -> None:
    rules = Rules(restart=lambda persistent: Restarted(Standing("leader"), 0, 0))

    with pytest.raises(ForbiddenTransition, match="a server that starts"):
        Server("S1", ("S1", "S2"), rules).start()


def test_a_server_refuses_a_rule_that_keeps_a_leader_leading_in_a_higher_term() -> None:
    def stubborn(standing: Standing, message: RequestVoteResponse) -> Standing:
        return Standing(standing.role, max(standing.current_term, message.term), None)

    server = Server("S1", ("S1", "S2"), Rules(adopt_term=stubborn))
    server.start()
    server.handle(TimerFired("election"))
    server.handle(RequestVoteResponse("S2", "S1", 1, vote_granted=True))

    with pytest.raises(ForbiddenTransition, match="a leader, became leader on “higher term”"):
        server.handle(RequestVoteResponse("S2", "S1", 5, vote_granted=False))


def test_a_server_restarts_as_a_follower_whatever_it_was() -> None:
    server = Server("S1", ("S1", "S2"), persistent=Persistent(4, "S1"))

    server.start()

    assert server.standing == Standing("follower", 4, "S1")


def test_a_server_refuses_by_the_table_of_its_own_rules() -> None:
    rules = Rules(next_role=lambda role, occasion: None if role else next_role(role, occasion))
    server = Server("S1", ("S1", "S2"), rules)
    server.start()

    with pytest.raises(ForbiddenTransition, match="its own next_role has no such arrow"):
        server.handle(TimerFired("election"))


def test_a_server_that_starts_asks_its_rules_too() -> None:
    server = Server("S1", ("S1", "S2"), Rules(next_role=lambda role, occasion: "leader"))

    with pytest.raises(ForbiddenTransition, match="in its own next_role it becomes leader"):
        server.start()
