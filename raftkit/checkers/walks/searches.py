"""`SEARCHES`: what can follow chosen starts, within bounds so small that a search sees it all.

The starts are situations of the paper in which one wrong rule of several servers soon does harm.
Unlike those of random walks they keep few late messages on the network, since each multiplies the
states. Right servers break nothing in any of them, and the bounds are measured so that a search of
right servers sees all of them within its budget.
"""

from dataclasses import dataclass

from raftkit.checkers.explorer import Bounds, Exploration, NotSearchable
from raftkit.checkers.trials import Trial
from raftkit.checkers.walks.end import End
from raftkit.checkers.walks.starts import Start
from raftkit.simulator.raft_system import MakeServer

# Of one search, and of all; right servers need less than a half.
STATES, CALLS, CALLS_IN_ALL = 100_000, 3_000, 16_000
_UNFINISHED = "it comes to too many states to see them all"


@dataclass(frozen=True)
class StartedSearch:
    """A start, and what may follow it: terms and entries beyond its own, and faults."""

    start: Start
    more: Bounds

    def explored(self, make_server: MakeServer) -> Exploration | Trial:
        """What can follow, or the trial of a property that broke on the way to the start.

        Raises `NotSearchable` for servers that cannot be searched.
        """
        walk = self.start.walk(make_server=make_server)
        if walk.found is not None:
            return walk.found
        return End(walk, self.more).explored(make_server=make_server, budget=STATES, calls=CALLS)


# Two servers have each led, and each has an entry that nobody else has.
_TWO_LEADERS = "elect S1; part S1; propose S1; lose; part; elect S2; part S2; propose S2"

# Two candidates of term 2 ask S2, which knows that term and has not voted in it.
_NO_VOTE_YET = Start(3, "elect S1 0; elect S3 0; lose; elect S1 0; elect S3 0; elect S2 4")
# Of four servers, two ask the others.
_TWO_CANDIDATES = Start(4, "elect S1 0; elect S2 0; lose S1 S2")
# S5 leads term 2; S1 has one vote in that term, and one of term 1 comes late.
_ONE_VOTE = Start(
    5,
    "elect S5 0; lose; part S1 S2; elect S1 1; lose S3 S4 S5; deliver 0 1 0; part S1 S3; "
    "elect S1 1; lose S2 S4 S5; part S2 S4 S5; elect S5 4; lose S2 S3 S4; part",
)
# Two of three servers have committed an entry that the third lacks.
_LAGGING = Start(3, "elect S1; propose S1; part S3; propose S1; lose; part")
# S2 has acknowledged the first of two entries, and the second is lost.
_ACKNOWLEDGED = Start(3, "elect S1; propose S1 1; propose S1 0; lose S2 S3")
# A copy of an old request comes late.
_LATE_COPY = Start(3, "elect S1; propose S1 0; deliver 0 1; part S3; propose S1; lose S3; part")
# A leader in a minority of five has an entry, and the majority has another leader.
_IN_A_MINORITY = Start(5, "elect S1; part S1 S2; propose S1; elect S3; lose; part")
# A deposed leader has two entries that nobody else has, the next has committed another. A request
# of the first comes late.
_DEPOSED = Start(
    3,
    "elect S1; part S1; propose S1; lose; propose S1; lose S2; part; elect S2; part S1; "
    "propose S2; lose S1; part",
)
_TWO_LOGS = Start(3, f"{_TWO_LEADERS}; lose S3; part")
# Figure 8: S1 leads again and has a new entry; its old one has come to a majority.
_FIGURE_8 = Start(
    3,
    f"{_TWO_LEADERS}; lose; elect S1; lose; heartbeat S1 1; propose S1 0; lose S2 S3; part",
)
# Figure 7: S2 lacks an entry of the leader's, and S4 has another in its place.
_FIGURE_7 = Start(
    4,
    "elect S1; propose S1; elect S4; part S4; propose S4; elect S1; part S2 S4; propose S1; "
    "lose; part",
)
# A leader sends one entry at a time, and has to go back to where a follower's log agrees.
_GOING_BACK = Start(
    3,
    "elect S1; propose S1; part S1; propose S1; lose; elect S2; propose S2; propose S2; lose; "
    "part; crash S2; restart S2; elect S2 3; lose",
    batch=1,
)
# S1 leads again, with another log than in term 1, in which S2 has acknowledged three entries.
_MATCHED_BEFORE = Start(
    5,
    "elect S1; part S1 S2; propose S1; propose S1; propose S1; lose; elect S3; propose S3; part; "
    "heartbeat S3; elect S1; part S1 S4; propose S1; elect S5; lose; part",
)
# S1 leads again, with another log than in term 1, whose answers come late.
_LATE_ANSWERS = Start(
    5,
    "elect S1; part S1 S2; propose S1 1; propose S1 1; propose S1 1; lose S3 S4 S5; elect S3; "
    "propose S3; part; heartbeat S3; elect S1; lose S3 S4 S5; propose S1 0; lose S2 S3 S5",
)


