"""How long timers run (§5.2, §5.6, §9.3), and whether leaders stay and elections end.

Every bound is a ratio to other times of the same server, or to the way of a message:
the paper's own numbers are a suggestion, and other servers may choose others.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from raftkit.protocol import (
    ForbiddenTransition,
    Log,
    Persistent,
    RequestVoteRequest,
    RequestVoteResponse,
    Settings,
)
from raftkit.protocol.messages import ELECTION, HEARTBEAT
from raftkit.protocol.roles import FOLLOWER, LEADER
from raftkit.scenarios.lone_server import LoneServer, heartbeat
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.simulator import Link, Timeout

SUITE = Suite("raftkit timers")

DRAWS = tuple(number / 100 for number in range(100))
# How many different waits they must come to at least; whole milliseconds are fine enough.
DIFFERENT = 10
MANY = 30  # elections without a winner
# The longest way of a message on a link that nobody has made worse, in microseconds.
MESSAGE_AT_MOST = Link().latency_max

# Far shorter and longer than the paper's, and with wider intervals.
OTHER_SETTINGS = (
    Settings(15_000, 30_000, 5_000),
    Settings(400_000, 500_000, 100_000),
    Settings(200_000, 1_000_000, 60_000),
    Settings(1_500_000, 3_000_000, 500_000),
)

COMMANDS, EVERY_MS = 100, 20
SILENT_BEATS = 20  # far longer than any election timeout
# Twenty elections: split votes are rare, so this is never bad luck.
ELECT_WITHIN_MS = 6_000


@SUITE.scenario("Servers wait for different times", "DifferentTimes")
def different_times(system: SystemUnderTest) -> None:
    """Servers that draw differently wait for different times, by more than a message (§5.2).

    Aimed at a fixed timeout, at one seed for all, and at a spread so narrow that several
    candidates have asked before the first is heard: each of them splits the vote.
    """
    servers = [system.server(name) for name in ("S1", "S2", "S3")]
    rounds, alone = 200, 0
    for _ in range(rounds):
        draws = [system.below(1_000) / 1_000 for _ in servers]
        waits = [wait(server, ELECTION, draw) for server, draw in zip(servers, draws, strict=True)]
        first, second = sorted(waits)[:2]
        alone += second - first > MESSAGE_AT_MOST
    expect(
        alone >= rounds / 3,
        f"In {rounds} elections of three servers, the first was ahead of the second by more than "
        f"a message takes ({MESSAGE_AT_MOST:,} µs) only {alone} times; expected {rounds // 3} at "
        "least. Timeouts are random and spread out, so that mostly a single server times out and "
        "wins before any other (§5.2, §9.3): look at what becomes of the draw.",
    )


@SUITE.scenario("Each wait is drawn anew", "DrawnAnew")
def drawn_anew(system: SystemUnderTest) -> None:
    """Each wait of a server is drawn anew (§5.2).

    Aimed at a timeout that is drawn once: two servers that drew nearly the same split the vote,
    wait equally long, and split it again.
    """
    server = system.server()
    waits = []
    for draw in (0.1, 0.3, 0.5, 0.7, 0.9):
        waits.append(wait(server, ELECTION, draw))
        server.time_out()
    expect(
        len(set(waits)) >= 3,
        f"S1 stood for five elections with five different draws and waited {_listed(waits)} µs. A "
        "candidate restarts its randomized timeout at the start of each election (§5.2): drawn "
        "once, the same servers meet again and again.",
    )


@SUITE.scenario("A follower outwaits several heartbeats", "OutwaitsHeartbeats")
def outwaits_heartbeats(system: SystemUnderTest) -> None:
    """The shortest wait for a leader is at least two heartbeats long (§5.2, §5.6).

    Aimed at heartbeats as rare as timeouts, and at waits drawn from zero: both unseat a leader
    that is well.
    """
    server = system.server()
    shortest = min(wait(server, ELECTION, draw) for draw in DRAWS)
    interval = max(wait(server, HEARTBEAT, draw) for draw in DRAWS)
    expect(
        shortest >= 2 * interval,
        f"A leader is heard every {interval:,} µs, and a follower may wait only {shortest:,} µs "
        "before it stands itself. A leader sends heartbeats often enough to prevent elections "
        "(§5.2), so the shortest timeout lasts for two at least: one message may get lost.",
    )


@SUITE.scenario("A candidate waits for its answers", "WaitsForAnswers")
def waits_for_answers(system: SystemUnderTest) -> None:
    """The shortest wait lasts for a request and its answer at least (§5.6).

    Aimed at a timeout in the wrong unit: all candidates ask anew before they can be answered.
    """
    server = system.server()
    shortest, needed = min(wait(server, ELECTION, draw) for draw in DRAWS), 2 * MESSAGE_AT_MOST
    expect(
        shortest >= needed,
        f"An election timeout may be only {shortest:,} µs, but a request and its answer take up "
        f"to {needed:,} µs. The broadcast time must be far below the election timeout (§5.6). "
        "Timeouts are in microseconds: look at the unit.",
    )


@SUITE.scenario("Heartbeats leave the network some peace", "LeavesPeace")
def leaves_peace(system: SystemUnderTest) -> None:
    """A shortest timeout has twenty heartbeats at most: they prevent elections, no more (§5.2).

    Aimed at a heartbeat in the wrong unit, which floods the network for nothing.
    """
    server = system.server()
    shortest = min(wait(server, ELECTION, draw) for draw in DRAWS)
    interval = min(wait(server, HEARTBEAT, draw) for draw in DRAWS)
    expect(
        20 * interval >= shortest,
        f"A leader sends a heartbeat every {interval:,} µs, although no follower waits less than "
        f"{shortest:,} µs. Heartbeats only have to prevent elections (§5.2), and a few in each "
        "timeout do; they are in microseconds: look at the unit.",
    )


@SUITE.scenario("Patience does not grow", "SamePatience")
def patience(system: SystemUnderTest) -> None:
    """After many elections without a winner a server waits as long as before (§5.2).

    Aimed at servers that wait twice as long each time: when a majority is back, all of them sleep;
    and at servers that stop to draw: they split the vote for ever.
    """
    server = system.server()
    for _ in range(MANY):
        server.time_out()
    _expect_drawn(server, DRAWS, f"After {MANY} elections without a winner")


@SUITE.scenario("Timers run as the settings say", "AsSet")
def as_set(system: SystemUnderTest) -> None:
    """Timeouts come from all of the interval that was set, and heartbeats fit in (§5.2, §5.6).

    Aimed at servers that have the paper's own 150 to 300 ms, or parts of them, built in; and at
    servers that wait otherwise after some elections, or in some role.
    """
    for entries, settings in enumerate(OTHER_SETTINGS):
        disk = Persistent(1, None, Log.of_terms(*[1] * entries))
        server = system.server(persistent=disk, settings=settings)
        _expect_drawn(server, DRAWS, "Newly started")
        for moment in _moments(server):
            _expect_drawn(server, DRAWS[::6], moment)


def _moments(server: LoneServer) -> Iterator[str]:
    """A server's life, with a pause wherever its election timer may have been set."""
    for number in range(1, 8):
        server.time_out()
        yield f"In its election {number}"
    server.hear(heartbeat(server.term))
    yield "A follower again"
    server.hear(RequestVoteRequest("S3", "S1", server.term + 1, 0, 0))
    yield "A voter for S3"
    server.become_leader()
    _expect_beats(server)
    server.beat()
    _expect_beats(server)
    server.hear(heartbeat(server.term + 1))
    yield "A leader until now"
    server.time_out()
    yield "In an election after it has led"
    server.restart()
    yield "Restarted"


