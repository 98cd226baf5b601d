"""`ServerState`: what can be seen of a server from outside, as a value.

Histories, checkers and pictures are made of these. The server itself works with
its own variables (all_servers.py).
"""

from raftkit.protocol.election import Tally
from raftkit.protocol.log import Log
from raftkit.protocol.look import Look, Outline
from raftkit.protocol.record import record
from raftkit.protocol.replication import Progress
from raftkit.protocol.roles import Role
from raftkit.protocol.terms import Standing


@record
class ServerState:
    """What can be seen of a server after a step; a value, so keeping it is cheap.

    `progress` has one item for each peer, in the order of the peers, on a leader; () elsewhere.
    """

    standing: Standing
    log: Log
    commit_index: int
    last_applied: int
    tally: Tally | None
    progress: tuple[Progress, ...]

    def look(self) -> Look:
        """How pictures show this server: a leader thick, a candidate double, a follower thin."""
        role, term = self.standing.role, self.standing.current_term
        return Look(role, term, f"{role[0].upper()} {term}", _OUTLINES[role], self.log)


_OUTLINES: dict[Role, Outline] = {"follower": "thin", "candidate": "double", "leader": "thick"}
