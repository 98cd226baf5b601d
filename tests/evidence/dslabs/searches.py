"""DSLabs 3.20 to 3.26: searches through everything that a small cluster can do.

First a goal shows that right things can happen, then a search of all that is left
shows that wrong ones cannot. Bounds are tight, so that each search ends: one that ran
out of budget would prove nothing. Their searches take up to 30 seconds each.
"""

from raftkit.checkers.explorer import (
    Bounds,
    Exploration,
    Invariant,
    acknowledged,
    committed,
    leads,
    log_is,
)
from raftkit.checkers.explorer.search_actions import Arrives
from raftkit.protocol import AppendEntriesResponse
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.simulator import Link
from tests.evidence.dslabs.clients import Clients
from tests.evidence.dslabs.explorations import (
    anybody_committed,
    exhaust,
    holds_entries,
    moved,
    reach,
)
from tests.evidence.dslabs.partitions import LOSSY
from tests.evidence.dslabs.workloads import expect_appends_in_one_order

SUITE = Suite("DSLabs search")

# A single server: an election, and for each command its arrival and the write of it.
SINGLE_ACTIONS_AT_MOST = 8
SINGLES, SINGLE_APPENDS = 10, 10


@SUITE.scenario("Two commands are decided, and nothing breaks", "BasicSearch")
def simple_operations(system: SystemUnderTest) -> None:
    """Two of three servers commit a command; then a second; and whatever happens breaks nothing."""
    one = reach(system, Bounds(), anybody_committed(1), prune=moved(None, "S3"))
    done = anybody_committed(2)
    reach(system, Bounds(log=2), done, start=one)
    exhaust(system, Bounds(log=2, terms=2, timeouts=1, in_flight=3), done, start=one)
    exhaust(system, Bounds(log=2, timeouts=0, in_flight=4), done, start=one)


@SUITE.scenario("A minority decides nothing, whatever happens", "NoProgressInMinoritySearch")
def no_progress_in_a_minority(system: SystemUnderTest) -> None:
    """Two of five servers, in whatever order things happen, commit nothing."""
    undecided = Invariant(
        "No Progress in a Minority",
        "§5.3",
        lambda states: all(state.commit_index == 0 for state in states.values()),
    )
    alone = moved(None, "S3", "S4", "S5")
    exhaust(system, Bounds(servers=5, terms=2), alone, invariants=(undecided,))
    exhaust(system, Bounds(servers=5, timeouts=1), alone, invariants=(undecided,))


@SUITE.scenario("Each of two servers brings the news", "TwoClientsSearch")
def appends_are_visible(system: SystemUnderTest) -> None:
    """What two servers have committed, each of them brings into a majority with the third."""
    one = reach(system, Bounds(), anybody_committed(1), prune=moved(None, "S3"))
    done = anybody_committed(2)
    for away in ("S2", "S1"):
        alone = moved(one, away)
        bounds = Bounds(terms=2, log=2, in_flight=6)
        reach(system, bounds, done, prune=alone, start=one, forget=True)
        exhaust(system, bounds, done | alone, start=one)
        exhaust(system, Bounds(log=2, timeouts=0), done | alone, start=one)


@SUITE.scenario("Five servers, three leaders, one place", "QuorumCheckingSearch")
def leaders_take_turns(system: SystemUnderTest) -> None:
    """Five servers, two entries for one place, three leaders: the sibling of Figure 8.

    S4's entry of term 1 is overwritten on S3 by S5's of term 2, and spread anew by S4 in term
    3. What S3 said of it in term 1 comes late, and S4 must not commit it for being on a majority,
    because S5 may still win.
    """
    first = _first_entry(system)
    kept = reach(
        system, _five(1), log_is("S3", 1), prune=moved(first, "S1", "S2", "S5"), start=first
    )
    again = _back_at_s1(system, _overwritten(system, kept))
    away = moved(again, "S3", "S5")
    chosen = Bounds(servers=5, terms=3, log=2, in_flight=8)
    reach(system, chosen, committed("S4", 1), prune=away, start=again, forget=True)
    late = _answer_of_s3(kept)
    exhaust(
        system,
        Bounds(servers=5, terms=3, commands=0, timeouts=0, in_flight=4),
        moved(again, "S2", "S3", "S5"),
        start=(*again.path, Arrives(late)) if late else again,
    )
    _s5_may_still_win(system, again)


