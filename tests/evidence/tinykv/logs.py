"""What a follower takes and what a leader sends (§5.3): TinyKV's core tests.

Figure 7's six followers are here, with the number of refusals that Figure 2's
own back-up needs for each.
"""

from raftkit.checkers.figure_7 import FIGURE_7_FOLLOWERS, FIGURE_7_LEADER
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Entry,
    Log,
    Persistent,
)
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.scenario import Suite, expect, terms_of
from raftkit.scenarios.system_under_test import SystemUnderTest
from tests.evidence.tinykv.words import by_target

SUITE = Suite("TinyKV")

# How often each may refuse: once an entry, which is Figure 2's own back-up.

FIGURE_7_REFUSALS = {"a": 1, "b": 6, "c": 0, "d": 0, "e": 5, "f": 7}

# The follower's log, prevLogIndex, prevLogTerm, the terms of the new entries, the log after it.
APPENDS: tuple[tuple[tuple[int, ...], int, int, tuple[int, ...], tuple[int, ...]], ...] = (
    ((1, 2), 2, 2, (3,), (1, 2, 3)),
    ((1, 2), 1, 1, (3, 4), (1, 3, 4)),
    ((1, 2), 0, 0, (1,), (1, 2)),
    ((1, 2), 0, 0, (3,), (3,)),
    ((1, 2), 1, 1, (2,), (1, 2)),
    ((1, 2), 2, 2, (), (1, 2)),
    ((1, 2), 0, 0, (), (1, 2)),
)


@SUITE.scenario("A leader sends a command to all", "LeaderStartReplication")
def leader_sends(system: SystemUnderTest) -> None:
    """A leader appends a command to its log and sends it, with the entry before it, to all.

    In the same step the entry goes to the leader's own disk, and nothing is committed yet.
    """
    server = system.server_in_role(LEADER)
    sent = by_target(server.propose("x=1"))
    entry = server.log[1] if server.log.last_index == 1 else None
    expect(
        entry is not None and (entry.term, entry.command) == (2, "x=1"),
        f"The leader's log holds {terms_of(server.log)}, expected x=1 of term 2.",
    )
    expected = [
        AppendEntriesRequest("S1", peer, 2, 0, 0, server.log.entries(), 0) for peer in ("S2", "S3")
    ]
    expect(sent == expected, f"The leader sent {sent}, expected {expected}.")
    expect(server.commit_index == 0, "The leader committed an entry that only it holds.")
    expect(
        server.disk is not None and server.disk.log == server.log,
        "The leader sent an entry that is not on its own disk.",
    )


@SUITE.scenario("A follower checks the entry before", "FollowerCheckMsgAppend")
def follower_checks(system: SystemUnderTest) -> None:
    """A follower refuses entries whose predecessor it lacks, and changes nothing.

    By induction this check keeps all logs equal up to where they last agreed.
    """
    own = Log.of_terms(1, 2)
    cases = ((0, 0, True), (1, 1, True), (2, 2, True), (1, 2, False), (2, 1, False), (3, 3, False))
    for index, term, success in cases:
        server = system.server(persistent=Persistent(2, None, own))
        (answer,) = server.hear(AppendEntriesRequest("S2", "S1", 2, index, term, (), 0))
        case = f"The entry before is {index} of term {term} and the follower holds {terms_of(own)}"
        expect(
            isinstance(answer, AppendEntriesResponse) and answer.success == success,
            f"{case}: it answered {answer}, expected success={success}.",
        )
        expect(server.log == own, f"{case}: an empty request made it {terms_of(server.log)}.")


@SUITE.scenario("A follower deletes only what conflicts", "FollowerAppendEntries")
def follower_appends(system: SystemUnderTest) -> None:
    """A follower deletes what conflicts, appends what is missing, and leaves the rest.

    Deleting without a conflict loses entries that were acknowledged; never deleting keeps
    an old leader's.
    """
    for terms, index, term, new, result in APPENDS:
        own, expected = Log.of_terms(*terms), Log.of_terms(*result)
        server = system.server(persistent=Persistent(4, None, own))
        entries = tuple(Entry(entry_term) for entry_term in new)
        server.hear(AppendEntriesRequest("S2", "S1", 4, index, term, entries, 0))
        case = f"A follower with {terms_of(own)} got entries of terms {list(new)} after {index}"
        expect(
            server.log == expected,
            f"{case} and holds {terms_of(server.log)}, expected {terms_of(expected)}.",
        )
        on_disk = server.disk.log if server.disk else Log()
        expect(
            on_disk == expected,
            f"{case}; its disk holds {terms_of(on_disk)}, expected {terms_of(expected)}.",
        )


@SUITE.scenario("Figure 7's followers are repaired", "LeaderSyncFollowerLog")
def figure_7(system: SystemUnderTest) -> None:
    """The leader of Figure 7 brings each of the followers a to f in line with its log.

    The refusals are counted, because a back-up that overshoots or loops is wrong, too.
    """
    for letter, terms in FIGURE_7_FOLLOWERS.items():
        refusals, lengths = repair(system, terms)
        most = FIGURE_7_REFUSALS[letter]
        case = f"Figure 7, follower {letter}"
        expect(refusals <= most, f"{case} refused {refusals} times, at most {most} are needed.")
        # Only a conflicting entry deletes: what c and d have more stays until there is one.
        agrees = terms[: len(FIGURE_7_LEADER)] == FIGURE_7_LEADER
        wanted = len(terms) if agrees else len(FIGURE_7_LEADER)
        expect(lengths[0] == wanted, f"{case} holds {lengths[0]} entries, expected {wanted}.")
        # Entry 11 of the leader conflicts with what c and d have there, so now they give it up.
        expect(lengths[1] == 11, f"{case} holds {lengths[1]} entries after the leader's next one.")


def repair(system: SystemUnderTest, terms: tuple[int, ...]) -> tuple[int, tuple[int, int]]:
    """Let Figure 7's leader repair a log: its refusals, its length then and after entry 11."""
    leader_log = Log.of_terms(*FIGURE_7_LEADER)
    log = Log.of_terms(*terms)
    disks = {"S1": Persistent(7, None, leader_log), "S2": Persistent(log.last_term, None, log)}
    # Seven servers as in the paper, whose Figure 7 needs that many; five are out of reach.
    servers = system.exchange(7, disks)
    for absent in ("S3", "S4", "S5", "S6", "S7"):
        servers.cut_off(absent)
    servers.deliver(servers["S1"].become_leader())
    servers.beat("S1")
    refusals = sum(
        isinstance(message, AppendEntriesResponse) and not message.success
        for message in servers.delivered
    )
    length = servers["S2"].log.last_index
    expect(
        servers["S2"].log.common_prefix(leader_log) == leader_log.last_index,
        f"A follower with {terms_of(log)} was brought to {terms_of(servers['S2'].log)}, "
        f"unlike the leader's {terms_of(leader_log)}.",
    )
    servers.propose("S1", "x=11")
    expect(
        servers["S2"].log == servers["S1"].log,
        f"A follower with {terms_of(log)} was brought to {terms_of(servers['S2'].log)}, "
        f"unlike the leader's {terms_of(servers['S1'].log)}.",
    )
    return refusals, (length, servers["S2"].log.last_index)
