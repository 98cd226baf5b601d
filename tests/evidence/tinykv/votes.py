"""Who gets a vote and who wins (§5.2, §5.4.1): TinyKV's core tests.

Tables of votes and logs for one server, and contests between three or five
that hear each other at once.
"""

from raftkit.protocol import (
    Entry,
    Log,
    Message,
    Persistent,
    RequestVoteRequest,
    RequestVoteResponse,
)
from raftkit.protocol.roles import CANDIDATE, FOLLOWER, LEADER
from raftkit.scenarios.lone_server import heartbeat
from raftkit.scenarios.scenario import Suite, expect, terms_of
from raftkit.scenarios.system_under_test import SystemUnderTest
from tests.evidence.tinykv.words import by_target, name_vote

SUITE = Suite("TinyKV")

# Servers, answers of S2, S3, ... (None: no answer), and whether S1 wins.

VOTES: tuple[tuple[int, tuple[bool | None, ...], bool], ...] = (
    (1, (), True),
    (3, (True, True), True),
    (3, (True, None), True),
    (5, (True, True, True, True), True),
    (5, (True, True, True, None), True),
    (5, (True, True, None, None), True),
    (3, (False, False), False),
    (5, (False, False, False, False), False),
    (5, (True, False, False, False), False),
    (3, (None, None), False),
    (5, (True, None, None, None), False),
    (5, (False, False, None, None), False),
    (5, (None, None, None, None), False),
)

# The voter's log, the candidate's, and whether the vote is granted.
LOGS: tuple[tuple[tuple[int, ...], tuple[int, ...], bool], ...] = (
    ((1,), (1,), True),
    ((1,), (1, 1), True),
    ((1, 1), (1,), False),
    ((1,), (2,), True),
    ((1,), (1, 2), True),
    ((1, 1), (2,), True),
    ((2,), (1,), False),
    ((2,), (1, 1), False),
    ((1, 2), (1,), False),
    ((), (), True),
    ((), (1,), True),
    ((1,), (), False),
)


@SUITE.scenario("A majority of all servers elects", "LeaderElectionInOneRoundRPC")
def one_round(system: SystemUnderTest) -> None:
    """A candidate wins with a majority of all servers, whoever has not answered.

    Silent servers count in the majority, too: it is one of all servers, not of the answers.
    """
    for servers, answers, wins in VOTES:
        server = system.server(servers=servers)
        server.time_out()
        for peer, granted in zip(server.peers, answers, strict=True):
            if granted is not None:
                server.hear(RequestVoteResponse(peer, "S1", 1, granted))
        case = f"With {answers.count(True) + 1} of {servers} votes"
        expect((server.role == LEADER) == wins, f"{case} S1 is a {server.role}.")
        expect(server.term == 1, f"{case} in term 1, S1 is in term {server.term}.")


@SUITE.scenario("A follower votes once in a term", "FollowerVote")
def first_come(system: SystemUnderTest) -> None:
    """A follower votes once in a term, whatever asks again and even if it restarts meanwhile.

    A second vote in a term can elect a second leader.
    """
    cases = ((None, "S2", True), (None, "S3", True), ("S2", "S2", True), ("S3", "S3", True))
    for vote, candidate, granted in (*cases, ("S2", "S3", False), ("S3", "S2", False)):
        server = system.server(persistent=Persistent(1, vote))
        sent = server.hear(RequestVoteRequest(candidate, "S1", 1, 0, 0))
        expected: list[Message] = [RequestVoteResponse("S1", candidate, 1, granted)]
        expect(
            sent == expected,
            f"S1 had voted for {vote} in term 1 and {name_vote(sent)} to {candidate}; "
            f"expected that it {name_vote(expected)}.",
        )
        server.restart()
        vote = candidate if granted else vote
        expect(
            server.voted_for == vote,
            f"S1 voted for {vote}, restarted, and remembers {server.voted_for}.",
        )


