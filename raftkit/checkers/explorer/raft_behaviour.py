"""What a search must know of Raft servers besides their steps: bounds, properties and commits.

The checkers of Figure 3 are used, the same ones that watch every run.
"""

from collections.abc import Mapping
from typing import Any

from raftkit.checkers.explorer.behaviour import Behaviour, Entries, PairProperty, Snapshot
from raftkit.checkers.explorer.bounds import Bounds
from raftkit.checkers.explorer.keys_and_copies import NotSearchable
from raftkit.checkers.explorer.pair_properties import OF_PAIRS
from raftkit.checkers.explorer.step_properties import what_a_step_breaks
from raftkit.protocol import Effects, Rules, Server, ServerState, Settings
from raftkit.protocol.messages import ELECTION
from raftkit.simulator.raft_system import MakeServer


class RaftBehaviour(Behaviour):
    """The servers called `names`, as a cluster makes them."""

    of_pairs: Mapping[str, PairProperty] = OF_PAIRS

    def __init__(
        self,
        names: tuple[str, ...],
        rules: Rules | Mapping[str, Rules] | None = None,
        make_server: MakeServer = Server,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(names, self._server)
        self.rules = rules or Rules()
        self.make_server = make_server
        self.settings = settings or Settings()

    def _server(self, name: str, durable: Any) -> Any:
        rules = self.rules if isinstance(self.rules, Rules) else self.rules.get(name, Rules())
        return self.make_server(name, self.names, rules, self.settings, durable)

    def check_state(self, state: Any) -> None:
        """Raise `NotSearchable` for anything but a state of a Raft server."""
        if not isinstance(state, ServerState):
            raise NotSearchable(
                f"observe() must answer a ServerState to be searched, not {state!r}"
            )

    def is_within(self, bounds: Bounds, state: ServerState) -> bool:
        """Return whether term and log are within the bounds."""
        term, log = state.standing.current_term, state.log
        return term <= bounds.terms and log.last_index <= bounds.log

    def is_bounded(self, timer: str) -> bool:
        """Return whether it is an election timer."""
        return timer == ELECTION

    def what_breaks(
        self, server: str, before: ServerState, effects: Effects, after: ServerState
    ) -> str | None:
        """Return what is wrong with a step by itself, or None."""
        return what_a_step_breaks(server, before, effects, after)

    def committed(self, before: Snapshot, state: ServerState) -> Entries:
        """Return the entries committed so far: the earlier ones as they were, and the new ones."""
        last, known = min(state.commit_index, state.log.last_index), before.committed
        return (*known, *state.log.entries(len(known) + 1, last)) if last > len(known) else known