def _election(in_flight: int = 3, **more: int) -> Bounds:
    """One more election, without a new entry."""
    return Bounds(log=0, commands=0, timeouts=1, in_flight=in_flight, **more)


def _same_term(in_flight: int, **more: int) -> Bounds:
    """No other election, and no new entry."""
    return Bounds(terms=0, log=0, commands=0, timeouts=0, in_flight=in_flight, **more)


def _no_election(in_flight: int = 3, **more: int) -> Bounds:
    """No other election, and one more entry."""
    return Bounds(terms=0, timeouts=0, in_flight=in_flight, **more)


SEARCHES = (
    StartedSearch(Start(3), Bounds(log=0, commands=0, timeouts=2, crashes=1, in_flight=4)),
    StartedSearch(Start(3), Bounds(timeouts=2, in_flight=3)),
    StartedSearch(_TWO_CANDIDATES, _same_term(in_flight=6)),
    StartedSearch(_NO_VOTE_YET, _same_term(in_flight=6, crashes=1)),
    StartedSearch(_ONE_VOTE, _same_term(in_flight=7, duplicates=1)),
    StartedSearch(_LAGGING, _election()),
    StartedSearch(_ACKNOWLEDGED, _election()),
    StartedSearch(_LATE_COPY, _election(duplicates=1)),
    StartedSearch(_IN_A_MINORITY, _no_election(in_flight=4)),
    StartedSearch(_DEPOSED, _election(in_flight=4)),
    StartedSearch(_DEPOSED, _no_election(duplicates=1)),
    StartedSearch(_TWO_LOGS, _election(crashes=1)),
    StartedSearch(_FIGURE_8, _election()),
    StartedSearch(_FIGURE_8, _no_election()),
    StartedSearch(_FIGURE_7, _election()),
    StartedSearch(_FIGURE_7, _no_election()),
    StartedSearch(_GOING_BACK, _election(in_flight=2, crashes=1)),
    StartedSearch(_GOING_BACK, _no_election(duplicates=1)),
    StartedSearch(_MATCHED_BEFORE, _same_term(in_flight=4)),
    StartedSearch(_LATE_ANSWERS, _same_term(in_flight=4)),
)


def first_broken(make_server: MakeServer) -> Trial | None:
    """The trial of the first property that breaks in any of the searches; None if none does.

    Raises `NotSearchable` for servers that cannot be searched, or have too many states.

    >>> from raftkit.protocol import Server
    >>> first_broken(Server) is None
    True
    """
    calls, unfinished = 0, False
    for search in SEARCHES:
        if calls >= CALLS_IN_ALL:
            raise NotSearchable(_UNFINISHED)
        found = search.explored(make_server)
        if isinstance(found, Trial) or found.trial is not None:
            return found if isinstance(found, Trial) else found.trial
        calls += found.calls
        unfinished = unfinished or found.verdict != "exhausted"
    if unfinished:
        raise NotSearchable(_UNFINISHED)
    return None