@SUITE.scenario("A candidate tells where its log ends", "VoteRequest")
def asks_with_its_log(system: SystemUnderTest) -> None:
    """A candidate's request tells the end of its log, and goes to everybody else.

    The end of the log is the last entry's index and its own term.
    """
    for log, term in ((Log.of_terms(1), 2), (Log.of_terms(1, 2), 3)):
        server = system.server(persistent=Persistent(term - 1, None, log))
        sent = by_target(server.time_out())
        expected = [
            RequestVoteRequest("S1", peer, term, log.last_index, log.last_term)
            for peer in ("S2", "S3")
        ]
        expect(
            sent == expected, f"A candidate with {terms_of(log)} sent {sent}, expected {expected}."
        )


@SUITE.scenario("A voter compares logs", "Voter")
def compares_logs(system: SystemUnderTest) -> None:
    """A voter refuses a candidate whose log is behind: by last term first, then by length.

    Without this a server that lacks committed entries can win and overwrite them.
    """
    for own_terms, terms, granted in LOGS:
        own, log = Log.of_terms(*own_terms), Log.of_terms(*terms)
        server = system.server(persistent=Persistent(2, None, own))
        request = RequestVoteRequest("S2", "S1", 3, log.last_index, log.last_term)
        sent = server.hear(request)
        expected: list[Message] = [RequestVoteResponse("S1", "S2", 3, granted)]
        expect(
            sent == expected,
            f"A voter with {terms_of(own)} {name_vote(sent)} to a candidate with {terms_of(log)}; "
            f"expected that it {name_vote(expected)}.",
        )


@SUITE.scenario("Two candidates duel", "DuelingCandidates")
def duelling_candidates(system: SystemUnderTest) -> None:
    """Two candidates that cannot hear each other: one wins, the other's later term unseats it.

    The higher term is adopted even from a candidate that gets no vote.
    """
    servers = system.exchange(3)
    # S2 hears S1 first and has no vote left for S3 in this term.
    servers.cut("S1", "S3")
    servers.time_out("S1")
    servers.time_out("S3")
    expect(servers["S1"].role == LEADER, "S1 has its own and S2's vote and does not lead.")
    expect(servers["S3"].role == CANDIDATE, f"S3 has one vote and is a {servers['S3'].role}.")

    servers.propose("S1", "x=1")
    servers.mend()
    # S3 has no entry, so its later term stops S1 and wins nothing.
    servers.time_out("S3")
    expect(servers["S1"].role == FOLLOWER, "S1 saw S3's later term and did not step down.")
    expect(servers["S3"].role != LEADER, "S3 leads although its log is behind.")
    terms = {name: server.term for name, server in servers.servers.items()}
    expect(set(terms.values()) == {2}, f"The terms are {terms}, expected 2 everywhere.")
    lengths = [servers[name].log.last_index for name in ("S1", "S2", "S3")]
    expect(lengths == [1, 1, 0], f"The logs hold {lengths} entries, expected [1, 1, 0].")


@SUITE.scenario("A candidate concedes", "CandidateConcede")
def candidate_concedes(system: SystemUnderTest) -> None:
    """A candidate that was cut off follows the leader of its own term and takes its entries.

    Equal terms do not make a candidate deaf to the leader.
    """
    servers = system.exchange(3)
    servers.cut_off("S1")
    servers.time_out("S1")
    servers.time_out("S3")
    servers.mend()
    servers.beat("S3")
    servers.propose("S3", "force follower")
    servers.beat("S3")
    expect(servers["S1"].role == FOLLOWER, f"S1 is a {servers['S1'].role}, expected a follower.")
    expect(servers["S1"].term == 1, f"S1 is in term {servers['S1'].term}, expected 1.")
    for name, server in servers.servers.items():
        found = [entry.command for entry in server.applied]
        expect(found == ["force follower"], f"{name} applied {found}, not the leader's command.")


