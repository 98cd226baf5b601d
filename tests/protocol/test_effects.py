"""What a step wants done: written first, sent afterwards, and nothing left over."""

from collections.abc import Callable

import pytest

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    ClientResponse,
    Entry,
    Log,
    Persistent,
    RequestVoteRequest,
    RequestVoteResponse,
    Rules,
    Server,
    Settings,
    TimerFired,
)

Make = Callable[..., Server]


def test_a_step_that_changes_nothing_persistent_writes_nothing(leader: Make) -> None:
    server = leader(term=3)

    heartbeat = server.handle(TimerFired("heartbeat"))
    answer = server.handle(AppendEntriesResponse("S2", "S1", 3, True))

    assert (heartbeat.writes, answer.writes) == ((), ())


def test_a_steps_writes_are_its_own_and_do_not_come_twice(follower: Make) -> None:
    server = follower(term=1)
    request = RequestVoteRequest("S2", "S1", 2, 0, 0)

    writes = [server.handle(request).writes for _ in range(2)]

    assert writes == [(Persistent(2, "S2", Log()),), ()]


def test_a_command_is_written_before_it_is_sent(leader: Make) -> None:
    server = leader(term=3)

    effects = server.handle(ClientRequest("C1", "S1", 1, "x=1"))

    assert [written.log.last_index for written in effects.writes] == [1]
    assert effects.early_messages == ()
    assert [request.target for request in effects.messages] == ["S2", "S3"]


def test_what_a_rule_does_not_hold_back_leaves_early(follower: Make) -> None:
    server = follower(term=1)
    server.rules = Rules(waits_for_disk=lambda message: isinstance(message, RequestVoteResponse))

    vote = server.handle(RequestVoteRequest("S2", "S1", 2, 0, 0))
    answer = server.handle(AppendEntriesRequest("S2", "S1", 3, 0, 0, (), 0))

    assert (len(vote.early_messages), len(vote.messages)) == (0, 1)
    assert (len(answer.early_messages), len(answer.messages)) == (1, 0)


def test_without_a_write_there_is_nothing_to_wait_for(follower: Make) -> None:
    server = follower(term=1)
    server.rules = Rules(waits_for_disk=lambda message: False)

    effects = server.handle(AppendEntriesRequest("S2", "S1", 1, 0, 0, (), 0))

    assert (len(effects.early_messages), len(effects.messages)) == (0, 1)


def test_a_rule_may_write_in_several_parts_which_stay_in_order(follower: Make) -> None:
    def first_the_term(on_disk: Persistent, in_memory: Persistent) -> tuple[Persistent, ...]:
        return (Persistent(in_memory.current_term, None, on_disk.log), in_memory)

    server = follower(term=1)
    server.rules = Rules(writes_needed=first_the_term)

    effects = server.handle(RequestVoteRequest("S2", "S1", 2, 0, 0))

    assert effects.writes == (Persistent(2, None), Persistent(2, "S2"))


def test_one_steps_effects_are_not_anothers(leader: Make) -> None:
    server = leader(term=3)

    first = server.handle(ClientRequest("C1", "S1", 1, "x=1"))
    sent = list(first.messages)
    server.handle(ClientRequest("C1", "S1", 2, "x=2"))

    assert list(first.messages) == sent


def test_a_client_of_a_follower_is_redirected_and_of_a_lost_server_too(follower: Make) -> None:
    server = follower(term=3)

    lost = server.handle(ClientRequest("C1", "S1", 1, "x=1")).replies
    server.handle(AppendEntriesRequest("S3", "S1", 3, 0, 0, (), 0))
    redirected = server.handle(ClientRequest("C1", "S1", 1, "x=1")).replies
    server.handle(RequestVoteRequest("S2", "S1", 4, 0, 0))
    forgotten = server.handle(ClientRequest("C1", "S1", 1, "x=1")).replies

    hints = [reply.leader_hint for (reply,) in (lost, redirected, forgotten)]
    assert hints == [None, "S3", None]


def test_a_leader_that_steps_down_answers_none_of_its_waiting_clients(leader: Make) -> None:
    server = leader(term=3)
    server.handle(ClientRequest("C1", "S1", 1, "x=1"))
    server.handle(AppendEntriesRequest("S2", "S1", 4, 0, 0, (Entry(4, "y=1"),), 0))

    effects = server.handle(AppendEntriesRequest("S2", "S1", 4, 1, 4, (), 1))

    assert [entry.command for _, entry in effects.applied] == ["y=1"]
    assert not any(isinstance(reply, ClientResponse) for reply in effects.replies)
    assert effects.replies == ()