def _expect_drawn(server: LoneServer, draws: Sequence[float], moment: str) -> None:
    """Fail unless election timeouts are drawn from all of the interval that is set."""
    waits = [wait(server, ELECTION, draw) for draw in draws]
    low, high = server.settings.election_timeout_min, server.settings.election_timeout_max
    waited = (
        f"{moment}, S1 waits from {min(waits):,} to {max(waits):,} µs for {len(set(waits))} "
        f"different times; the election timeouts in the settings are from {low:,} to {high:,} µs."
    )
    expect(
        low <= min(waits) and max(waits) <= high,
        f"{waited} Each network has its own times, so each timeout is drawn from the interval in "
        "the settings, whatever has come before (§5.2, §5.6).",
    )
    expect(
        max(waits) - min(waits) >= (high - low) / 2,
        f"{waited} The settings spread the waits out so that few servers time out together (§5.2, "
        "§9.3): use all of the interval.",
    )
    expect(
        len(set(waits)) >= DIFFERENT,
        f"{waited} Whoever draws the same time splits the vote (§5.2): use the draw as it is.",
    )


def _expect_beats(server: LoneServer) -> None:
    """Fail unless heartbeats fit into the timeouts that are set."""
    beat, low = wait(server, HEARTBEAT, 0.5), server.settings.election_timeout_min
    expect(
        2 * beat <= low <= 20 * beat,
        f"With election timeouts of {low:,} µs or more and heartbeats every "
        f"{server.settings.heartbeat_interval:,} µs in the settings, a leader sends one every "
        f"{beat:,} µs. At least two, and not more than twenty, fit into the shortest timeout "
        "(§5.2): take the interval from the settings.",
    )


def wait(server: LoneServer, timer: str, draw: float) -> int:
    """How long a timer of the server would run now, in microseconds."""
    # A rule may answer with a fraction, but time here is whole.
    return int(server.process.timer_duration(timer, draw))


