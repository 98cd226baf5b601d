"""What a leader sends (§5.3; Figure 2, Leaders): pieces of its own log, down to the last entry.

A request is a promise that the log stands like this on the leader, so it must be so, and
stay so while the message is under way.
"""

from raftkit.protocol import Settings
from raftkit.scenarios.logs.append_entries import (
    acknowledge,
    expect_pieces,
    indexes,
    leader,
    name_entries,
    name_request,
    refuse,
    refuse_all,
    requests,
)
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit logs", tells_rule=True)


@SUITE.scenario("Entries follow the one that their request names", "EntriesFollowPrev")
def entries_follow_prev(system: SystemUnderTest) -> None:
    """The first new entry follows immediately on prevLogIndex (§5.3; Figure 2, AppendEntries).

    After L27 and L28: one off, and the follower stores entries in the wrong places, or never
    finds the entry before them.
    """
    server = leader(system, 1, 1, 1)
    expect_pieces(server, server.propose("x=4"))
    expect_pieces(server, refuse(server, "S2", after=3))
    expect_pieces(server, acknowledge(server, "S2", 2))
    expect_pieces(server, server.beat())
    expect_pieces(server, server.propose("x=5"))


@SUITE.scenario("The entry before goes by its own term", "OwnTermBefore")
def own_term_before(system: SystemUnderTest) -> None:
    """prevLogTerm is the term of the entry at prevLogIndex (Figure 2, AppendEntries).

    After L38: with the leader's own term there, every follower that has older entries refuses.
    """
    server = leader(system, 1, 1, 2)
    for sent in (server.beat(), refuse(server, "S2", after=3, conflict_index=2), server.beat()):
        expect_pieces(server, sent)


@SUITE.scenario("Nothing is named before the first entry", "NothingBeforeTheFirst")
def nothing_before_the_first(system: SystemUnderTest) -> None:
    """Before the first entry there is index 0 of term 0, in every log (§5.3; Figure 2).

    After L14b: in Python, index -1 reads the last entry, and no follower has that before its first.
    """
    server = leader(system, 1, 1, 2)
    sent = refuse_all(server)
    expect_pieces(server, sent)
    expect(
        1 in indexes(sent),
        f"S1 leads with {name_entries(server.log)}; S2 answered that its log is empty, and was not "
        "sent entry 1.",
    )


@SUITE.scenario("Entries keep the term in which they were made", "EntriesKeepTheirTerm")
def entries_keep_their_term(system: SystemUnderTest) -> None:
    """A leader sends its predecessors' entries with their original terms (§5.4.2).

    After L39: the same entry goes by two terms, and logs that agree seem to conflict.
    """
    server = leader(system, 1, 2)
    expect_pieces(server, refuse_all(server))


@SUITE.scenario("A request under way does not change", "RequestsDoNotChange")
def requests_do_not_change(system: SystemUnderTest) -> None:
    """A request says what the log was when it was sent, also if it arrives late (§5.3).

    After L22: a list that is filled again for the next request changes those under way too.
    """
    server = leader(system)
    first = requests(server.propose("x=1"))
    before = [(name_request(each), tuple(each.entries)) for each in first]
    acknowledge(server, "S2", server.log.last_index)
    server.propose("x=2")
    server.beat()
    for each, (name, entries) in zip(first, before, strict=True):
        expect(
            tuple(each.entries) == entries,
            f"S1 sent S2 {name}. Before it arrived, S1 took another command, and now the message "
            f"is {name_request(each)}.",
        )


@SUITE.scenario("The last entry is sent, too", "LastEntryIsSent")
def last_entry_is_sent(system: SystemUnderTest) -> None:
    """If the last index is nextIndex or more, the entries up to it are sent (Figure 2, Leaders).

    After L36: the end of a slice or range is not part of it, and the newest command is left out.
    """
    # Smaller batches than the backlog, so that several requests have to follow each other.
    for batch in (100, 2):
        servers = system.exchange(3, settings=Settings(batch=batch))
        servers.time_out("S1")
        servers.cut("S1", "S3")
        for number in range(1, 6):
            servers.propose("S1", f"x={number}")
        servers.mend()
        for _ in range(6):
            servers.beat("S1")
        expected = servers["S1"].log
        for name in ("S2", "S3"):
            log = servers[name].log
            expect(
                log == expected,
                f"The leader took five commands and sent six heartbeats; {name} holds "
                f"{log.last_index} of its {expected.last_index} entries.",
            )