@SUITE.scenario("A leader overwrites entries of a higher term", "LeaderElectionOverwriteNewerLogs")
def newer_logs_lose(system: SystemUnderTest) -> None:
    """A leader of a later term overwrites an entry with a higher term than its own last one.

    An entry of a higher term that was never committed has no claim to stay.
    """
    first, second = Log.of_terms(1), Log([Entry(2, "lost")])
    disks = {
        "S1": Persistent(1, None, first),
        "S2": Persistent(1, None, first),
        "S3": Persistent(2, "S3", second),
        "S4": Persistent(2, "S3"),
        "S5": Persistent(2, "S3"),
    }
    servers = system.exchange(5, disks)
    # The first attempt fails: a majority knows of the election in term 2.
    servers.time_out("S1")
    expect(servers["S1"].role != LEADER, "S1 won term 2, in which a majority voted for S3.")
    expect(servers["S1"].term == 2, f"S1 is in term {servers['S1'].term}, expected 2.")

    servers.time_out("S1")
    expect(servers["S1"].role == LEADER, "S1 asked in term 3 and does not lead.")
    servers.propose("S1", "kept")
    servers.beat("S1")
    for name, server in servers.servers.items():
        found = [entry.term for entry in server.log]
        expect(found == [1, 3], f"{name} holds entries of terms {found}, expected [1, 3].")


@SUITE.scenario("A lonely follower disrupts the leader", "DisruptiveFollower")
def disruptive_follower(system: SystemUnderTest) -> None:
    """A follower that times out alone makes the leader step down by its higher term.

    Figure 2 has no remedy for this; it is how a leader learns that it is out of date.
    """
    servers = system.exchange(3)
    servers.time_out("S1")
    servers.cut_off("S3")
    servers.time_out("S3")
    expect(servers["S3"].term == 2, f"S3 is in term {servers['S3'].term}, expected 2.")

    servers.mend()
    servers.beat("S1")
    expect(servers["S1"].role == FOLLOWER, "S1 was answered with a higher term and still leads.")
    expect(servers["S1"].term == 2, f"S1 is in term {servers['S1'].term}, expected 2.")
    expect(servers["S3"].role == CANDIDATE, f"S3 is a {servers['S3'].role}, no longer a candidate.")


@SUITE.scenario("The vote is split", "SplitVote")
def split_vote(system: SystemUnderTest) -> None:
    """Two candidates share the votes and none wins; the first to try again does.

    Whoever counts an even share as a victory has two leaders here.
    """
    servers = system.exchange(3)
    servers.time_out("S1")
    servers.cut_off("S1")
    # Both have timed out before either hears the other, so each has voted for itself.
    requests = [*servers["S2"].time_out(), *servers["S3"].time_out()]
    servers.deliver(requests)
    for name in ("S2", "S3"):
        expect(
            servers[name].role == CANDIDATE, f"{name} has one vote and is a {servers[name].role}."
        )
        expect(servers[name].term == 2, f"{name} is in term {servers[name].term}, expected 2.")

    servers.time_out("S3")
    expect(servers["S3"].role == LEADER, "S3 tried again in term 3 and does not lead.")
    expect(servers["S2"].role == FOLLOWER, f"S2 is a {servers['S2'].role}, expected a follower.")


@SUITE.scenario("Messages of old terms change nothing", "OldMessages")
def old_messages(system: SystemUnderTest) -> None:
    """A request of a former leader changes nothing, and its answer tells the new term.

    Silence would leave the former leader in office.
    """
    servers = system.exchange(3)
    for name in ("S1", "S2", "S1"):
        servers.time_out(name)
    servers.propose("S1", "x=1")
    servers.beat("S1")
    before = servers["S1"].log
    answers = servers["S1"].hear(heartbeat(2))
    expect(servers["S1"].role == LEADER, "S1 gave up term 3 for a request of term 2.")
    expect(servers["S1"].log == before, "S1 changed its log for a request of term 2.")
    expect(
        [getattr(answer, "term", None) for answer in answers] == [3],
        f"The request of term 2 was answered with {answers}, expected one answer of term 3.",
    )

    servers.propose("S1", "x=2")
    servers.beat("S1")
    for name, server in servers.servers.items():
        found = [entry.command for entry in server.applied]
        expect(found == ["x=1", "x=2"], f"{name} applied {found}, expected x=1 and x=2.")
