"""`End`: where a walk has come to, for the explorer to search what can follow.

Bounds are given as what may be added to the walk: so many terms and entries beyond its own.
"""

from dataclasses import replace

from raftkit.checkers.explorer import Bounds, Exploration, explore
from raftkit.checkers.trials import AnyRules
from raftkit.checkers.walks.walk import Walk
from raftkit.protocol import Server
from raftkit.simulator.raft_system import MakeServer


class End:
    """Where a walk has come to at a time; `more` bounds what may follow.

    >>> from raftkit.checkers.walks import Start
    >>> End(Start(3, "elect S1; propose S1").walk(), Bounds(terms=1, log=0)).bounds.terms
    2
    """

    def __init__(self, walk: Walk, more: Bounds) -> None:
        servers = walk.cluster.servers
        states = [state for name in servers if (state := walk.cluster.state(name)) is not None]
        self.bounds = replace(
            more,
            servers=len(servers),
            terms=more.terms + max((state.standing.current_term for state in states), default=0),
            log=more.log + max((state.log.last_index for state in states), default=0),
        )
        self._path = walk.path
        self._settings = walk.place.trial.settings

    def explored(
        self,
        rules: AnyRules = None,
        make_server: MakeServer = Server,
        *,
        budget: int,
        calls: int,
    ) -> Exploration:
        """What a search of at most so many states and calls finds. Raises `NotSearchable`."""
        return explore(
            self.bounds,
            rules=rules,
            make_server=make_server,
            settings=self._settings,
            start=self._path,
            budget=budget,
            calls=calls,
        )
