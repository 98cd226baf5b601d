"""Where walks begin: situations of the paper in which a small mistake has large consequences.

Each is a sequence of moves after which logs differ, votes are under way, or late messages are still
on the network. A right server passes through all of them unharmed.
"""

from dataclasses import dataclass

from raftkit.checkers.trials import AnyRules, Trial
from raftkit.checkers.walks.walk import Place, Walk
from raftkit.protocol import Settings
from raftkit.simulator.raft_system import MakeServer


@dataclass(frozen=True)
class Start:
    """A cluster and the moves that its walks begin with, separated by semicolons.

    A move is a method of `Walk` and its arguments: servers, and perhaps how many messages are
    delivered. With `copies`, the network keeps a copy of every message; `batch` is the most entries
    that a request has.
    """

    servers: int
    moves: str = ""
    copies: bool = False
    batch: int = Settings().batch

    def walk(self, rules: AnyRules = None, make_server: MakeServer | None = None) -> Walk:
        """A walk that has made these moves, or has broken a property on the way.

        >>> walk = Start(3, "elect S1; part S1; propose S1; elect S2").walk()
        >>> [str(walk.cluster.state(name).standing.role) for name in ("S1", "S2")]
        ['leader', 'leader']
        """
        trial = Trial(self.servers, 1, (), 0, settings=Settings(batch=self.batch))
        walk = Walk(Place(trial), rules, self.copies, make_server)
        for move in self.moves.split(";"):
            if self.moves and not walk.is_over:
                name, *given = move.split()
                getattr(walk, name)(*(int(each) if each.isdigit() else each for each in given))
        return walk


# A deposed leader has entries that nobody else has, and the new leader has committed others.
_DEPOSED = "elect S1; part S1; propose S1; propose S1; elect S2; propose S2"
# The same in a cluster of five, where two have the entries of the deposed leader.
_TWO_OF_FIVE = "elect S1; part S1 S2; propose S1; propose S1; propose S1; elect S3; propose S3"
# Figure 8, to the point at which S1 is about to lead term 4.
_FIGURE_8 = (
    "elect S3; propose S3; elect S1; part S1 S2; propose S1; crash S1; part S2; elect S5; part S5; "
    "propose S5; crash S5; restart S1; part S4 S5; elect S1"
)

STARTS = (
    Start(3, f"{_DEPOSED}; part"),
    Start(3, "elect S1; part S1; propose S1; elect S2; propose S2; propose S2; part"),
    # Both were asked for the same.
    Start(3, "elect S1; part S1; repeat S1; repeat S1; elect S2; repeat S2; part"),
    # Three leaders, and three logs that differ.
    Start(3, f"{_DEPOSED}; part S3; propose S2; part S1; elect S3; elect S3; part"),
    # A follower lags behind, and every message to it comes twice.
    Start(3, "elect S1; part S3; propose S1; propose S1; part", copies=True),
    Start(
        3, "elect S1; part S3; propose S1; propose S1; propose S1; part; heartbeat S1 5", True, 1
    ),
    # All agree, until a leader appends alone.
    Start(3, "elect S1; propose S1; part S1; propose S1; elect S2; propose S2; part; elect S1"),
    Start(3, "elect S1; propose S1; propose S1; crash S1; elect S2"),
    # Several candidates of one term, one of which has won, or none yet.
    Start(3, "part S3; elect S3; elect S1; part"),
    Start(5, "part S2; elect S2; part S3; elect S3; part S2 S3; elect S1; part"),
    Start(5, "part S1 S2; elect S1; part S3 S4; elect S3; part", copies=True),
    Start(4, "part S1 S2; elect S1; part"),
    Start(4, "elect S1; part S1 S2; propose S1; elect S3; part"),
    Start(5, f"{_TWO_OF_FIVE}; part"),
    # Whoever led before leads again; what it learned in its first term is no longer true.
    Start(5, f"{_TWO_OF_FIVE}; part; heartbeat S3; elect S1", copies=True),
    Start(5, f"{_FIGURE_8}; elect S1; part"),
    Start(3),
)
