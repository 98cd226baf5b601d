"""`explore`: search all runs of a small cluster, and say what was found.

It puts together behaviour, layout, moves and state checker, runs the search, and turns the path
that is found into a trial. A search that ran out of budget has proved nothing, and its result says
so.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from raftkit.checkers.explorer.behaviour import Behaviour
from raftkit.checkers.explorer.bit_layout import Layout, TooManySnapshots
from raftkit.checkers.explorer.bounds import Bounds
from raftkit.checkers.explorer.goals import Predicate
from raftkit.checkers.explorer.keys_and_copies import NOT_REPEATED, NotSearchable
from raftkit.checkers.explorer.moves import Broken, Moves
from raftkit.checkers.explorer.parallel_search import ParallelSearch, can_fork
from raftkit.checkers.explorer.path_replay import replay, run_schedule, schedule_of, up_to
from raftkit.checkers.explorer.raft_behaviour import RaftBehaviour
from raftkit.checkers.explorer.search import Ended, Ending, Search, ignore
from raftkit.checkers.explorer.search_actions import Commanded, SearchAction
from raftkit.checkers.explorer.state_checker import StateChecker
from raftkit.checkers.explorer.symmetry import SERVERS_MOST, Symmetry, Unequal
from raftkit.checkers.invariants import Invariant, holding
from raftkit.checkers.trials import AnyRules, Timed, Trial
from raftkit.protocol import Server, Settings
from raftkit.simulator import History, InvariantViolation, System
from raftkit.simulator.garbage import without_collecting
from raftkit.simulator.number_arguments import MILLISECOND
from raftkit.simulator.process import MakeProcess
from raftkit.simulator.raft_system import MakeServer

BUDGET = 1_000_000  # states: some five seconds, and 150 MB
CALLS = 50_000  # of a server: only a server that never returns to a state needs so many
_WIDTHS = (8, 14, 20)  # of a server's field in a state, in bits


@dataclass(frozen=True)
class Exploration:
    """The result of a search.

    `verdict` is "violated", "exhausted" (within the bounds no property breaks, and no state is the
    goal), "goal reached" or "out of budget". `depth` is the length in actions of the longest path
    searched to its end. With a violation or a goal, `path` leads to it, `trial` repeats the path on
    the simulator, and `history` is that trial's run. If the search was `symmetric`, states that
    differ only in the servers' names count as one.
    """

    bounds: Bounds
    verdict: Ending
    states: int
    transitions: int
    depth: int
    calls: int
    path: tuple[SearchAction, ...] = ()
    trial: Trial | None = None
    violation: InvariantViolation | None = None
    history: History | None = field(default=None, repr=False)
    goal: str | None = None
    symmetric: bool = False

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        actions = f"{len(self.path)} action{'' if len(self.path) == 1 else 's'}"
        if self.verdict == "violated" and self.violation is not None:
            broken = self.violation
            return (
                f"{broken.property} ({broken.section}) is broken after {actions}: {broken.detail}"
            )
        if self.verdict == "goal reached":
            return f"After {actions}, {self.goal}."
        if self.verdict == "exhausted":
            without = f", and never {self.goal}" if self.goal else ""
            return f"Nothing breaks within these bounds{without}: {self.bounds}."
        return (
            f"Ran out of budget, which proves nothing: nothing broke in the first "
            f"{self.states:,} states."
        )


def explore(
    bounds: Bounds | None = None,
    *,
    rules: AnyRules = None,
    make_server: MakeServer = Server,
    settings: Settings | None = None,
    start: Exploration | Sequence[SearchAction] = (),
    forget_before: int = 0,
    goal: Predicate | None = None,
    prune: Predicate | None = None,
    invariants: Sequence[Invariant] = (),
    budget: int = BUDGET,
    calls: int = CALLS,
    jobs: int = 1,
    symmetry: bool = True,
    progress: Callable[[int], None] = ignore,
) -> Exploration:
    """Search every state within `bounds`, breadth first, until something is found.

    The search ends at a broken property, at the `goal`, when every state has been seen, or after
    `budget` states or `calls` of a server. It does not go on from a state in which `prune` holds.
    `start` is a path, or an exploration that ended with one; messages of that path whose term is
    before `forget_before` are never delivered.

    `jobs` processes share the work. `progress` is called now and then with the number of states
    seen. Of states that differ only in the servers' names, one is searched, unless `symmetry` is
    off, there is a `start`, a predicate names servers, or the servers treat names unequally. Raises
    `NotSearchable` for a server whose state is not a value.

    >>> explore(Bounds(servers=2, log=0)).verdict
    'exhausted'
    >>> from raftkit.protocol import Rules
    >>> generous = Rules().with_rule("should_grant_vote", lambda standing, request, fits: True)
    >>> found = explore(Bounds(log=0), rules=generous)
    >>> found.violation.property, len(found.path)
    ('One Vote per Term', 5)
    """
    bounds, settings = bounds or Bounds(), settings or Settings()
    behaviour = RaftBehaviour(bounds.names, rules, make_server, settings)
    path = start.path if isinstance(start, Exploration) else tuple(start)
    job = _RaftJob(
        bounds, behaviour, path, forget_before, goal, prune, tuple(invariants), budget, calls, jobs,
        progress,
    )  # fmt: skip
    return job.with_enough_room(symmetry and job.names_nobody)


def explore_system(
    processes: Mapping[str, MakeProcess],
    *,
    invariants: Sequence[Invariant],
    bounds: Bounds | None = None,
    goal: Predicate | None = None,
    prune: Predicate | None = None,
    budget: int = BUDGET,
    calls: int = CALLS,
    jobs: int = 1,
    progress: Callable[[int], None] = ignore,
) -> Exploration:
    """Search as `explore` does, for any processes: names, and what makes each from its disk.

    The bounds on terms and logs have no effect; `timeouts` counts those of any timer.
    """
    names = tuple(processes)
    bounds = bounds or Bounds(servers=len(names), commands=0)
    behaviour = Behaviour(names, lambda name, durable: processes[name](durable))
    job = _SystemJob(
        bounds, behaviour, (), 0, goal, prune, tuple(invariants), budget, calls, jobs, progress,
        processes,
    )  # fmt: skip
    return job.with_enough_room(symmetric=False)


@dataclass
class _Job(ABC):
    """The arguments of one search."""

    bounds: Bounds
    behaviour: Behaviour
    before: tuple[SearchAction, ...]
    forget_before: int
    goal: Predicate | None
    prune: Predicate | None
    invariants: tuple[Invariant, ...]
    budget: int
    calls: int
    jobs: int
    progress: Callable[[int], None]

    @property
    def names_nobody(self) -> bool:
        """Whether no argument distinguishes servers, and there are few enough for symmetry."""
        asked = [each for each in (self.goal, self.prune, *self.invariants) if each is not None]
        named = self.before or any(each.names_servers for each in asked)
        return not named and self.bounds.servers <= SERVERS_MOST

    def with_enough_room(self, symmetric: bool) -> Exploration:
        """Search, and begin again if a field was too small or servers were not symmetric."""
        widths = iter(_WIDTHS)
        width = next(widths)
        while True:
            # The servers' answers are remembered, so beginning again is cheap.
            try:
                with without_collecting():
                    return self.explore(width, symmetric)
            except TooManySnapshots:
                width = next(widths)
            except Unequal:
                symmetric = False

    def explore(self, width: int, symmetric: bool) -> Exploration:
        """Search with server fields of this width, with symmetry or without.

        Raises `TooManySnapshots` if the width is too small, `Unequal` if the servers are not
        symmetric.
        """
        layout = Layout(self.bounds, width, self.behaviour.names)
        commands = sum(isinstance(action, Commanded) for action in self.before)
        symmetry = Symmetry(self.behaviour, layout) if symmetric else None
        moves = Moves(self.behaviour, layout, commands, symmetry)
        checker = StateChecker(self.behaviour, layout, self.invariants, self.goal, self.prune)
        search = Search(moves, checker, self.budget, self.calls, progress=self.progress)
        if self.jobs > 1 and can_fork():
            parallel = ParallelSearch(search, self.jobs)
            search.in_parallel = parallel.finish
        try:
            ended = search.run(moves.start(self.before, self.forget_before))
        except Broken as broken:
            return self._exploration(
                search, checker, Ended("violated", 0, in_step=True), [broken.action]
            )
        finds = ended.ending in ("violated", "goal reached")
        try:
            actions = search.path(ended) if finds else []
        except StopIteration:
            raise NotSearchable(NOT_REPEATED) from None
        return self._exploration(search, checker, ended, actions)

    def _exploration(
        self, search: Search, checker: StateChecker, ended: Ended, actions: list[SearchAction]
    ) -> Exploration:
        """Return the result of the search."""
        found: dict[str, Any] = {}
        if ended.ending in ("violated", "goal reached"):
            found = self._found(checker, ended, (*self.before, *actions))
        return Exploration(
            self.bounds,
            ended.ending,
            len(search.parents) + search.elsewhere,
            search.transitions,
            search.depth,
            self.behaviour.calls,
            goal=self.goal.words if self.goal else None,
            symmetric=search.moves.symmetry is not None,
            **found,
        )

    def _found(
        self, checker: StateChecker, ended: Ended, path: tuple[SearchAction, ...]
    ) -> dict[str, Any]:
        """Return the path on the simulator, and what its checkers report."""
        schedule = schedule_of(self.behaviour, path)
        found, history, violation = self._replayed(schedule, (len(path) + 1) * MILLISECOND)
        if ended.ending == "violated":
            if violation is None:
                violation = self._own(checker, ended, history)
            path = path[: violation.time // MILLISECOND]
            if found is not None:
                found = up_to(found, violation)
        return {"path": path, "trial": found, "violation": violation, "history": history}

    @abstractmethod
    def _replayed(
        self, schedule: tuple[Timed, ...], end: int
    ) -> tuple[Trial | None, History, InvariantViolation | None]:
        """Run a schedule on the simulator; return a trial or None, the history, and what broke."""

    def _own(self, checker: StateChecker, ended: Ended, history: History) -> InvariantViolation:
        """Return the violation of an invariant of the caller, which no checker knows."""
        broken = None if ended.in_step else checker.what_breaks(ended.state)
        if broken is None or broken[1] is None:
            raise NotSearchable(NOT_REPEATED)
        last = len(history.records) - 1
        return broken[1].broken(history.end, last, self.behaviour.names)


class _RaftJob(_Job):
    """A search of Raft servers."""

    behaviour: RaftBehaviour

    def _replayed(
        self, schedule: tuple[Timed, ...], end: int
    ) -> tuple[Trial | None, History, InvariantViolation | None]:
        behaviour = self.behaviour
        trial = Trial(len(behaviour.names), 0, schedule, end, settings=behaviour.settings)
        cluster, violation = replay(trial, behaviour.rules, behaviour.make_server)
        return trial, cluster.history, violation


@dataclass
class _SystemJob(_Job):
    """A search of any processes."""

    processes: Mapping[str, MakeProcess]

    def _replayed(
        self, schedule: tuple[Timed, ...], end: int
    ) -> tuple[Trial | None, History, InvariantViolation | None]:
        system = System(self.processes, watch=[holding(*self.invariants)])
        violation = run_schedule(system, schedule, end)
        return None, system.history, violation
