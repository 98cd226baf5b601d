"""Figure 7: which of the logs a to f may win, and how the leader of term 8 repairs each."""

from collections.abc import Callable

import pytest

from raftkit.checkers.figure_7 import FIGURE_7_FOLLOWERS, FIGURE_7_LEADER
from raftkit.protocol import (
    AppendEntriesResponse,
    ClientRequest,
    Log,
    Persistent,
    RequestVoteRequest,
    RequestVoteResponse,
    Rules,
    Server,
    TimerFired,
    back_up,
    back_up_by_one,
)

LEADER = Log.of_terms(*FIGURE_7_LEADER)
SERVERS = tuple(f"S{number}" for number in range(1, 8))


def leader_of_term_8(rules: Rules) -> Server:
    """The server at the top of the figure, elected by all."""
    server = Server("S1", SERVERS, rules, persistent=Persistent(7, None, LEADER))
    server.start()
    server.handle(TimerFired("election"))
    for voter in SERVERS[1:]:
        server.handle(RequestVoteResponse(voter, "S1", 8, vote_granted=True))
    return server


def follower_with(letter: str) -> Server:
    """The follower S2 with the log of that letter."""
    log = Log.of_terms(*FIGURE_7_FOLLOWERS[letter])
    server = Server("S2", SERVERS, persistent=Persistent(log.last_term, None, log))
    server.start()
    return server


def repair(leader: Server, follower: Server) -> tuple[int, int | None]:
    """Let them talk until nothing is left to say: refusals, and nextIndex at the first success."""
    refusals, agreed = 0, None
    waiting = [m for m in leader.handle(TimerFired("heartbeat")).messages if m.target == "S2"]
    while waiting:
        request = waiting.pop()
        (answer,) = follower.handle(request).messages
        if not answer.success:
            refusals += 1
        elif agreed is None:
            agreed = request.prev_log_index + 1
        waiting += leader.handle(answer).messages
    return refusals, agreed


@pytest.mark.parametrize(
    ("rule", "letter", "refusals", "next_index"),
    [
        pytest.param(rule, letter, refusals, next_index, id=f"{rule.__name__} {letter}")
        for rule, figures in (
            (back_up, "a 1 10, b 1 5, c 0 11, d 0 11, e 2 6, f 2 4"),
            (back_up_by_one, "a 1 10, b 6 5, c 0 11, d 0 11, e 5 6, f 7 4"),
        )
        for letter, refusals, next_index in (figure.split() for figure in figures.split(", "))
    ],
)
def test_each_follower_refuses_as_often_as_its_log_demands(
    rule: Callable[..., object], letter: str, refusals: str, next_index: str
) -> None:
    leader, follower = leader_of_term_8(Rules().with_rule("back_up", rule)), follower_with(letter)

    found = repair(leader, follower)

    assert found == (int(refusals), int(next_index))
    assert follower.log.common_prefix(LEADER) == LEADER.last_index


@pytest.mark.parametrize(
    ("letter", "kept", "deleted"),
    [("a", 9, 0), ("b", 4, 0), ("c", 10, 0), ("d", 10, 0), ("e", 5, 2), ("f", 3, 8)],
)
def test_only_what_conflicts_is_deleted(letter: str, kept: int, deleted: int) -> None:
    follower = follower_with(letter)
    before = follower.log

    repair(leader_of_term_8(Rules()), follower)

    assert before.common_prefix(LEADER) == kept
    # c and d hold entries 11 (and 12) on top, which conflict with nothing yet.
    survivors = before.common_prefix(follower.log)
    assert before.last_index - survivors == deleted


@pytest.mark.parametrize("letter", ["c", "d"])
def test_extra_entries_go_when_an_entry_of_term_8_takes_their_place(letter: str) -> None:
    leader, follower = leader_of_term_8(Rules()), follower_with(letter)
    repair(leader, follower)

    requests = leader.handle(ClientRequest("C1", "S1", 1, "x=1")).messages
    (answer,) = follower.handle(requests[0]).messages

    assert answer == AppendEntriesResponse("S2", "S1", 8, True, 11, 10)
    assert follower.log == leader.log
    assert follower.commit_index == 0


@pytest.mark.parametrize("letter", ["c", "d"])
def test_a_heartbeat_does_not_commit_extra_entries(letter: str) -> None:
    follower = follower_with(letter)
    length = follower.log.last_index
    leader = leader_of_term_8(Rules())
    leader.commit_index = 10

    repair(leader, follower)

    assert (follower.log.last_index, follower.commit_index) == (length, 10)


def votes_for(candidate: Log) -> set[str]:
    """The letters of the followers that would vote for a candidate with this log."""
    request = RequestVoteRequest("S1", "S2", 20, candidate.last_index, candidate.last_term)
    return {
        letter
        for letter in FIGURE_7_FOLLOWERS
        if follower_with(letter).handle(request).messages[0].vote_granted
    }


def test_the_leader_was_elected_by_four_of_the_six() -> None:
    assert votes_for(LEADER) == {"a", "b", "e", "f"}


def test_only_a_c_and_d_could_win_against_the_leader() -> None:
    log_of = {letter: Log.of_terms(*terms) for letter, terms in FIGURE_7_FOLLOWERS.items()}

    # Every candidate grants itself its vote: it is one of the letters.
    votes = {letter: votes_for(log) for letter, log in log_of.items()}
    # The server at the top votes, too.
    for letter, log in log_of.items():
        if (log.last_term, log.last_index) >= (LEADER.last_term, LEADER.last_index):
            votes[letter].add("leader")

    assert {letter for letter in votes if len(votes[letter]) >= 4} == {"a", "c", "d"}
    assert {letter: len(voters) for letter, voters in votes.items()} == {
        "a": 4,
        "b": 2,
        "c": 6,
        "d": 7,
        "e": 3,
        "f": 1,
    }
