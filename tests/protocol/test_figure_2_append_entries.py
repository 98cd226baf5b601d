"""Figure 2, the box "AppendEntries RPC": its fields, its results, and the receiver's five steps."""

from collections.abc import Callable

import pytest

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    ClientResponse,
    Entry,
    Log,
    Server,
    TimerFired,
)

Make = Callable[..., Server]


def send(
    server: Server,
    prev: tuple[int, int] = (0, 0),
    terms: tuple[int, ...] = (),
    leader_commit: int = 0,
    term: int = 5,
) -> AppendEntriesResponse:
    """The server's one answer to leader S2 with entries of these terms after index, term `prev`."""
    entries = tuple(Entry(entry_term) for entry_term in terms)
    request = AppendEntriesRequest("S2", "S1", term, *prev, entries, leader_commit)
    (answer,) = server.handle(request).messages
    assert isinstance(answer, AppendEntriesResponse)
    return answer


# Arguments -------------------------------------------------------------------------------


def test_append_entries_carries_the_leaders_term(leader: Make) -> None:
    """Arguments, term: the term that the leader leads, not that of the entries."""
    server = leader(term=6, log=Log.of_terms(1))

    requests = server.handle(TimerFired("heartbeat")).messages

    assert [request.term for request in requests] == [6, 6]


def test_append_entries_names_the_leader_so_that_the_follower_can_redirect_clients(
    follower: Make,
) -> None:
    """Arguments, leaderId: a follower tells its clients whom to ask."""
    server = follower(term=5)
    send(server)

    (reply,) = server.handle(ClientRequest("C1", "S1", 1, "x=1")).replies

    assert reply == ClientResponse("S1", "C1", 1, ok=False, leader_hint="S2")


def test_append_entries_tells_the_index_and_term_of_the_entry_before_the_new_ones(
    leader: Make,
) -> None:
    """Arguments, prevLogIndex and prevLogTerm: of the entry just before those sent."""
    server = leader(term=6, log=Log.of_terms(1, 4))

    request = server.handle(ClientRequest("C1", "S1", 1, "x=1")).messages[0]

    assert (request.prev_log_index, request.prev_log_term) == (2, 4)


def test_append_entries_carries_the_entries_to_store_and_none_for_a_heartbeat(
    leader: Make,
) -> None:
    """Arguments, entries[]: what the follower lacks; empty if it lacks nothing."""
    server = leader(term=1)

    heartbeat = server.handle(TimerFired("heartbeat")).messages[0]
    request = server.handle(ClientRequest("C1", "S1", 1, "x=1")).messages[0]

    assert heartbeat.entries == ()
    assert request.entries == (Entry(1, "x=1", "C1", 1),)


def test_append_entries_may_carry_more_than_one_entry(leader: Make) -> None:
    """Arguments, entries[]: several at once for efficiency."""
    server = leader(term=6, log=Log.of_terms(1, 4, 4))
    refusal = AppendEntriesResponse("S2", "S1", 6, False, prev_log_index=3, conflict_index=1)

    (request,) = server.handle(refusal).messages

    assert [entry.term for entry in request.entries] == [1, 4, 4]


def test_append_entries_carries_the_leaders_commit_index(leader: Make) -> None:
    """Arguments, leaderCommit: what the leader knows to be committed when it sends."""
    server = leader(term=1)
    server.handle(ClientRequest("C1", "S1", 1, "x=1"))
    server.handle(AppendEntriesResponse("S2", "S1", 1, True, match_index=1))

    requests = server.handle(TimerFired("heartbeat")).messages

    assert [request.leader_commit for request in requests] == [1, 1]


# Results ---------------------------------------------------------------------------------


@pytest.mark.parametrize("term", [4, 5, 6])
def test_append_entries_result_carries_current_term_for_the_leader_to_update_itself(
    follower: Make, term: int
) -> None:
    """Results, term: the receiver's own term, once it has seen the leader's."""
    server = follower(term=5)

    answer = send(server, term=term)

    assert answer.term == max(5, term)


def test_append_entries_result_success_means_the_entry_before_matched(follower: Make) -> None:
    """Results, success: true exactly if the follower holds the entry before the new ones."""
    log = Log.of_terms(1, 2)

    answers = [send(follower(term=5, log=log), prev) for prev in ((2, 2), (2, 1), (3, 2))]

    assert [answer.success for answer in answers] == [True, False, False]


