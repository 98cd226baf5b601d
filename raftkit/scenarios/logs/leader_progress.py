"""What a leader makes of its log and of its followers' answers (§5.3; Figure 2, Leaders).

Answers come late, twice, and from older terms. None may take back what is known, and
none may be taken for another one's.
"""

from collections.abc import Iterable

from raftkit.protocol import AppendEntriesRequest, Entry, Log, Message
from raftkit.protocol.roles import CANDIDATE, FOLLOWER
from raftkit.scenarios.logs.append_entries import (
    acknowledge,
    expect_pieces,
    indexes,
    leader,
    name_entries,
    refuse,
    refuse_all,
    requests,
)
from raftkit.scenarios.lone_server import LoneServer
from raftkit.scenarios.scenario import Suite, expect, terms_of
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit logs", tells_rule=True)


def _expect_news_only(
    server: LoneServer, so_far: str, acknowledged: int, sent: Iterable[Message]
) -> None:
    """Fail if S2 is sent anything that it has acknowledged; `so_far` is what it did."""
    again = [index for index in indexes(sent) if index <= acknowledged]
    expect(
        not again,
        f"S1 leads with {name_entries(server.log)}; {so_far}. Then S1 sent it entries "
        f"{', '.join(map(str, again))} again.",
    )


# Its own log -----------------------------------------------------------------------------


@SUITE.scenario("Only a leader takes commands", "OnlyALeaderTakes")
def only_a_leader_takes(system: SystemUnderTest) -> None:
    """Only the leader appends clients' commands; others say where it is (§5.1, §8).

    After L25: two servers put different commands under the same index and term.
    """
    for role in (FOLLOWER, CANDIDATE):
        server = system.server_in_role(role)
        server.propose("x=1")
        expect(
            server.log.last_index == 0,
            f"S1 is a {role} and was handed x=1; its log holds {name_entries(server.log)}, "
            "expected nothing.",
        )


@SUITE.scenario("A leader keeps its log when others refuse", "LeaderKeepsItsLog")
def leader_keeps_its_log(system: SystemUnderTest) -> None:
    """A leader never deletes its own entries; followers' logs are made like its own (§5.3).

    After L20: the leader gives up an entry that a majority may have.
    """
    server = leader(system, 1, 1, 2)
    held = server.log
    for after, conflict_index in ((3, 2), (1, 1)):
        refuse(server, "S2", after, conflict_index=conflict_index)
        expect(
            server.log.extends(held),
            f"S1 led with {name_entries(held)}; S2 refused what follows entry {after}, and now S1 "
            f"holds {terms_of(server.log)}.",
        )


@SUITE.scenario("A winner keeps its log", "WinnerKeepsItsLog")
def winner_keeps_its_log(system: SystemUnderTest) -> None:
    """Entries of earlier leaders stay in a new leader's log, committed or not (§5.4, Figure 3).

    After L20b: a leader cannot know which of them a majority has, so none may go.
    """
    held = Log.of_terms(1, 1, 2)
    server = leader(system, 1, 1, 2)
    expect(
        server.log.extends(held),
        f"S1 held {name_entries(held)} and was elected; now it holds {terms_of(server.log)}.",
    )


# What it is told -------------------------------------------------------------------------


@SUITE.scenario("What is acknowledged is not sent again", "AcknowledgedOnce")
def acknowledged_once(system: SystemUnderTest) -> None:
    """After a success nextIndex lies behind what was acknowledged (§5.3; Figure 2, Leaders).

    After L30, L34 and L37: it works, and each message is as long as the whole log.
    """
    server = leader(system, 1, 1)
    for number in (1, 2, 3):
        last = server.log.last_index
        so_far = f"S2 acknowledged everything up to entry {last}"
        sent = [*acknowledge(server, "S2", last), *server.beat(), *server.propose(f"x={number}")]
        _expect_news_only(server, so_far, last, sent)
        expect(
            last + 1 in indexes(sent),
            f"S1 leads with {name_entries(server.log)}; {so_far}, and was not sent entry "
            f"{last + 1}.",
        )


@SUITE.scenario("A late acknowledgement takes nothing back", "LateAcknowledgement")
def late_acknowledgement(system: SystemUnderTest) -> None:
    """matchIndex increases monotonically: an older success changes nothing (Figure 2, State).

    After L12: answers overtake each other, and the last to arrive is not the latest.
    """
    server = leader(system)
    for number in (1, 2, 3):
        server.propose(f"x={number}")
    last = server.log.last_index
    acknowledge(server, "S2", last)
    so_far = f"S2's success up to entry {last} arrived, and after it the older one up to entry 1"
    sent = [*acknowledge(server, "S2", 1), *server.beat(), *server.propose("x=4")]
    _expect_news_only(server, so_far, last, sent)


@SUITE.scenario("A late refusal takes nothing back", "LateRefusal")
def late_refusal(system: SystemUnderTest) -> None:
    """A refusal of something that has since been acknowledged is out of date (§5.3).

    After L16: the network delivers the first refusal again when the follower is long repaired.
    """
    server = leader(system, 1, 1, 2)
    refuse(server, "S2", after=3)
    last = server.log.last_index
    acknowledge(server, "S2", last)
    so_far = f"S2 refused, was repaired and acknowledged up to entry {last}; the refusal came again"
    _expect_news_only(server, so_far, last, [*refuse(server, "S2", after=3), *server.beat()])