# Batches and the pipeline ----------------------------------------------------------------


def test_a_message_carries_at_most_a_batch_and_the_next_follows_at_once(leader: Make) -> None:
    server = leader(term=3, log=Log.of_terms(1, 1, 1, 1, 1), settings=Settings(batch=2))
    refusal = AppendEntriesResponse("S2", "S1", 3, False, 0, 5, 0, conflict_index=1)
    sizes = []

    (request,) = server.handle(refusal).messages
    while request.entries:
        sizes.append(len(request.entries))
        last = request.prev_log_index + len(request.entries)
        sent = server.handle(AppendEntriesResponse("S2", "S1", 3, True, last)).messages
        request = sent[0] if sent else AppendEntriesRequest("S1", "S2", 3, 5, 1, (), 0)

    assert sizes == [2, 2, 1]
    assert server.progress["S2"].match_index == 5


def test_commands_in_a_row_are_sent_once_each(leader: Make) -> None:
    server = leader(term=3)

    requests = [
        server.handle(ClientRequest("C1", "S1", serial, f"x={serial}")).messages[0]
        for serial in (1, 2, 3)
    ]

    assert [[entry.serial for entry in request.entries] for request in requests] == [[1], [2], [3]]
    assert [request.prev_log_index for request in requests] == [0, 1, 2]


def test_acknowledgements_that_overtake_each_other_do_no_harm(leader: Make) -> None:
    server = leader(term=3)
    for serial in (1, 2, 3):
        server.handle(ClientRequest("C1", "S1", serial, f"x={serial}"))

    sent = [
        server.handle(AppendEntriesResponse("S2", "S1", 3, True, match_index)).messages
        for match_index in (3, 1, 2)
    ]

    assert sent == [(), (), ()]
    assert (server.progress["S2"].match_index, server.commit_index) == (3, 3)


# Options and the smallest cluster --------------------------------------------------------


def test_with_the_no_op_option_a_new_leader_sends_an_empty_command_of_its_term(
    candidate: Make,
) -> None:
    server = candidate(term=3, log=Log.of_terms(1), settings=Settings(no_op=True))

    effects = server.handle(RequestVoteResponse("S2", "S1", 3, vote_granted=True))

    assert server.log == Log.of_terms(1, 3)
    assert [request.entries for request in effects.messages] == [(Entry(3),), (Entry(3),)]
    assert [written.log.last_index for written in effects.writes] == [2]


def test_with_the_no_op_option_older_entries_commit_without_a_client(leader: Make) -> None:
    server = leader(term=3, log=Log.of_terms(1), settings=Settings(no_op=True))

    server.handle(AppendEntriesResponse("S2", "S1", 3, True, 2))

    assert server.commit_index == 2


@pytest.mark.parametrize("no_op", [False, True])
def test_a_server_alone_leads_and_commits_only_after_its_own_disk(no_op: bool) -> None:
    server = Server("S1", ("S1",), settings=Settings(no_op=no_op))
    server.start()

    election = server.handle(TimerFired("election"))
    role_before = server.standing.role
    pending = list(election.messages)
    while pending:
        pending += server.handle(pending.pop(0)).messages
    proposal = server.handle(ClientRequest("C1", "S1", 1, "x=1"))
    commit_before = server.commit_index
    (own,) = proposal.messages
    effects = server.handle(own)

    assert (role_before, server.standing.role) == ("candidate", "leader")
    assert commit_before == int(no_op)
    assert [entry.command for _, entry in effects.applied] == ["x=1"]
    assert [reply.serial for reply in effects.replies] == [1]


def test_a_server_alone_commits_only_what_its_disk_has_confirmed() -> None:
    server = Server("S1", ("S1",))
    server.start()
    (vote,) = server.handle(TimerFired("election")).messages
    server.handle(vote)
    (first,) = server.handle(ClientRequest("C1", "S1", 1, "x=1")).messages
    server.handle(ClientRequest("C1", "S1", 2, "x=2"))

    # The disk is slow: it has written the first command, and not yet the second.
    server.handle(first)

    assert server.commit_index == 1


def test_a_server_alone_does_not_lead_by_a_vote_of_an_earlier_term() -> None:
    server = Server("S1", ("S1",))
    server.start()
    (vote,) = server.handle(TimerFired("election")).messages
    server.handle(TimerFired("election"))

    # The disk is slow: it has written the vote of term 1, and not yet that of term 2.
    server.handle(vote)

    assert server.standing.role == "candidate"
