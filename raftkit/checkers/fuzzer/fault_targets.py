"""The servers that a fault can be aimed at: the leaders, the candidates, the best and worst logs.

Actions are aimed at "the leader" or "the server with the shortest log", and are written into the
schedule with that server's name. This module draws a server, but no action.
"""

from raftkit.checkers.schedules import Draw
from raftkit.protocol import ServerState
from raftkit.protocol.roles import CANDIDATE, LEADER
from raftkit.simulator import RaftSystem


class FaultTargets:
    """The servers of a cluster at one instant, by their roles and logs."""

    def __init__(self, cluster: RaftSystem) -> None:
        self.servers = cluster.servers
        self.states: dict[str, ServerState] = {
            name: state for name in cluster.servers if (state := cluster.state(name)) is not None
        }
        self.paused = tuple(name for name in cluster.servers if cluster.host(name).paused)

    @property
    def leaders(self) -> tuple[str, ...]:
        """Every server in the role of leader, outdated leaders included."""
        return self._in_role(LEADER)

    @property
    def candidates(self) -> tuple[str, ...]:
        """Every server whose election is under way."""
        return self._in_role(CANDIDATE)

    def _in_role(self, role: str) -> tuple[str, ...]:
        return tuple(name for name, state in self.states.items() if state.standing.role == role)

    def up_to_date(self) -> tuple[str, ...]:
        """Return the servers with the most up-to-date log among those that do not lead."""
        return self._by_log(best=True)

    def behind(self) -> tuple[str, ...]:
        """Return the servers with the least up-to-date log among those that do not lead."""
        return self._by_log(best=False)

    def _by_log(self, best: bool) -> tuple[str, ...]:
        ends = {
            name: (state.log.last_term, state.log.last_index)
            for name, state in self.states.items()
            if state.standing.role != LEADER
        }
        if not ends:
            return ()
        wanted = max(ends.values()) if best else min(ends.values())
        return tuple(name for name, end in ends.items() if end == wanted)

    def any_server(self, draw: Draw, aim: float) -> str:
        """Return a server; with probability `aim`, one of a role or with the best or worst log."""
        if draw.chance(aim):
            groups = (self.leaders, self.leaders, self.candidates, self.up_to_date(), self.behind())
            group = draw.one_of(groups)
            if group:
                return str(draw.one_of(group))
        return str(draw.one_of(self.servers))

    def another_server(self, draw: Draw, server: str) -> str:
        """Return another server than `server`; there must be one."""
        return str(draw.one_of(tuple(name for name in self.servers if name != server)))
