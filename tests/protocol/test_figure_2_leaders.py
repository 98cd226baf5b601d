"""Figure 2, the box "Rules for Servers": leaders (§5.2 to §5.4)."""

from collections.abc import Callable

import pytest

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    Entry,
    Log,
    Progress,
    Reply,
    RequestVoteResponse,
    Rules,
    Server,
    TimerFired,
    back_up_by_one,
)

Make = Callable[..., Server]


def propose(server: Server, command: str = "x=1", serial: int = 1) -> list[AppendEntriesRequest]:
    """Hand the leader a command; what it sends."""
    return server.handle(ClientRequest("C1", "S1", serial, command)).messages


def success(server: Server, follower: str, match_index: int) -> list[AppendEntriesRequest]:
    """Let a follower acknowledge everything up to `match_index`; what the leader sends."""
    term = server.standing.current_term
    answer = AppendEntriesResponse(follower, "S1", term, True, match_index, match_index)
    return server.handle(answer).messages


# Heartbeats ------------------------------------------------------------------------------


def test_leaders_send_empty_append_entries_to_each_server_upon_election(candidate: Make) -> None:
    """Leaders, 1 (§5.2): at once, so that nobody else starts an election."""
    server = candidate(term=3, log=Log.of_terms(1))

    effects = server.handle(RequestVoteResponse("S2", "S1", 3, vote_granted=True))

    assert effects.messages == tuple(
        AppendEntriesRequest("S1", peer, 3, 1, 1, (), 0) for peer in ("S2", "S3")
    )


def test_leaders_repeat_heartbeats_during_idle_periods(leader: Make) -> None:
    """Leaders, 1 (§5.2): whenever the heartbeat is due, to all, answered or not."""
    server = leader(term=3)

    first = server.handle(TimerFired("heartbeat"))
    success(server, "S2", 0)
    second = server.handle(TimerFired("heartbeat"))

    for effects in (first, second):
        assert [request.target for request in effects.messages] == ["S2", "S3"]
        assert effects.timers == (("heartbeat", "restart"),)


def test_leaders_heartbeats_prevent_election_timeouts(leader: Make) -> None:
    """Leaders, 1 (§5.2, §5.6): several fit into the shortest election timeout."""
    server = leader(term=3)

    heartbeat = server.timer_duration("heartbeat", 0.0)

    assert 2 * heartbeat <= server.timer_duration("election", 0.0)


def test_leaders_have_no_election_timer(candidate: Make) -> None:
    """Leaders (Figure 4): there is no way from leader to candidate."""
    server = candidate(term=3)

    effects = server.handle(RequestVoteResponse("S2", "S1", 3, vote_granted=True))

    assert ("election", "stop") in effects.timers


# Commands --------------------------------------------------------------------------------


def test_leaders_append_a_clients_command_to_their_log(leader: Make) -> None:
    """Leaders, 2 (§5.3): at its end, with the current term."""
    server = leader(term=3, log=Log.of_terms(1))

    propose(server)

    assert server.log.entries(2) == (Entry(3, "x=1", "C1", 1),)


def test_leaders_respond_to_the_client_after_the_entry_is_applied(leader: Make) -> None:
    """Leaders, 2 (§5.3): not when it is appended, but when it is committed and applied."""
    server = leader(term=3, servers=5)

    replies = [server.handle(ClientRequest("C1", "S1", 7, "x=1")).replies]
    for follower in ("S2", "S3"):
        answer = AppendEntriesResponse(follower, "S1", 3, True, 1, 0)
        replies.append(server.handle(answer).replies)

    assert replies == [(), (), (Reply("C1", 7, 1),)]
    assert server.last_applied == 1


def test_only_leaders_take_commands(follower: Make, candidate: Make) -> None:
    """Leaders, 2 (§5.1): others append nothing and say so."""
    servers = (follower(term=3), candidate(term=3))

    replies = [server.handle(ClientRequest("C1", "S1", 1, "x=1")).replies for server in servers]

    assert [reply[0].ok for reply in replies] == [False, False]
    assert [server.log for server in servers] == [Log(), Log()]


# Sending entries -------------------------------------------------------------------------


def test_leaders_send_the_entries_from_next_index_on(leader: Make) -> None:
    """Leaders, 3 (§5.3): if the last index is at least nextIndex, everything from there."""
    server = leader(term=3, log=Log.of_terms(1, 2))

    requests = propose(server)

    for request in requests:
        assert (request.prev_log_index, request.prev_log_term) == (2, 2)
        assert request.entries == (Entry(3, "x=1", "C1", 1),)


