"""Right schedules in unusual styles: other servers, other orders, lists, functions and loops.

None has more actions than the shortest known schedule, so each must have full points.
"""

from typing import Any

from raftkit.course.chapters.nemesis.wrong_answers.common_actions import elect, exchange
from raftkit.course.nemesis import Schedule
from raftkit.course.wrong_answer import OddAnswers
from raftkit.simulator import Crash, Deliver, Lose, Propose, Restart, Timeout

ODD = OddAnswers()
odd = ODD.answer


@odd("ON1", "6.1", style="a list, built in a loop, of other servers")
def a_list() -> Any:
    return [Timeout(f"S{number}") for number in (3, 1)]


@odd("ON2", "6.2", style="the candidates vote for each other")
def each_for_the_other() -> Schedule:
    return (
        Timeout("S1"),
        Timeout("S2"),
        Deliver("S1", "S2"),
        Deliver("S2", "S1", "RequestVoteResponse"),
        Deliver("S2", "S1"),
        Deliver("S1", "S2", "RequestVoteResponse"),
    )


@odd("ON3", "6.3", style="the leader forgets that it has voted for itself")
def the_leader_forgets() -> Schedule:
    return (*elect("S1", "S2"), Crash("S1"), Restart("S1"), *elect("S3", "S1"))


@odd("ON4", "6.4", style="both elections at once, everything spelled out")
def side_by_side() -> Schedule:
    pairs = (("S4", "S1"), ("S2", "S3"))
    return (
        *(Timeout(server=candidate, timer="election") for candidate, _ in pairs),
        *(Deliver(candidate, voter, "RequestVoteRequest", 0) for candidate, voter in pairs),
        *(
            Deliver(voter, candidate, kind="RequestVoteResponse", place=0, again=again)
            for candidate, voter in pairs
            for again in (True, False)
        ),
    )


@odd("ON5", "6.5", style="other servers, and another command")
def from_the_other_end() -> Schedule:
    return (
        *elect("S3", "S2"),
        Propose("lunch=noon"),
        *exchange("S3", "S2"),
        Deliver("S3", "S2", "AppendEntriesRequest"),
        *elect("S2", "S1"),
    )


@odd("ON6", "6.6", style="S3 elects the leader that then leaves it behind, and it is put together")
def an_early_crash() -> Any:
    actions = [*elect("S1", "S3")]
    actions.append(Propose("x=1", "S1"))
    actions.extend([Lose("S1", "S3", "AppendEntriesRequest", place=1), Crash("S1")])
    return actions


@odd("ON7", "6.7", style="a table of who wins and who votes, and a loop")
def a_table_of_terms() -> Schedule:
    terms = (
        ("S3", "S2", (Propose("a"),)),
        ("S2", "S1", (Propose("b"), Deliver("S2", "S3"))),
        ("S3", "S1", (*exchange("S3", "S1") * 2, Deliver("S3", "S2", "RequestVoteRequest"))),
        ("S2", "S1", ()),
    )
    return tuple(
        action for winner, voter, more in terms for action in (*elect(winner, voter), *more)
    )