@SUITE.scenario("A refusal of an older term counts for nothing", "OldRefusal")
def old_refusal(system: SystemUnderTest) -> None:
    """An answer to a request of an older term says nothing of this one: drop it (§5.1, §5.3).

    After L16b: it was refused because of its term, not of its log, or the log was another one.
    """
    server = leader(system, 1, 1, 2)
    last = server.log.last_index
    acknowledge(server, "S2", last)
    older = server.term - 1
    so_far = f"S2 acknowledged up to entry {last}; then came its refusal of term {older}"
    sent = [*refuse(server, "S2", after=last, term=older), *server.beat()]
    _expect_news_only(server, so_far, last, sent)


@SUITE.scenario("An acknowledgement of an older term counts for nothing", "OldAcknowledgement")
def old_acknowledgement(system: SystemUnderTest) -> None:
    """A success in an older term was about entries that may since have been replaced (§5.1, §5.3).

    After L33: the leader commits by copies that are not there any more.
    """
    server = leader(system, 1)
    server.propose("x=2")
    last, older = server.log.last_index, server.term - 1
    acknowledge(server, "S2", last, term=older)
    expect(
        server.commit_index == 0,
        f"S1 leads term {server.term} with {terms_of(server.log)}; a success up to entry {last} "
        f"came from S2, of term {older}, and S1 committed up to {server.commit_index}.",
    )


@SUITE.scenario("A new leadership begins without matches", "MatchesBeginAtZero")
def matches_begin_at_zero(system: SystemUnderTest) -> None:
    """matchIndex is 0 again after each election (Figure 2, State: reinitialized after election).

    After L17b: what a follower acknowledged was replaced since, as it was on the leader itself.
    """
    server = _leader_again(system, new_terms=(8,))
    server.propose("y=1")
    last = server.log.last_index
    acknowledge(server, "S4", last)
    expect(
        server.commit_index == 0,
        f"S1 led a term, S2 acknowledged its entries 1 to 3, and another leader replaced them. "
        f"Now S1 leads again, of five, with {name_entries(server.log)}; only S4 has acknowledged "
        f"entry "
        f"{last}, and S1 committed up to {server.commit_index}.",
    )


@SUITE.scenario("A new leadership searches from the end", "SearchesFromTheEnd")
def searches_from_the_end(system: SystemUnderTest) -> None:
    """nextIndex starts anew after each election, and falls as far as it must (Figure 2; §5.3).

    After L17: with the numbers of an older term the follower is never repaired, or the leader
    looks for an entry that it does not have.
    """
    for new_terms in ((8, 8, 8, 8), (8,)):
        server = _leader_again(system, new_terms)
        sent = refuse_all(server)
        expect_pieces(server, sent)
        expect(
            1 in indexes(sent),
            f"S1 led a term, and another leader replaced its log. Now S1 leads again with "
            f"{name_entries(server.log)}; S2 answered that its log is empty, and was not sent "
            "entry 1.",
        )


def _leader_again(system: SystemUnderTest, new_terms: tuple[int, ...]) -> LoneServer:
    """S1 of five, which led once, lost its three entries to S3's of `new_terms`, and leads again.

    S2 had acknowledged the three, which was no majority.
    """
    server = leader(system, servers=5)
    while server.log.last_index < 3:
        server.propose("x=1")
    acknowledge(server, "S2", 3)
    entries = tuple(Entry(term) for term in new_terms)
    server.hear(AppendEntriesRequest("S3", "S1", 8, 0, 0, entries, 0))
    server.become_leader()
    return server


@SUITE.scenario("Refusals may come twice", "RefusalsTwice")
def refusals_twice(system: SystemUnderTest) -> None:
    """Before the first entry every log matches: nextIndex never falls below 1 (§5.3; Figure 2).

    After L14: each copy of a refusal takes nextIndex down once more.
    """
    server = leader(system, 1)
    for _ in range(4):
        expect_pieces(server, [*refuse(server, "S2", after=1), *server.beat()])


@SUITE.scenario("Each answer is its sender's", "AnswersHaveSenders")
def answers_have_senders(system: SystemUnderTest) -> None:
    """nextIndex and matchIndex are kept for each server by itself (Figure 2, State).

    After L23: a Python closure made in a loop sees the loop's last value, so every answer is
    credited to the last follower.
    """
    server = leader(system, servers=5)
    server.propose("x=1")
    last = server.log.last_index
    for peer in ("S2", "S3"):
        acknowledge(server, peer, last)
    expect(
        server.commit_index == last,
        f"S1 leads four others; S2 and S3 acknowledged up to entry {last}, so three of five have "
        f"it, and S1's commitIndex is {server.commit_index}.",
    )
    sent = requests([*refuse(server, "S4", after=last), *server.beat()], "S4")
    expect(
        any(each.entries for each in sent),
        "S4 refused, and S1 did not send it anything earlier.",
    )