def test_leaders_send_again_what_nobody_acknowledged(leader: Make) -> None:
    """Leaders, 3 (§5.3): they retry indefinitely, here with the next heartbeat."""
    server = leader(term=3)
    propose(server)

    requests = server.handle(TimerFired("heartbeat")).messages

    assert [[entry.command for entry in request.entries] for request in requests] == [["x=1"]] * 2


def test_leaders_update_next_and_match_index_if_successful(leader: Make) -> None:
    """Leaders, 3, first case (§5.3): matchIndex is what was acknowledged, nextIndex one more."""
    server = leader(term=3, log=Log.of_terms(1, 2))

    success(server, "S2", 2)

    assert server.progress["S2"] == Progress(next_index=3, match_index=2)
    assert server.progress["S3"] == Progress(next_index=3, match_index=0)


def test_leaders_decrement_next_index_and_retry_after_an_inconsistency(leader: Make) -> None:
    """Leaders, 3, second case (§5.3): a lower nextIndex, and the request again from there."""
    server = leader(term=3, log=Log.of_terms(1, 2))
    refusal = AppendEntriesResponse("S2", "S1", 3, False, 0, 2, conflict_term=0, conflict_index=2)

    (request,) = server.handle(refusal).messages

    assert server.progress["S2"].next_index == 2
    assert (request.target, request.prev_log_index) == ("S2", 1)
    assert request.entries == server.log.entries(2)


def test_leaders_may_decrement_next_index_one_by_one(leader: Make) -> None:
    """Leaders, 3, second case: the box itself only decrements; that rule is there, too."""
    server = leader(term=3, log=Log.of_terms(1, 1, 2, 2))
    server.rules = Rules(back_up=back_up_by_one)
    refusal = AppendEntriesResponse("S2", "S1", 3, False, 0, 4, conflict_term=0, conflict_index=1)

    (request,) = server.handle(refusal).messages

    assert server.progress["S2"].next_index == 4
    assert request.prev_log_index == 3


def test_leaders_that_are_refused_for_their_term_step_down_and_do_not_retry(
    leader: Make,
) -> None:
    """Leaders, 3 with All servers, 2: such a refusal says nothing of the log."""
    server = leader(term=3, log=Log.of_terms(1, 2))

    effects = server.handle(AppendEntriesResponse("S2", "S1", 4, False))

    assert server.standing.role == "follower"
    assert effects.messages == ()
    assert ("heartbeat", "stop") in effects.timers
    assert ("election", "restart") in effects.timers


def test_leaders_ignore_a_refusal_that_has_been_overtaken(leader: Make) -> None:
    """Leaders, 3 (§5.3): nextIndex never falls to matchIndex or below it."""
    server = leader(term=3, log=Log.of_terms(1, 2))
    success(server, "S2", 2)

    late = AppendEntriesResponse("S2", "S1", 3, False, 0, 2, conflict_term=0, conflict_index=1)
    effects = server.handle(late)

    assert server.progress["S2"] == Progress(3, 2)
    assert effects.messages == ()


# Committing ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("matches", "expected"),
    [
        pytest.param((0, 0, 0, 0), 0, id="on the leader only"),
        pytest.param((3, 0, 0, 0), 0, id="on two of five"),
        pytest.param((3, 2, 0, 0), 2, id="the second entry on three of five"),
        pytest.param((3, 3, 0, 0), 3, id="the third entry on three of five"),
        pytest.param((1, 1, 1, 1), 1, id="the first entry on all"),
    ],
)
def test_leaders_set_commit_index_to_the_highest_index_on_a_majority(
    leader: Make, matches: tuple[int, ...], expected: int
) -> None:
    """Leaders, 4 (§5.3): the leader is one of the majority."""
    server = leader(term=3, servers=5)
    for serial in (1, 2, 3):
        propose(server, f"x={serial}", serial)

    for follower, match_index in zip(server.peers, matches, strict=True):
        success(server, follower, match_index)

    assert server.commit_index == expected


def test_leaders_commit_only_an_entry_of_their_current_term_by_counting(leader: Make) -> None:
    """Leaders, 4 (§5.4.2): an older entry on a majority waits for one of the leader's own."""
    server = leader(term=3, log=Log.of_terms(1, 2))
    propose(server)
    commits = []

    for match_index in (1, 2, 3):
        success(server, "S2", match_index)
        commits.append(server.commit_index)

    assert commits == [0, 0, 3]
    assert server.last_applied == 3