# Receiver implementation -----------------------------------------------------------------


def test_append_entries_1_refuses_if_term_is_lower_than_current_term(follower: Make) -> None:
    """Receiver, 1 (§5.1): a leader of the past changes nothing, and is told the new term."""
    server = follower(term=5, log=Log.of_terms(1))

    answer = send(server, (1, 1), (4, 4), leader_commit=3, term=4)

    assert (answer.success, answer.term) == (False, 5)
    assert (server.log, server.commit_index) == (Log.of_terms(1), 0)


@pytest.mark.parametrize(
    "prev",
    [
        pytest.param((3, 2), id="no entry at that index"),
        pytest.param((2, 3), id="an entry of another term"),
        pytest.param((9, 2), id="far beyond the end"),
    ],
)
def test_append_entries_2_refuses_if_the_log_has_no_such_entry_before(
    follower: Make, prev: tuple[int, int]
) -> None:
    """Receiver, 2 (§5.3): without the entry before, the new ones have no place."""
    server = follower(term=5, log=Log.of_terms(1, 2))

    answer = send(server, prev, (5,), leader_commit=2)

    assert not answer.success
    assert (server.log, server.commit_index) == (Log.of_terms(1, 2), 0)


def test_append_entries_2_index_zero_always_matches(follower: Make) -> None:
    """Receiver, 2 (§5.3): every log agrees before its first entry."""
    servers = (follower(term=5), follower(term=5, log=Log.of_terms(1, 2)))

    answers = [send(server, (0, 0)) for server in servers]

    assert [answer.success for answer in answers] == [True, True]


def test_append_entries_3_deletes_a_conflicting_entry_and_all_that_follow_it(
    follower: Make,
) -> None:
    """Receiver, 3 (§5.3): same index and another term means that it never was committed."""
    server = follower(term=5, log=Log.of_terms(1, 2, 2, 2))

    send(server, (1, 1), (5,))

    assert server.log == Log.of_terms(1, 5)


def test_append_entries_3_keeps_entries_that_do_not_conflict(follower: Make) -> None:
    """Receiver, 3 (§5.3): a late, shorter request deletes nothing that came after it."""
    server = follower(term=5, log=Log.of_terms(1, 2, 2, 2))

    for prev, terms in (((1, 1), (2,)), ((1, 1), ()), ((0, 0), (1, 2)), ((3, 2), ())):
        send(server, prev, terms)

    assert server.log == Log.of_terms(1, 2, 2, 2)


def test_append_entries_4_appends_entries_not_already_in_the_log(follower: Make) -> None:
    """Receiver, 4 (§5.3): those that are there already stay as they are."""
    server = follower(term=5, log=Log.of_terms(1, 2))

    send(server, (0, 0), (1, 2, 5, 5))

    assert server.log == Log.of_terms(1, 2, 5, 5)


def test_append_entries_4_the_same_request_again_appends_nothing(follower: Make) -> None:
    """Receiver, 4 (§5.3): a request may arrive twice."""
    server = follower(term=5, log=Log.of_terms(1))

    first, second = (send(server, (1, 1), (5, 5)) for _ in range(2))

    assert server.log == Log.of_terms(1, 5, 5)
    assert first == second


@pytest.mark.parametrize(
    ("leader_commit", "terms", "expected"),
    [
        pytest.param(2, (5, 5), 2, id="leaderCommit is smaller"),
        pytest.param(9, (5, 5), 3, id="the last new entry is smaller"),
        pytest.param(9, (), 1, id="without new entries, the entry before them"),
    ],
)
def test_append_entries_5_sets_commit_index_to_the_smaller_of_leader_commit_and_last_new_entry(
    follower: Make, leader_commit: int, terms: tuple[int, ...], expected: int
) -> None:
    """Receiver, 5 (§5.3): what lies behind the last new entry may differ from the leader's log."""
    server = follower(term=5, log=Log.of_terms(1, 2, 2, 2))

    send(server, (1, 1), terms, leader_commit)

    assert server.commit_index == expected


def test_append_entries_5_leaves_commit_index_if_leader_commit_is_not_higher(
    follower: Make,
) -> None:
    """Receiver, 5 (§5.3): only a higher leaderCommit is news."""
    server = follower(term=5, log=Log.of_terms(1, 2, 2))
    send(server, (3, 2), (), leader_commit=2)

    send(server, (1, 1), (), leader_commit=2)

    assert server.commit_index == 2