def _five(terms: int, commands: int = 0, in_flight: int | None = None) -> Bounds:
    """Five servers, and logs of one entry."""
    return Bounds(servers=5, terms=terms, commands=commands, in_flight=in_flight)


def _first_entry(system: SystemUnderTest) -> Exploration:
    """S4 leads term 1 with S2 and S3, and nobody else has heard of its entry."""
    others = moved(None, "S1", "S5") | holds_entries("S2", "S3")
    return reach(system, _five(1, commands=1), leads("S4", 1) & log_is("S4", 1), prune=others)


def _overwritten(system: SystemUnderTest, start: Exploration) -> Exploration:
    """S5 leads term 2 with S1 and S2, and its own entry takes the place on S3."""
    others = moved(start, "S3", "S4") | holds_entries("S1", "S2")
    found = reach(system, _five(2), leads("S5", 2), prune=others, start=start, forget=True)
    found = reach(
        system, _five(2, commands=1), leads("S5", 2) & log_is("S5", 2), prune=others, start=found
    )
    others = moved(found, "S1", "S2", "S4")
    return reach(system, _five(2), log_is("S3", 2), prune=others, start=found)


def _back_at_s1(system: SystemUnderTest, start: Exploration) -> Exploration:
    """S4 leads term 3 with S1 and S2, and gives S1 its old entry."""
    others = moved(start, "S3", "S5") | ~log_is("S4", 1) | holds_entries("S2")
    found = reach(
        system, _five(3), leads("S4", 3), prune=others | holds_entries("S1"), start=start,
        forget=True,
    )  # fmt: skip
    goal = log_is("S1", 1) & leads("S4", 3)
    return reach(system, _five(3), goal, prune=others, start=found, forget=True)


def _answer_of_s3(found: Exploration) -> AppendEntriesResponse | None:
    """What S3 said when it took the first entry; None if it said nothing."""
    answers = found.history.steps()[-1].effects.messages if found.history else ()
    return next((one for one in answers if isinstance(one, AppendEntriesResponse)), None)


def _s5_may_still_win(system: SystemUnderTest, start: Exploration) -> None:
    """The old entry is on a majority; then S5, whose last term is higher, wins with S2 and S3."""
    bounds = _five(3, in_flight=8)
    spread = acknowledged("S4", others=2, index=1)
    prune = moved(start, "S3", "S5")
    found = reach(system, bounds, spread, prune=prune, start=start, forget=True)
    prune = moved(found, "S1", "S4")
    bounds = Bounds(servers=5, terms=4, commands=0, timeouts=1, in_flight=8)
    reach(system, bounds, leads("S5", 4), prune=prune, start=found, forget=True)


# One server alone --------------------------------------------------------------------------


@SUITE.scenario("A server alone is a group", "Singleton")
def one_server(system: SystemUnderTest) -> None:
    """A group of one serves many clients, is quick about it, and survives its crashes."""
    _one_server_serves(system, link=None)
    _one_server_serves(system, link=LOSSY)
    bounds = Bounds(servers=1, log=3, commands=3)
    found = reach(system, bounds, anybody_committed(3))
    expect(
        len(found.path) <= SINGLE_ACTIONS_AT_MOST,
        f"A server alone takes {len(found.path)} actions for three commands; "
        f"{SINGLE_ACTIONS_AT_MOST} are plenty.",
    )
    exhaust(system, bounds)
    exhaust(system, Bounds(servers=1, terms=2, log=2, commands=2, crashes=1))


def _one_server_serves(system: SystemUnderTest, link: Link | None) -> None:
    """Ten clients append to one key of a single server."""
    cluster = system.cluster(servers=1, seed=101, link=link, clients=SINGLES)
    clients = Clients(cluster)
    keys = [
        clients.ask(client, f"foo+={client}.{turn},")
        for turn in range(SINGLE_APPENDS)
        for client in clients.names
    ]
    clients.all_answers(keys, within_ms=60_000)
    expect_appends_in_one_order(clients)