def _listed(numbers: Sequence[int]) -> str:
    """Numbers in a sentence."""
    return ", ".join(f"{number:,}" for number in numbers)


# A cluster's leaders ---------------------------------------------------------------------


@SUITE.scenario("A leader does not time out", "LeaderStays")
def leads_on(system: SystemUnderTest) -> None:
    """A leader does not time out: no election timer unseats it (§5.2; Figure 4).

    Aimed at servers that leave the timer of the won election running, and obey it.
    """
    server = system.server_in_role(LEADER)
    for beat in range(1, SILENT_BEATS + 1):
        server.beat()
        expect(
            (server.role, server.term) == (LEADER, 2),
            f"S1 led term 2, nobody answered {beat} of its heartbeats, and it is a {server.role} "
            f"of term {server.term} now. A leader leads until it hears of a higher term (§5.1; "
            "Figure 4): it cannot tell servers that are down from messages that are lost.",
        )
    # A server may leave it running: but when it runs out, a leader has no use for it.
    if not server.runs(ELECTION):
        return
    became = "stands against itself"
    # That Figure 4 has no such arrow, the sentence below says with more help.
    with suppress(ForbiddenTransition):
        server.time_out()
        became = f"is a {server.role} of term {server.term}"
    expect(
        became == "is a leader of term 2",
        f"S1 led term 2, its election timer ran out, and it {became}. A leader leads until it "
        "hears of a higher term (§5.1): nobody sends it heartbeats, so it stops the election timer "
        "on winning, or ignores it (Figure 4).",
    )


@SUITE.scenario("A busy leader is heard, too", "BusyLeader")
def busy(system: SystemUnderTest) -> None:
    """A leader that gets a command every few milliseconds keeps its followers (§5.2).

    Aimed at leaders that restart the heartbeat timer at each command without sending anything.
    """
    cluster = system.cluster(servers=3, seed=72)
    leader = cluster.one_leader()
    term = cluster.state(leader).standing.current_term
    for number in range(COMMANDS):
        cluster.propose(leader, f"x={number}")
        cluster.run(ms=EVERY_MS)
        standing = cluster.state(leader).standing
        cluster.expect(
            standing.role == LEADER and standing.current_term == term,
            f"nothing failed, yet {leader}, which led term {term}, is a {standing.role} of term "
            f"{standing.current_term} after {number + 1} commands in {(number + 1) * EVERY_MS} ms. "
            "A leader is heard within every election timeout, however busy it is (§5.2): a "
            "command that only puts the next heartbeat off silences it.",
        )


@SUITE.scenario("Late votes elect nobody", "LateVotes")
def late_votes(system: SystemUnderTest) -> None:
    """Votes for a candidate that it is no more count for nothing, and refusals too (§5.2).

    It has started again, or has heard of the winner of its term, or stands in the next one.
    """
    for became, event in (("started again", None), ("heard of S2, which won", heartbeat(1))):
        server = system.server()
        server.time_out()
        server.hear(event) if event else server.restart()
        for peer in server.peers:
            server.hear(RequestVoteResponse(peer, server.id, 1, True))
        expect(
            server.role == FOLLOWER,
            f"S1 stood in term 1, {became}, and then heard the votes of S2 and S3. It is a "
            f"{server.role} now: only candidates count votes (§5.2; Figure 4).",
        )
    for early, late in (((("S2", 1),), (("S3", 2),)), ((), (("S2", 1), ("S3", 1)))):
        server = system.server()
        for refusals in (early, late):
            server.time_out()
            for peer, term in refusals:
                server.hear(RequestVoteResponse(peer, server.id, term, False))
        server.hear(RequestVoteResponse("S2", server.id, 2, True))
        expect(
            server.role == LEADER,
            f"S1 stands in term 2 and has its own vote and S2's, and is a {server.role}. What it "
            "was refused in term 1 has nothing to do with term 2 (§5.2).",
        )


@SUITE.scenario("A split vote is tried again", "SplitVoteAgain")
def split_vote(system: SystemUnderTest) -> None:
    """After a split vote candidates time out and try again, until one of them wins (§5.2).

    Aimed at candidates that ask once and then wait for answers that nobody will send.
    """
    cluster = system.cluster(servers=3, seed=71)
    # All three at once: each has voted for itself before it hears of another.
    cluster.do(*(Timeout(server) for server in cluster.servers))
    cluster.run(ms=50)
    end = cluster.now_ms + ELECT_WITHIN_MS
    while cluster.cluster.leader is None and cluster.now_ms < end:
        cluster.run(ms=50)
    cluster.expect(
        cluster.cluster.leader is not None,
        f"all three servers asked at once, nobody won, and {ELECT_WITHIN_MS:,} ms later there is "
        "no leader. A candidate that neither wins nor loses times out and starts another "
        "election (§5.2): look at the election timer of a new candidate.",
    )
